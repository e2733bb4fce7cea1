// The nonces of one account: which comes next, which are on their way, which have become free again. Asks nobody.

export class Nonces {
  #next: number;
  #free: number[] = [];
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

  take(): number {
    return this.#free.shift() ?? this.#next++;
  }

  sent(nonce: number): void {
    this.#onTheWay.add(nonce);
  }

  /** Included in a block, or refused for good. */
  settled(nonce: number): void {
    this.#onTheWay.delete(nonce);
  }

  /**
   * Begins again at what the chain expects. What is on its way keeps its nonce; gaps between are filled first, since
   * everything above a gap waits for it.
   */
  resync(expected: number): void {
    this.#generation++;
    for (const nonce of this.#onTheWay) if (nonce < expected) this.#onTheWay.delete(nonce);
    const end = Math.max(expected, ...[...this.#onTheWay].map((nonce) => nonce + 1));
    this.#free = [];
    for (let nonce = expected; nonce < end; nonce++) if (!this.#onTheWay.has(nonce)) this.#free.push(nonce);
    this.#next = end;
  }
}
