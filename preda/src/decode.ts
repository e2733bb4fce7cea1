// Values from their encoding (docs/vm.md section 4), as code in the module. Whatever is not the one canonical form is refused with fault 12.
import type { Value } from './arith.ts';
import type { FunctionBuilder } from './builder.ts';
import { compareBytes, requireUtf8 } from './bytes-routines.ts';
import { copyShort, loadCell, storeCell } from './cells.ts';
import { GAS } from './gas.ts';
import { add32, type Callee, type Expr, get, global, i32, load, not, op } from './ir.ts';
import {
  cellBytes,
  ENTRY,
  entryBytes,
  entryValue,
  fixedBytes,
  HOME,
  isPlain,
  keyBytes,
  MAP,
  SEQUENCE,
  structLayout,
  wordAccess,
} from './layout.ts';
import type { ModuleBuilder } from './module-builder.ts';
import { FAULT, RT } from './rt.ts';
import type { Type, TypeOf } from './types.ts';

/** Whom decoded objects belong to, and whether addresses must prove their checksum (they come from a user). */
export type Decoding = { readonly home: Expr; readonly checkAddress: Expr | undefined };

export const cursor = (m: ModuleBuilder) => m.variable('decode.cursor');
export const limit = (m: ModuleBuilder) => m.variable('decode.limit');
/** Nonzero while arguments a user wrote are decoded. */
export const suspicious = (m: ModuleBuilder) => m.variable('decode.suspicious');

/** (size) → where that many bytes begin; the cursor passes them. */
const take = (m: ModuleBuilder): Callee =>
  m.routine('decode.take', ['i32'], ['i32'], (f) => {
    const at = f.hold(global(cursor(m)));
    f.faultIf(op('i32.gt_u', f.param(0), op('i32.sub', global(limit(m)), at)), FAULT.deserialization);
    f.setGlobal(cursor(m), op('i32.add', at, f.param(0)));
    f.return(at);
  });

/** A value of fixed size at a known place. */
export function decodeAt(
  m: ModuleBuilder,
  f: FunctionBuilder,
  type: Type,
  at: Expr,
  offset: number,
  how: Decoding,
): Value {
  switch (type.kind) {
    case 'bool':
    case 'enum': {
      const value = f.hold(load(wordAccess(type).load, at, offset));
      const count = type.kind === 'enum' ? type.info.values.length : 2;
      f.faultIf(op('i32.ge_u', value, i32(Math.max(count, 1))), FAULT.deserialization);
      return [value];
    }
    case 'hash':
      return [add32(at, offset)];
    case 'address': {
      const pointer = f.atom(add32(at, offset));
      const check = () => f.faultIf(not(f.call1(RT.addressValid, pointer)), FAULT.deserialization);
      if (how.checkAddress) f.when(how.checkAddress, check);
      return [pointer];
    }
    case 'struct':
      return [f.call1(fixedDecoder(m, type), add32(at, offset), how.home, how.checkAddress ?? i32(0))];
    default:
      return loadCell(type, at, offset);
  }
}

/** (at, home, checkAddress) → object, of a struct of fixed size. */
const fixedDecoder = (m: ModuleBuilder, type: TypeOf<'struct'>): Callee =>
  m.routine(`decode.${type.id}`, ['i32', 'i32', 'i32'], ['i32'], (f) => {
    const layout = structLayout(type);
    const how: Decoding = { home: f.param(1), checkAddress: f.param(2) };
    const object = f.alloc(layout.bytes);
    f.store('i32.store', object, HOME, how.home);
    let from = 0;
    for (const field of layout.fields) {
      f.scoped(() => {
        storeCell(f, field.type, object, field.offset, decodeAt(m, f, field.type, f.param(0), from, how));
      });
      from += fixedBytes(field.type)!;
    }
    f.return(object);
  });

/** The next value at the cursor. */
export function decodeNext(m: ModuleBuilder, f: FunctionBuilder, type: Type, how: Decoding): Value {
  const size = fixedBytes(type);
  if (size === undefined) return f.call(decoder(m, type), how.home);
  return decodeAt(m, f, type, f.call1(take(m), i32(size)), 0, how);
}

/** (home) → object, of a type of variable size. */
function decoder(m: ModuleBuilder, type: Type): Callee {
  return m.routine(`decode.${type.id}`, ['i32'], ['i32'], (f) => {
    const how: Decoding = { home: f.param(0), checkAddress: global(suspicious(m)) };
    switch (type.kind) {
      case 'string':
        decodeString(m, f);
        return;
      case 'array':
        decodeArray(m, f, type.element, how);
        return;
      case 'map':
        decodeMap(m, f, type, how);
        return;
      case 'struct': {
        const layout = structLayout(type);
        const object = f.alloc(layout.bytes);
        f.store('i32.store', object, HOME, how.home);
        for (const field of layout.fields) {
          f.scoped(() => storeCell(f, field.type, object, field.offset, decodeNext(m, f, field.type, how)));
        }
        f.return(object);
        return;
      }
      default:
        throw new Error(`${type.id} has a fixed size`);
    }
  });
}

function decodeString(m: ModuleBuilder, f: FunctionBuilder): void {
  const length = f.hold(load('i32.load16_u', f.call1(take(m), i32(2))));
  const data = f.call1(take(m), length);
  f.call(requireUtf8(m), data, length);
  const string = f.alloc(SEQUENCE.bytes);
  f.store('i32.store', string, HOME, f.param(0));
  f.store('i32.store', string, SEQUENCE.length, length);
  f.store('i32.store', string, SEQUENCE.data, data);
  f.return(string);
}

/** Plain elements stay where they lie: the caller decodes from bytes it owns. */
function decodeArray(m: ModuleBuilder, f: FunctionBuilder, element: Type, how: Decoding): void {
  const count = f.hold(load('i32.load', f.call1(take(m), i32(4))));
  // Every element takes at least one byte, so the count is bounded before memory is asked for.
  f.faultIf(op('i32.gt_u', count, op('i32.sub', global(limit(m)), global(cursor(m)))), FAULT.deserialization);
  const stride = cellBytes(element);
  const array = f.alloc(SEQUENCE.bytes);
  f.store('i32.store', array, HOME, how.home);
  f.store('i32.store', array, SEQUENCE.length, count);
  f.store('i32.store', array, SEQUENCE.capacity, count);
  if (isPlain(element)) {
    f.faultIf(op('i32.gt_u', count, i32(MAX_ELEMENTS)), FAULT.deserialization);
    f.store('i32.store', array, SEQUENCE.data, f.call1(take(m), op('i32.mul', count, i32(stride))));
    f.return(array);
    return;
  }
  f.faultIf(op('i32.gt_u', count, i32(MAX_ELEMENTS)), FAULT.memory);
  const data = f.alloc(op('i32.mul', count, i32(stride)));
  f.store('i32.store', array, SEQUENCE.data, data);
  f.times(count, GAS.decode, (index) => {
    const value = decodeNext(m, f, element, how);
    storeCell(f, element, op('i32.add', data, op('i32.mul', index, i32(stride))), 0, value);
  });
  f.return(array);
}

/** Keeps `count · 16` within 32 bits; more would not fit the heap anyway. */
const MAX_ELEMENTS = 1 << 24;

function decodeMap(m: ModuleBuilder, f: FunctionBuilder, type: TypeOf<'map'>, how: Decoding): void {
  const size = keyBytes(type);
  const count = f.hold(load('i32.load', f.call1(take(m), i32(4))));
  f.faultIf(op('i32.gt_u', count, op('i32.sub', global(limit(m)), global(cursor(m)))), FAULT.deserialization);
  f.faultIf(op('i32.gt_u', count, i32(MAX_ELEMENTS)), FAULT.memory);
  const map = f.alloc(MAP.bytes);
  const table = f.alloc(op('i32.shl', count, i32(2)));
  f.store('i32.store', map, HOME, how.home);
  f.store('i32.store', map, MAP.count, count);
  f.store('i32.store', map, MAP.capacity, count);
  f.store('i32.store', map, MAP.table, table);
  const previous = f.temp('i32');
  f.set(previous, i32(0));
  f.times(count, GAS.decode, (index) => {
    const bytes = f.call1(take(m), i32(size));
    decodeAt(m, f, type.key, bytes, 0, how);
    const ordered = () => f.call1(compareBytes(m), get(previous), bytes, i32(size));
    f.when(get(previous), () => f.faultIf(op('i32.ge_s', ordered(), i32(0)), FAULT.deserialization));
    f.set(previous, bytes);
    const entry = f.alloc(entryBytes(type));
    copyShort(f, entry, ENTRY.key, bytes, size);
    f.store('i32.store', entry, ENTRY.presence, i32(1));
    storeCell(f, type.value, entry, entryValue(type), decodeNext(m, f, type.value, how));
    f.store('i32.store', op('i32.add', table, op('i32.shl', index, i32(2))), 0, entry);
  });
  f.return(map);
}

/** Whether decoding leaves elements where the bytes lie, so that these must be the invocation's own. */
export function mayWriteInPlace(type: Type): boolean {
  switch (type.kind) {
    case 'array':
      return isPlain(type.element) || mayWriteInPlace(type.element);
    case 'map':
      return mayWriteInPlace(type.value);
    case 'struct':
      return type.info.fields.some((field) => mayWriteInPlace(field.type));
    default:
      return false;
  }
}
