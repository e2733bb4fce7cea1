import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bitsFromTarget,
  hashToNumber,
  meetsTarget,
  TARGET_MAX,
  targetForHashes,
  targetFromBits,
  targetToBytes,
  workOfTarget,
} from './target.ts';

test('known compact targets expand as Bitcoin expands them', () => {
  expect(targetFromBits(0x1d00ffff)).toBe(0xffffn << 208n);
  expect(targetFromBits(0x207fffff)).toBe(0x7fffffn << 232n);
  expect(targetFromBits(0x1e0377ae)).toBe(0x0377aen << 216n);
  expect(targetFromBits(0x01120000)).toBe(0x12n);
});

test('negative, zero, oversized and non-canonical encodings are refused', () => {
  for (const bits of [
    0, 0x1d000000, 0x1d800000, 0x04923456, 0xff123456, 0x2200ffff, 0x21010000, 0x01123456, 0x1e00007f, -1, 1.5,
  ]) {
    expect(targetFromBits(bits), bits.toString(16)).toBeUndefined();
  }
});

test('every target encodes to bits that expand to at most it and lose less than one part in 2^15', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: TARGET_MAX }), (target) => {
      const bits = bitsFromTarget(target);
      const back = targetFromBits(bits);
      expect(back).toBeDefined();
      expect(back! <= target).toBe(true);
      expect((target - back!) << 15n <= target).toBe(true);
      expect(bitsFromTarget(back!)).toBe(bits);
    }),
  );
});

test('work is the number of hashes a target asks for', () => {
  expect(workOfTarget(0x7fffffn << 232n)).toBe(2n);
  expect(workOfTarget(TARGET_MAX)).toBe(1n);
  expect(workOfTarget(targetForHashes(1000n))).toBe(1000n);
});

test('a hash is compared as a little-endian number, equality included', () => {
  const target = targetForHashes(1000n);
  const equal = targetToBytes(target);
  expect(hashToNumber(equal)).toBe(target);
  expect(meetsTarget(equal, target)).toBe(true);
  expect(meetsTarget(targetToBytes(target + 1n), target)).toBe(false);
});
