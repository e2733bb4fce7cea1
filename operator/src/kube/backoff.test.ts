// The steps of a backoff and when they start anew.
import { expect, test } from 'vitest';
import { Backoff } from './backoff.ts';

const OPTIONS = { firstMs: 800, maxMs: 30_000, healthyMs: 120_000 };

test('waits double from 0.8 s to 30 s and stay there', () => {
  const backoff = new Backoff(OPTIONS, () => 0);
  let now = 0;
  const waits = Array.from({ length: 8 }, () => {
    const wait = backoff.next(now);
    now += wait;
    return wait;
  });
  expect(waits).toEqual([800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
});

test('jitter adds up to one step, never more than the maximum', () => {
  const backoff = new Backoff(OPTIONS, () => 0.999);
  const waits = Array.from({ length: 8 }, () => backoff.next(0));
  expect(waits[0]).toBeCloseTo(1_599.2);
  expect(Math.max(...waits)).toBe(30_000);
});

test('two healthy minutes, and the next failure is the first', () => {
  const backoff = new Backoff(OPTIONS, () => 0);
  backoff.next(0);
  backoff.next(800);
  expect(backoff.next(2_400 + 119_999)).toBe(3_200);
  expect(backoff.next(2_400 + 119_999 + 3_200 + 120_000)).toBe(800);
});
