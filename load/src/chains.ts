// The chains of all groups as they are seen: one watch per group, its events handed to whoever listens. Keeps only heights.
import type { ChainEvent, LoadNetwork } from './network.ts';

/** Time as a port: a run under test makes its own. */
export interface Clock {
  /** Monotonic. */
  nowMs(): number;
  /** Of day. */
  wallMs(): number;
  sleep(ms: number): Promise<void>;
}

export type Listener = (event: ChainEvent, nowMs: number) => void;

export class Chains {
  readonly #listeners = new Set<Listener>();
  readonly #heights = new Map<number, number>();
  readonly #stop = new AbortController();
  readonly #watches: Promise<void>[];

  constructor(network: Pick<LoadNetwork, 'watch'>, groups: readonly number[], clock: Clock) {
    this.#watches = groups.map((group) => this.#follow(network.watch(group, this.#stop.signal), clock));
    for (const watch of this.#watches) watch.catch(() => {});
  }

  /** Groups of which something has been seen. */
  get seen(): number {
    return this.#heights.size;
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
      this.#heights.set(event.group, event.height);
      for (const listener of this.#listeners) listener(event, clock.nowMs());
    }
  }
}
