import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Reading } from './reading.ts';
import { aCurve, aReading, CAP } from './testing/readings.ts';
import { invalidities } from './validity.ts';
import { judge } from './verdict.ts';

const GROUPS = [1, 2, 4, 8, 16];
const verdictOf = (readings: readonly Reading[], change: { groups?: number[]; repeats?: number } = {}) =>
  judge({ profile: 'capped', groups: GROUPS, repeats: 3, readings, ...change });
const linear = (groups: number): number => CAP * groups;
/** Reproducible, between −1 and 1. */
const wobble = (groups: number, repeat: number): number => Math.sin(groups * 12.9898 + repeat * 78.233);

test('a straight curve is linear, with its slope and interval', () => {
  const { verdict, slope, slope95, points } = verdictOf(aCurve(linear, { noise: (g, r) => 0.002 * wobble(g, r) }));
  expect(verdict).toBe('Linear');
  expect(slope).toBeCloseTo(1, 2);
  expect(slope95?.[0]).toBeGreaterThan(0.97);
  expect(points.map(({ groups, valid }) => [groups, valid])).toEqual(GROUPS.map((each) => [each, true]));
});

test('whatever loses more than the gate at any point is sublinear, however straight it looks', () => {
  fc.assert(
    fc.property(fc.constantFrom(2, 4, 8, 16), fc.double({ min: 0, max: 0.96, noNaN: true }), (where, kept) => {
      const { verdict, reason } = verdictOf(aCurve((n) => linear(n) * (n === where ? kept : 1)));
      expect(verdict).toBe('Sublinear');
      expect(reason).toMatch(/efficiency/);
    }),
  );
});

test('70 % at 8 groups has an R² of 0.997 and is sublinear', () => {
  const tps = new Map([
    [1, 1],
    [2, 1.8],
    [4, 3.2],
    [8, 5.6],
  ]);
  const readings = aCurve((n) => CAP * (tps.get(n) ?? 0), { groups: [1, 2, 4, 8] });
  const { verdict, reason, usl } = verdictOf(readings, { groups: [1, 2, 4, 8] });
  expect(verdict).toBe('Sublinear');
  expect(reason).toMatch(/^efficiency 0\.900 at 2 groups/);
  expect(usl?.contention).toBeGreaterThan(0);
});

test('no noise makes a curve of half the ideal linear', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 15, maxLength: 15 }),
      (noise) => {
        const readings = aCurve((n) => (CAP * (n + 1)) / 2, {
          noise: (groups, repeat) => noise[GROUPS.indexOf(groups) * 3 + repeat] ?? 0,
        });
        expect(verdictOf(readings).verdict).not.toBe('Linear');
      },
    ),
  );
});

test('a curve as straight as it can be, but far below the capacity, is sublinear', () => {
  const { verdict, reason } = verdictOf(aCurve((n) => 0.5 * linear(n)));
  expect(verdict).toBe('Sublinear');
  expect(reason).toMatch(/1 group completed 0\.500 of the capacity/);
});

test('spread so wide that the slope may be below the gate proves nothing', () => {
  const { verdict, reason } = verdictOf(aCurve(linear, { noise: (g, r) => (g === 1 ? 0 : [-0.12, 0, 0.12][r]!) }));
  expect(verdict).toBe('Sublinear');
  expect(reason).toMatch(/begins below 0\.97/);
});

test('two repeats refute, and prove nothing', () => {
  expect(verdictOf(aCurve(linear, { repeats: 2 }), { repeats: 2 })).toMatchObject({
    verdict: 'Invalid',
    reason: expect.stringMatching(/2 of at least 3 repeats/),
  });
  expect(
    verdictOf(
      aCurve((n) => CAP * n ** 0.9, { repeats: 1 }),
      { repeats: 1 },
    ).verdict,
  ).toBe('Sublinear');
});

test('the order of readings says nothing', () => {
  const readings = aCurve(linear, { noise: (g, r) => 0.01 * wobble(g, r) });
  const usual = verdictOf(readings);
  fc.assert(
    fc.property(fc.shuffledSubarray(readings, { minLength: readings.length }), (shuffled) => {
      const other = verdictOf(shuffled);
      expect(other.verdict).toBe(usual.verdict);
      expect(other.slope).toBeCloseTo(usual.slope ?? Number.NaN, 9);
    }),
  );
});

test('efficiency is taken round by round, so a slow quarter of an hour weighs on both', () => {
  const readings = aCurve(linear, { noise: (_, repeat) => (repeat === 1 ? -0.01 : 0) });
  for (const { efficiency, efficiency95 } of verdictOf(readings).points) {
    expect(efficiency).toBeCloseTo(1, 12);
    expect((efficiency95?.[1] ?? 0) - (efficiency95?.[0] ?? 1)).toBeCloseTo(0, 9);
  }
});

test('a group that misses every second beat is named', () => {
  const slow = (n: number) =>
    Array.from({ length: n }, (_, group) => ({
      group,
      tps: group === 3 ? CAP / 2 : CAP,
      blockMs: group === 3 ? 2_000 : 1_000,
    }));
  const readings = [0, 1, 2].flatMap((repeat) => [
    aReading(1, { repeat }),
    aReading(4, { repeat, tps: 3.5 * CAP, byGroup: slow(4) }),
  ]);
  const { verdict, reason } = verdictOf(readings, { groups: [1, 4] });
  expect(verdict).toBe('Sublinear');
  expect(reason).toMatch(
    /group 3 completed 60\.0 TPS where the others do 120\.0, with a block every 2\.00 s instead of 1\.00 s/,
  );
});

test('in profile open the cores are the ceiling, and who reaches it has lost nothing', () => {
  const ceiling = 6 * CAP;
  const open = (share: number) =>
    aCurve((n) => Math.min(CAP * n, share * ceiling)).map((reading) => ({
      ...reading,
      capacityTps: Math.min(CAP * reading.groups, ceiling),
    }));
  const judged = (readings: readonly Reading[]) => judge({ profile: 'open', groups: GROUPS, repeats: 3, readings });
  expect(judged(open(0.99))).toMatchObject({ verdict: 'Linear', slope: expect.closeTo(1, 6) });
  expect(judged(open(0.8))).toMatchObject({
    verdict: 'Sublinear',
    reason: expect.stringMatching(/8 groups completed 0\.800 of the capacity of the cores/),
  });
});

const sound = aReading(4);
const WRONG: readonly (readonly [string, Partial<Reading>, RegExp])[] = [
  ['the run broke', { broken: 'no first block' }, /^no first block$/],
  ['a gate failed', { gates: [{ name: 'lost', isMet: false, detail: '2 relays' }] }, /^lost: 2 relays$/],
  ['the generator was busy', { generator: { ...sound.generator, cpuShare: 0.81 } }, /generator used 81 %/],
  ['its loop was late', { generator: { ...sound.generator, loopLagP99Ms: 51 } }, /event loop was 51 ms late/],
  ['it sent too little', { generator: { ...sound.generator, sentOverOffered: 0.97 } }, /generator sent 97 %/],
  ['its watch failed', { generator: { ...sound.generator, loopLagP99Ms: Number.NaN } }, /event loop/],
  ['somebody else was busy', { machine: { ...sound.machine, foreignShare: 0.5 } }, /other processes used 50 %/],
  ['the host was busy', { machine: { ...sound.machine, stealShare: 0.06 } }, /steal/],
  ['it was throttled', { machine: { ...sound.machine, throttledShare: 0.06 } }, /throttled in 6\.0 %/],
  ['it starved', { tps: 3 * CAP, machine: { ...sound.machine, busyShare: 0.99, waitShare: 0.6 } }, /99 % busy/],
];

test.each(WRONG)('a curve is invalid with its reason when %s at one point', (_, change, reason) => {
  const readings = [
    ...aCurve(linear).filter(({ groups }) => groups !== 4),
    ...[0, 1, 2].map((repeat) => aReading(4, { repeat, ...change })),
  ];
  const verdict = verdictOf(readings);
  expect(verdict.verdict).toBe('Invalid');
  expect(verdict.reason).toMatch(/^4 groups: /);
  expect(verdict.reason.slice('4 groups: '.length)).toMatch(reason);
  expect(verdict.points.find(({ groups }) => groups === 4)).toMatchObject({ valid: false, repeats: 0 });
});

test('a busy machine that held nobody up is no excuse and no fault', () => {
  const busy = aReading(16, { machine: { ...sound.machine, busyShare: 0.99, waitShare: 0.8 } });
  expect(invalidities(busy, 'capped')).toEqual([]);
  expect(invalidities({ ...busy, tps: CAP * 8 }, 'capped')).toHaveLength(1);
  expect(invalidities({ ...busy, tps: CAP * 8 }, 'open')).toEqual([]);
});

test('a reading that was thrown away and taken again is counted, and counts for nothing', () => {
  const noisy = aReading(8, { repeat: 2, tps: 1, machine: { ...sound.machine, foreignShare: 0.6 } });
  const { verdict, points } = verdictOf([...aCurve(linear), noisy]);
  expect(verdict).toBe('Linear');
  expect(points.find(({ groups }) => groups === 8)?.discarded).toEqual({
    'other processes used 60 % of the machine meanwhile': 1,
  });
});
