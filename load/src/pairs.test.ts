import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AMOUNT_MAX, Pairs, type Payment } from './pairs.ts';

const groupsOf = (sizes: readonly number[]): number[] =>
  sizes.flatMap((size, group) => new Array<number>(size).fill(group));
const first = (pairs: Pairs, count: number): Payment[] => Array.from({ length: count }, () => pairs.next());
const sizes = fc.array(fc.integer({ min: 2, max: 6 }), { minLength: 2, maxLength: 5 });

test('a seed gives the same payments every time', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), sizes, (seed, sizes) => {
      const groups = groupsOf(sizes);
      const payments = first(new Pairs({ groups, seed }), 50);
      expect(first(new Pairs({ groups, seed }), 50)).toEqual(payments);
      expect(first(new Pairs({ groups, seed: seed + 1 }), 50)).not.toEqual(payments);
    }),
    { numRuns: 50 },
  );
});

test('nobody pays himself, amounts stay in bounds, groups take turns', () => {
  fc.assert(
    fc.property(fc.nat(), sizes, fc.option(fc.nat(100), { nil: undefined }), (seed, sizes, crossGroupPercent) => {
      const groups = groupsOf(sizes);
      for (const [i, { from, to, amount }] of first(new Pairs({ groups, seed, crossGroupPercent }), 60).entries()) {
        expect(from).not.toBe(to);
        expect(groups[from]).toBe(i % sizes.length);
        expect(groups[to]).toBeDefined();
        expect(amount).toBeGreaterThanOrEqual(1);
        expect(amount).toBeLessThanOrEqual(AMOUNT_MAX);
      }
    }),
    { numRuns: 100 },
  );
});

test('receivers are uniform, and a share that was asked for is kept', () => {
  const groups = groupsOf([5, 5, 5, 5]);
  const count = 20_000;
  const crossing = (payments: readonly Payment[]): number =>
    payments.filter(({ from, to }) => groups[from] !== groups[to]).length / count;
  const payments = first(new Pairs({ groups, seed: 1 }), count);
  for (let account = 0; account < 20; account++) {
    const share = payments.filter(({ to }) => to === account).length / count;
    expect(share).toBeGreaterThan(0.04);
    expect(share).toBeLessThan(0.06);
  }
  expect(crossing(payments)).toBeCloseTo(15 / 19, 1);
  expect(crossing(first(new Pairs({ groups, seed: 1, crossGroupPercent: 50 }), count))).toBeCloseTo(0.5, 1);
  expect(crossing(first(new Pairs({ groups, seed: 1, crossGroupPercent: 0 }), count))).toBe(0);
  expect(crossing(first(new Pairs({ groups, seed: 1, crossGroupPercent: 100 }), count))).toBe(1);
});
