import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concatBytes, viewOf } from '../core/bytes.ts';
import { build, machine } from './testing/bed.ts';
import { testAddress, u128 } from './testing/records.ts';
import { WIDE_OPS, wideModule } from './testing/trouble.ts';

const vm = machine({ guard: true });
vm.installContract(1, wideModule());
const key = testAddress(1);
const END = 1n << 128n;
const SIGN = 1n << 127n;

function ask(op: (typeof WIDE_OPS)[number], a: bigint, b: bigint) {
  const args = concatBytes([u128(BigInt.asUintN(128, a)), u128(BigInt.asUintN(128, b))]);
  const record = build({ kind: 1, contract: 1, op: WIDE_OPS.indexOf(op), key, args });
  return vm.call(record, 100_000n);
}

function numberOf(bytes: Uint8Array): bigint {
  return viewOf(bytes).getBigUint64(0, true) + (viewOf(bytes).getBigUint64(8, true) << 64n);
}

/** The result, or the exception: 1 overflow, 2 underflow, 3 division by zero. */
function model(op: string, a: bigint, b: bigint): { exception: number } | bigint {
  if (!op.endsWith('mul') && b === 0n) return { exception: 3 };
  const result = op.endsWith('mul') ? a * b : op.endsWith('div') ? a / b : a % b;
  if (op.startsWith('u')) return result >= END ? { exception: 1 } : result;
  if (op.endsWith('rem') && a === -SIGN && b === -1n) return { exception: 1 };
  return result >= SIGN ? { exception: 1 } : result < -SIGN ? { exception: 2 } : result;
}

const edges = [0n, 1n, 2n, 3n, 1n << 32n, (1n << 64n) - 1n, 1n << 64n, (1n << 64n) + 1n, SIGN - 1n, SIGN, END - 1n];
const wide = fc.oneof(fc.constantFrom(...edges), fc.bigInt(0n, END - 1n), fc.bigInt(0n, 1n << 70n));

test('128-bit arithmetic is BigInt arithmetic with checks', () => {
  const ops = WIDE_OPS.filter((op) => !op.startsWith('text'));
  fc.assert(
    fc.property(fc.constantFrom(...ops), wide, wide, (op, x, y) => {
      const signed = op.startsWith('i');
      const [a, b] = signed ? [BigInt.asIntN(128, x), BigInt.asIntN(128, y)] : [x, y];
      const want = model(op, a, b);
      const { exception, ret } = ask(op, a, b);
      if (typeof want !== 'bigint') expect(exception).toBe(want.exception);
      else expect({ exception, value: numberOf(ret) }).toEqual({ exception: 0, value: BigInt.asUintN(128, want) });
    }),
    { numRuns: 2000 },
  );
});

test('decimal text', () => {
  fc.assert(
    fc.property(wide, (x) => {
      const text = (op: 'text_u128' | 'text_i128') => new TextDecoder().decode(ask(op, x, 0n).ret);
      expect(text('text_u128')).toBe(x.toString());
      expect(text('text_i128')).toBe(BigInt.asIntN(128, x).toString());
    }),
    { numRuns: 500 },
  );
});
