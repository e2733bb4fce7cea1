// Places drawn by Zipf's law: the n-th is drawn in proportion to 1 / n^s, as the keys of YCSB. Says nothing of who has which.
import type { Random } from './random.ts';

/** The skew of YCSB and of the reports this is compared with. */
export const ZIPF_EXPONENT = 0.99;
const STEPS = 2 ** 32;

export class Zipf {
  /** Chance of this place or an earlier one. */
  readonly #upTo: Float64Array;

  constructor(places: number, exponent: number = ZIPF_EXPONENT) {
    this.#upTo = new Float64Array(places);
    let sum = 0;
    for (let i = 0; i < places; i++) {
      sum += 1 / (i + 1) ** exponent;
      this.#upTo[i] = sum;
    }
    for (let i = 0; i < places; i++) this.#upTo[i] = (this.#upTo[i] ?? 0) / sum;
  }

  /** From 0, the likeliest. */
  draw(random: Random): number {
    const at = (random.below(STEPS) + 0.5) / STEPS;
    let low = 0;
    let high = this.#upTo.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#upTo[middle] ?? 1) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** 0 to `count` − 1 in an order that follows from the numbers drawn. */
export function shuffled(count: number, random: Random): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const moved = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = moved;
  }
  return order;
}
