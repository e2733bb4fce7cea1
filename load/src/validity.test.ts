import { expect, test } from 'vitest';
import { parseControl } from './control.ts';
import { whyInvalid } from './validity.ts';

const GOOD = {
  ...{
    loopLagP99Ms: 12,
    loopLagMaxMs: 400,
    cpuShare: 0.2,
    cpuSeconds: 3,
    cpuMicrosPerTransaction: 40,
    waitShare: 0.01,
  },
  ...{ sentOverOffered: 1, lateShare: 0 },
};

test('a generator that keeps up is believed', () => {
  expect(whyInvalid(GOOD, 1_000)).toBeUndefined();
  expect(whyInvalid({ ...GOOD, loopLagP99Ms: 240 }, 1_000)).toBeUndefined();
});

test.each([
  [{ sentOverOffered: 0.5 }, 'the generator was too slow: it sent 50 % of what was due'],
  [{ lateShare: 0.02 }, 'the generator was too slow: it sent 2 % of its transactions more than 1 s late'],
  [{ loopLagP99Ms: 300 }, 'the generator was too slow: its event loop was 300 ms late (p99), more than 250 ms'],
])('%j makes a run invalid', (figures, reason) => {
  expect(whyInvalid({ ...GOOD, ...figures }, 1_000)).toBe(reason);
});

test('what is told while it runs is taken when it makes sense', () => {
  expect(parseControl('{"tps": 20}')).toEqual({ tps: 20 });
  expect(parseControl('{"stop": true, "tps": 0}')).toEqual({ stop: true });
  expect(parseControl('{"tps": "20", "stop": 1}')).toEqual({});
  for (const text of ['', '{', '3', 'null']) expect(parseControl(text)).toBeUndefined();
});
