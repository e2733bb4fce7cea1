import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitLine, mean, meanInterval, median, student95 } from './statistics.ts';

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 40 });

test('quantiles of Student’s t fall towards the normal one, across the end of the table too', () => {
  expect(student95(1)).toBeCloseTo(12.706, 3);
  expect(student95(40)).toBeCloseTo(2.021, 3);
  expect(student95(120)).toBeCloseTo(1.98, 3);
  for (let freedom = 1; freedom < 60; freedom++) expect(student95(freedom + 1)).toBeLessThan(student95(freedom));
});

test('the 95 % interval of 3, 4, 5 is that of the text books', () => {
  const [low, high] = meanInterval([3, 4, 5]) ?? [0, 0];
  expect(low).toBeCloseTo(4 - 2.4841, 3);
  expect(high).toBeCloseTo(4 + 2.4841, 3);
  expect(meanInterval([4])).toBeUndefined();
});

test('an interval holds its mean, and moves and stretches with its values', () => {
  fc.assert(
    fc.property(values, fc.double({ min: 0.01, max: 100, noNaN: true }), (sample, factor) => {
      const [low, high] = meanInterval(sample) ?? [Number.NaN, Number.NaN];
      const middle = mean(sample);
      expect(low).toBeLessThanOrEqual(middle);
      expect(high).toBeGreaterThanOrEqual(middle);
      const [scaledLow, scaledHigh] = meanInterval(sample.map((value) => value * factor)) ?? [Number.NaN, Number.NaN];
      expect(scaledHigh - scaledLow).toBeCloseTo((high - low) * factor, 1);
    }),
  );
});

test('a line through points of a line is that line, without error', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -100, max: 100, noNaN: true }),
      fc.double({ min: -100, max: 100, noNaN: true }),
      (slope, intercept) => {
        const line = fitLine([1, 2, 4, 8, 16].map((x) => [x, intercept + slope * x] as const));
        expect(line?.slope).toBeCloseTo(slope, 6);
        expect(line?.intercept).toBeCloseTo(intercept, 6);
        expect(line?.slopeError).toBeCloseTo(0, 6);
      },
    ),
  );
});

test('a fit agrees with one worked by hand', () => {
  // Sxx 10, Sxy 8, residual squares 2.4 with 3 degrees of freedom.
  const line = fitLine([
    [1, 2],
    [2, 1],
    [3, 4],
    [4, 3],
    [5, 5],
  ]);
  expect(line?.slope).toBeCloseTo(0.8);
  expect(line?.intercept).toBeCloseTo(0.6);
  expect(line?.slopeError).toBeCloseTo(Math.sqrt(3.6 / 3 / 10));
  expect(fitLine([[2, 1]])).toBeUndefined();
  expect(
    fitLine([
      [2, 1],
      [2, 3],
    ]),
  ).toBeUndefined();
});

test('the median of an even number lies between the middle two', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([5])).toBe(5);
});
