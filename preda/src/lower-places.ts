// Places: what may stand left of an assignment. Operands are evaluated first, the address last, when nothing can move it any more.
import type { Value } from './arith.ts';
import type { Body } from './body.ts';
import { markChanged } from './bytes-routines.ts';
import { readCell, storeCell } from './cells.ts';
import { mapGet, mapPut } from './container-routines.ts';
import { GAS } from './gas.ts';
import { add32, get, type Expr as Ir, i32, type Local, load, not, op } from './ir.ts';
import { cellBytes, ENTRY, entryValue, HOME, PRESENT, RECORD_HEADER, repOf, SEQUENCE, structLayout } from './layout.ts';
import { lowerExpr, lowerList } from './lower-expressions.ts';
import type { Expr, StateField } from './program.ts';
import { FAULT } from './rt.ts';
import { loadElement } from './state.ts';
import type { Type, TypeOf } from './types.ts';

type Cell = {
  readonly kind: 'cell';
  readonly type: Type;
  readonly base: Ir;
  readonly offset: number;
  /** Address of the dirty word that what is stored here belongs to. */
  readonly home: () => Ir;
  readonly changed: () => void;
};
export type Place = { readonly kind: 'locals'; readonly locals: readonly Local[] } | Cell;

export function readPlace({ m, f }: Body, place: Place): Value {
  if (place.kind === 'locals') return place.locals.map(get);
  return readCell(m, f, place.type, place.base, place.offset, place.home);
}

export function writePlace(body: Body, place: Place, value: Value): void {
  if (place.kind === 'locals') {
    body.assign(place.locals, value);
    return;
  }
  storeCell(body.f, place.type, place.base, place.offset, value);
  place.changed();
}

/** Evaluates what the place depends on; the answer computes the place itself. */
export function preparePlace(body: Body, expr: Expr): () => Place {
  switch (expr.kind) {
    case 'local': {
      const locals = body.variable(expr.local);
      return () => ({ kind: 'locals', locals });
    }
    case 'state':
      return () => statePlace(body, expr.field, expr);
    case 'field': {
      const object = body.f.atom(lowerExpr(body, expr.object)[0]!);
      const { type, offset } = structLayout(expr.struct).fields[expr.index]!;
      body.f.charge(GAS.fieldAccess);
      return () => ownedCell(body, type, object, object, offset);
    }
    case 'index':
      return expr.container.kind === 'array' ? prepareElement(body, expr) : prepareEntry(body, expr, expr.container);
    default: {
      // Not assignable, but something may be reached through it: `f().x = 1`.
      const value = lowerExpr(body, expr);
      const locals = value.map((part) => {
        const held = body.f.hold(part);
        if (held.kind !== 'local') throw new Error('a held value is a local');
        return held.local;
      });
      return () => ({ kind: 'locals', locals });
    }
  }
}

/** A cell of a heap object. */
function ownedCell({ f }: Body, type: Type, owner: Ir, base: Ir, offset: number): Cell {
  return {
    kind: 'cell',
    type,
    base,
    offset,
    home: () => load('i32.load', owner, HOME),
    changed: () => markChanged(f, owner),
  };
}

function statePlace(body: Body, field: StateField, expr: Expr): Cell {
  const { part, offset } = body.unit.slot(field);
  if (part === 'elements') {
    body.unsupported(
      expr.span,
      `the state map \`${field.name}\` as a value`,
      `its elements are stored one by one: use ${field.name}[key], ${field.name}.has(key) and ${field.name}.erase(key)`,
    );
  }
  const base = body.record(field.scope, part === 'tail');
  const dirty = part === 'tail' ? RECORD_HEADER.tailDirty : RECORD_HEADER.headDirty;
  return {
    kind: 'cell',
    type: field.type,
    base,
    offset,
    home: () => add32(base, dirty),
    changed: () => body.f.store('i32.store', base, dirty, i32(1)),
  };
}

type Index = Expr & { readonly kind: 'index' };

function prepareElement(body: Body, expr: Index): () => Place {
  const { f } = body;
  const [array, index] = lowerList(body, [expr.object, expr.index]).map((value) => f.atom(value[0]!)) as [Ir, Ir];
  f.charge(GAS.arrayAccess);
  return () => {
    f.faultIf(op('i32.ge_u', index, load('i32.load', array, SEQUENCE.length)), FAULT.outOfRange);
    const stride = cellBytes(expr.type);
    const distance = stride === 1 ? index : op('i32.mul', index, i32(stride));
    const base = f.hold(op('i32.add', load('i32.load', array, SEQUENCE.data), distance));
    return ownedCell(body, expr.type, array, base, 0);
  };
}

function prepareEntry(body: Body, expr: Index, type: TypeOf<'map'>): () => Place {
  const { m, f } = body;
  const offset = entryValue(type);
  const field = elementsOf(expr.object);
  if (field) {
    const key = heldKey(body, expr.index);
    return () => {
      const entry = f.call1(loadElement(m, field), keyPointer(body, type.key, key));
      const missing = not(op('i32.and', load('i32.load', entry, ENTRY.presence), i32(PRESENT)));
      const changed = () => f.store('i32.store', entry, ENTRY.dirty, i32(1));
      if (expr.object.isConst) f.faultIf(missing, FAULT.constMapMissingKey);
      f.when(missing, () => {
        const presence = op('i32.or', load('i32.load', entry, ENTRY.presence), i32(PRESENT));
        f.store('i32.store', entry, ENTRY.presence, presence);
        changed();
      });
      return { kind: 'cell', type: expr.type, base: entry, offset, home: () => entry, changed };
    };
  }
  const [object, ...key] = lowerList(body, [expr.object, expr.index])
    .flat()
    .map((part) => f.atom(part)) as [Ir, ...Ir[]];
  return () => {
    const pointer = keyPointer(body, type.key, key);
    if (expr.object.isConst) {
      const entry = f.call1(mapGet(m, type), object, pointer);
      f.faultIf(not(entry), FAULT.constMapMissingKey);
      return ownedCell(body, expr.type, object, entry, offset);
    }
    const [entry, fresh] = f.call(mapPut(m, type), object, pointer) as [Ir, Ir];
    f.when(fresh, () => markChanged(f, object));
    return ownedCell(body, expr.type, object, entry, offset);
  };
}

/** The field, when the expression names a state-level map. */
export const elementsOf = (expr: Expr): StateField | undefined =>
  expr.kind === 'state' && expr.field.type.kind === 'map' ? expr.field : undefined;

export const heldKey = (body: Body, expr: Expr): Value => lowerExpr(body, expr).map((part) => body.f.atom(part));

/** Behind the operands of 128-bit arithmetic. */
const KEY_OFFSET = 48;

/** Where the key's bytes lie; valid until the next key is placed. */
export function keyPointer({ m, f }: Body, type: Type, key: Value): Ir {
  if (repOf(type) === 'bytes') return key[0]!;
  const at = m.scratch(f);
  storeCell(f, type, at, KEY_OFFSET, key);
  return f.hold(add32(at, KEY_OFFSET));
}
