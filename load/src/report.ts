// What a run says of itself: figures while it goes on, figures and verdicts at its end. Pure; writing is the caller's.
import type { LoadReport } from './measure.ts';
import type { Offering } from './offering.ts';
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
  /** All of what follows is as it must be; false as well when it could not be judged. */
  readonly passed: boolean;
  /** `conserved`, the difference, or why nothing was compared. */
  readonly supply: string;
  /** Relay trees that began, whose groups went on, and that are not whole: relays that got lost. */
  readonly lost: number;
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

/** Of what was offered, so much may be sent late before the generator blames itself. */
const LATE_SHARE_MAX = 0.01;

export interface RunFacts {
  readonly spec: Pick<LoadSpec, 'workload' | 'tps'>;
  readonly seed: number;
  readonly accounts: number;
  readonly gasLimit: bigint;
  readonly recentTps: number;
}

export function reportOf(offering: Offering, { spec, seed, accounts, gasLimit, recentTps }: RunFacts): RunReport {
  const figures = offering.measurement.report(offering.tracker.doubled);
  const isLate = offering.late > figures.offered * LATE_SHARE_MAX;
  return {
    ...figures,
    done: false,
    ...(isLate ? { invalid: `${offering.late} of ${figures.offered} transactions were sent more than 1 s late` } : {}),
    workload: spec.workload,
    seed,
    accounts,
    offeredTps: spec.tps,
    gasLimit: Number(gasLimit),
    recentTps,
    pending: offering.pending,
    resent: offering.resent,
    late: offering.late,
    refusals: Object.fromEntries([...offering.refusals].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** One line for whoever looks on. */
export function progressLine(report: RunReport, nowMs: number): string {
  const { offered, completed, failed, pending, recentTps, p95Ms } = report;
  return JSON.stringify({
    time: new Date(nowMs).toISOString(),
    offered,
    completed,
    failed,
    pending,
    tps: recentTps,
    p95Ms,
  });
}

/** Completed per second over the last few looks. */
export class RecentRate {
  readonly #looks: { readonly ms: number; readonly completed: number }[] = [];

  look(ms: number, completed: number): number {
    this.#looks.push({ ms, completed });
    if (this.#looks.length > LOOKS) this.#looks.shift();
    const first = this.#looks[0];
    if (first === undefined || ms <= first.ms) return 0;
    return Math.round(((completed - first.completed) * 10_000) / (ms - first.ms)) / 10;
  }
}

const LOOKS = 11;
