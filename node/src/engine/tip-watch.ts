// Whether a chain keeps up, apart from the moment that every block is on its way: its header is known before it is executed, and whoever asks
// once a second, as often as blocks come, may meet that moment every time. Pure; it knows neither headers nor blocks.

/** Even a starved node has a block executed so long after its header. */
const ON_THE_WAY_MS = 3_000;

export class TipWatch {
  /** Since when a newer header is known than our chain has come to; who has never been at the newest one is behind for ever. */
  #behindSinceMs: number | undefined = Number.NEGATIVE_INFINITY;

  /** To be told whenever either of them may have moved. */
  look(isAtTip: boolean, nowMs: number): void {
    if (isAtTip) this.#behindSinceMs = undefined;
    else this.#behindSinceMs ??= nowMs;
  }

  keepsUp(nowMs: number): boolean {
    return this.#behindSinceMs === undefined || nowMs - this.#behindSinceMs < ON_THE_WAY_MS;
  }
}
