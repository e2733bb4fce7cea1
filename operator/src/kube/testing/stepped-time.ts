// Virtual time beside real sockets: it moves only when everything that was sent has been answered, so what a test counts does not depend
// on how fast the machine is. Processes of a test share the clock and the fake API server; one of them can be killed.
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Access, Credentials } from '../access.ts';
import { type VirtualClock, virtualClock } from './clocks.ts';
import type { FakeApi } from './fake-api.ts';

/** What a server wrote is read within one look at the sockets; these are a few. */
const QUIET_LOOKS = 3;
const LOOK_EVERY_MS = 1;
const STEP_MS = 50;

export interface SteppedProcess {
  readonly access: Access;
  /** As kill -9 does: nothing of it is heard any more, and what it waits for never comes. */
  kill(): void;
}

export class SteppedTime {
  readonly clock: VirtualClock = virtualClock();
  readonly #api: FakeApi;
  readonly #agents = new Set<Agent>();

  constructor(api: FakeApi) {
    this.#api = api;
  }

  process(name: string): SteppedProcess {
    const agent = new Agent({ keepAlive: true });
    this.#agents.add(agent);
    const headers = { Authorization: `Bearer ${name}` };
    let isKilled = false;
    return {
      access: {
        ...this.#api.access,
        credentials: () =>
          isKilled ? new Promise<Credentials>(() => {}) : Promise.resolve({ headers, tls: {}, agent }),
      },
      kill: () => {
        isKilled = true;
        agent.destroy();
        this.#agents.delete(agent);
      },
    };
  }

  /** Timers fire at their moments; in between requests are answered and watches heard. */
  async advance(ms: number): Promise<void> {
    const { clock } = this;
    const end = clock.now() + ms;
    for (;;) {
      await this.#quiet();
      const next = Math.min(clock.nextAt() ?? end, end);
      await clock.advance(next - clock.now());
      if (next >= end) break;
    }
    await this.#quiet();
  }

  /** In steps, until it holds. */
  async until(what: string, holds: () => boolean, withinMs: number): Promise<void> {
    const end = this.clock.now() + withinMs;
    while (!holds()) {
      if (this.clock.now() >= end) throw new Error(`${withinMs} ms went by in vain: ${what}`);
      await this.advance(STEP_MS);
    }
  }

  async #quiet(): Promise<void> {
    let asked = -1;
    for (let looks = 0; looks < QUIET_LOOKS; looks++) {
      await delay(LOOK_EVERY_MS);
      // Only watches keep a socket busy when nothing is under way.
      if (this.#busySockets() === this.#api.watching && this.#api.asked.length === asked) continue;
      asked = this.#api.asked.length;
      looks = -1;
    }
  }

  #busySockets(): number {
    return [...this.#agents]
      .flatMap(({ sockets, requests }) => [...Object.values(sockets), ...Object.values(requests)])
      .reduce((sum, some) => sum + (some?.length ?? 0), 0);
  }
}
