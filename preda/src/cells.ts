// Reading and writing one PREDA value inside a heap object. A zero pointer stands for the default, so zeroed memory is a default object.
import type { Value } from './arith.ts';
import type { FunctionBuilder } from './builder.ts';
import { add32, type Expr, get, i32, load, not } from './ir.ts';
import { HOME, objectBytes, repOf, wordAccess } from './layout.ts';
import { type ModuleBuilder, orZeros } from './module-builder.ts';
import type { Type } from './types.ts';

/** As it lies there: pointers may be zero. */
export function loadCell(type: Type, base: Expr, offset: number): Value {
  switch (repOf(type)) {
    case 'word':
      return [load(wordAccess(type).load, base, offset)];
    case 'long':
      return [load('i64.load', base, offset)];
    case 'pair':
      return [load('i64.load', base, offset), load('i64.load', base, offset + 8)];
    default:
      return [load('i32.load', base, offset)];
  }
}

export function storeCell(f: FunctionBuilder, type: Type, base: Expr, offset: number, value: Value): void {
  switch (repOf(type)) {
    case 'word':
      f.store(wordAccess(type).store, base, offset, value[0]!);
      return;
    case 'long':
      f.store('i64.store', base, offset, value[0]!);
      return;
    case 'pair':
      f.store('i64.store', base, offset, value[0]!);
      f.store('i64.store', base, offset + 8, value[1]!);
      return;
    default:
      f.store('i32.store', base, offset, value[0]!);
  }
}

/** A value ready for use. A missing object is made and kept in the cell, belonging to the same state as its owner. */
export function readCell(
  m: ModuleBuilder,
  f: FunctionBuilder,
  type: Type,
  base: Expr,
  offset: number,
  home: () => Expr,
): Value {
  const raw = loadCell(type, base, offset);
  const rep = repOf(type);
  if (rep === 'bytes') return [orZeros(m, f, raw[0]!)];
  if (rep !== 'object') return raw;
  const pointer = f.temp('i32');
  f.set(pointer, raw[0]!);
  f.when(not(get(pointer)), () => {
    f.set(pointer, newObject(f, type));
    f.store('i32.store', get(pointer), HOME, home());
    f.store('i32.store', base, offset, get(pointer));
  });
  return [get(pointer)];
}

export const newObject = (f: FunctionBuilder, type: Type): Expr => f.alloc(objectBytes(type));

/** Few bytes, moved word by word: a bulk copy costs a call. */
export function copyShort(f: FunctionBuilder, to: Expr, offset: number, from: Expr, size: number): void {
  let at = 0;
  for (; size - at >= 8; at += 8) f.store('i64.store', to, offset + at, load('i64.load', from, at));
  for (; size - at >= 4; at += 4) f.store('i32.store', to, offset + at, load('i32.load', from, at));
  if (at < size) f.copy(add32(to, offset + at), add32(from, at), i32(size - at));
}
