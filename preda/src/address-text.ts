/** Addresses as text: 58 base32 glyphs and the kind. It reads and writes the two kinds that have a spelling in the language. */
import { addressBytes } from './literals.ts';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const KIND_OFFSET = 32;
const KIND_NAMES: Readonly<Record<number, string>> = { 3: 'ed25519', 4: 'contract' };

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

/** Undefined for a kind without a spelling. */
export function addressText(bytes: Uint8Array): string | undefined {
  const kind = KIND_NAMES[bytes[KIND_OFFSET]! & 15];
  return kind === undefined ? undefined : `${toBase32(bytes)}:${kind}`;
}

const TEXT = /^[0-9A-Za-z@]{58}:(ed25519|contract)$/;
export const parseAddressText = (text: string): Uint8Array | undefined =>
  TEXT.test(text) ? addressBytes(text) : undefined;
