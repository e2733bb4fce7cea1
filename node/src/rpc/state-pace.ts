// Bounds on giving state away: so many streams at once, of one address and of all, none for ever, and so many bytes a second.
// A node that serves a newcomer goes on being a node, and one who asks for everything leaves something to others.
import { setTimeout as pause } from 'node:timers/promises';
import { RpcError } from './errors.ts';
import { InFlight } from './in-flight.ts';

const STREAMS_MAX = 16;
/** Two newcomers on one machine take as many. */
const STREAMS_PER_ADDRESS_MAX = 8;
/** Whoever has not had his part by then goes on in another stream where he was. */
const STREAM_MS = 60_000;
const BYTES_PER_SECOND = 64 * 1024 * 1024;
const RETRY_MS = 500;

/** One part being given. */
export interface StateStream {
  /** Waits until so many bytes may go out. Throws BUSY when the stream has been open for long enough. */
  spend(bytes: number, signal: AbortSignal): Promise<void>;
  end(): void;
}

export class StatePace {
  readonly #nowMs: () => number;
  readonly #perAddress = new InFlight(STREAMS_PER_ADDRESS_MAX);
  #open = 0;
  /** When everything given so far has had its time. */
  #freeMs = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Throws BUSY when too many streams are open. `connection`: `address:port`. */
  begin(connection: string): StateStream {
    if (this.#open >= STREAMS_MAX) throw busy();
    const leave = this.#perAddress.enter(connection);
    this.#open++;
    const startedMs = this.#nowMs();
    return {
      spend: async (bytes, signal) => {
        if (this.#nowMs() - startedMs >= STREAM_MS) throw busy();
        await this.#spend(bytes, signal);
      },
      end: () => {
        leave();
        this.#open--;
      },
    };
  }

  async #spend(bytes: number, signal: AbortSignal): Promise<void> {
    const nowMs = this.#nowMs();
    const waitMs = this.#freeMs - nowMs;
    this.#freeMs = Math.max(this.#freeMs, nowMs) + (bytes * 1_000) / BYTES_PER_SECOND;
    if (waitMs >= 1) await pause(waitMs, undefined, { signal });
  }
}

function busy(): RpcError {
  return new RpcError('BUSY', { retryAfterMs: RETRY_MS });
}
