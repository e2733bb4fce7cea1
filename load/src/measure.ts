// Adds up what became of the offered transactions over the whole run: counts, reasons, latency from the intended send time.
import { build, type Histogram } from 'hdr-histogram-js';
import type { Finished } from './tracker.ts';

const HIGHEST_MS = 3_600_000;

export interface LoadReport {
  readonly offered: number;
  readonly refused: number;
  readonly completed: number;
  /** Completed with a failed invocation, or refused for good. */
  readonly failed: number;
  /** Neither completed nor refused when the run ended, though sent. */
  readonly lost: number;
  /** Due and never sent: the generator was too slow. */
  readonly unsent: number;
  readonly doubled: number;
  /** Completed transactions per second between the first and the last intended send. */
  readonly tps: number;
  /** Invocations per second in the same window. */
  readonly utps: number;
  /** Relays that ran in another group than their transaction began in. */
  readonly crossGroupShare: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly executedP95Ms: number;
  /** Of those that crossed groups. */
  readonly crossP95Ms: number;
  readonly crossExecutedP95Ms: number;
  readonly windowSeconds: number;
}

function histogram(): Histogram {
  return build({ lowestDiscernibleValue: 1, highestTrackableValue: HIGHEST_MS, numberOfSignificantValueDigits: 3 });
}

export class Measurement {
  readonly #completed = histogram();
  readonly #executed = histogram();
  readonly #crossCompleted = histogram();
  readonly #crossExecuted = histogram();
  readonly #failedBy = new Map<string, number>();
  #offered = 0;
  #refused = 0;
  #unsent = 0;
  #failed = 0;
  #succeeded = 0;
  #invocations = 0;
  #relays = 0;
  #crossed = 0;
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;

  offered(intendedMs: number): void {
    this.#offered++;
    this.#firstMs = Math.min(this.#firstMs, intendedMs);
    this.#lastMs = Math.max(this.#lastMs, intendedMs);
  }

  unsent(count: number): void {
    this.#offered += count;
    this.#unsent += count;
  }

  refused(code: string): void {
    this.#refused++;
    this.#because(code === 'EXPIRED' ? 'Expired' : `Refused: ${code}`);
  }

  /** Why transactions failed, in alphabetical order; sums to `failed`. */
  get failedBy(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#failedBy].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  finished(tree: Omit<Finished, 'subject'>): void {
    this.#invocations += tree.invocations;
    this.#relays += tree.relays;
    this.#crossed += tree.crossed;
    if (tree.failed) {
      this.#failed++;
      this.#because(`${tree.rootStatus === 0 ? 'CompletedWithFailures' : 'Failed'}: ${tree.failure}`);
      return;
    }
    this.#succeeded++;
    const completedMs = clampMs(tree.completedMs - tree.intendedMs);
    const executedMs = clampMs(tree.executedMs - tree.intendedMs);
    this.#completed.recordValue(completedMs);
    this.#executed.recordValue(executedMs);
    if (tree.crossed === 0) return;
    this.#crossCompleted.recordValue(completedMs);
    this.#crossExecuted.recordValue(executedMs);
  }

  report(doubled: number): LoadReport {
    const windowSeconds = Math.max(0, this.#lastMs - this.#firstMs) / 1_000;
    const per = (count: number): number => (windowSeconds > 0 ? round(count / windowSeconds) : 0);
    return {
      offered: this.#offered,
      refused: this.#refused,
      completed: this.#succeeded,
      failed: this.#failed + this.#refused,
      lost: this.#offered - this.#succeeded - this.#failed - this.#refused - this.#unsent,
      unsent: this.#unsent,
      doubled,
      tps: per(this.#succeeded),
      utps: per(this.#invocations),
      crossGroupShare: this.#relays === 0 ? 0 : round(this.#crossed / this.#relays),
      ...percentiles(this.#completed),
      executedP95Ms: this.#executed.getValueAtPercentile(95),
      crossP95Ms: this.#crossCompleted.getValueAtPercentile(95),
      crossExecutedP95Ms: this.#crossExecuted.getValueAtPercentile(95),
      windowSeconds: round(windowSeconds),
    };
  }

  #because(reason: string): void {
    this.#failedBy.set(reason, (this.#failedBy.get(reason) ?? 0) + 1);
  }
}

export function percentiles(latency: Histogram): Pick<LoadReport, 'p50Ms' | 'p95Ms' | 'p99Ms' | 'p999Ms'> {
  return {
    p50Ms: latency.getValueAtPercentile(50),
    p95Ms: latency.getValueAtPercentile(95),
    p99Ms: latency.getValueAtPercentile(99),
    p999Ms: latency.getValueAtPercentile(99.9),
  };
}

export function clampMs(ms: number): number {
  return Math.min(HIGHEST_MS, Math.max(1, Math.round(ms)));
}

export function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
