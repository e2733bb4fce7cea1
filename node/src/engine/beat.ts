// When the next template is due: shortly before the moment it may be mined, so that it takes what came until then, and
// now and then after that while nobody mines it. Pure arithmetic on times handed in.

/** Share of a block interval a template is made ahead of its time, and the most that may be. */
const LEAD_SHARE = 1 / 8;
const LEAD_MAX_MS = 100;
/** A template nobody mined is made anew after this share of an interval. */
const REFRESH_SHARE = 1 / 2;

export class Beat {
  readonly #intervalMs: number;
  readonly #leadMs: number;
  #parent = '';
  #madeMs = Number.NEGATIVE_INFINITY;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
    this.#leadMs = Math.min(LEAD_MAX_MS, intervalMs * LEAD_SHARE);
  }

  /** Whether a template on this tip should be made now. */
  isDue(tip: { readonly key: string; readonly timestampMs: number }, nowMs: number): boolean {
    if (nowMs < tip.timestampMs + this.#intervalMs - this.#leadMs) return false;
    return tip.key !== this.#parent || nowMs - this.#madeMs >= this.#intervalMs * REFRESH_SHARE;
  }

  made(tip: { readonly key: string }, nowMs: number): void {
    this.#parent = tip.key;
    this.#madeMs = nowMs;
  }
}
