// Checked 128-bit arithmetic on pairs of i64, low half first: sums and comparisons inline, products and quotients with a 64-bit fast path.
import type { Value } from './arith.ts';
import type { FunctionBuilder } from './builder.ts';
import { add32, type Expr, type ImportedFunc, i64, load, not, op, select } from './ir.ts';
import type { ModuleBuilder } from './module-builder.ts';
import { FAULT, RT } from './rt.ts';
import type { BinaryOp, TypeOf } from './types.ts';

type Pair = readonly [Expr, Expr];

/** Operands are atoms. */
export function wide(
  m: ModuleBuilder,
  f: FunctionBuilder,
  name: BinaryOp,
  type: TypeOf<'int' | 'uint'>,
  a: Value,
  b: Value,
): Value {
  const [x, y] = [a as Pair, b as Pair];
  const signed = type.kind === 'int';
  switch (name) {
    case '==':
      return [op('i64.eqz', difference(x, y))];
    case '!=':
      return [not(op('i64.eqz', difference(x, y)))];
    case '<':
      return [less(signed, x, y)];
    case '>':
      return [less(signed, y, x)];
    case '<=':
      return [not(less(signed, y, x))];
    case '>=':
      return [not(less(signed, x, y))];
    case '&':
      return [op('i64.and', x[0], y[0]), op('i64.and', x[1], y[1])];
    case '|':
      return [op('i64.or', x[0], y[0]), op('i64.or', x[1], y[1])];
    case '^':
      return [op('i64.xor', x[0], y[0]), op('i64.xor', x[1], y[1])];
    case '+':
      return sum(f, signed, x, y);
    case '-':
      return remainder(f, signed, x, y);
    case '<<':
    case '>>':
      return f.call(shift(m, name), ...x, ...y);
    case '*':
      return f.call(signed ? viaRuntime(m, 'i128.mul', RT.i128Mul) : product(m), ...x, ...y);
    case '/':
      return f.call(signed ? viaRuntime(m, 'i128.div', RT.i128Div) : quotient(m, '/'), ...x, ...y);
    case '%':
      return f.call(signed ? signedRemainder(m) : quotient(m, '%'), ...x, ...y);
    default:
      throw new Error(`${name} is not an integer operator`);
  }
}

const difference = (x: Pair, y: Pair): Expr => op('i64.or', op('i64.xor', x[0], y[0]), op('i64.xor', x[1], y[1]));

const less = (signed: boolean, x: Pair, y: Pair): Expr =>
  select(op('i64.eq', x[1], y[1]), op('i64.lt_u', x[0], y[0]), op(signed ? 'i64.lt_s' : 'i64.lt_u', x[1], y[1]));

const carryOf = (overflowed: Expr): Expr => op('i64.extend_i32_u', overflowed);

function sum(f: FunctionBuilder, signed: boolean, x: Pair, y: Pair): Value {
  const low = f.hold(op('i64.add', x[0], y[0]));
  const carry = carryOf(op('i64.lt_u', low, x[0]));
  if (signed) {
    const high = f.hold(op('i64.add', op('i64.add', x[1], y[1]), carry));
    const turned = op('i64.and', op('i64.xor', x[1], high), op('i64.xor', y[1], high));
    faultBySign(f, turned, x[1]);
    return [low, high];
  }
  const partial = f.hold(op('i64.add', x[1], y[1]));
  const high = f.hold(op('i64.add', partial, carry));
  f.faultIf(op('i32.or', op('i64.lt_u', partial, x[1]), op('i64.lt_u', high, partial)), FAULT.overflow);
  return [low, high];
}

function remainder(f: FunctionBuilder, signed: boolean, x: Pair, y: Pair): Value {
  if (!signed) f.faultIf(less(false, x, y), FAULT.underflow);
  const borrow = carryOf(op('i64.lt_u', x[0], y[0]));
  const high = f.hold(op('i64.sub', op('i64.sub', x[1], y[1]), borrow));
  if (signed) faultBySign(f, op('i64.and', op('i64.xor', x[1], y[1]), op('i64.xor', x[1], high)), x[1]);
  return [op('i64.sub', x[0], y[0]), high];
}

/** Faults when the sign bit of `turned` is set; `sign` tells in which direction the exact result lies. */
function faultBySign(f: FunctionBuilder, turned: Expr, sign: Expr): void {
  f.when(op('i64.lt_s', turned, i64(0n)), () => {
    f.faultIf(op('i64.lt_s', sign, i64(0n)), FAULT.underflow);
    f.fault(FAULT.overflow);
  });
}

const FOUR = ['i64', 'i64', 'i64', 'i64'] as const;
const TWO = ['i64', 'i64'] as const;
const operands = (f: FunctionBuilder): [Pair, Pair] => [
  [f.param(0), f.param(1)],
  [f.param(2), f.param(3)],
];

/** Through memory to the runtime, which also raises the faults. */
function viaRuntime(m: ModuleBuilder, name: string, callee: ImportedFunc) {
  return m.routine(name, FOUR, TWO, (f) => slowPath(m, f, callee));
}

/** MIN % -1 is 0, as for narrower types, though the quotient would not fit. */
const signedRemainder = (m: ModuleBuilder) =>
  m.routine('i128.rem', FOUR, TWO, (f) => {
    const [, [low, high]] = operands(f);
    f.when(op('i64.eq', op('i64.and', low, high), i64(-1n)), () => f.return(i64(0n), i64(0n)));
    slowPath(m, f, RT.i128Rem);
  });

function slowPath(m: ModuleBuilder, f: FunctionBuilder, callee: ImportedFunc): void {
  const at = m.scratch(f);
  for (const [index, part] of operands(f).flat().entries()) f.store('i64.store', at, 16 + 8 * index, part);
  f.call(callee, at, add32(at, 16), add32(at, 32));
  f.return(load('i64.load', at), load('i64.load', at, 8));
}

const bothSmall = ([, xHigh]: Pair, [, yHigh]: Pair): Expr => op('i64.eqz', op('i64.or', xHigh, yHigh));

/** 64 × 64 → 128 bits by 32-bit halves when both high halves are zero. */
const product = (m: ModuleBuilder) =>
  m.routine('u128.mul', FOUR, TWO, (f) => {
    const [x, y] = operands(f);
    f.when(bothSmall(x, y), () => {
      const lowHalf = (value: Expr) => op('i64.and', value, i64(0xffff_ffffn));
      const highHalf = (value: Expr) => op('i64.shr_u', value, i64(32n));
      const [x0, x1, y0, y1] = [lowHalf(x[0]), highHalf(x[0]), lowHalf(y[0]), highHalf(y[0])].map((part) =>
        f.hold(part),
      ) as [Expr, Expr, Expr, Expr];
      const low = f.hold(op('i64.mul', x0, y0));
      const cross = f.hold(op('i64.add', op('i64.mul', x1, y0), highHalf(low)));
      const middle = f.hold(op('i64.add', op('i64.mul', x0, y1), lowHalf(cross)));
      f.return(
        op('i64.mul', x[0], y[0]),
        op('i64.add', op('i64.add', op('i64.mul', x1, y1), highHalf(cross)), highHalf(middle)),
      );
    });
    slowPath(m, f, RT.u128Mul);
  });

const quotient = (m: ModuleBuilder, name: '/' | '%') =>
  m.routine(name === '/' ? 'u128.div' : 'u128.rem', FOUR, TWO, (f) => {
    const [x, y] = operands(f);
    f.when(bothSmall(x, y), () => {
      f.faultIf(op('i64.eqz', y[0]), FAULT.dividedByZero);
      f.return(op(name === '/' ? 'i64.div_u' : 'i64.rem_u', x[0], y[0]), i64(0n));
    });
    slowPath(m, f, name === '/' ? RT.u128Div : RT.u128Rem);
  });

/** Bits leave at the ends; a count of 128 or more leaves none. */
const shift = (m: ModuleBuilder, name: '<<' | '>>') =>
  m.routine(name === '<<' ? 'u128.shl' : 'u128.shr', FOUR, TWO, (f) => {
    const [x, y] = operands(f);
    const count = y[0];
    // `near` loses bits to nothing, `far` receives those that cross the middle.
    const [into, outOf]: ['i64.shl' | 'i64.shr_u', 'i64.shl' | 'i64.shr_u'] =
      name === '<<' ? ['i64.shl', 'i64.shr_u'] : ['i64.shr_u', 'i64.shl'];
    const [near, far] = name === '<<' ? [x[0], x[1]] : [x[1], x[0]];
    const pair = (nearPart: Expr, farPart: Expr): [Expr, Expr] =>
      name === '<<' ? [nearPart, farPart] : [farPart, nearPart];
    f.when(op('i32.or', not(op('i64.eqz', y[1])), op('i64.ge_u', count, i64(128n))), () => f.return(i64(0n), i64(0n)));
    f.when(op('i64.eqz', count), () => f.return(x[0], x[1]));
    f.when(op('i64.ge_u', count, i64(64n)), () =>
      f.return(...pair(i64(0n), op(into, near, op('i64.sub', count, i64(64n))))),
    );
    const crossing = op(outOf, near, op('i64.sub', i64(64n), count));
    f.return(...pair(op(into, near, count), op('i64.or', op(into, far, count), crossing)));
  });
