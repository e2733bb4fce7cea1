// A bounded set of transaction ids that forgets the oldest first: all of the older half at once, when the newer is full or has
// had its time. Without a bound in time it would grow for minutes where little is sent.

export interface RecentIdsBounds {
  /** Remembers at least half as many, if they are not too old, and never more. */
  readonly limit: number;
  /** Remembered at least so long while there is room, and at most twice as long while others come. */
  readonly rememberMs: number;
}

export class RecentIds {
  readonly #half: number;
  readonly #rememberMs: number;
  #newer = new Set<string>();
  #older: ReadonlySet<string> = new Set<string>();
  #newerSinceMs = Number.NEGATIVE_INFINITY;

  constructor({ limit, rememberMs }: RecentIdsBounds) {
    this.#half = Math.floor(limit / 2);
    this.#rememberMs = rememberMs;
  }

  get size(): number {
    return this.#newer.size + this.#older.size;
  }

  has(id: string): boolean {
    return (this.#newer.size > 0 && this.#newer.has(id)) || (this.#older.size > 0 && this.#older.has(id));
  }

  add(id: string, nowMs: number): void {
    if (this.#newer.size >= this.#half || nowMs - this.#newerSinceMs >= this.#rememberMs) {
      this.#older = this.#newer;
      this.#newer = new Set();
      this.#newerSinceMs = nowMs;
    }
    this.#newer.add(id);
  }
}
