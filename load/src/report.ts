// What a run says of itself: figures while it goes on, figures and verdicts at its end. Pure; writing is the caller's.
import type { LoadReport } from './measure.ts';
import type { Offering } from './offering.ts';
import type { LoadSpec } from './spec.ts';

/** The contents of the report file. */
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
  /** How often which refusal was met, also by transactions that passed later. */
  readonly refusals: Readonly<Record<string, number>>;
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
