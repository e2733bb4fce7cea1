import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RateSearch, strain } from './search.ts';

function searched(limitTps: number, firstTps: number, holdsLong = (_: number): boolean => true): RateSearch {
  const search = new RateSearch(firstTps);
  for (let trial = search.next(); trial !== undefined; trial = search.next()) {
    search.heard(trial.tps <= limitTps && (trial.phase !== 'confirm' || holdsLong(trial.tps)));
  }
  return search;
}

test('whatever the limit and wherever it begins, it ends a little below the limit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 50_000 }), fc.integer({ min: 100, max: 5_000 }), (limit, first) => {
      const found = searched(limit, first).confirmed ?? Number.NaN;
      expect(found).toBeLessThanOrEqual(limit * 0.951);
      expect(found).toBeGreaterThan(limit * 0.9);
    }),
  );
});

test('what holds only for a moment is not confirmed', () => {
  const found = searched(1_000, 500, (tps) => tps < 800).confirmed ?? Number.NaN;
  expect(found).toBeLessThan(800);
  expect(found).toBeGreaterThan(650);
});

test('where nothing holds it gives up', () => {
  expect(searched(0, 1_000).confirmed).toBeUndefined();
});

test('a rate is too high when less completes, or when waiting grows', () => {
  const step = { offeredTps: 1_000, tps: 990, p99Ms: 8_000, blockIntervalMs: 1_000, calmP99Ms: 7_000 };
  expect(strain(step)).toBeUndefined();
  expect(strain({ ...step, tps: 970 })).toMatch(/97\.0 % of what was offered/);
  expect(strain({ ...step, p99Ms: 10_500 })).toMatch(/p99 3\.5 s above/);
});
