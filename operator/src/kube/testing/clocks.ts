// Clocks for tests: one that stands until it is moved, one that runs faster than the real one.
import { performance } from 'node:perf_hooks';
import type { Clock } from '../clock.ts';

export interface VirtualClock extends Clock {
  /** When the next timer is due, if there is one. */
  nextAt(): number | undefined;
  /** Fires what is due on the way, in order, and lets promises settle in between. */
  advance(ms: number): Promise<void>;
}

const WALL_AT_START_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const SETTLING_TURNS = 20;
const TIMER_MIN_MS = 1;

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
      // As Node's timers do: a wait too short to move the clock would never be over.
      timers.set(id, { at: now + (delayMs <= 0 ? 0 : Math.max(delayMs, TIMER_MIN_MS)), callback });
      return () => timers.delete(id);
    },
    nextAt: () => (timers.size === 0 ? undefined : Math.min(...[...timers.values()].map(({ at }) => at))),
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
      const timer = setTimeout(callback, Math.max(0, delayMs) / times);
      return () => clearTimeout(timer);
    },
  };
}
