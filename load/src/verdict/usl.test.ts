import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitUsl } from './usl.ts';

const speedups = (contention: number, coherency: number) =>
  [1, 2, 4, 8, 16].map((groups) => ({
    groups,
    speedup: groups / (1 + contention * (groups - 1) + coherency * groups * (groups - 1)),
  }));

test('what made a curve is found again', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 0.5, noNaN: true }),
      fc.double({ min: 0, max: 0.05, noNaN: true }),
      (contention, coherency) => {
        const usl = fitUsl(speedups(contention, coherency));
        expect(usl?.contention).toBeCloseTo(contention, 6);
        expect(usl?.coherency).toBeCloseTo(coherency, 6);
      },
    ),
  );
});

test('a curve above the ideal has neither, and too few points say nothing', () => {
  expect(fitUsl(speedups(-0.01, 0))).toEqual({ contention: 0, coherency: 0 });
  expect(fitUsl(speedups(0.1, 0).slice(0, 2))).toBeUndefined();
});
