import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyOf } from './rotation.ts';

const OTHERS_EVERY = 3;

test('everybody is asked within a bounded number of tries, whatever was asked before', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 8 }),
      fc.integer({ min: 1, max: 12 }),
      fc.nat(1_000),
      fc.nat(255),
      (own, others, from, start) => {
        const ours = Array.from({ length: own }, (_, i) => `own ${i}`);
        const all = [...ours, ...Array.from({ length: others }, (_, i) => `other ${i}`)];
        const tries = OTHERS_EVERY * (all.length + 1);
        const asked = new Set(Array.from({ length: tries }, (_, i) => anyOf(ours, all, from + i, start)));
        expect([...asked].toSorted()).toEqual(all.toSorted());
      },
    ),
  );
});

test('the nodes of the group come first, and nobody is asked where nobody is known', () => {
  expect([0, 1, 2, 3].map((tries) => anyOf(['a', 'b'], ['a', 'b', 'c'], tries, 0))).toEqual(['a', 'b', 'a', 'a']);
  expect(anyOf([], [], 5, 3)).toBeUndefined();
});
