// Proof-of-work targets and the difficulty rule (docs/protocol.md, Difficulty).
import { FormatError } from './bytes.ts';
import type { Genesis } from './layouts.ts';

const END = 1n << 256n;
const FIRST_ADJUSTED_HEIGHT = 3;

/** The target compact bits stand for; undefined for those that are not canonical. */
export function targetOf(bits: number): bigint | undefined {
  const size = bits >>> 24;
  const mantissa = BigInt(bits & 0xff_ffff);
  if (mantissa === 0n || mantissa >= 0x80_0000n) return undefined;
  const target = size <= 3 ? mantissa >> BigInt(8 * (3 - size)) : mantissa << BigInt(8 * (size - 3));
  return target === 0n || target >= END || bitsOf(target) !== bits ? undefined : target;
}

/** Canonical compact bits, cut so that the target never grows. */
export function bitsOf(target: bigint): number {
  let size = Math.ceil(target.toString(16).length / 2);
  let mantissa = size <= 3 ? target << BigInt(8 * (3 - size)) : target >> BigInt(8 * (size - 3));
  if (mantissa >= 0x80_0000n) {
    mantissa >>= 8n;
    size++;
  }
  return size * 2 ** 24 + Number(mantissa);
}

export function meets(hash: Uint8Array, target: bigint): boolean {
  return BigInt(`0x${Buffer.from(hash).reverse().toString('hex')}`) <= target;
}

type Timed = { readonly timestampMs: number; readonly target: number };

/** What the difficulty rule makes of a block's two ancestors. */
export function expectedTarget(
  genesis: Genesis,
  height: number,
  parent: Timed,
  grandparent: Timed | undefined,
): number | undefined {
  if (genesis.difficulty === 0 || height < FIRST_ADJUSTED_HEIGHT) return genesis.floorTarget;
  if (grandparent === undefined) return undefined;
  const spacing = BigInt(parent.timestampMs - grandparent.timestampMs);
  const exponent = ((4n * spacing - 5n * BigInt(genesis.blockIntervalMs)) << 16n) / (4n * BigInt(genesis.halfLifeMs));
  const target = scaled(required(parent.target), exponent);
  return target >= required(genesis.floorTarget) ? genesis.floorTarget : bitsOf(target);
}

/** target · 2^(exponent / 65536), by the cubic of aserti3-2d. */
function scaled(target: bigint, exponent: bigint): bigint {
  const shift = exponent >> 16n;
  if (shift > 256n) return END - 1n;
  if (shift < -512n) return 1n;
  const x = exponent & 0xffffn;
  const cubic = 195_766_423_245_049n * x + 971_821_376n * x * x + 5_127n * x * x * x + (1n << 47n);
  const product = target * (65_536n + (cubic >> 48n));
  const result = shift >= 16n ? product << (shift - 16n) : product >> (16n - shift);
  return result < 1n ? 1n : result >= END ? END - 1n : result;
}

function required(bits: number): bigint {
  const target = targetOf(bits);
  if (target === undefined) throw new FormatError(`${bits} is no compact target`);
  return target;
}
