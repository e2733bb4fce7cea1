// Addresses and hashes as bytes and as text: base32 glyphs and the kind. It knows the two kinds of addresses that have a
// spelling in the language, and no keys.

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const LOOK_ALIKES: Readonly<Record<string, string>> = { i: '1', l: '1', o: '0', '@': 'z' };
const KEY_BYTES = 32;
const ADDRESS_BYTES = 36;
const KINDS: Readonly<Record<string, number>> = { ed25519: 3, contract: 4 };
const KIND_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(KINDS).map(([name, kind]) => [kind, name]));

/** Crockford base32, most significant bit first, padded with zero bits. */
export function toBase32(bytes: Uint8Array): string {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  const glyphs = Math.ceil((bytes.length * 8) / 5);
  value <<= BigInt(glyphs * 5 - bytes.length * 8);
  let text = '';
  for (let at = glyphs - 1; at >= 0; at--) text += ALPHABET[Number((value >> BigInt(at * 5)) & 31n)];
  return text;
}

/** Undefined for unknown glyphs or padding that is not zero. */
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

/** The 36 bytes of `<58 glyphs>:<kind>`, key, then a tag of 28 checksum bits and 4 kind bits; of a text the lexer took for an address. */
export function addressBytes(text: string): Uint8Array | undefined {
  const [glyphs = '', kind = ''] = text.split(':');
  const bytes = fromBase32(glyphs, ADDRESS_BYTES);
  if (!bytes) return undefined;
  const number = KINDS[kind] ?? 0;
  const tag = new DataView(bytes.buffer).getUint32(KEY_BYTES, true);
  const expected = ((crc32c(bytes.subarray(0, KEY_BYTES), number) & 0xfffffff0) | number) >>> 0;
  return tag === expected ? bytes : undefined;
}

/** The 32 bytes of `<52 glyphs>:hash`. */
export function hashBytes(text: string): Uint8Array | undefined {
  return fromBase32(text.split(':')[0] ?? '', KEY_BYTES);
}

const TEXT = /^[0-9A-Za-z@]{58}:(ed25519|contract)$/;

/** Of any text. */
export function parseAddress(text: string): Uint8Array | undefined {
  return TEXT.test(text) ? addressBytes(text) : undefined;
}

/** Undefined for a kind without a spelling. */
export function formatAddress(bytes: Uint8Array): string | undefined {
  const kind = KIND_NAMES.get(bytes[KEY_BYTES]! & 15);
  return kind === undefined ? undefined : `${toBase32(bytes)}:${kind}`;
}
