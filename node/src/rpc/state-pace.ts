// Bounds on giving state away: so many streams at once and so many bytes a second, over all who ask. A node that serves a
// newcomer goes on being a node.
import { setTimeout as pause } from 'node:timers/promises';
import { RpcError } from './errors.ts';

const STREAMS_MAX = 16;
const BYTES_PER_SECOND = 64 * 1024 * 1024;
const RETRY_MS = 500;

export class StatePace {
  readonly #nowMs: () => number;
  #streams = 0;
  /** When everything given so far has had its time. */
  #freeMs = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Throws BUSY when too many streams are open. */
  begin(): void {
    if (this.#streams >= STREAMS_MAX) throw new RpcError('BUSY', { retryAfterMs: RETRY_MS });
    this.#streams++;
  }

  end(): void {
    this.#streams--;
  }

  /** Waits until so many bytes may go out. */
  async spend(bytes: number, signal: AbortSignal): Promise<void> {
    const nowMs = this.#nowMs();
    const waitMs = this.#freeMs - nowMs;
    this.#freeMs = Math.max(this.#freeMs, nowMs) + (bytes * 1_000) / BYTES_PER_SECOND;
    if (waitMs >= 1) await pause(waitMs, undefined, { signal });
  }
}
