// Time that passes only when everybody waits for it: a run of a minute takes as long as its work.
import type { Clock } from '../chains.ts';

interface Sleeper {
  readonly atMs: number;
  wake(): void;
}

export class VirtualClock implements Clock {
  #nowMs = 0;
  #sleepers: Sleeper[] = [];
  #isDriven = false;

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }

  spin(ms: number): void {
    this.#nowMs += ms;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => {
      this.#sleepers.push({ atMs: this.#nowMs + ms, wake });
      if (!this.#isDriven) this.#drive();
    });
  }

  /** After all work of this moment is done, the next sleeper's moment comes. */
  #drive(): void {
    this.#isDriven = true;
    setImmediate(() => {
      this.#isDriven = false;
      this.#sleepers.sort((a, b) => a.atMs - b.atMs);
      const next = this.#sleepers.shift();
      if (next === undefined) return;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
      if (this.#sleepers.length > 0) this.#drive();
    });
  }
}
