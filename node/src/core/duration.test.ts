import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDuration } from './duration.ts';

test.each([
  ['500ms', 500],
  ['1m30s', 90_000],
  ['2h', 7_200_000],
  ['1s1s', 2_000],
  ['0s', 0],
])('the duration %s is %d ms', (text, durationMs) => {
  expect(parseDuration(text)).toBe(durationMs);
});

test.each(['', '1', '1 s', '2d', '-1s', '1.5s', 's', '9999999999999h'])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test('a duration is the sum of its parts', () => {
  fc.assert(
    fc.property(fc.nat(1_000), fc.nat(10_000), fc.nat(1e6), fc.nat(1e9), (h, m, s, ms) => {
      const sumMs = h * 3_600_000 + m * 60_000 + s * 1_000 + ms;
      expect(parseDuration(`${h}h${m}m${s}s${ms}ms`)).toBe(sumMs);
    }),
  );
});
