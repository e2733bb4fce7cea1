import { expect, test } from 'vitest';
import { quantileMs } from './load-meter.ts';

const BUCKETS = [
  { limitSeconds: 1, count: 0 },
  { limitSeconds: 2, count: 50 },
  { limitSeconds: 4, count: 90 },
  { limitSeconds: Number.POSITIVE_INFINITY, count: 100 },
];

test.each<[number, number]>([
  [0.25, 1_500],
  [0.5, 2_000],
  [0.7, 3_000],
  [0.9, 4_000],
  [0.99, 4_000],
])('the quantile %d lies in its bucket in proportion', (share, expected) => {
  expect(quantileMs(BUCKETS, share)).toBeCloseTo(expected);
});

test('of nothing there is no latency', () => {
  expect(quantileMs([], 0.5)).toBe(0);
  expect(quantileMs([{ limitSeconds: 1, count: 0 }], 0.5)).toBe(0);
});
