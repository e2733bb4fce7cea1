// An open loop: when the n-th transaction is due depends on the clock and the rate alone, never on how the last one fared.

export class Pace {
  #startMs: number;
  #perSecond: number;
  /** Taken before `#startMs`, at another rate. */
  #before = 0;
  #taken = 0;

  constructor(startMs: number, perSecond: number) {
    this.#startMs = startMs;
    this.#perSecond = perSecond;
  }

  get perSecond(): number {
    return this.#perSecond;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Another rate from now on. What is due by now and was not taken is due at once. */
  setRate(nowMs: number, perSecond: number): void {
    if (perSecond === this.#perSecond) return;
    const owed = this.due(nowMs) - this.#taken;
    this.#startMs = nowMs - ((owed - 1) * 1_000) / perSecond;
    this.#perSecond = perSecond;
    this.#before = this.#taken;
  }

  /** Intended sends that have come by `nowMs` since the beginning. */
  due(nowMs: number): number {
    if (nowMs < this.#startMs) return this.#before;
    return this.#before + Math.floor(((nowMs - this.#startMs) * this.#perSecond) / 1_000) + 1;
  }

  /** Intended send times that have come and were not taken yet, at most `limit`. */
  take(nowMs: number, limit: number): number[] {
    const count = Math.max(0, Math.min(limit, this.due(nowMs) - this.#taken));
    const first = this.#taken - this.#before;
    const times = Array.from({ length: count }, (_, i) => this.#startMs + ((first + i) * 1_000) / this.#perSecond);
    this.#taken += count;
    return times;
  }
}
