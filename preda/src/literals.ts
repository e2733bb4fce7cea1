// Values of literals from their spelling. It says what is wrong with one, but reports nothing.
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
