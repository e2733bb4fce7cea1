// Seeded misbehaviour of an API server: refusals with and without Retry-After, silence, connections that are reset, watches that end in
// the middle. What it did is kept, so that a test can judge what its clients made of it.
import { performance } from 'node:perf_hooks';
import type { Random } from '../../load/src/random.ts';
import type { ApiProxy, Asked, Fate } from './proxy.ts';

/** How bad it is, one after the other, each for an equal share of the time. */
type Weather = { readonly [kind in 'busy' | 'broken' | 'silence' | 'cut']: number };
const WEATHERS: readonly Weather[] = [
  { busy: 25, broken: 15, silence: 10, cut: 15 },
  { busy: 0, broken: 100, silence: 0, cut: 0 },
  { busy: 0, broken: 0, silence: 100, cut: 0 },
  { busy: 0, broken: 0, silence: 0, cut: 100 },
  { busy: 10, broken: 20, silence: 15, cut: 20 },
];
const PERCENT = 100;
const RETRY_AFTER_MAX_S = 3;
const CUT_WATCHES_EVERY_MS = 4_000;

export type Pause = { readonly fromMs: number; readonly toMs: number };

export class Faults {
  /** When the server asked to be left alone. */
  readonly pauses: Pause[] = [];
  readonly counts: Record<string, number> = {};
  readonly #random: Random;
  readonly #lastsMs: number;
  readonly #startedAt: number;

  /** They begin now. */
  constructor(proxy: ApiProxy, random: Random, lastsMs: number) {
    this.#random = random;
    this.#lastsMs = lastsMs;
    this.#startedAt = performance.now();
    proxy.decide = (asked) => this.#decide(asked);
    proxy.cutWatches();
    const cutting = setInterval(() => {
      if (this.#isOver()) clearInterval(cutting);
      else proxy.cutWatches();
    }, CUT_WATCHES_EVERY_MS);
  }

  get startedAt(): number {
    return this.#startedAt;
  }

  get endsAt(): number {
    return this.#startedAt + this.#lastsMs;
  }

  #isOver(): boolean {
    return performance.now() >= this.endsAt;
  }

  #decide({ atMs }: Asked): Fate {
    const fate = this.#fate(atMs);
    const name = fate.kind === 'refuse' ? String(fate.status) : fate.kind;
    if (!this.#isOver()) this.counts[name] = (this.counts[name] ?? 0) + 1;
    return fate;
  }

  #fate(atMs: number): Fate {
    if (this.#isOver()) return { kind: 'pass' };
    const share = (atMs - this.#startedAt) / this.#lastsMs;
    const weather = WEATHERS[Math.min(WEATHERS.length - 1, Math.floor(share * WEATHERS.length))];
    if (weather === undefined) return { kind: 'pass' };
    let drawn = this.#random.below(PERCENT);
    if (drawn < weather.busy) {
      const seconds = 1 + this.#random.below(RETRY_AFTER_MAX_S);
      this.pauses.push({ fromMs: performance.now(), toMs: performance.now() + seconds * 1_000 });
      return { kind: 'refuse', status: 429, retryAfterS: seconds };
    }
    drawn -= weather.busy;
    if (drawn < weather.broken) return { kind: 'refuse', status: 500 };
    drawn -= weather.broken;
    if (drawn < weather.silence) return { kind: 'silence' };
    return drawn - weather.silence < weather.cut ? { kind: 'cut' } : { kind: 'pass' };
  }
}

/** The most that came within any second that begins in a span. */
export function mostPerSecond(asked: readonly Asked[], fromMs: number, toMs: number): number {
  const times = asked.map(({ atMs }) => atMs).filter((atMs) => atMs >= fromMs && atMs < toMs);
  let most = 0;
  let first = 0;
  for (const [last, atMs] of times.entries()) {
    while (atMs - (times[first] ?? atMs) >= 1_000) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
