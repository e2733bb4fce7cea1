// Proof-of-work targets: compact nBits, 256-bit targets and the work they stand for. It judges numbers only, never headers.

const TWO_256 = 1n << 256n;
export const TARGET_MAX: bigint = TWO_256 - 1n;

/**
 * Expands compact nBits. Undefined for what Bitcoin refuses as a target (negative, zero, above 256 bits)
 * and for encodings another nBits would express canonically: one target, one number.
 */
export function targetFromBits(bits: number): bigint | undefined {
  if (!Number.isInteger(bits) || bits < 0 || bits > 0xffff_ffff) return undefined;
  const size = bits >>> 24;
  const mantissa = BigInt(bits & 0x00ff_ffff);
  if (mantissa === 0n || (mantissa & 0x80_0000n) !== 0n) return undefined;
  const target = size <= 3 ? mantissa >> BigInt(8 * (3 - size)) : mantissa << BigInt(8 * (size - 3));
  if (target === 0n || target > TARGET_MAX || bitsFromTarget(target) !== bits) return undefined;
  return target;
}

/** The canonical compact form; precision below the 23 leading bits is cut, so the target never gets easier. */
export function bitsFromTarget(target: bigint): number {
  if (target <= 0n || target > TARGET_MAX) throw new RangeError('target out of range');
  let size = Math.ceil(target.toString(16).length / 2);
  let mantissa = size <= 3 ? target << BigInt(8 * (3 - size)) : target >> BigInt(8 * (size - 3));
  if ((mantissa & 0x80_0000n) !== 0n) {
    mantissa >>= 8n;
    size++;
  }
  return ((size << 24) | Number(mantissa)) >>> 0;
}

/** The target that a hash meets once in `hashes` tries on average. */
export function targetForHashes(hashes: bigint): bigint {
  if (hashes < 1n) throw new RangeError('a target needs at least one hash');
  return TWO_256 / hashes - 1n;
}

/** Expected number of hashes behind one block: 2^256 / (target + 1). */
export function workOfTarget(target: bigint): bigint {
  return TWO_256 / (target + 1n);
}

/** A hash as the number proof of work compares: its 32 bytes read little-endian. */
export function hashToNumber(hash: Uint8Array): bigint {
  if (hash.length !== 32) throw new RangeError('a hash has 32 bytes');
  return BigInt(`0x${Buffer.from(hash).reverse().toString('hex')}`);
}

export function meetsTarget(hash: Uint8Array, target: bigint): boolean {
  return hashToNumber(hash) <= target;
}

/** A target as 32 little-endian bytes, comparable with a hash byte by byte from the end. */
export function targetToBytes(target: bigint): Uint8Array {
  if (target < 0n || target > TARGET_MAX) throw new RangeError('target out of range');
  return Uint8Array.from(Buffer.from(target.toString(16).padStart(64, '0'), 'hex').reverse());
}
