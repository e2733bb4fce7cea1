import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Measurement } from './measure.ts';
import { Pace } from './pace.ts';

test('an open loop owes what it could not send', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2_000), { maxLength: 30 }), (steps) => {
      const pace = new Pace(1_000, 50);
      let now = 1_000;
      const times: number[] = [];
      for (const step of steps) {
        now += step;
        times.push(...pace.take(now, 1_000_000));
      }
      expect(times).toEqual(times.map((_, i) => 1_000 + i * 20));
      expect(times.every((t) => t <= now)).toBe(true);
      if (steps.length > 0) expect(times.length).toBe(Math.floor((now - 1_000) / 20) + 1);
    }),
  );
});

test('everything offered is completed, failed or lost', () => {
  const m = new Measurement();
  for (let i = 0; i < 10; i++) m.offered(i * 100);
  const tree = {
    intendedMs: 0,
    executedMs: 300,
    completedMs: 500,
    rootStatus: 0,
    invocations: 2,
    crossed: 1,
    relays: 1,
    rootGas: 0,
    leaves: [],
  };
  for (let i = 0; i < 7; i++) m.finished({ ...tree, failed: false });
  m.finished({ ...tree, failed: true, failure: 'RunOutOfGas' });
  m.refused('POOL_FULL');
  m.unsent(3);
  expect(m.report(0)).toMatchObject({
    offered: 13,
    completed: 7,
    failed: 2,
    lost: 1,
    unsent: 3,
    crossGroupShare: 1,
    p95Ms: 500,
    executedP95Ms: 300,
  });
  expect(m.failedBy).toEqual({ 'CompletedWithFailures: RunOutOfGas': 1, 'Refused: POOL_FULL': 1 });
});

test('another rate owes what the first one owed, and goes on from there', () => {
  const pace = new Pace(0, 10);
  expect(pace.take(950, 100)).toHaveLength(10);
  expect(pace.due(1_150)).toBe(12);
  pace.setRate(1_150, 100);
  expect(pace.due(1_150)).toBe(12);
  expect(pace.take(1_150, 100)).toHaveLength(2);
  expect(pace.take(1_160, 100)).toEqual([1_160]);
  expect(pace.take(2_155, 1_000)).toHaveLength(99);
  pace.setRate(2_155, 1);
  expect(pace.take(3_154, 100)).toEqual([]);
  expect(pace.take(3_155, 100)).toEqual([3_155]);
});

test('the latency of what crossed groups is told apart', () => {
  const m = new Measurement();
  const tree = { intendedMs: 0, failed: false, rootStatus: 0, invocations: 2, relays: 1, rootGas: 0, leaves: [] };
  for (let i = 0; i < 9; i++) {
    m.offered(0);
    m.finished({ ...tree, executedMs: 100, completedMs: 200, crossed: 0 });
  }
  m.offered(0);
  m.finished({ ...tree, executedMs: 300, completedMs: 500, crossed: 1 });
  expect(m.report(0)).toMatchObject({ p50Ms: 200, crossP95Ms: 500, crossExecutedP95Ms: 300 });
});
