// Waiting for what other processes do: looks again and again until it holds, and says what was last seen when it does not.
import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;

export type Wait<T> = {
  /** Completes the sentence 'waited N s for …'. */
  readonly what: string;
  readonly withinMs: number;
  readonly look: () => T | Promise<T>;
  readonly holds: (seen: T) => boolean;
  readonly tell?: (seen: T) => string;
  readonly everyMs?: number;
};

/** What was seen when it held. */
export async function until<T>({
  what,
  withinMs,
  look,
  holds,
  tell = text,
  everyMs = LOOK_EVERY_MS,
}: Wait<T>): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (performance.now() > deadline)
      throw new Error(`waited ${Math.round(withinMs / 1_000)} s for ${what}; last seen: ${tell(seen)}`);
    await delay(everyMs);
  }
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each)) ?? 'nothing';
}
