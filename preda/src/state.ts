// State instances: read into a record on first touch, written back once at the end; maps at state level live element by element.

import type { FunctionBuilder } from './builder.ts';
import { copyShort, loadCell, storeCell } from './cells.ts';
import { mapPut } from './container-routines.ts';
import { cursor, decodeAt, decodeNext, limit, suspicious } from './decode.ts';
import { encodeAt, encodeNext, sizeOf } from './encode.ts';
import { GAS } from './gas.ts';
import { add32, type Callee, type Expr, global, i32, load, not, op } from './ir.ts';
import {
  cellBytes,
  ENTRY,
  entryValue,
  fixedBytes,
  keyBytes,
  MAP,
  PRESENT,
  RECORD_HEADER,
  STORED,
  type StateLayout,
  type StateSlot,
} from './layout.ts';
import type { ModuleBuilder } from './module-builder.ts';
import type { StateField } from './program.ts';
import { INSTANCE, LEN, RT } from './rt.ts';
import { containsType, type Scope, type Type, type TypeOf } from './types.ts';

const instanceOf = (scope: Scope): Expr =>
  i32(scope === 'shard' ? INSTANCE.shard : scope === 'global' ? INSTANCE.global : INSTANCE.keyed);

const partOf = (layout: StateLayout, part: StateSlot['part']): readonly StateSlot[] =>
  layout.slots.filter((slot) => slot.part === part);

/** Whether decoded values point into the bytes they were decoded from. */
const keepsBytes = (type: Type): boolean =>
  containsType(type, (part) => part.kind === 'hash' || part.kind === 'address');

/** A copy that outlives the write-back. */
function ownCopy(f: FunctionBuilder, from: Expr, size: Expr): Expr {
  const copy = f.alloc(size);
  if (size.kind === 'i32' && size.value <= 64) copyShort(f, copy, 0, from, size.value);
  else f.copy(copy, from, size);
  return copy;
}

/** () → record with its fixed-size fields; zeros where there is no instance yet. */
export const loadRecord = (m: ModuleBuilder, layout: StateLayout): Callee =>
  m.routine(`state.load.${layout.scope}`, [], ['i32'], (f) => {
    const payload = f.call1(RT.stateRead, instanceOf(layout.scope));
    const record = f.alloc(layout.recordBytes);
    f.setGlobal(m.record(layout.scope), record);
    f.when(payload, () => {
      f.store('i32.store', record, RECORD_HEADER.payload, payload);
      f.store('i32.store', record, RECORD_HEADER.payloadBytes, global(LEN));
      const head = partOf(layout, 'head');
      const pinned = head.some((slot) => keepsBytes(slot.field.type));
      const from = pinned ? ownCopy(f, payload, i32(layout.headBytes)) : payload;
      const how = { home: add32(record, RECORD_HEADER.headDirty), checkAddress: undefined };
      for (const { field, offset, wire } of head) {
        storeCell(f, field.type, record, offset, decodeAt(m, f, field.type, from, wire, how));
      }
    });
    f.return(record);
  });

/** (record): decodes the fields of variable size. */
export const loadTail = (m: ModuleBuilder, layout: StateLayout): Callee =>
  m.routine(`state.tail.${layout.scope}`, ['i32'], [], (f) => {
    const record = f.param(0);
    f.store('i32.store', record, RECORD_HEADER.tailRead, i32(1));
    const payload = f.hold(load('i32.load', record, RECORD_HEADER.payload));
    f.when(payload, () => {
      const size = f.hold(add32(load('i32.load', record, RECORD_HEADER.payloadBytes), -layout.headBytes));
      const from = ownCopy(f, add32(payload, layout.headBytes), size);
      beginTrusted(m, f, from, size);
      const how = { home: f.hold(add32(record, RECORD_HEADER.tailDirty)), checkAddress: undefined };
      for (const { field, offset } of partOf(layout, 'tail')) {
        storeCell(f, field.type, record, offset, decodeNext(m, f, field.type, how));
      }
    });
  });

function beginTrusted(m: ModuleBuilder, f: FunctionBuilder, from: Expr, size: Expr): void {
  f.setGlobal(cursor(m), from);
  f.setGlobal(limit(m), op('i32.add', from, size));
  f.setGlobal(suspicious(m), i32(0));
}

/** (): writes the record back when something of it changed. A tail that did not is carried over as bytes. */
const flushRecord = (m: ModuleBuilder, layout: StateLayout): Callee =>
  m.routine(`state.flush.${layout.scope}`, [], [], (f) => {
    const record = f.hold(global(m.record(layout.scope)));
    f.when(not(record), () => f.return());
    const word = (offset: number) => load('i32.load', record, offset);
    const dirty = op('i32.or', word(RECORD_HEADER.headDirty), word(RECORD_HEADER.tailDirty));
    f.when(not(dirty), () => f.return());
    const instance = instanceOf(layout.scope);
    if (!layout.hasTail) {
      writeHead(m, f, layout, record, f.call1(RT.stateWrite, instance, i32(layout.headBytes)));
      return;
    }
    const payload = f.hold(word(RECORD_HEADER.payload));
    f.if(
      op('i32.or', word(RECORD_HEADER.tailDirty), not(payload)),
      () => writeAll(m, f, layout, record),
      () => {
        const size = f.hold(word(RECORD_HEADER.payloadBytes));
        const rest = f.hold(add32(size, -layout.headBytes));
        const tail = ownCopy(f, add32(payload, layout.headBytes), rest);
        const to = f.call1(RT.stateWrite, instance, size);
        writeHead(m, f, layout, record, to);
        f.copy(add32(to, layout.headBytes), tail, rest);
      },
    );
  });

function writeAll(m: ModuleBuilder, f: FunctionBuilder, layout: StateLayout, record: Expr): void {
  const tail = partOf(layout, 'tail').map(({ field, offset }) => ({
    type: field.type,
    value: loadCell(field.type, record, offset),
  }));
  const sizes = tail.map(({ type, value }) => sizeOf(m, f, type, value));
  const total = sizes.reduce((sum, size) => op('i32.add', sum, size), i32(layout.headBytes));
  const to = f.call1(RT.stateWrite, instanceOf(layout.scope), total);
  writeHead(m, f, layout, record, to);
  let next = f.hold(add32(to, layout.headBytes));
  for (const { type, value } of tail) next = encodeNext(m, f, type, value, next);
}

function writeHead(m: ModuleBuilder, f: FunctionBuilder, layout: StateLayout, record: Expr, to: Expr): void {
  for (const { field, offset, wire } of partOf(layout, 'head')) {
    encodeAt(m, f, field.type, loadCell(field.type, record, offset), to, wire);
  }
}

const mapOf = (field: StateField): TypeOf<'map'> => field.type as TypeOf<'map'>;

/** (key) → entry of a state-level map, looked up once per invocation; its presence word tells whether it exists. */
export const loadElement = (m: ModuleBuilder, field: StateField): Callee =>
  m.routine(`element.load.${field.scope}.${field.index}`, ['i32'], ['i32'], (f) => {
    const type = mapOf(field);
    const size = i32(keyBytes(type));
    const cache = m.elements(field);
    f.charge(GAS.elementAccess);
    f.when(not(global(cache)), () => f.setGlobal(cache, f.alloc(MAP.bytes)));
    const [entry, fresh] = f.call(mapPut(m, type), global(cache), f.param(0)) as [Expr, Expr];
    f.when(not(fresh), () => f.return(entry));
    const key = add32(entry, ENTRY.key);
    const payload = f.call1(RT.elemRead, instanceOf(field.scope), i32(field.index), key, size);
    f.when(payload, () => {
      f.store('i32.store', entry, ENTRY.presence, i32(PRESENT | STORED));
      const fixed = fixedBytes(type.value);
      const length = f.hold(fixed === undefined ? global(LEN) : i32(fixed));
      const pinned = fixed === undefined || keepsBytes(type.value);
      const from = pinned ? ownCopy(f, payload, fixed === undefined ? length : i32(fixed)) : payload;
      beginTrusted(m, f, from, length);
      const how = { home: entry, checkAddress: undefined };
      const value = fixed === undefined ? decodeNext(m, f, type.value, how) : decodeAt(m, f, type.value, from, 0, how);
      storeCell(f, type.value, entry, entryValue(type), value);
    });
    f.return(entry);
  });

/** The value back to its default, for an element that was erased. */
export function clearElement(f: FunctionBuilder, type: TypeOf<'map'>, entry: Expr): void {
  f.fill(add32(entry, entryValue(type)), i32(cellBytes(type.value)));
}

/** (): writes changed elements in the order of their keys. */
const flushElements = (m: ModuleBuilder, field: StateField): Callee =>
  m.routine(`element.flush.${field.scope}.${field.index}`, [], [], (f) => {
    const type = mapOf(field);
    const size = i32(keyBytes(type));
    const instance = instanceOf(field.scope);
    const map = f.hold(global(m.elements(field)));
    f.when(not(map), () => f.return());
    f.times(load('i32.load', map, MAP.count), GAS.encode, (index) => {
      const entry = f.hold(
        load('i32.load', op('i32.add', load('i32.load', map, MAP.table), op('i32.shl', index, i32(2)))),
      );
      f.if(load('i32.load', entry, ENTRY.dirty), () => {
        const key = f.hold(add32(entry, ENTRY.key));
        const presence = f.hold(load('i32.load', entry, ENTRY.presence));
        f.if(
          op('i32.and', presence, i32(PRESENT)),
          () => {
            const value = loadCell(type.value, entry, entryValue(type));
            const length = sizeOf(m, f, type.value, value);
            const to = f.call1(RT.elemWrite, instance, i32(field.index), key, size, length);
            encodeNext(m, f, type.value, value, to);
          },
          () => {
            f.when(op('i32.and', presence, i32(STORED)), () =>
              f.call(RT.elemErase, instance, i32(field.index), key, size),
            );
          },
        );
      });
    });
  });

/** The write-back of every scope a function in `scope` may have changed. */
export function flushFor(
  m: ModuleBuilder,
  f: FunctionBuilder,
  scope: Scope,
  layoutOf: (scope: Scope) => StateLayout,
): void {
  const scopes: readonly Scope[] = scope === 'global' || scope === 'shard' ? [scope] : [scope, 'shard'];
  for (const item of scopes) {
    const layout = layoutOf(item);
    if (layout.slots.some((slot) => slot.part !== 'elements')) f.call(flushRecord(m, layout));
    for (const slot of partOf(layout, 'elements')) f.call(flushElements(m, slot.field));
  }
}

/** The cells every invocation starts at zero: caches of an earlier one must not be seen. */
export const isInvocationCache = (name: string): boolean => !name.startsWith('decode.');
