import { aReading } from '@rexnet/load/verdict/testing/readings.ts';
import { expect, test } from 'vitest';
import { decide, requirementTable } from './requirement.ts';

const sound = [{ name: 'a', readings: [aReading(2)] }];
const terms = { profile: 'capped', repeats: 1 } as const;

test('all bounds must be met, and the first that is not is told', () => {
  const met = { name: 'x', value: 2, atLeast: 2, atMost: 3 };
  expect(decide(sound, terms, [met])).toEqual({ outcome: 'Met', reason: 'x is 2, at least 2 and at most 3' });
  expect(decide(sound, terms, [met, { name: 'y', value: 0.9, atLeast: 0.95 }])).toEqual({
    outcome: 'NotMet',
    reason: 'y is 0.9, at least 0.95',
  });
  expect(decide(sound, terms, [{ name: 'z', value: Number.NaN, atMost: 5 }])).toMatchObject({ outcome: 'NotMet' });
});

test('a point without enough sound readings makes the whole invalid', () => {
  const broken = aReading(2, { broken: 'no first block' });
  const points = [...sound, { name: 'b', readings: [broken] }];
  expect(decide(points, terms, [])).toEqual({ outcome: 'Invalid', reason: 'b: no first block' });
  expect(decide([{ name: 'b', readings: [broken, aReading(2)] }], terms, [])).toMatchObject({ outcome: 'Met' });
  expect(decide(sound, { ...terms, repeats: 2 }, [])).toMatchObject({ outcome: 'Invalid' });
});

test('the table says the same as the sentence', () => {
  expect(requirementTable([{ name: 'x', value: 1234.5, atLeast: 1000 }]).rows).toEqual([
    ['x', '1235', 'at least 1000', 'yes'],
  ]);
});
