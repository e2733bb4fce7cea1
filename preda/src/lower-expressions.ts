// Typed expressions -> IR: values as pure trees, whatever has an effect or may fault as statements before them.
import { binary as arithmetic, convert, integer, unary, type Value, widen, zeroOf } from './arith.ts';
import type { Body } from './body.ts';
import { borrowString, compareBytes, compareStrings, equalBytes, equalStrings } from './bytes-routines.ts';
import { newObject, storeCell } from './cells.ts';
import { assignGas, binaryGas, GAS, wordsOf } from './gas.ts';
import { get, type Expr as Ir, i32, not, op } from './ir.ts';
import { repOf, slotsOf, structLayout } from './layout.ts';
import { lowerContext } from './lower-contexts.ts';
import { lowerTextConversion } from './lower-conversions.ts';
import { lowerMethod } from './lower-methods.ts';
import { type Place, preparePlace, readPlace, writePlace } from './lower-places.ts';
import type { Expr } from './program.ts';
import { type BinaryOp, sizeBytes, type Type, type TypeOf } from './types.ts';
import type { Op } from './wasm.ts';

export function lowerExpr(body: Body, expr: Expr): Value {
  const { f } = body;
  switch (expr.kind) {
    case 'bool':
      return [i32(expr.value ? 1 : 0)];
    case 'integer':
      return integer(expr.type, expr.value);
    case 'enum':
      return [i32(expr.value)];
    case 'string':
      return [stringLiteral(body, expr.value)];
    case 'bytes':
      return [bytesLiteral(body, expr.bytes)];
    case 'local':
      return body.variable(expr.local).map(get);
    case 'state':
    case 'field':
    case 'index':
      return readPlace(body, preparePlace(body, expr)());
    case 'constant': {
      const { index, value } = expr.constant;
      if (isLiteral(value)) return lowerExpr(body, value);
      f.charge(GAS.call);
      return f.call(body.unit.constant(index));
    }
    case 'default':
      return defaultOf(body, expr.type);
    case 'struct':
      return construct(body, expr.type as TypeOf<'struct'>, expr.args);
    case 'unary':
      return lowerUnary(body, expr);
    case 'binary':
      return lowerBinary(body, expr);
    case 'ternary':
      return choose(body, expr);
    case 'assign':
    case 'step':
      lowerAssignment(body, expr);
      return [];
    case 'widen':
      return widen(f, integerType(expr.operand.type), integerType(expr.type), lowerExpr(body, expr.operand));
    case 'convert':
      if (expr.conversion !== 'integer') return lowerTextConversion(body, expr);
      f.charge(GAS.intSelf * wordsOf(expr.type));
      return convert(f, integerType(expr.operand.type), integerType(expr.type), lowerExpr(body, expr.operand));
    case 'call': {
      const args = lowerList(body, expr.args).flat();
      f.charge(GAS.call);
      return f.call(body.unit.callee(expr.opcode), ...args);
    }
    case 'method':
      return lowerMethod(body, expr);
    case 'context':
      return lowerContext(body, expr);
    case 'float':
    case 'foreignCall':
    case 'foreignSelf':
    case 'deploy':
      return body.unsupported(expr.span, NAMES[expr.kind]);
  }
}

/** Written where it is used rather than computed by a function. */
export const isLiteral = ({ kind }: Expr): boolean => kind === 'integer' || kind === 'bool' || kind === 'enum';

const NAMES = {
  float: 'floating point',
  foreignCall: 'a call into another contract',
  foreignSelf: 'a question to another contract',
  deploy: '`deploy`',
};

function integerType(type: Type): TypeOf<'int' | 'uint'> {
  if (type.kind === 'int' || type.kind === 'uint') return type;
  throw new Error(`${type.id} is not an integer type of the back-end`);
}

/** Left to right. A value that a later operand could change is fixed first. */
export function lowerList(body: Body, exprs: readonly Expr[]): Value[] {
  const lastEffect = exprs.findLastIndex(hasEffect);
  return exprs.map((expr, index) => {
    const value = lowerExpr(body, expr);
    return index < lastEffect ? value.map((part) => body.f.atom(part)) : value;
  });
}

/** Whether evaluating it may change state or objects. Variables change in statements only. */
function hasEffect(expr: Expr): boolean {
  switch (expr.kind) {
    case 'call':
    case 'method':
    case 'context':
    case 'index':
    case 'foreignCall':
    case 'deploy':
      return true;
    case 'field':
      return hasEffect(expr.object);
    case 'unary':
    case 'widen':
    case 'convert':
      return hasEffect(expr.operand);
    case 'binary':
      return hasEffect(expr.left) || hasEffect(expr.right);
    case 'ternary':
      return hasEffect(expr.condition) || hasEffect(expr.yes) || hasEffect(expr.no);
    case 'struct':
      return expr.args.some(hasEffect);
    default:
      return false;
  }
}

function stringLiteral({ m, f }: Body, text: string): Ir {
  const bytes = new TextEncoder().encode(text);
  f.charge(GAS.stringAssign + bytes.length);
  const data = f.alloc(Math.max(bytes.length, 1));
  if (bytes.length > 0) f.emit({ kind: 'init', to: data, segment: m.segment(bytes), size: bytes.length });
  return f.call1(borrowString(m), data, i32(bytes.length));
}

function bytesLiteral({ m, f }: Body, bytes: Uint8Array): Ir {
  f.charge(GAS.bytesAssign);
  const to = f.alloc(bytes.length);
  f.emit({ kind: 'init', to, segment: m.segment(bytes), size: bytes.length });
  return to;
}

export function defaultOf({ m, f }: Body, type: Type): Value {
  switch (repOf(type)) {
    case 'none':
      return [];
    case 'bytes':
      return [m.zeros(f)];
    case 'object':
      f.charge(assignGas(type));
      return [newObject(f, type)];
    default:
      return zeroOf(type);
  }
}

function construct(body: Body, type: TypeOf<'struct'>, args: readonly Expr[]): Value {
  const values = lowerList(body, args).map((value) => value.map((part) => body.f.atom(part)));
  body.f.charge(GAS.structAssign + args.length);
  const object = newObject(body.f, type);
  for (const [index, field] of structLayout(type).fields.entries()) {
    storeCell(body.f, field.type, object, field.offset, values[index]!);
  }
  return [object];
}

function lowerUnary(body: Body, expr: Expr & { readonly kind: 'unary' }): Value {
  const value = lowerExpr(body, expr.operand);
  if (expr.op === '!') {
    body.f.charge(GAS.boolNot);
    return [not(value[0]!)];
  }
  body.f.charge(GAS.intSelf * wordsOf(expr.type));
  return unary(body.m, body.f, expr.op, integerType(expr.type), value);
}

function lowerBinary(body: Body, expr: Expr & { readonly kind: 'binary' }): Value {
  if (expr.op === '&&' || expr.op === '||') return shortCircuit(body, expr.op, expr.left, expr.right);
  const [left, right] = lowerList(body, [expr.left, expr.right]) as [Value, Value];
  body.f.charge(binaryGas(expr.op, expr.left.type));
  return operate(body, expr.op, expr.left.type, left, right);
}

function operate({ m, f }: Body, name: BinaryOp, type: Type, left: Value, right: Value): Value {
  const [x, y] = [left[0]!, right[0]!];
  const negated = name === '!=';
  switch (type.kind) {
    case 'int':
    case 'uint':
      return arithmetic(m, f, name, type, left, right);
    case 'bool':
    case 'enum':
      return [op(negated ? 'i32.ne' : 'i32.eq', x, y)];
    case 'string': {
      if (name !== '==' && !negated) return [ordered(name, f.call1(compareStrings(m), x, y))];
      const same = f.call1(equalStrings(m), x, y);
      return [negated ? not(same) : same];
    }
    case 'hash':
    case 'address': {
      const size = sizeBytes(type)!;
      if (name !== '==' && !negated) return [ordered(name, f.call1(compareBytes(m), x, y, i32(size)))];
      const same = equalBytes(f, x, y, size);
      return [negated ? not(same) : same];
    }
    default:
      throw new Error(`${type.id} has no operator ${name}`);
  }
}

const ORDER: Partial<Record<BinaryOp, Op>> = { '<': 'i32.lt_s', '>': 'i32.gt_s', '<=': 'i32.le_s', '>=': 'i32.ge_s' };
const ordered = (name: BinaryOp, order: Ir): Ir => op(ORDER[name]!, order, i32(0));

function shortCircuit(body: Body, name: '&&' | '||', left: Expr, right: Expr): Value {
  const { f } = body;
  f.charge(GAS.boolCompare);
  const result = f.temp('i32');
  f.set(result, lowerExpr(body, left)[0]!);
  f.if(name === '&&' ? get(result) : not(get(result)), () =>
    body.branch(() => f.set(result, lowerExpr(body, right)[0]!)),
  );
  return [get(result)];
}

function choose(body: Body, expr: Expr & { readonly kind: 'ternary' }): Value {
  const { f } = body;
  f.charge(GAS.boolCompare);
  const condition = lowerExpr(body, expr.condition)[0]!;
  const result = slotsOf(expr.type).map((type) => f.temp(type));
  const side = (value: Expr) => () => body.branch(() => body.assign(result, lowerExpr(body, value)));
  f.if(condition, side(expr.yes), side(expr.no));
  return result.map(get);
}

/** `=`, `op=`, `++`, `--`. The place is computed after the value, so that nothing moves it in between. */
function lowerAssignment(body: Body, expr: Expr & { readonly kind: 'assign' | 'step' }): void {
  const type = expr.target.type;
  const operator = expr.kind === 'step' ? (expr.op === '++' ? '+' : '-') : expr.op;
  const right = (): Value => {
    if (expr.kind === 'step') return integer(type, 1n);
    return lowerExpr(body, expr.value).map((part) => body.f.atom(part));
  };
  body.f.charge(expr.kind === 'step' ? GAS.intSelf * wordsOf(type) : assignGas(type));
  if (expr.kind === 'assign' && expr.op !== undefined) body.f.charge(binaryGas(expr.op, type));
  if (expr.target.kind === 'ternary') {
    assignChosen(body, expr.target, operator, right());
    return;
  }
  const place = preparePlace(body, expr.target);
  store(body, place, operator, type, right());
}

function store(body: Body, prepared: () => Place, operator: BinaryOp | undefined, type: Type, right: Value): void {
  const place = prepared();
  const value = operator === undefined ? right : operate(body, operator, type, readPlace(body, place), right);
  writePlace(body, place, value);
}

/** `(c ? a : b) = v` */
function assignChosen(
  body: Body,
  target: Expr & { readonly kind: 'ternary' },
  operator: BinaryOp | undefined,
  right: Value,
): void {
  const condition = lowerExpr(body, target.condition)[0]!;
  const side = (expr: Expr) => () =>
    body.branch(() => {
      if (expr.kind === 'ternary') assignChosen(body, expr, operator, right);
      else store(body, preparePlace(body, expr), operator, expr.type, right);
    });
  body.f.if(condition, side(target.yes), side(target.no));
}
