// What the budget promises to a failing server, counted in every second.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_RETRY_AFTER_MS, RequestBudget } from './request-budget.ts';

test('a server that is well is asked 200 times at once', () => {
  const budget = new RequestBudget(0);
  for (let n = 0; n < 200; n++) expect(budget.take(0)).toBe(0);
  expect(budget.take(0)).toBeCloseTo(5);
});

test('while requests fail, at most 20 leave in any second, however hard it is tried', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 50, maxLength: 300 }), (gapsMs) => {
      const budget = new RequestBudget(0);
      budget.failed(0);
      const left: number[] = [];
      let now = 0;
      for (const gapMs of gapsMs) {
        while (budget.take(now) === 0) {
          left.push(now);
          budget.failed(now);
        }
        now += gapMs;
      }
      for (const [n, at] of left.entries()) {
        expect(left.slice(n).filter((other) => other < at + 1_000).length).toBeLessThanOrEqual(20);
      }
    }),
    { numRuns: 100 },
  );
});

test('the wait that is named suffices', () => {
  const budget = new RequestBudget(0);
  budget.failed(0);
  for (let n = 0; n < 4; n++) budget.take(0);
  const waitMs = budget.take(0);
  expect(budget.take(waitMs - 1)).toBeGreaterThan(0);
  expect(budget.take(waitMs + 0.001)).toBe(0);
});

test('Retry-After holds everything, and no longer than 30 s', () => {
  const budget = new RequestBudget(0);
  budget.failed(0, 3_000);
  expect(budget.take(1_000)).toBe(2_000);
  budget.failed(1_000, 3_600_000);
  expect(budget.take(1_000)).toBe(MAX_RETRY_AFTER_MS);
  expect(budget.take(1_000 + MAX_RETRY_AFTER_MS)).toBe(0);
});

test('five seconds after the last failure it is trusted again', () => {
  const budget = new RequestBudget(0);
  budget.failed(0);
  expect([budget.failing(4_999), budget.failing(5_000)]).toEqual([true, false]);
});
