// What the generator tells Prometheus while it runs: sums of its reports as counters, latencies as they come. It measures
// nothing itself.
import type { Metrics } from '@rexnet/node/telemetry/telemetry.ts';
import type { RunReport } from './report.ts';
import type { Finished } from './tracker.ts';

/** The part of a report that is served; sums count from the start of the run. */
export type Served = Pick<
  RunReport,
  'offered' | 'accepted' | 'completed' | 'failedBy' | 'pending' | 'late' | 'offeredTps' | 'gasLimit'
> & { readonly generator: Pick<RunReport['generator'], 'loopLagP99Ms'> };

export class LoadMeters {
  readonly #load: Metrics['load'];
  /** What has been counted of each sum. */
  readonly #counted = new Map<string, number>();

  constructor({ load }: Metrics) {
    this.#load = load;
  }

  progress(report: Served): void {
    const load = this.#load;
    load.wanted.set(report.offeredTps);
    load.transactionGas.set(report.gasLimit);
    load.pending.set(report.pending);
    load.loopDelay.set(report.generator.loopLagP99Ms / 1_000);
    load.offered.inc(this.#grown('offered', report.offered));
    load.accepted.inc(this.#grown('accepted', report.accepted));
    load.completed.inc(this.#grown('completed', report.completed));
    load.late.inc(this.#grown('late', report.late));
    for (const [reason, count] of Object.entries(report.failedBy))
      load.failed.inc({ reason }, this.#grown(`failed ${reason}`, count));
  }

  finished({ failed, intendedMs, completedMs, executedMs }: Omit<Finished, 'subject'>): void {
    if (failed) return;
    this.#load.completedSeconds.observe((completedMs - intendedMs) / 1_000);
    this.#load.executedSeconds.observe((executedMs - intendedMs) / 1_000);
  }

  /** A sum that falls, as after a reorganisation, counts again only from where it was. */
  #grown(key: string, sum: number): number {
    const counted = this.#counted.get(key) ?? 0;
    if (sum <= counted) return 0;
    this.#counted.set(key, sum);
    return sum - counted;
  }
}
