// The nonces of one account: which comes next, which are on their way, which have become free again. Asks nobody.

export class Nonces {
  #next: number;
  #free: number[] = [];
  /** Handed out and not sent yet. */
  readonly #taken = new Set<number>();
  readonly #onTheWay = new Set<number>();
  #generation = 0;

  constructor(next: number) {
    this.#next = next;
  }

  /** Grows whenever nonces handed out and not sent yet have lost their meaning. */
  get generation(): number {
    return this.#generation;
  }

  /** Free nonces below one that is on its way. */
  get gaps(): number {
    return this.#free.length;
  }

  /** What `take` gives next. */
  get upcoming(): number {
    return this.#free[0] ?? this.#next;
  }

  take(): number {
    const nonce = this.#free.shift() ?? this.#next++;
    this.#taken.add(nonce);
    return nonce;
  }

  sent(nonce: number): void {
    this.#taken.delete(nonce);
    this.#onTheWay.add(nonce);
  }

  /** Included in a block. */
  settled(nonce: number): void {
    this.#onTheWay.delete(nonce);
  }

  /** Refused for good: the next transaction takes it, before anything that has to wait for it. */
  released(nonce: number): void {
    this.#onTheWay.delete(nonce);
    this.#begin(Math.min(nonce, this.#free[0] ?? nonce, ...this.#taken));
  }

  /** Begins again at what the chain expects. */
  resync(expected: number): void {
    for (const nonce of this.#onTheWay) if (nonce < expected) this.#onTheWay.delete(nonce);
    this.#begin(expected);
  }

  /**
   * No nonce from `first` on has been included. What is on its way keeps its nonce; gaps between are filled first, since
   * everything above a gap waits for it.
   */
  #begin(first: number): void {
    this.#generation++;
    this.#taken.clear();
    let end = first;
    for (const nonce of this.#onTheWay) if (nonce >= end) end = nonce + 1;
    this.#free = [];
    for (let nonce = first; nonce < end; nonce++) if (!this.#onTheWay.has(nonce)) this.#free.push(nonce);
    this.#next = end;
  }
}
