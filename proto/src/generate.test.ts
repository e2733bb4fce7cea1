import { expect, test } from 'vitest';
import { staleFiles } from './generate.ts';

test('the checked-in types are what the .proto files say', () => {
  expect(staleFiles()).toEqual([]);
});
