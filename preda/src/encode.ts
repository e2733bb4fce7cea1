// Values to their encoding (docs/vm.md section 4), as code in the module. Sizes are computed first, so that nothing is written past what was asked for.
import type { Value } from './arith.ts';
import type { FunctionBuilder } from './builder.ts';
import { copyShort, loadCell, storeCell } from './cells.ts';
import { GAS } from './gas.ts';
import { add32, type Callee, type Expr, get, i32, load, op } from './ir.ts';
import {
  cellBytes,
  ENTRY,
  entryValue,
  fixedBytes,
  isPlain,
  keyBytes,
  MAP,
  repOf,
  SEQUENCE,
  structLayout,
} from './layout.ts';
import { type ModuleBuilder, orZeros } from './module-builder.ts';
import { FAULT, MAX_HEAP_BYTES } from './rt.ts';
import { sizeBytes, type Type, type TypeOf } from './types.ts';

/** Bytes the value's encoding takes. */
export function sizeOf(m: ModuleBuilder, f: FunctionBuilder, type: Type, value: Value): Expr {
  const size = fixedBytes(type);
  return size === undefined ? f.call1(sizer(m, type), value[0]!) : i32(size);
}

/** Sizes never pass what the heap may hold, so that adding two of them can not wrap around. */
function bounded(f: FunctionBuilder, size: Expr): Expr {
  const held = f.hold(size);
  f.faultIf(op('i32.gt_u', held, i32(MAX_HEAP_BYTES)), FAULT.memory);
  return held;
}

/** (object) → encoded size, at most MAX_HEAP_BYTES; the object may be null. */
function sizer(m: ModuleBuilder, type: Type): Callee {
  return m.routine(`size.${type.id}`, ['i32'], ['i32'], (f) => {
    const object = objectOrDefault(m, f, type);
    const total = f.temp('i32');
    const grow = (by: Expr) => f.set(total, bounded(f, op('i32.add', get(total), by)));
    switch (type.kind) {
      case 'string':
        f.return(add32(load('i32.load', object, SEQUENCE.length), 2));
        return;
      case 'array': {
        const count = f.hold(load('i32.load', object, SEQUENCE.length));
        const fixed = fixedBytes(type.element);
        if (fixed !== undefined) {
          f.faultIf(op('i32.gt_u', count, i32(Math.floor(MAX_HEAP_BYTES / fixed) - 1)), FAULT.memory);
          f.return(add32(op('i32.mul', count, i32(fixed)), 4));
          return;
        }
        f.set(total, i32(4));
        f.times(count, GAS.encode, (index) => grow(sizeOf(m, f, type.element, elementAt(type.element, object, index))));
        break;
      }
      case 'map':
        f.set(total, i32(4));
        f.times(load('i32.load', object, MAP.count), GAS.encode, (index) => {
          const entry = f.hold(entryAt(object, index));
          const value = loadCell(type.value, entry, entryValue(type));
          grow(add32(sizeOf(m, f, type.value, value), keyBytes(type)));
        });
        break;
      case 'struct':
        f.set(total, i32(0));
        for (const field of structLayout(type).fields) {
          grow(sizeOf(m, f, field.type, loadCell(field.type, object, field.offset)));
        }
        break;
      default:
    }
    f.return(get(total));
  });
}

const elementAt = (element: Type, array: Expr, index: Expr): Value => {
  const at = op('i32.mul', index, i32(cellBytes(element)));
  return loadCell(element, op('i32.add', load('i32.load', array, SEQUENCE.data), at), 0);
};
const entryAt = (map: Expr, index: Expr): Expr =>
  load('i32.load', op('i32.add', load('i32.load', map, MAP.table), op('i32.shl', index, i32(2))));

function objectOrDefault(m: ModuleBuilder, f: FunctionBuilder, type: Type): Expr {
  if (type.kind === 'struct') m.needZeros(structLayout(type).bytes);
  return orZeros(m, f, f.param(0));
}

/** A value of fixed size to a known place. */
export function encodeAt(
  m: ModuleBuilder,
  f: FunctionBuilder,
  type: Type,
  value: Value,
  to: Expr,
  offset: number,
): void {
  if (type.kind === 'struct') {
    f.call(fixedEncoder(m, type), value[0]!, add32(to, offset));
  } else if (repOf(type) === 'bytes') {
    copyShort(f, to, offset, orZeros(m, f, value[0]!), sizeBytes(type)!);
  } else {
    storeCell(f, type, to, offset, value);
  }
}

/** (object, to), of a struct of fixed size; the object may be null. */
const fixedEncoder = (m: ModuleBuilder, type: TypeOf<'struct'>): Callee =>
  m.routine(`encode.${type.id}`, ['i32', 'i32'], [], (f) => {
    const object = objectOrDefault(m, f, type);
    let at = 0;
    for (const field of structLayout(type).fields) {
      f.scoped(() => encodeAt(m, f, field.type, loadCell(field.type, object, field.offset), f.param(1), at));
      at += fixedBytes(field.type)!;
    }
  });

/** Writes the value and answers where the next one goes. `to` is an atom. */
export function encodeNext(m: ModuleBuilder, f: FunctionBuilder, type: Type, value: Value, to: Expr): Expr {
  const size = fixedBytes(type);
  if (size === undefined) return f.call1(encoder(m, type), value[0]!, to);
  encodeAt(m, f, type, value, to, 0);
  return f.hold(add32(to, size));
}

/** (object, to) → end; the object may be null. */
function encoder(m: ModuleBuilder, type: Type): Callee {
  return m.routine(`encode.${type.id}`, ['i32', 'i32'], ['i32'], (f) => {
    const object = objectOrDefault(m, f, type);
    const to = f.temp('i32');
    f.set(to, f.param(1));
    switch (type.kind) {
      case 'string': {
        const length = f.hold(load('i32.load', object, SEQUENCE.length));
        f.store('i32.store16', get(to), 0, length);
        f.copy(add32(get(to), 2), load('i32.load', object, SEQUENCE.data), length);
        f.return(op('i32.add', add32(get(to), 2), length));
        return;
      }
      case 'array': {
        const count = f.hold(load('i32.load', object, SEQUENCE.length));
        f.store('i32.store', get(to), 0, count);
        f.set(to, add32(get(to), 4));
        if (isPlain(type.element)) {
          const bytes = f.hold(op('i32.mul', count, i32(cellBytes(type.element))));
          f.copy(get(to), load('i32.load', object, SEQUENCE.data), bytes);
          f.return(op('i32.add', get(to), bytes));
          return;
        }
        f.times(count, GAS.encode, (index) => {
          f.set(to, encodeNext(m, f, type.element, elementAt(type.element, object, index), get(to)));
        });
        break;
      }
      case 'map': {
        const count = f.hold(load('i32.load', object, MAP.count));
        f.store('i32.store', get(to), 0, count);
        f.set(to, add32(get(to), 4));
        f.times(count, GAS.encode, (index) => {
          const entry = f.hold(entryAt(object, index));
          copyShort(f, get(to), 0, add32(entry, ENTRY.key), keyBytes(type));
          f.set(to, add32(get(to), keyBytes(type)));
          f.set(to, encodeNext(m, f, type.value, loadCell(type.value, entry, entryValue(type)), get(to)));
        });
        break;
      }
      case 'struct':
        for (const field of structLayout(type).fields) {
          f.set(to, encodeNext(m, f, field.type, loadCell(field.type, object, field.offset), get(to)));
        }
        break;
      default:
    }
    f.return(get(to));
  });
}

/** All values, one after the other, on the heap: (pointer, size). */
export function encodeAll(
  m: ModuleBuilder,
  f: FunctionBuilder,
  items: readonly { readonly type: Type; readonly value: Value }[],
): [Expr, Expr] {
  const held = items.map(({ type, value }) => ({ type, value: value.map((part) => f.atom(part)) }));
  let fixed = 0;
  let variable: Expr | undefined;
  for (const { type, value } of held) {
    const size = fixedBytes(type);
    if (size !== undefined) fixed += size;
    else {
      const part = sizeOf(m, f, type, value);
      variable = variable ? bounded(f, op('i32.add', variable, part)) : f.hold(part);
    }
  }
  f.charge(GAS.encode + fixed);
  if (variable) f.burn(variable);
  const size = variable ? f.hold(add32(variable, fixed)) : i32(fixed);
  if (size.kind === 'i32' && size.value === 0) return [i32(0), size];
  const to = f.alloc(size);
  let at = 0;
  let next: Expr = to;
  for (const { type, value } of held) {
    if (fixedBytes(type) === undefined) {
      next = encodeNext(m, f, type, value, f.atom(add32(next, at)));
      at = 0;
    } else {
      encodeAt(m, f, type, value, next, at);
      at += fixedBytes(type)!;
    }
  }
  return [to, size];
}
