import { expect, test } from 'vitest';
import { Latest } from './latest.ts';

const never = new AbortController().signal;

test('who has seen the newest value waits for another one and skips what it missed', async () => {
  const latest = new Latest<number>();
  const first = latest.next(() => true, never);
  latest.set(1);
  expect(await first).toBe(1);
  const next = latest.next((n) => n > 1, never);
  latest.set(2);
  latest.set(3);
  expect(await next).toBe(3);
});

test('waiting ends with its signal', async () => {
  const stop = new AbortController();
  const next = new Latest<number>().next(() => true, stop.signal);
  stop.abort(new Error('gone'));
  await expect(next).rejects.toThrow('gone');
});
