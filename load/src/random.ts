// A seeded generator of numbers: the same seed gives the same load everywhere. Never used where secrets are made.

/** sfc32: 128 bits of state, passes PractRand. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #count = 1;

  constructor(seed: number) {
    this.#a = seed >>> 0;
    this.#b = Math.floor(seed / 2 ** 32) >>> 0;
    this.#c = 0x9e3779b9;
    for (let i = 0; i < WARM_UP; i++) this.#next();
  }

  /** An integer from 0 to `end` − 1, all equally likely. */
  below(end: number): number {
    // What lies above the last whole multiple would favour small numbers.
    const limit = 2 ** 32 - (2 ** 32 % end);
    for (;;) {
      const drawn = this.#next();
      if (drawn < limit) return drawn % end;
    }
  }

  #next(): number {
    const drawn = (this.#a + this.#b + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + drawn) | 0;
    return drawn >>> 0;
  }
}

/** Drawn and thrown away, so that near seeds have nothing in common. */
const WARM_UP = 16;
