// What a run says of itself, as a value: the contents of the report file. Types alone.
import type { LoadReport } from './measure.ts';
import type { LoadSpec } from './spec.ts';

/** One group in the measured window: between two blocks of its chain, both after the warm-up. */
export interface GroupFigures {
  readonly group: number;
  /** Intended sends of its accounts while the window was open. */
  readonly offered: number;
  /** Transactions of its accounts whose relay trees ran to their ends within the window, successfully. */
  readonly completed: number;
  /** The same for trees with a failed invocation. */
  readonly failed: number;
  /** Transactions that its blocks of the window began. */
  readonly included: number;
  /** Invocations of this load that its blocks of the window ran, and what they burnt. */
  readonly invocations: number;
  readonly gasUsed: number;
  readonly tps: number;
  readonly utps: number;
  /** Relays of the transactions counted here that ran in another group. */
  readonly crossGroupShare: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** The newest block when the warm-up was over; the window begins after it. */
  readonly startHeight: number;
  /** The newest block when the offering was over; the window ends with it. */
  readonly endHeight: number;
  readonly blocks: number;
  /** Between the timestamps of the two; rates are over this. */
  readonly windowMs: number;
  /** Between the moments the generator saw the two. */
  readonly observedMs: number;
}

/** All groups in the measured window: rates are the sums of theirs. */
export interface WindowFigures {
  readonly offered: number;
  readonly completed: number;
  readonly failed: number;
  readonly included: number;
  readonly tps: number;
  readonly utps: number;
  readonly crossGroupShare: number;
  /** From the intended send to the moment the whole relay tree was `confirmations` deep. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  /** Mean over the groups. */
  readonly windowMs: number;
  readonly groups: readonly GroupFigures[];
}

/** The generator itself, while it offered. */
export interface GeneratorFigures {
  /** How late its event loop was: what it sends and sees is that much too late. */
  readonly loopLagP99Ms: number;
  readonly loopLagMaxMs: number;
  /** Of one core, all threads together. */
  readonly cpuShare: number;
  readonly cpuSeconds: number;
  /** Of signing, sending and following one transaction. */
  readonly cpuMicrosPerTransaction: number;
  /** Time its main thread was ready to run and had no core. */
  readonly waitShare: number;
  /** Sent by the end of the offering, of what was due by then. */
  readonly sentOverOffered: number;
  /** Of what was offered, how much the generator itself sent more than a second after its time. */
  readonly lateShare: number;
}

/** What a run must not break, whatever it was asked to measure. */
export interface Gates {
  /** Nothing was found broken. */
  readonly passed: boolean;
  /** Nothing was left that could not be judged: all trees whole, all accounts compared. */
  readonly judged: boolean;
  /** `conserved`, the difference, or why nothing was compared. */
  readonly supply: string;
  /** Relay trees that began and are not whole though nothing of the run is going on any more: relays that got lost. */
  readonly lost: number;
  /** Relay trees that are not whole while the chains still work on the run. */
  readonly underWay: number;
  /** Invocations seen in two blocks at once. */
  readonly doubled: number;
  /** `match`, the first difference, or why nothing was compared. */
  readonly balances: string;
  readonly balancesChecked: number;
  /** Of what the run changed, account by account, by the word of the chain: equal for equal loads whatever the groups. */
  readonly balancesDigest?: string;
}

/** The network that was loaded. */
export interface NetworkFacts {
  readonly networkId: string;
  readonly groups: number;
  readonly partitions: number;
  readonly blockIntervalMs: number;
  readonly blockGas: number;
  /** The sum of budgets one block admits: divided by `gasLimit`, the transactions it takes. */
  readonly userGas: number;
  readonly confirmations: number;
  readonly difficulty: 'Floor' | 'Asert';
}

export interface Versions {
  readonly load: string;
  readonly node: string;
  /** Hex: the compiler of the network. */
  readonly compiler: string;
}

/** The contents of the report file. A run as a value: figures of the whole run, and of the measured window at its end. */
export interface RunReport extends LoadReport {
  /** These are the last figures. */
  readonly done: boolean;
  /** Why the figures must not be used. */
  readonly invalid?: string;
  readonly workload: LoadSpec['workload'];
  readonly seed: number;
  readonly accounts: number;
  /** What was asked for, per second. */
  readonly offeredTps: number;
  /** Budget of one transaction. */
  readonly gasLimit: number;
  /** Completed per second over the last seconds. */
  readonly recentTps: number;
  readonly pending: number;
  readonly resent: number;
  /** Sent more than a second after their time. */
  readonly late: number;
  /** Taken into a pool at least once. */
  readonly accepted: number;
  /** `Refused: POOL_FULL`, `Failed: ExceptionThrown`, …; sums to `failed`. */
  readonly failedBy: Readonly<Record<string, number>>;
  /** How often which refusal was met, also by transactions that passed later. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Absent until the offering is over, and when it was too short for a block in every group. */
  readonly window?: WindowFigures;
  readonly generator: GeneratorFigures;
  readonly network: NetworkFacts;
  readonly versions: Versions;
  /** At the end. */
  readonly gates?: Gates;
  /** `match`, the first difference, or why nothing was compared. */
  readonly balances?: string;
  /** Accounts whose balances were compared. */
  readonly balancesChecked?: number;
}
