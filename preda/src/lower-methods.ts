// Member functions of strings, arrays, maps and addresses -> IR.
import type { Value } from './arith.ts';
import type { Body } from './body.ts';
import { appendString, setString } from './bytes-routines.ts';
import { storeCell } from './cells.ts';
import { mapErase, mapGet, popElement, pushCell, setLength } from './container-routines.ts';
import { GAS } from './gas.ts';
import { type Expr as Ir, i32, load, not, op } from './ir.ts';
import { cellBytes, ENTRY, PRESENT, SEQUENCE } from './layout.ts';
import { ADDRESS_KINDS, addressKind } from './lower-conversions.ts';
import { lowerList } from './lower-expressions.ts';
import { elementsOf, heldKey, keyPointer } from './lower-places.ts';
import type { Expr, StateField } from './program.ts';
import { clearElement, loadElement } from './state.ts';
import type { TypeOf } from './types.ts';

type Method = Expr & { readonly kind: 'method' };

export function lowerMethod(body: Body, expr: Method): Value {
  const field = elementsOf(expr.object);
  if (field) return onElement(body, expr, field);
  const { m, f } = body;
  const [receiver, argument] = lowerList(body, [expr.object, ...expr.args]).map((value) =>
    value.map((part) => f.hold(part)),
  );
  const object = receiver![0]!;
  switch (expr.method) {
    case 'string.set':
      f.charge(GAS.stringChange);
      f.call(setString(m), object, argument![0]!);
      return [];
    case 'string.append':
      f.charge(GAS.stringChange);
      f.call(appendString(m), object, argument![0]!);
      return [object];
    case 'string.length':
    case 'array.length':
      f.charge(GAS.arrayAccess);
      return [load('i32.load', object, SEQUENCE.length)];
    case 'array.push': {
      const { element } = expr.object.type as TypeOf<'array'>;
      f.charge(GAS.arrayChange + cellBytes(element));
      storeCell(f, element, f.call1(pushCell(m, cellBytes(element)), object), 0, argument!);
      return [];
    }
    case 'array.pop':
      f.charge(GAS.arrayChange);
      f.call(popElement(m), object);
      return [];
    case 'array.set_length':
      f.charge(GAS.arrayChange);
      f.call(setLength(m, cellBytes((expr.object.type as TypeOf<'array'>).element)), object, argument![0]!);
      return [];
    case 'map.has':
    case 'map.erase': {
      const type = expr.object.type as TypeOf<'map'>;
      const key = keyPointer(body, type.key, argument!);
      if (expr.method === 'map.has') return [op('i32.ne', f.call1(mapGet(m, type), object, key), i32(0))];
      f.call(mapErase(m, type), object, key);
      return [];
    }
    default:
      return onAddress(body, expr, object);
  }
}

function onAddress(body: Body, expr: Method, address: Ir): Value {
  const kinds = ADDRESS_KINDS[expr.method];
  if (kinds === undefined) return body.unsupported(expr.span, `\`${expr.method}\``);
  body.f.charge(GAS.bytesCompare);
  const kind = body.f.hold(addressKind(address));
  return [kinds.map((value) => op('i32.eq', kind, i32(value))).reduce((any, test) => op('i32.or', any, test))];
}

/** `has` and `erase` of a map whose elements are cells of their own. */
function onElement(body: Body, expr: Method, field: StateField): Value {
  const { m, f } = body;
  const type = field.type as TypeOf<'map'>;
  const key = heldKey(body, expr.args[0]!);
  const entry = f.call1(loadElement(m, field), keyPointer(body, type.key, key));
  const presence = f.hold(load('i32.load', entry, ENTRY.presence));
  const present = op('i32.and', presence, i32(PRESENT));
  if (expr.method === 'map.has') return [present];
  f.when(not(not(present)), () => {
    f.store('i32.store', entry, ENTRY.presence, op('i32.and', presence, i32(~PRESENT)));
    f.store('i32.store', entry, ENTRY.dirty, i32(1));
    clearElement(f, type, entry);
  });
  return [];
}
