// What a node says of itself and its network when it is asked, and the port through which it is asked. No transport, no clock.
import type { ChainSeen } from '../plan/kube/chain-seen.ts';

export interface NodeAnswer extends ChainSeen {
  readonly group: number;
  /** Lower-case hex. */
  readonly networkId: string;
  /** What it knows of every group, its own included. */
  readonly groups: readonly GroupSeen[];
  /** Absent of a node of an older version. */
  readonly work?: NodeWork;
}

/** What a node has executed since it started, and how often it is to make a block. */
export interface NodeWork {
  readonly beatMs: number;
  readonly blocks: number;
  readonly transactions: number;
  readonly invocations: number;
  readonly gas: number;
}

export interface GroupSeen {
  readonly group: number;
  readonly height: number;
  readonly timestampMs: number;
}

/** Whom an address is taken for. The address of a pod that has gone may be that of another network's node a second later. */
export interface Whose {
  readonly group?: number;
  /** Of its genesis, lower-case hex; a network id is how it begins. Unknown before there is one. */
  readonly genesisId?: string;
}

export interface NodeSource {
  /** Undefined when it does not answer in time, or when it is another's. */
  ask(address: string, signal: AbortSignal, whose: Whose): Promise<NodeAnswer | undefined>;
  close(): void;
}
