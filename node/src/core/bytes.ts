// Byte arrays as values: comparing, joining, hex. Knows no layout.

/** Orders two byte strings left to right, shorter first when one is a prefix of the other. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const d = a[i]! - b[i]!;
    if (d !== 0) return d;
  }
  return a.length - b.length;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const p of parts) size += p.length;
  const out = new Uint8Array(size);
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Bytes as characters of one byte each: the smallest key of a map they can be. */
export function textOf(bytes: Uint8Array, from = 0, size: number = bytes.length - from): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, size).toString('latin1');
}

/** Parses lower- or upper-case hex; throws on anything else. */
export function fromHex(hex: string): Uint8Array {
  if (hex.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(hex)) throw new RangeError(`not hex: "${hex.slice(0, 80)}"`);
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

export function isZero(bytes: Uint8Array): boolean {
  for (const b of bytes) if (b !== 0) return false;
  return true;
}

/** 32 zero bytes; never written to. */
export const ZERO_HASH: Uint8Array = new Uint8Array(32);

/** A view for little-endian access to the same memory. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
