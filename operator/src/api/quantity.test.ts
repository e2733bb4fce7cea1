import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseQuantity, quantityAbove, quantityAtLeast } from './quantity.ts';

test.each([
  ['250m', 250_000_000n],
  ['1', 1_000_000_000n],
  ['384Mi', 384n * 1024n ** 2n * 10n ** 9n],
  ['0.5', 500_000_000n],
  ['1.5Gi', 1_610_612_736n * 10n ** 9n],
  ['1e3', 1000n * 10n ** 9n],
  ['1E3', 1000n * 10n ** 9n],
  ['2E', 2n * 10n ** 27n],
  ['-1k', -1000n * 10n ** 9n],
  ['1n', 1n],
  ['0.1n', 1n],
])('the quantity %s', (text, billionths) => {
  expect(parseQuantity(text)).toBe(billionths);
});

test.each(['', '512MB', '1 Gi', 'Mi', '1Kb', '0x10', '1e', '1e1001', '--1'])('%j is no quantity', (text) => {
  expect(parseQuantity(text)).toBeUndefined();
  expect(quantityAtLeast(text, '0')).toBe(false);
});

test('quantities compare by value, whatever their suffix', () => {
  const suffix = fc.constantFrom('', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'm');
  fc.assert(
    fc.property(fc.nat(1e6), suffix, fc.nat(1e6), suffix, (left, leftSuffix, right, rightSuffix) => {
      const a = `${left}${leftSuffix}`;
      const b = `${right}${rightSuffix}`;
      return quantityAtLeast(a, b) !== quantityAbove(b, a);
    }),
  );
});
