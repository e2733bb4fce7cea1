// What there is to see for a LoadTest at one moment. Types only; who looks is the controller.
import type { Condition } from '../api/conditions.ts';
import type { LoadTestSpec } from '../api/load-test.ts';
import type { TestnetSpec } from '../api/testnet.ts';
import type { KubeFacts } from './kube/input.ts';
import type { LoadTestId } from './load-test-names.ts';
import type { Results } from './load-test-results.ts';

/** A Testnet that was made for a point, of whichever LoadTest of the same Testnet. */
export type PointSeen = {
  readonly name: string;
  readonly uid: string;
  /** Of the LoadTest that owns it. */
  readonly owner: string;
  readonly createdMs: number;
  readonly generation: number;
  readonly isGoing: boolean;
  readonly conditions: readonly Condition[];
};

/** A generator of a point. */
export type RunSeen = {
  readonly name: string;
  readonly state: 'running' | 'succeeded' | 'failed';
  /** What its container left behind. */
  readonly message?: string;
  /** Why it failed, in words of the cluster. */
  readonly failure?: string;
  readonly endedMs: number;
};

/** Another LoadTest of the same Testnet. */
export type Rival = {
  readonly name: string;
  readonly createdMs: number;
  readonly isOver: boolean;
  /** It has begun: it holds results. */
  readonly isBegun: boolean;
  /** It waits for something that this one does not. */
  readonly isHeldUp: boolean;
};

export type LoadTestObserved = {
  readonly id: LoadTestId;
  readonly spec: LoadTestSpec;
  readonly createdMs: number;
  readonly nowMs: number;
  readonly facts: Pick<KubeFacts, 'namespace' | 'image' | 'imagePullPolicy'>;
  /** The Testnet to be measured; absent while there is none, or while it goes. */
  readonly measured?: TestnetSpec;
  readonly rivals: readonly Rival[];
  /** HorizontalPodAutoscalers of the Testnet. */
  readonly scalers: readonly string[];
  readonly points: readonly PointSeen[];
  readonly runs: readonly RunSeen[];
  /** Pods of earlier points that still run. */
  readonly leftovers: number;
  readonly results?: Results;
  /** Its ConfigMap is there and belongs to somebody else. */
  readonly isNameTaken: boolean;
};
