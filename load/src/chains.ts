// The chains of all groups as they are seen: one watch per group, its events handed to whoever listens. Keeps only tips.
import type { ChainEvent, LoadNetwork } from './network.ts';
import type { Tip } from './window.ts';

/** Time as a port: a run under test makes its own. */
export interface Clock {
  /** Monotonic, ms. */
  nowMs(): number;
  /** Of day. */
  wallMs(): number;
  sleep(ms: number): Promise<void>;
  /** Keeps the thread busy. */
  spin(ms: number): void;
}

export type Listener = (event: ChainEvent, nowMs: number) => void;

export class Chains {
  readonly #listeners = new Set<Listener>();
  readonly #tips = new Map<number, Tip>();
  readonly #stop = new AbortController();
  readonly #watches: Promise<void>[];

  constructor(network: Pick<LoadNetwork, 'watch'>, groups: readonly number[], clock: Clock) {
    this.#watches = groups.map((group) => this.#follow(network.watch(group, this.#stop.signal), clock));
    for (const watch of this.#watches) watch.catch(() => {});
  }

  /** Groups of which something has been seen. */
  get seen(): number {
    return this.#tips.size;
  }

  /** The newest block seen of every group. */
  get tips(): ReadonlyMap<number, Tip> {
    return this.#tips;
  }

  /** Answers how to stop listening. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#watches);
  }

  async #follow(events: AsyncIterable<ChainEvent>, clock: Clock): Promise<void> {
    for await (const event of events) {
      const nowMs = clock.nowMs();
      // What took the place of undone blocks follows at once, with a time of its own.
      const { timestampMs } = event.kind === 'block' ? event : (this.#tips.get(event.group) ?? { timestampMs: 0 });
      this.#tips.set(event.group, { height: event.height, timestampMs, seenMs: nowMs });
      for (const listener of this.#listeners) listener(event, nowMs);
    }
  }
}
