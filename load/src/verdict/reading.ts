// What one run of one point came to, as the verdict takes it: figures, who watched whom, what was checked. Types only; where
// the figures come from is for others to say.

/** `capped`: every group is offered more than the protocol lets it do. `open`: as much as the machine can do. */
export type Profile = 'capped' | 'open';

export interface GroupReading {
  readonly group: number;
  /** Completed transactions that began in this group, per second of its window. */
  readonly tps: number;
  /** Mean time between its blocks in the window. */
  readonly blockMs: number;
}

export interface GeneratorReading {
  readonly loopLagP99Ms: number;
  /** Of one core. */
  readonly cpuShare: number;
  readonly sentOverOffered: number;
}

/** Shares are of all cores over the window. */
export interface MachineReading {
  readonly busyShare: number;
  /** Used by processes that are none of ours. */
  readonly foreignShare: number;
  readonly stealShare: number;
  /** Of the time the processes of the network were ready to run, what they waited for a core. */
  readonly waitShare: number;
  /** Of the periods of our control group, in how many it was stopped; 0 where there is none. Of several the worst. */
  readonly throttledShare: number;
  /** Whose it is, where there are several: `a node of group 3`. */
  readonly throttled?: string;
  /** Of the generator's own, where nodes have shares of their own. */
  readonly generatorThrottledShare?: number;
}

/** Something that must be true of every run, whatever its speed. */
export interface Gate {
  readonly name: string;
  readonly isMet: boolean;
  readonly detail: string;
}

export interface Reading {
  readonly groups: number;
  /** Readings of one round were taken one after the other, so they share the mood of the machine. */
  readonly repeat: number;
  /** Transactions. */
  readonly offered: number;
  readonly completed: number;
  /** Per second, in windows from block to block. */
  readonly offeredTps: number;
  readonly tps: number;
  readonly utps: number;
  /** What the protocol lets all groups do together, or what the cores could; absent where neither is known. */
  readonly capacityTps?: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly crossGroupShare: number;
  readonly byGroup: readonly GroupReading[];
  /** CPU seconds per completed transaction, by the role of a process. */
  readonly cpuSecondsPerTx: Readonly<Record<string, number>>;
  readonly generator: GeneratorReading;
  readonly machine: MachineReading;
  readonly gates: readonly Gate[];
  /** The run did not come to an end, so nothing above counts. */
  readonly broken?: string;
}
