// How long to wait after the n-th failure in a row: doubling, jittered, forgotten after a healthy while. Holds no timer.
import type { Random } from './clock.ts';

export interface BackoffOptions {
  readonly firstMs: number;
  readonly maxMs: number;
  /** So long without a failure, and the next one counts as the first. */
  readonly healthyMs: number;
}

export class Backoff {
  readonly #options: BackoffOptions;
  readonly #random: Random;
  #stepMs: number;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(options: BackoffOptions, random: Random) {
    this.#options = options;
    this.#random = random;
    this.#stepMs = options.firstMs;
  }

  /** Between one and two steps, never over the maximum. */
  next(now: number): number {
    const { firstMs, maxMs, healthyMs } = this.#options;
    if (now - this.#failedAt >= healthyMs) this.#stepMs = firstMs;
    const delayMs = Math.min(maxMs, this.#stepMs * (1 + this.#random()));
    this.#stepMs = Math.min(maxMs, this.#stepMs * 2);
    // Waiting is not health: count from when the wait will be over.
    this.#failedAt = now + delayMs;
    return delayMs;
  }
}
