import { expect, test } from 'vitest';
import { memoryDrift, tpsDrift, worstOf } from './drift.ts';
import type { Second } from './measure.ts';

const run = (completed: (s: number) => number, own: (s: number) => number): readonly Second[] =>
  Array.from({ length: 100 }, (_, second) => ({
    second,
    nodes: { ownBytes: own(second), residentBytes: own(second) + 1e9 * second },
    completed: completed(second),
  }));

test('a steady run does not drift, whatever it swings by on the way', () => {
  const steady = run(
    (s) => 400 * s,
    (s) => 1e9 + (s % 5) * 1e6,
  );
  expect(tpsDrift(steady)).toBeCloseTo(0, 9);
  expect(memoryDrift(steady, 'ownBytes')).toBeCloseTo(0, 9);
  expect(memoryDrift(steady, 'residentBytes')).toBeGreaterThan(1);
});

test('a run that slows down or swells drifts by as much', () => {
  const tired = run(
    (s) => 400 * s - s * s,
    (s) => 1e9 * (1 + s / 100),
  );
  expect(tpsDrift(tired)).toBeCloseTo(1 - (400 - 179) / (400 - 19), 2);
  expect(memoryDrift(tired, 'ownBytes')).toBeCloseTo(1.895 / 1.095 - 1, 3);
});

test('too short a run says nothing', () => {
  expect(tpsDrift([])).toBeNaN();
  expect(worstOf([])).toBeNaN();
  expect(worstOf([0.01, 0.02])).toBe(0.02);
  expect(
    memoryDrift(
      run(
        () => 0,
        () => 1,
      ).slice(0, 9),
      'ownBytes',
    ),
  ).toBeNaN();
});
