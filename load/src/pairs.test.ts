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

test('by law of Zipf few pay and are paid most, each group is offered the same, and a share is kept', () => {
  const groups = groupsOf([50, 50]);
  const payments = first(new Pairs({ groups, seed: 4, skew: 'zipf' }), 20_000);
  const counts = (of: (payment: Payment) => number): number[] => {
    const found = new Array<number>(100).fill(0);
    for (const payment of payments) found[of(payment)] = (found[of(payment)] ?? 0) + 1;
    return found.sort((a, b) => b - a);
  };
  const [received = []] = [counts(({ to }) => to)];
  expect(received[0]).toBeGreaterThan(3_000);
  expect(received[50]).toBeLessThan(200);
  expect(counts(({ from }) => from)[0]).toBeGreaterThan(1_800);
  expect(payments.filter(({ from }) => groups[from] === 0)).toHaveLength(10_000);
  expect(payments.every(({ from, to }) => from !== to)).toBe(true);
  const crossing = first(new Pairs({ groups, seed: 4, skew: 'zipf', crossGroupPercent: 30 }), 20_000);
  const share = crossing.filter(({ from, to }) => groups[from] !== groups[to]).length / 20_000;
  expect(share).toBeCloseTo(0.3, 1);
});

test('one address is paid by all others; one transaction pays as many as it is told to', () => {
  const groups = groupsOf([3, 3]);
  const paid = first(new Pairs({ groups, seed: 4, skew: 'one' }), 30);
  expect(paid.every(({ from, to }) => to === (from === 5 ? 4 : 5))).toBe(true);
  const gifts = first(new Pairs({ groups, seed: 4, receivers: 4, amountMax: 10 }), 30);
  expect(gifts.every(({ others, from, to }) => others?.length === 3 && ![to, ...others].includes(from))).toBe(true);
  expect(gifts.every(({ amount }) => amount >= 1 && amount <= 10)).toBe(true);
});
