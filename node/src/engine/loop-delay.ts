// How late the event loop of this thread is, from one look to the next.
import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 20;
const NS_PER_SECOND = 1e9;

export class LoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor() {
    this.#histogram.enable();
  }

  /** 99th percentile since the last call; what the timer itself takes does not count. */
  takeSeconds(): number {
    const seconds = this.#histogram.count === 0 ? 0 : this.#histogram.percentile(99) / NS_PER_SECOND;
    this.#histogram.reset();
    return Math.max(0, seconds - RESOLUTION_MS / 1_000);
  }
}
