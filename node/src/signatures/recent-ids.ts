// A bounded set of transaction ids that forgets the oldest first: all of the older half at once.

export class RecentIds {
  readonly #half: number;
  #newer = new Set<string>();
  #older: ReadonlySet<string> = new Set<string>();

  /** Remembers at least half as many as `limit`, and never more. */
  constructor(limit: number) {
    this.#half = Math.floor(limit / 2);
  }

  get size(): number {
    return this.#newer.size + this.#older.size;
  }

  has(id: string): boolean {
    return (this.#newer.size > 0 && this.#newer.has(id)) || (this.#older.size > 0 && this.#older.has(id));
  }

  add(id: string): void {
    this.#newer.add(id);
    if (this.#newer.size < this.#half) return;
    this.#older = this.#newer;
    this.#newer = new Set();
  }
}
