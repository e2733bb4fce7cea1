// An open loop: when the n-th transaction is due depends on the clock alone, never on how the last one fared.

export class Pace {
  readonly #startMs: number;
  readonly #perSecond: number;
  #taken = 0;

  constructor(startMs: number, perSecond: number) {
    this.#startMs = startMs;
    this.#perSecond = perSecond;
  }

  /** Intended send times that have come and were not taken yet, at most `limit`. */
  take(nowMs: number, limit: number): number[] {
    const due = Math.floor(((nowMs - this.#startMs) * this.#perSecond) / 1_000) + 1;
    const count = Math.max(0, Math.min(limit, due - this.#taken));
    const times = Array.from(
      { length: count },
      (_, i) => this.#startMs + ((this.#taken + i) * 1_000) / this.#perSecond,
    );
    this.#taken += count;
    return times;
  }

  get taken(): number {
    return this.#taken;
  }
}
