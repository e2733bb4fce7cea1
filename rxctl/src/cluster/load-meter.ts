// The load of a Testnet as its generators count it under /metrics: rates from two looks, latencies from their histograms. It asks
// every generator and keeps only the last look.
import type { Figures } from '../sources/metrics-text.ts';
import type { Scraper } from '../sources/scrape.ts';
import type { LoadSight } from '../sources/source.ts';

const NAMES = {
  wanted: 'rexnet_load_wanted_tps',
  offered: 'rexnet_load_offered_total',
  completed: 'rexnet_load_completed_total',
  failed: 'rexnet_load_failed_total',
} as const;
const BUCKET = 'rexnet_load_completed_seconds_bucket';
const WANTED: ReadonlySet<string> = new Set([...Object.values(NAMES), BUCKET]);
/** Enough to even out how completions come with blocks. */
const WINDOW_MS = 5_000;

type Look = { readonly atMs: number; readonly completed: number };

export class LoadMeter {
  readonly #scraper: Scraper;
  #looks: readonly Look[] = [];

  constructor(scraper: Scraper) {
    this.#scraper = scraper;
  }

  /** Undefined while no generator answers. `toldTps` is what somebody else has counted, for a first look. */
  async look(
    addresses: readonly string[],
    workload: string,
    atMs: number,
    toldTps: number = 0,
  ): Promise<LoadSight | undefined> {
    const answers = await Promise.all(addresses.map((address) => this.#scraper.scrape(address, WANTED)));
    const figures = answers.filter((answer) => answer !== undefined);
    if (figures.length === 0) return undefined;
    const completed = sum(figures, NAMES.completed);
    const buckets = bucketsOf(figures);
    return {
      isRunning: true,
      workload,
      offeredTps: sum(figures, NAMES.wanted),
      tps: this.#rate({ atMs, completed }) ?? toldTps,
      offered: sum(figures, NAMES.offered),
      completed,
      failed: sum(figures, NAMES.failed),
      p50Ms: quantileMs(buckets, 0.5),
      p95Ms: quantileMs(buckets, 0.95),
      p99Ms: quantileMs(buckets, 0.99),
    };
  }

  #rate(look: Look): number | undefined {
    const last = this.#looks.at(-1);
    const kept = last === undefined || last.completed > look.completed ? [] : this.#looks;
    const inside = kept.findIndex(({ atMs }) => atMs >= look.atMs - WINDOW_MS);
    this.#looks = [...kept.slice(inside < 0 ? -1 : Math.max(0, inside - 1)), look];
    const [first] = this.#looks;
    const spanMs = first === undefined ? 0 : look.atMs - first.atMs;
    return first === undefined || spanMs <= 0 ? undefined : ((look.completed - first.completed) * 1_000) / spanMs;
  }
}

/** Over all its series. */
function sum(figures: readonly Figures[], name: string): number {
  let total = 0;
  for (const each of figures)
    for (const [series, value] of each) if (series === name || series.startsWith(`${name}{`)) total += value;
  return total;
}

type Bucket = { readonly limitSeconds: number; readonly count: number };

/** Cumulative counts of all generators, by their limits. */
function bucketsOf(figures: readonly Figures[]): readonly Bucket[] {
  const counts = new Map<number, number>();
  for (const each of figures)
    for (const [series, value] of each) {
      const limit = /_bucket\{le="([^"]+)"\}$/.exec(series)?.[1];
      if (limit === undefined) continue;
      const seconds = limit === '+Inf' ? Number.POSITIVE_INFINITY : Number(limit);
      counts.set(seconds, (counts.get(seconds) ?? 0) + value);
    }
  return [...counts]
    .map(([limitSeconds, count]) => ({ limitSeconds, count }))
    .sort((left, right) => left.limitSeconds - right.limitSeconds);
}

/** Between the limits of its bucket in proportion; of the last one the lower limit is all that is known. */
export function quantileMs(buckets: readonly Bucket[], share: number): number {
  const wanted = (buckets.at(-1)?.count ?? 0) * share;
  let below: Bucket = { limitSeconds: 0, count: 0 };
  for (const bucket of buckets) {
    if (bucket.count >= wanted && bucket.count > below.count) {
      if (!Number.isFinite(bucket.limitSeconds)) return below.limitSeconds * 1_000;
      const part = (wanted - below.count) / (bucket.count - below.count);
      return (below.limitSeconds + part * (bucket.limitSeconds - below.limitSeconds)) * 1_000;
    }
    below = bucket;
  }
  return 0;
}
