// What the verbs that show a network see of it, the same for laptop and cluster: one look is one plain JSON value, so it can be
// recorded, replayed and drawn by pure functions. Types only; who looks is laptop.ts, cluster.ts and recording.ts.
import type { ContractObserved, NodeObserved, Status, StatusCondition } from '@rexnet/operator/plan/status.ts';

/** Where a network is looked at. It changes nothing there and needs no Prometheus. */
export interface Source {
  /**
   * One look. Rates come from the difference to earlier looks of the same source, so they are absent in the first one.
   * Unanswered is a value in the snapshot; it throws only when there is no such network.
   */
  look(): Promise<Snapshot>;
  /** The newest lines of the log of a node, miner, `bitcoind`, `load` or `rxctl`, oldest first; empty when there is none. */
  log(object: string, lines: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Ratios are 0 … 1, a CPU share is of one core; what is absent is not known. Lists are sorted by id or name, events by time. */
export type Snapshot = {
  readonly atMs: number;
  readonly origin: 'laptop' | 'cluster';
  readonly name: string;
  readonly networkId: string;
  /** When the run, or the object, began. */
  readonly startedAtMs?: number;
  readonly blockIntervalMs: number;
  /** Whether somebody restarts what ends: `rxctl up` on a laptop, the operator in a cluster. */
  readonly isLookedAfter: boolean;
  readonly epoch: number;
  readonly status: StatusSight;
  readonly groups: readonly GroupSight[];
  readonly nodes: readonly NodeSight[];
  /**
   * Row: a reading group; column: a source; both in the order of `groups`. Blocks it could have read and has not: 0 or 1 is the
   * normal beat. Null on the diagonal and where nobody answered.
   */
  readonly lag: readonly (readonly (number | null)[])[];
  readonly machines: readonly MachineSight[];
  readonly parent: ParentSight;
  readonly load?: LoadSight;
  readonly contracts: readonly ContractSight[];
  /** The newest ones, oldest first. */
  readonly events: readonly EventSight[];
  readonly scaling?: ScalingSight;
  /** What could not be looked at for want of rights. */
  readonly unseen?: readonly string[];
};

/** Those of a laptop, and in a cluster whatever else its operator writes. */
export type ConditionSight = Omit<StatusCondition, 'type'> & { readonly type: string };
export type StatusSight = Omit<Status, 'conditions'> & { readonly conditions: readonly ConditionSight[] };

export type GroupSight = {
  readonly group: number;
  readonly nodes: number;
  readonly readyNodes: number;
  /** Of its highest node. */
  readonly height: number;
  readonly tipId?: string;
  readonly tipAgeMs?: number;
  /** The worst of its row of `lag`. */
  readonly lagBlocks?: number;
  /** User transactions in its blocks, per second. */
  readonly tps?: number;
  /** Invocations per second: user transactions and relays. */
  readonly utps?: number;
  /** Gas used, of what its blocks may hold. */
  readonly gasShare?: number;
  /** Of transactions sent from this group, from intended send to completed; known while load runs. */
  readonly p95Ms?: number;
  readonly partitions: number;
  readonly pool: number;
  readonly queuedRelays: number;
  readonly stateBytes?: number;
  readonly stateCells?: number;
  readonly reorganisations?: number;
};

export type NodeSight = {
  readonly name: string;
  readonly group: number;
  readonly machine: string;
  readonly process: NodeObserved['process'];
  readonly pid?: number;
  /** In a cluster. */
  readonly pod?: string;
  readonly cpuShare?: number;
  readonly rssBytes?: number;
  /** Since `startedAtMs`; in a cluster since its pod was made. */
  readonly restarts: number;
  /** Absent while it does not answer, as everything below. */
  readonly height?: number;
  readonly tipId?: string;
  readonly stateRoot?: string;
  readonly isInSync?: boolean;
  readonly peers?: number;
  readonly pool?: number;
  readonly queuedRelays?: number;
  readonly version?: string;
  /** What the node itself complains about; in a cluster also why its pod does not run. */
  readonly conditions: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
  }[];
};

export type MachineSight = {
  readonly name: string;
  readonly cores?: number;
  /** Of all its cores. */
  readonly cpuShare?: number;
  readonly memoryBytes?: number;
  readonly memoryUsedBytes?: number;
  readonly groups: readonly number[];
};

/** L2 blocks by the kind of parent header that proved them, summed over groups. */
export type ParentSight = {
  readonly kind: 'regtest' | 'toy';
  readonly height?: number;
  readonly onChain: number;
  readonly orphan: number;
  readonly premature: number;
};

export type LoadSight = {
  readonly isRunning: boolean;
  readonly workload: string;
  /** Per second, asked for and done lately. */
  readonly offeredTps: number;
  readonly tps: number;
  /** Counts since it began. */
  readonly offered: number;
  readonly completed: number;
  readonly failed: number;
  readonly crossGroupShare?: number;
  /** From intended send to completed. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Why the figures must not be used. */
  readonly invalid?: string;
};

export type ContractSight = ContractObserved & {
  /** `DApp.Contract`, its number and functions, once deployed and asked for. */
  readonly fullName?: string;
  readonly id?: string;
  readonly codeHash?: string;
  readonly functions?: readonly { readonly name: string; readonly scope: string; readonly isConst: boolean }[];
};

/** A transition, never a state: `Restarted`, `Reorganised`, `ConditionChanged`, … */
export type EventSight = {
  readonly atMs: number;
  /** `g0-n0`, `group 2`, `miner-0`, `demo`. */
  readonly object: string;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  /** A sentence. */
  readonly message: string;
};

/** What the last `bench scale` found. */
export type ScalingSight = {
  readonly verdict?: string;
  readonly slope?: number;
  readonly points: readonly {
    readonly groups: number;
    readonly tps: number;
    readonly efficiency: number;
    readonly isValid: boolean;
  }[];
};
