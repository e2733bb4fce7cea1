// How PREDA values are held while code runs and how they lie on the wire. It emits nothing.
import type { Contract, StateField } from './program.ts';
import { type Scope, sizeBytes, type Type, type TypeOf } from './types.ts';
import type { LoadOp, StoreOp, ValType } from './wasm.ts';

/**
 * `word`: up to 32 bits, extended to i32. `long`: i64. `pair`: low and high i64. `bytes`: pointer to immutable bytes
 * (hash, address). `object`: pointer to a heap object; assignment shares it.
 */
export type Rep = 'none' | 'word' | 'long' | 'pair' | 'bytes' | 'object';

export function repOf(type: Type): Rep {
  switch (type.kind) {
    case 'void':
      return 'none';
    case 'bool':
    case 'enum':
      return 'word';
    case 'int':
    case 'uint':
      if (type.bits <= 32) return 'word';
      if (type.bits === 64) return 'long';
      if (type.bits === 128) return 'pair';
      break;
    case 'hash':
    case 'address':
      return 'bytes';
    case 'string':
    case 'array':
    case 'map':
    case 'struct':
      return 'object';
    default:
  }
  throw new Error(`the back-end has no values of type ${type.id}`);
}

const SLOTS: Readonly<Record<Rep, readonly ValType[]>> = {
  none: [],
  word: ['i32'],
  long: ['i64'],
  pair: ['i64', 'i64'],
  bytes: ['i32'],
  object: ['i32'],
};
/** The WebAssembly values that make one PREDA value. */
export const slotsOf = (type: Type): readonly ValType[] => SLOTS[repOf(type)];

/** Bytes of a value inside a heap object. */
export function cellBytes(type: Type): number {
  const rep = repOf(type);
  if (rep === 'pair') return 16;
  if (rep === 'long') return 8;
  return rep === 'word' ? sizeBytes(type)! : 4;
}

/** Load and store of a scalar of at most 32 bits. */
export function wordAccess(type: Type): { readonly load: LoadOp; readonly store: StoreOp } {
  const signed = type.kind === 'int';
  switch (sizeBytes(type)) {
    case 1:
      return { load: signed ? 'i32.load8_s' : 'i32.load8_u', store: 'i32.store8' };
    case 2:
      return { load: signed ? 'i32.load16_s' : 'i32.load16_u', store: 'i32.store16' };
    default:
      return { load: 'i32.load', store: 'i32.store' };
  }
}

/** Encoded size where every value has the same: also structs of such fields. */
export function fixedBytes(type: Type): number | undefined {
  if (type.kind !== 'struct') return sizeBytes(type);
  let total = 0;
  for (const field of type.info.fields) {
    const size = fixedBytes(field.type);
    if (size === undefined) return undefined;
    total += size;
  }
  return total;
}

/** In memory as on the wire, and every bit pattern is a value: may be copied in bulk. */
export const isPlain = (type: Type): boolean => type.kind === 'uint' || type.kind === 'int';

/** Heap objects begin with the address of the dirty word of the state they were read from, 0 for fresh ones. */
export const HOME = 0;
/** string: `data` is shared and never changed below `length`; `capacity` 0 says the bytes are borrowed. */
export const SEQUENCE = { length: 4, capacity: 8, data: 12, bytes: 16 } as const;
/** map: entries sorted by key bytes, a table of pointers to them. */
export const MAP = { count: 4, capacity: 8, table: 12, bytes: 16 } as const;
/** One entry of a map: dirty word, presence bits, key, value. */
export const ENTRY = { dirty: 0, presence: 4, key: 8 } as const;
export const PRESENT = 1;
/** The element had a cell when it was first looked up. */
export const STORED = 2;

export const keyBytes = (type: TypeOf<'map'>): number => sizeBytes(type.key)!;
export const entryValue = (type: TypeOf<'map'>): number => ENTRY.key + align(keyBytes(type), 8);
export const entryBytes = (type: TypeOf<'map'>): number => align(entryValue(type) + cellBytes(type.value), 8);

export type Placed = { readonly type: Type; readonly offset: number };
export type StructLayout = { readonly fields: readonly Placed[]; readonly bytes: number };

function place(types: readonly Type[], header: number): StructLayout {
  let at = header;
  const fields = types.map((type) => {
    const size = cellBytes(type);
    at = align(at, Math.min(size, 8));
    const offset = at;
    at += size;
    return { type, offset };
  });
  return { fields, bytes: align(at, 8) };
}

const structs = new WeakMap<object, StructLayout>();
export function structLayout(type: TypeOf<'struct'>): StructLayout {
  let layout = structs.get(type.info);
  if (layout === undefined) {
    layout = place(
      type.info.fields.map((field) => field.type),
      8,
    );
    structs.set(type.info, layout);
  }
  return layout;
}

export function objectBytes(type: Type): number {
  if (type.kind === 'struct') return structLayout(type).bytes;
  return type.kind === 'map' ? MAP.bytes : SEQUENCE.bytes;
}

/** The record a scope instance is read into. `tailRead` tells whether the variable-size fields have been decoded. */
export const RECORD_HEADER = { headDirty: 0, tailDirty: 4, payload: 8, payloadBytes: 12, tailRead: 16, bytes: 24 };

export type StateSlot = {
  readonly field: StateField;
  /** `head`: fixed size, at `wire` in the payload; `tail`: behind them; `elements`: a map with cells of its own. */
  readonly part: 'head' | 'tail' | 'elements';
  readonly offset: number;
  readonly wire: number;
};
export type StateLayout = {
  readonly scope: Scope;
  readonly slots: readonly StateSlot[];
  readonly headBytes: number;
  readonly hasTail: boolean;
  readonly recordBytes: number;
};

export function stateLayout(contract: Contract, scope: Scope): StateLayout {
  const fields = contract.state[scope];
  const stored = fields.filter((field) => field.type.kind !== 'map');
  const placed = place(
    stored.map((field) => field.type),
    RECORD_HEADER.bytes,
  );
  let headBytes = 0;
  const slots = fields.map((field): StateSlot => {
    if (field.type.kind === 'map') return { field, part: 'elements', offset: 0, wire: 0 };
    const { offset } = placed.fields[stored.indexOf(field)]!;
    const size = fixedBytes(field.type);
    if (size === undefined) return { field, part: 'tail', offset, wire: 0 };
    const wire = headBytes;
    headBytes += size;
    return { field, part: 'head', offset, wire };
  });
  return { scope, slots, headBytes, hasTail: slots.some((slot) => slot.part === 'tail'), recordBytes: placed.bytes };
}

export const align = (size: number, to: number): number => Math.ceil(size / to) * to;
