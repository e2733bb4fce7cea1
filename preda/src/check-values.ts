// What is required of a value where it is used: exact or widened type, const-ness, being a place. It builds the conversions it allows.
import { fail } from './diagnostics.ts';
import { rangeOf } from './literals.ts';
import type { Expr } from './program.ts';
import type { Span } from './source.ts';
import { BOOL, conversionsTo, isInteger, isReference, sameType, type Type, widensTo } from './types.ts';

/** A node that is neither const nor a place: the result of a computation. */
export function computed(type: Type, span: Span): { type: Type; isConst: boolean; isPlace: boolean; span: Span } {
  return { type, isConst: false, isPlace: false, span };
}

export function failMismatch(expected: Type, found: Expr, where: string): never {
  const message = `${where} needs ${expected.id}, found ${found.type.id}`;
  fail(9, found.span, message, hintFor(expected, found));
}

/** How to write the value so that it has the type, where there is a way. */
export function hintFor(expected: Type, found: Expr): string | undefined {
  if (found.kind === 'integer' && isInteger(expected)) {
    const [lowest, highest] = rangeOf(expected);
    const fits = found.value >= lowest && found.value <= highest;
    return fits ? `write ${literalText(found.value, expected)}` : undefined;
  }
  const converts = conversionsTo(expected).some((row) => row.from(found.type));
  if (!converts) return undefined;
  return `convert it: ${expected.id}(…)${isInteger(found.type) ? ', checked when it runs' : ''}`;
}

function literalText(value: bigint, type: Type): string {
  if (type.kind !== 'int' && type.kind !== 'uint') return `${value}ib`;
  return `${value}${type.kind === 'int' ? 'i' : 'u'}${type.bits}`;
}

/** Arguments, return values, keys: no implicit conversion. */
export function requireExact(type: Type, value: Expr, where: string): Expr {
  return sameType(type, value.type) ? value : failMismatch(type, value, where);
}

/** Initialisation and assignment widen integers. */
export function requireWidened(type: Type, value: Expr, where: string): Expr {
  return widensTo(value.type, type) ? widen(type, value) : failMismatch(type, value, where);
}

export function widen(type: Type, operand: Expr): Expr {
  return sameType(type, operand.type) ? operand : { kind: 'widen', operand, ...computed(type, operand.span) };
}

export function requireBool(value: Expr): Expr {
  if (sameType(value.type, BOOL)) return value;
  fail(
    14,
    value.span,
    `a condition is bool, found ${value.type.id}`,
    isInteger(value.type) ? 'compare it: … != 0' : undefined,
  );
}

/** A const reference must not reach a place through which it could change. */
export function requireShareable(value: Expr, placeIsConst: boolean, where: string): void {
  if (placeIsConst || !value.isConst || !isReference(value.type)) return;
  const hint = value.type.kind === 'string' ? 'copy the text: place.set(text)' : 'declare the place const';
  fail(10, value.span, `${where} is not const, but this ${value.type.id} is`, hint);
}

export function requirePlace(target: Expr): void {
  if (!target.isPlace) fail(43, target.span, 'this can not be assigned to');
  if (target.isConst) fail(44, target.span, 'this is const here and can not be changed', whyConst(target));
}

function whyConst(target: Expr): string | undefined {
  if (target.kind === 'state' && target.field.scope === 'global') {
    return '@global state is changed by const-less @global functions only: relay@global …';
  }
  return target.kind === 'state' ? 'the function is const' : undefined;
}

export function requireValue(value: Expr): Expr {
  if (value.type.kind === 'void') fail(41, value.span, 'this yields no value');
  return value;
}
