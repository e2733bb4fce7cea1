import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '../core/hash.ts';
import { RECEIPT_BYTES } from '../core/layouts.ts';
import { encodeRoots, hasRoot, RECENT_BLOCKS_MAX, RecentRoots } from './root-index.ts';

function rootOf(n: number): Uint8Array {
  return sha256(Uint8Array.of(n & 255, n >> 8));
}

function receipts(roots: readonly number[]): Uint8Array {
  const out = new Uint8Array(roots.length * RECEIPT_BYTES);
  for (const [i, n] of roots.entries()) out.set(rootOf(n), i * RECEIPT_BYTES + 32);
  return out;
}

test('finds the blocks of a root among the newest', () => {
  const blocks = fc.array(fc.array(fc.nat(60), { maxLength: 12 }), { maxLength: 70, size: 'max' });
  fc.assert(
    fc.property(blocks, (all) => {
      const recent = new RecentRoots<number>();
      const indexes = all.map((roots) => encodeRoots(receipts(roots)));
      for (const [i, index] of indexes.entries()) recent.add(i, index);
      for (let n = 0; n <= 60; n++) {
        const expected = all.flatMap((roots, i) => (roots.includes(n) ? [i] : []));
        expect(recent.find(rootOf(n))).toEqual(expected.filter((i) => i >= all.length - RECENT_BLOCKS_MAX));
        expect(indexes.flatMap((index, i) => (hasRoot(index, rootOf(n)) ? [i] : []))).toEqual(expected);
      }
    }),
    { numRuns: 30 },
  );
});
