// Addresses: a 32-byte key with a checksummed tag, its text form, and the partition a key belongs to (preda.md a.2, c.2).
import { concatBytes, viewOf } from './bytes.ts';
import { GLOBAL_PARTITION, SCOPE } from './scopes.ts';

export const ADDRESS_BYTES = 36;

/** Low 4 bits of the tag. */
export const ADDRESS_KIND = { ed25519: 3, contract: 4, custom: 5, dapp: 10 } as const;
export type AddressKind = keyof typeof ADDRESS_KIND;

const KIND_NAMES = new Map<number, AddressKind>(
  Object.entries(ADDRESS_KIND).map(([name, kind]) => [kind, name as AddressKind]),
);

/** CRC-32C (Castagnoli, reflected 0x82f63b78), register starting at `seed`, no final inversion. */
export function crc32c(bytes: Uint8Array, seed: number): number {
  let crc = seed | 0;
  // By index: an iterator takes four times as long, and every transaction comes here.
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ bytes[i]!) & 0xff]!;
  return crc >>> 0;
}

const CRC_TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = (c & 1) === 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
  return c >>> 0;
});

/** Upper 28 bits CRC-32C of the key seeded with the kind, low 4 bits the kind. */
export function tagOf(key: Uint8Array, kind: number): number {
  return ((crc32c(key, kind) & 0xfffffff0) | kind) >>> 0;
}

/** 36 bytes: the key, then the tag. */
export function addressOf(key: Uint8Array, kind: AddressKind = 'ed25519'): Uint8Array {
  const tag = new Uint8Array(4);
  viewOf(tag).setUint32(0, tagOf(key, ADDRESS_KIND[kind]), true);
  return concatBytes([key, tag]);
}

/** A contract's own address carries its registry sequence. */
export function contractAddress(id: bigint): Uint8Array {
  const key = new Uint8Array(32);
  viewOf(key).setBigUint64(0, id, true);
  return addressOf(key, 'contract');
}

/** The kind of a well-formed address, undefined when its length, kind or checksum is wrong. */
export function kindOf(address: Uint8Array): AddressKind | undefined {
  if (address.length !== ADDRESS_BYTES) return undefined;
  const tag = viewOf(address).getUint32(32, true);
  if (tag !== tagOf(address.subarray(0, 32), tag & 15)) return undefined;
  return KIND_NAMES.get(tag & 15);
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const LOOK_ALIKES: Readonly<Record<string, string>> = { i: '1', l: '1', o: '0', '@': 'z' };

/** Crockford base32, most significant bit first, padded with zero bits. */
export function toBase32(bytes: Uint8Array): string {
  let out = '';
  let acc = 0;
  let bits = 0;
  for (const b of bytes) {
    acc = (acc << 8) | b;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += ALPHABET[(acc >>> bits) & 31];
    }
    acc &= (1 << bits) - 1;
  }
  return bits === 0 ? out : out + ALPHABET[(acc << (5 - bits)) & 31];
}

/** Undefined for another length, unknown glyphs or padding bits that are not zero. */
export function fromBase32(input: string, size: number): Uint8Array | undefined {
  if (input.length !== Math.ceil((size * 8) / 5)) return undefined;
  const out = new Uint8Array(size);
  let acc = 0;
  let bits = 0;
  let at = 0;
  for (const glyph of input.toLowerCase()) {
    const digit = ALPHABET.indexOf(LOOK_ALIKES[glyph] ?? glyph);
    if (digit < 0) return undefined;
    acc = (acc << 5) | digit;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = acc >>> bits;
      acc &= (1 << bits) - 1;
    }
  }
  return acc === 0 ? out : undefined;
}

/** `<58 glyphs>:ed25519`. */
export function formatAddress(address: Uint8Array): string {
  const kind = kindOf(address);
  if (kind === undefined) throw new RangeError('not an address: kind or checksum is wrong');
  return `${toBase32(address)}:${kind}`;
}

export function parseAddress(input: string): Uint8Array | undefined {
  const [glyphs = '', kind, ...rest] = input.trim().split(':');
  if (rest.length > 0) return undefined;
  const address = fromBase32(glyphs, ADDRESS_BYTES);
  return address !== undefined && kindOf(address) === kind ? address : undefined;
}

/** Exclusive or of three words of the key (preda.md c.2), cut to the number of partitions (a power of two). */
export function partitionOf(key: Uint8Array, partitions: number): number {
  const view = viewOf(key);
  const words = key.length >> 2;
  const word = (i: number): number => view.getUint32(i * 4, true);
  const mixed =
    key.length === ADDRESS_BYTES
      ? word(0) ^ word(4) ^ word(7)
      : words < 4
        ? word(0)
        : word(0) ^ word(words >> 1) ^ word(words - 1);
  return (mixed & (partitions - 1)) >>> 0;
}

/** The partition a target lives in; a shard names its own. */
export function partitionOfTarget(scope: number, key: Uint8Array, partitions: number): number {
  if (scope === SCOPE.global) return GLOBAL_PARTITION;
  if (scope === SCOPE.shard) return viewOf(key).getUint32(0, true);
  return partitionOf(key, partitions);
}
