// What a node says of itself and its network when it is asked, and the port through which it is asked. No transport, no clock.
import type { ChainSeen } from '../plan/kube/chain-seen.ts';

export interface NodeAnswer extends ChainSeen {
  readonly group: number;
  /** Lower-case hex. */
  readonly networkId: string;
  /** What it knows of every group, its own included. */
  readonly groups: readonly GroupSeen[];
}

export interface GroupSeen {
  readonly group: number;
  readonly height: number;
  readonly timestampMs: number;
}

export interface NodeSource {
  /** Undefined when it does not answer in time. */
  ask(address: string, signal: AbortSignal): Promise<NodeAnswer | undefined>;
  close(): void;
}
