// Checked integer arithmetic and comparison on WebAssembly values, one function per operator. It charges no gas.
import { wide } from './arith-wide.ts';
import type { FunctionBuilder } from './builder.ts';
import { type Expr, i32, i64, not, op, select } from './ir.ts';
import { repOf } from './layout.ts';
import type { ModuleBuilder } from './module-builder.ts';
import { FAULT } from './rt.ts';
import type { BinaryOp, IntBits, Type, TypeOf } from './types.ts';
import type { Op } from './wasm.ts';

type IntType = TypeOf<'int' | 'uint'>;
export type Value = readonly Expr[];

const one = (value: Value): Expr => value[0]!;
const signBit = (bits: IntBits): bigint => 1n << BigInt(bits - 1);

/** Both operands have the type; the result too, or bool for comparisons. */
export function binary(m: ModuleBuilder, f: FunctionBuilder, name: BinaryOp, type: IntType, a: Value, b: Value): Value {
  const x = a.map((part) => f.atom(part));
  const y = b.map((part) => f.atom(part));
  switch (repOf(type)) {
    case 'word':
      return [word(f, name, type, one(x), one(y))];
    case 'long':
      return [long(m, f, name, type, one(x), one(y))];
    default:
      return wide(m, f, name, type, x, y);
  }
}

const COMPARE: Partial<Record<BinaryOp, string>> = {
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '>': 'gt',
  '<=': 'le',
  '>=': 'ge',
};

function compareOp(name: BinaryOp, signed: boolean, width: 'i32' | 'i64'): Op | undefined {
  const base = COMPARE[name];
  if (base === undefined) return undefined;
  const suffix = base === 'eq' || base === 'ne' ? '' : signed ? '_s' : '_u';
  return `${width}.${base}${suffix}` as Op;
}

function word(f: FunctionBuilder, name: BinaryOp, type: IntType, x: Expr, y: Expr): Expr {
  const signed = type.kind === 'int';
  const compare = compareOp(name, signed, 'i32');
  if (compare) return op(compare, x, y);
  switch (name) {
    case '&':
      return op('i32.and', x, y);
    case '|':
      return op('i32.or', x, y);
    case '^':
      return op('i32.xor', x, y);
    case '<<':
      return select(op('i32.lt_u', y, i32(type.bits)), wrapWord(type, op('i32.shl', x, y)), i32(0));
    case '>>':
      return select(op('i32.lt_u', y, i32(type.bits)), op('i32.shr_u', x, y), i32(0));
    case '/':
      f.faultIf(not(y), FAULT.dividedByZero);
      if (!signed) return op('i32.div_u', x, y);
      f.faultIf(
        op('i32.and', op('i32.eq', x, i32(Number(-signBit(type.bits)))), op('i32.eq', y, i32(-1))),
        FAULT.overflow,
      );
      return op('i32.div_s', x, y);
    case '%':
      f.faultIf(not(y), FAULT.dividedByZero);
      return op(signed ? 'i32.rem_s' : 'i32.rem_u', x, y);
    default:
      return wordArithmetic(f, name, type, x, y);
  }
}

const wrapWord = (type: IntType, value: Expr): Expr =>
  type.bits === 32 ? value : op('i32.and', value, i32(2 ** type.bits - 1));

function wordArithmetic(f: FunctionBuilder, name: BinaryOp, type: IntType, x: Expr, y: Expr): Expr {
  if (type.kind === 'int') return signedViaLong(f, name, type, x, y);
  if (name === '-') {
    f.faultIf(op('i32.lt_u', x, y), FAULT.underflow);
    return op('i32.sub', x, y);
  }
  if (name === '+') {
    const sum = f.hold(op('i32.add', x, y));
    f.faultIf(type.bits === 32 ? op('i32.lt_u', sum, x) : op('i32.gt_u', sum, i32(2 ** type.bits - 1)), FAULT.overflow);
    return sum;
  }
  if (type.bits < 32) {
    const product = f.hold(op('i32.mul', x, y));
    f.faultIf(op('i32.gt_u', product, i32(2 ** type.bits - 1)), FAULT.overflow);
    return product;
  }
  const product = f.hold(op('i64.mul', op('i64.extend_i32_u', x), op('i64.extend_i32_u', y)));
  f.faultIf(op('i64.gt_u', product, i64(0xffff_ffffn)), FAULT.overflow);
  return op('i32.wrap_i64', product);
}

/** Sums and products of 32-bit values fit 64 bits, so the exact result is compared with the type's bounds. */
function signedViaLong(f: FunctionBuilder, name: BinaryOp, type: IntType, x: Expr, y: Expr): Expr {
  const operator: Op = name === '+' ? 'i64.add' : name === '-' ? 'i64.sub' : 'i64.mul';
  const exact = f.hold(op(operator, op('i64.extend_i32_s', x), op('i64.extend_i32_s', y)));
  const limit = signBit(type.bits);
  f.faultIf(op('i64.ge_s', exact, i64(limit)), FAULT.overflow);
  f.faultIf(op('i64.lt_s', exact, i64(-limit)), FAULT.underflow);
  return op('i32.wrap_i64', exact);
}

function long(m: ModuleBuilder, f: FunctionBuilder, name: BinaryOp, type: IntType, x: Expr, y: Expr): Expr {
  const signed = type.kind === 'int';
  const compare = compareOp(name, signed, 'i64');
  if (compare) return op(compare, x, y);
  switch (name) {
    case '&':
      return op('i64.and', x, y);
    case '|':
      return op('i64.or', x, y);
    case '^':
      return op('i64.xor', x, y);
    case '<<':
      return select(op('i64.lt_u', y, i64(64n)), op('i64.shl', x, y), i64(0n));
    case '>>':
      return select(op('i64.lt_u', y, i64(64n)), op('i64.shr_u', x, y), i64(0n));
    case '/':
      f.faultIf(op('i64.eqz', y), FAULT.dividedByZero);
      if (!signed) return op('i64.div_u', x, y);
      f.faultIf(op('i32.and', op('i64.eq', x, i64(MIN64)), op('i64.eq', y, i64(-1n))), FAULT.overflow);
      return op('i64.div_s', x, y);
    case '%':
      f.faultIf(op('i64.eqz', y), FAULT.dividedByZero);
      return op(signed ? 'i64.rem_s' : 'i64.rem_u', x, y);
    case '*':
      return f.call1(signed ? signedProduct(m) : unsignedProduct(m), x, y);
    default:
      return longSum(f, name, signed, x, y);
  }
}

const MIN64 = -(1n << 63n);

function longSum(f: FunctionBuilder, name: BinaryOp, signed: boolean, x: Expr, y: Expr): Expr {
  if (name === '-' && !signed) {
    f.faultIf(op('i64.lt_u', x, y), FAULT.underflow);
    return op('i64.sub', x, y);
  }
  const result = f.hold(op(name === '+' ? 'i64.add' : 'i64.sub', x, y));
  if (!signed) {
    f.faultIf(op('i64.lt_u', result, x), FAULT.overflow);
    return result;
  }
  // The result's sign differs from x's although y pulls the other way (Hacker's Delight 2-13).
  const turned = op('i64.xor', x, result);
  const pulled = name === '+' ? op('i64.xor', y, result) : op('i64.xor', x, y);
  f.when(op('i64.lt_s', op('i64.and', turned, pulled), i64(0n)), () => faultBySign(f, op('i64.lt_s', x, i64(0n))));
  return result;
}

/** Underflow where the exact result is negative, else overflow. */
function faultBySign(f: FunctionBuilder, negative: Expr): void {
  f.faultIf(negative, FAULT.underflow);
  f.fault(FAULT.overflow);
}

const unsignedProduct = (m: ModuleBuilder) =>
  m.routine('u64.mul', ['i64', 'i64'], ['i64'], (f) => {
    const [x, y] = [f.param(0), f.param(1)];
    const product = f.hold(op('i64.mul', x, y));
    f.when(not(op('i64.eqz', op('i64.shr_u', op('i64.or', x, y), i64(32n)))), () => {
      f.when(not(op('i64.eqz', x)), () => f.faultIf(op('i64.ne', op('i64.div_u', product, x), y), FAULT.overflow));
    });
    f.return(product);
  });

const signedProduct = (m: ModuleBuilder) =>
  m.routine('i64.mul', ['i64', 'i64'], ['i64'], (f) => {
    const [x, y] = [f.param(0), f.param(1)];
    const product = f.hold(op('i64.mul', x, y));
    const small = (value: Expr) => op('i64.eq', op('i64.shr_s', op('i64.shl', value, i64(32n)), i64(32n)), value);
    f.when(not(op('i32.and', small(x), small(y))), () => {
      f.when(not(op('i64.eqz', x)), () => {
        // -1 · MIN would trap in the division below.
        f.when(op('i64.eq', x, i64(-1n)), () => {
          f.faultIf(op('i64.eq', y, i64(MIN64)), FAULT.overflow);
          f.return(product);
        });
        f.when(op('i64.ne', op('i64.div_s', product, x), y), () =>
          faultBySign(f, op('i64.lt_s', op('i64.xor', x, y), i64(0n))),
        );
      });
    });
    f.return(product);
  });

/** `-x` and `~x`. */
export function unary(m: ModuleBuilder, f: FunctionBuilder, name: '-' | '~', type: IntType, a: Value): Value {
  if (name === '-') return binary(m, f, '-', type, zeroOf(type), a);
  if (repOf(type) === 'word') return [op('i32.xor', one(a), i32(2 ** type.bits - 1))];
  return a.map((part) => op('i64.xor', part, i64(-1n)));
}

export function zeroOf(type: Type): Value {
  return integer(type, 0n);
}

export function integer(type: Type, value: bigint): Value {
  switch (repOf(type)) {
    case 'pair':
      return [i64(value), i64(value >> 64n)];
    case 'long':
      return [i64(value)];
    default:
      return [i32(Number(value))];
  }
}

/** Every integer as 128 bits, and whether that is signed. */
function toPair(f: FunctionBuilder, type: IntType, value: Value): Value {
  if (repOf(type) === 'pair') return value.map((part) => f.atom(part));
  const signed = type.kind === 'int';
  const low = f.atom(
    repOf(type) === 'long' ? one(value) : op(signed ? 'i64.extend_i32_s' : 'i64.extend_i32_u', one(value)),
  );
  return [low, signed ? op('i64.shr_s', low, i64(63n)) : i64(0n)];
}

/** Implicit widening: same signedness, never fails. */
export function widen(f: FunctionBuilder, from: IntType, to: IntType, value: Value): Value {
  const [source, target] = [repOf(from), repOf(to)];
  if (source === target) return value;
  if (target === 'pair') return toPair(f, from, value);
  return [op(from.kind === 'int' ? 'i64.extend_i32_s' : 'i64.extend_i32_u', one(value))];
}

/** Explicit conversion: what does not fit is Overflow above and Underflow below. */
export function convert(f: FunctionBuilder, from: IntType, to: IntType, value: Value): Value {
  const fits = from.kind === to.kind ? from.bits <= to.bits : from.kind === 'uint' && from.bits < to.bits;
  if (fits) return widen(f, from, to, value);
  if (repOf(from) === 'pair') return fromPair(f, from, to, value);
  const signed = from.kind === 'int';
  const low = f.atom(toPair(f, from, value)[0]!);
  // Now `low` holds the exact value as i64 (as u64 for uint64).
  const [min, max] = boundsOf(to);
  if (signed) {
    if (min > MIN64) f.faultIf(op('i64.lt_s', low, i64(min)), FAULT.underflow);
    if (max < -MIN64 - 1n) f.faultIf(op('i64.gt_s', low, i64(max)), FAULT.overflow);
  } else {
    f.faultIf(op('i64.gt_u', low, i64(max)), FAULT.overflow);
  }
  return narrow(to, low);
}

const boundsOf = (type: IntType): readonly [bigint, bigint] =>
  type.kind === 'int' ? [-signBit(type.bits), signBit(type.bits) - 1n] : [0n, (1n << BigInt(type.bits)) - 1n];

/** A value known to fit, from its low 64 bits. */
function narrow(to: IntType, low: Expr): Value {
  switch (repOf(to)) {
    case 'pair':
      return [low, to.kind === 'int' ? op('i64.shr_s', low, i64(63n)) : i64(0n)];
    case 'long':
      return [low];
    default:
      return [op('i32.wrap_i64', low)];
  }
}

function fromPair(f: FunctionBuilder, from: IntType, to: IntType, value: Value): Value {
  const [low, high] = toPair(f, from, value) as [Expr, Expr];
  const negative = op('i64.lt_s', high, i64(0n));
  if (to.bits === 128) {
    // Same width, other signedness: the sign bit must be clear.
    f.faultIf(negative, from.kind === 'int' ? FAULT.underflow : FAULT.overflow);
    return [low, high];
  }
  const [, max] = boundsOf(to);
  if (from.kind === 'uint' || to.kind === 'uint') {
    if (from.kind === 'int') f.faultIf(negative, FAULT.underflow);
    f.faultIf(not(op('i64.eqz', high)), FAULT.overflow);
    if (max < (1n << 64n) - 1n) f.faultIf(op('i64.gt_u', low, i64(max)), FAULT.overflow);
    return narrow(to, low);
  }
  // Both signed: high must repeat the sign of low, and low must fit.
  const fits = to.bits === 64 ? i32(1) : op('i64.eq', low, signExtend(low, to.bits));
  f.when(not(op('i32.and', op('i64.eq', high, op('i64.shr_s', low, i64(63n))), fits)), () => faultBySign(f, negative));
  return narrow(to, low);
}

function signExtend(value: Expr, bits: IntBits): Expr {
  const unused = i64(64n - BigInt(bits));
  return op('i64.shr_s', op('i64.shl', value, unused), unused);
}

/** For decimal text: any integer as 128 bits. */
export const asPair = toPair;
