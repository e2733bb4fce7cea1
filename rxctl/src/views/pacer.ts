// When the next frame may be drawn: a key is answered at once, and a storm of keys and looks makes no more than five frames a
// second in the long run. Pure: it is told the time and holds no timer.

/** 200 ms a frame. */
export const FRAME_MS = 200;
/** Frames that may follow each other at once: a key right after a look. */
const BURST = 3;

export class Pacer {
  #tokens: number = BURST;
  #atMs = Number.NEGATIVE_INFINITY;

  /** How long to wait before drawing what is wanted now. */
  delayMs(nowMs: number): number {
    const tokens = this.#tokensAt(nowMs);
    return tokens >= 1 ? 0 : Math.ceil((1 - tokens) * FRAME_MS);
  }

  drawn(nowMs: number): void {
    this.#tokens = Math.max(0, this.#tokensAt(nowMs) - 1);
    this.#atMs = nowMs;
  }

  #tokensAt(nowMs: number): number {
    return Math.min(BURST, this.#tokens + (nowMs - this.#atMs) / FRAME_MS);
  }
}
