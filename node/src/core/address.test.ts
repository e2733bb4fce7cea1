import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressOf, crc32c, formatAddress, kindOf, parseAddress, partitionOf } from './address.ts';

const key = fc.uint8Array({ minLength: 32, maxLength: 32 });

test('crc32c agrees with the check value of RFC 3720', () => {
  const digits = new TextEncoder().encode('123456789');
  expect((crc32c(digits, 0xffffffff) ^ 0xffffffff) >>> 0).toBe(0xe3069283);
});

test('an address survives its text form, in upper case and with look-alikes too', () => {
  fc.assert(
    fc.property(key, (k) => {
      const address = addressOf(k);
      const written = formatAddress(address);
      expect(written).toMatch(/^[0-9a-z]{58}:ed25519$/);
      expect(parseAddress(written)).toEqual(address);
      const glyphs = written.slice(0, 58).replaceAll('0', 'O').replaceAll('1', 'l').replaceAll('z', '@');
      expect(parseAddress(`${glyphs}:ed25519`)).toEqual(address);
    }),
  );
});

test('an address with one bit changed is none', () => {
  fc.assert(
    fc.property(key, fc.nat(36 * 8 - 1), (k, bit) => {
      const address = addressOf(k);
      address[bit >> 3]! ^= 1 << (bit & 7);
      expect(kindOf(address)).toBeUndefined();
    }),
  );
});

test('an address and the uint256 with the same bytes share a partition', () => {
  fc.assert(fc.property(key, (k) => partitionOf(k, 256) === partitionOf(addressOf(k), 256)));
});

test.each([
  [4, [0]],
  [8, [0]],
  [16, [0, 2, 3]],
  [32, [0, 4, 7]],
  [64, [0, 8, 15]],
])('a key of %i bytes mixes the words %j', (size, words) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: size, maxLength: size }), (k) => {
      const view = new DataView(k.buffer, k.byteOffset);
      const mixed = words.reduce((a, w) => a ^ view.getUint32(w * 4, true), 0);
      expect(partitionOf(k, 4096)).toBe((mixed & 4095) >>> 0);
    }),
  );
});
