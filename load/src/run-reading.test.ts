import { expect, test } from 'vitest';
import { capacityOf } from './run-reading.ts';

test('a capacity is made of whole transactions', () => {
  const network = { groups: 4, userGas: 3_500_000, blockIntervalMs: 1_000 };
  expect(capacityOf(network, 29_000)).toBe(480);
  expect(capacityOf({ ...network, blockIntervalMs: 500 }, 29_000)).toBe(960);
});
