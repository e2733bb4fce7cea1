// Clocks for tests: one that stands until it is moved, one that runs faster than the real one.
import { performance } from 'node:perf_hooks';
import type { Clock } from '../clock.ts';

export interface VirtualClock extends Clock {
  /** Fires what is due on the way, in order, and lets promises settle in between. */
  advance(ms: number): Promise<void>;
}

const WALL_AT_START_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const SETTLING_TURNS = 20;

export function virtualClock(): VirtualClock {
  let now = 0;
  let serial = 0;
  const timers = new Map<number, { readonly at: number; readonly callback: () => void }>();
  const settle = async () => {
    for (let turn = 0; turn < SETTLING_TURNS; turn++) await Promise.resolve();
  };
  return {
    now: () => now,
    wallMs: () => WALL_AT_START_MS + now,
    after(delayMs, callback) {
      const id = serial++;
      timers.set(id, { at: now + Math.max(0, delayMs), callback });
      return () => timers.delete(id);
    },
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const [next] = [...timers].filter(([, { at }]) => at <= end).sort(([i, a], [j, b]) => a.at - b.at || i - j);
        if (next === undefined) break;
        timers.delete(next[0]);
        now = next[1].at;
        next[1].callback();
        await settle();
      }
      now = end;
    },
  };
}

/** Real timers, so that real sockets keep step with it. */
export function fastClock(times: number): Clock {
  return {
    now: () => performance.now() * times,
    wallMs: () => Date.now(),
    after(delayMs, callback) {
      const timer = setTimeout(callback, delayMs / times);
      return () => clearTimeout(timer);
    },
  };
}
