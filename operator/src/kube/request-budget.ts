// How many requests may leave this process: plenty while the API server is well, under 20 a second while it fails, none before
// the moment it asked us to come back. Holds no timer; it only says how long to wait.

export interface BudgetRates {
  readonly perSecond: number;
  readonly burst: number;
}

/** 200 groups are about 1500 writes, to be made in 20 s. */
const WELL: BudgetRates = { perSecond: 200, burst: 200 };
/** Burst and rate together stay below 20 in any second. */
const FAILING: BudgetRates = { perSecond: 15, burst: 4 };
/** Failing lasts until nothing has failed for so long. */
const FAILING_FOR_MS = 5_000;
/** A server that names a longer pause is asked again after this one: ours to decide, and it bounds every wait. */
export const MAX_RETRY_AFTER_MS = 30_000;

export class RequestBudget {
  #tokens = WELL.burst;
  #at: number;
  #failedAt = Number.NEGATIVE_INFINITY;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(now: number) {
    this.#at = now;
  }

  failing(now: number): boolean {
    return now < this.#failedAt + FAILING_FOR_MS;
  }

  /** 0 when a request may leave now, and it is counted; else how long to wait before asking again. */
  take(now: number): number {
    if (now < this.#notBefore) return this.#notBefore - now;
    const { perSecond } = this.#refill(now);
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    return ((1 - this.#tokens) * 1000) / perSecond;
  }

  /** The server failed, or could not be reached. */
  failed(now: number, retryAfterMs = 0): void {
    this.#refill(now);
    this.#failedAt = now;
    this.#tokens = Math.min(this.#tokens, FAILING.burst);
    this.#notBefore = Math.max(this.#notBefore, now + Math.min(retryAfterMs, MAX_RETRY_AFTER_MS));
  }

  #refill(now: number): BudgetRates {
    const rates = this.failing(now) ? FAILING : WELL;
    this.#tokens = Math.min(rates.burst, this.#tokens + ((now - this.#at) / 1000) * rates.perSecond);
    this.#at = now;
    return rates;
  }
}
