import { expect, test } from 'vitest';
import { DIFFICULTY, type DifficultyParams, nextTarget } from './difficulty.ts';
import { bitsFromTarget, targetForHashes, targetFromBits, workOfTarget } from './target.ts';

const floorTarget = bitsFromTarget(targetForHashes(1_000n));
const asert: DifficultyParams = {
  difficulty: DIFFICULTY.asert,
  floorTarget,
  halfLifeMs: 60_000,
  blockIntervalMs: 1_000,
};
const at = (timestampMs: number, target: number) => ({ timestampMs, target });
const hashes = (bits: number) => Number(workOfTarget(targetFromBits(bits)!));

test('Floor never moves', () => {
  const floor = { ...asert, difficulty: DIFFICULTY.floor };
  expect(nextTarget(floor, 50, at(90_000, floorTarget), at(0, floorTarget))).toBe(floorTarget);
});

test('the first two blocks stand at the floor whatever genesis is stamped', () => {
  const hard = bitsFromTarget(targetForHashes(1_000_000n));
  expect(nextTarget(asert, 1, at(0, hard), undefined)).toBe(floorTarget);
  expect(nextTarget(asert, 2, at(5, hard), at(0, hard))).toBe(floorTarget);
});

test('a block at 5/4 of the interval keeps the target', () => {
  const bits = bitsFromTarget(targetForHashes(50_000n));
  expect(nextTarget(asert, 3, at(1_250, bits), at(0, bits))).toBe(bits);
});

test.each([-1_250, 0, 500, 1_000, 2_000, 61_250, 121_250])(
  'a spacing of %i ms scales by 2^(Δ/half-life)',
  (spacingMs) => {
    const bits = bitsFromTarget(targetForHashes(1_000_000n));
    const next = nextTarget(asert, 9, at(spacingMs + 10_000, bits), at(10_000, bits));
    const expected = hashes(bits) / 2 ** ((spacingMs - 1_250) / 60_000);
    expect(Math.abs(hashes(next) / expected - 1)).toBeLessThan(0.001);
  },
);

test('standstill costs one block at the floor, not more', () => {
  const bits = bitsFromTarget(targetForHashes(5_000_000n));
  const dayMs = 86_400_000;
  const afterBreak = nextTarget(asert, 9, at(dayMs, bits), at(0, bits));
  expect(afterBreak).toBe(floorTarget);
  expect(hashes(nextTarget(asert, 10, at(dayMs + 1_000, afterBreak), at(dayMs, bits)))).toBeGreaterThan(1_000);
});

test('no timestamp can make it overflow', () => {
  const bits = bitsFromTarget(targetForHashes(2n ** 200n));
  for (const spacingMs of [0, 1, Number.MAX_SAFE_INTEGER]) {
    const next = nextTarget({ ...asert, halfLifeMs: 1 }, 9, at(spacingMs, bits), at(0, bits));
    expect(targetFromBits(next)).toBeDefined();
  }
});

test('it leaves the floor and finds the hash rate', () => {
  // Exponential waits replaced by their mean: 20 k hashes a second against a floor of one thousand.
  const perMs = 20;
  let parent = at(2_000, floorTarget);
  let grandparent = at(1_000, floorTarget);
  for (let height = 3; height < 2_000; height++) {
    const target = nextTarget(asert, height, parent, grandparent);
    const block = at(parent.timestampMs + 1_000 + Math.round(hashes(target) / perMs), target);
    grandparent = parent;
    parent = block;
  }
  expect(parent.timestampMs - grandparent.timestampMs).toBeCloseTo(1_250, -1);
});
