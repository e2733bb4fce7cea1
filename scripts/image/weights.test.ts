import { expect, test } from 'vitest';
import { describeWeights } from './weights.ts';

test('what weighs what, in one line', () => {
  const packages = ['a', '@b/c', 'd/node_modules/e', 'f', 'g', 'h', 'i'].map((name, index) => ({
    name: `node_modules/${name}`,
    files: 1,
    bytes: (7 - index) * 1e6,
  }));
  expect(describeWeights([...packages, { name: 'node/src', files: 9, bytes: 2_340_000 }])).toBe(
    '30.3 MB: ours 2.3, 7 packages 28.0 (a 7.0, @b/c 6.0, e 5.0, f 4.0, g 3.0, h 2.0, …)',
  );
});
