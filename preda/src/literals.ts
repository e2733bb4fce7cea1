/** Values of literals from their spelling. It says what is wrong with one, but reports nothing. */
import { BIGINT, type FloatBits, floatType, INT32, type IntBits, intType, type Type, uintType } from './types.ts';

/** What a bigint can hold: |v| ≤ 2^8128 − 1. */
const BIGINT_LIMIT = (1n << 8128n) - 1n;

export function rangeOf(type: Type): readonly [lowest: bigint, highest: bigint] {
  if (type.kind === 'int') return [-(1n << BigInt(type.bits - 1)), (1n << BigInt(type.bits - 1)) - 1n];
  if (type.kind === 'uint') return [0n, (1n << BigInt(type.bits)) - 1n];
  return [-BIGINT_LIMIT, BIGINT_LIMIT];
}

/** An integer literal; `5` is int32, `5u` uint32, `5i8` int8, `5ib` bigint. */
export function integerOf(text: string, negative: boolean): { readonly type: Type; readonly value: bigint } {
  const [, digits, family, bits] = /^(0x[0-9A-Fa-f]+|\d+)(ib|i|u)?(\d+)?$/.exec(text)!;
  const width = Number(bits ?? 32) as IntBits;
  const magnitude = BigInt(digits!);
  const type = { ib: BIGINT, i: intType(width), u: uintType(width) }[family ?? ''] ?? INT32;
  return { type, value: negative ? -magnitude : magnitude };
}

/** `1.5` is float256. */
export function floatOf(text: string): Type {
  const bits = /f(\d+)$/.exec(text)?.[1];
  return floatType(Number(bits ?? 256) as FloatBits);
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const LOOK_ALIKES: Readonly<Record<string, string>> = { i: '1', l: '1', o: '0', '@': 'z' };

/** Crockford base32, most significant bit first; undefined for unknown glyphs or padding that is not zero. */
function fromBase32(glyphs: string, size: number): Uint8Array | undefined {
  let value = 0n;
  for (const glyph of glyphs.toLowerCase()) {
    const digit = ALPHABET.indexOf(LOOK_ALIKES[glyph] ?? glyph);
    if (digit < 0) return undefined;
    value = (value << 5n) | BigInt(digit);
  }
  const padding = BigInt(glyphs.length * 5 - size * 8);
  if ((value & ((1n << padding) - 1n)) !== 0n) return undefined;
  value >>= padding;
  const bytes = new Uint8Array(size);
  for (let i = size - 1; i >= 0; i--, value >>= 8n) bytes[i] = Number(value & 255n);
  return bytes;
}

/** CRC-32C (Castagnoli, reflected), register starting at `seed`, no final inversion: the checksum inside addresses. */
function crc32c(bytes: Uint8Array, seed: number): number {
  let crc = seed;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0x82f63b78 & -(crc & 1));
  }
  return crc >>> 0;
}

const KEY_BYTES = 32;
const ADDRESS_BYTES = 36;
const ADDRESS_KINDS: Readonly<Record<string, number>> = { ed25519: 3, contract: 4 };

/** The 36 bytes of `<58 glyphs>:<kind>`: key, then a tag of 28 checksum bits and 4 kind bits. */
export function addressBytes(text: string): Uint8Array | undefined {
  const [glyphs = '', kind = ''] = text.split(':');
  const bytes = fromBase32(glyphs, ADDRESS_BYTES);
  if (!bytes) return undefined;
  const number = ADDRESS_KINDS[kind] ?? 0;
  const tag = new DataView(bytes.buffer).getUint32(KEY_BYTES, true);
  const expected = ((crc32c(bytes.subarray(0, KEY_BYTES), number) & 0xfffffff0) | number) >>> 0;
  return tag === expected ? bytes : undefined;
}

/** The 32 bytes of `<52 glyphs>:hash`. */
export function hashBytes(text: string): Uint8Array | undefined {
  return fromBase32(text.split(':')[0] ?? '', KEY_BYTES);
}
