// Conversions between values and text: `string(x)`, `hash(s)`, `address(s)`. The runtime does the work, the invocation heap holds the result.
import { asPair, type Value } from './arith.ts';
import type { Body } from './body.ts';
import { borrowString } from './bytes-routines.ts';
import { GAS } from './gas.ts';
import { type Expr as Ir, i32, load, not } from './ir.ts';
import { SEQUENCE } from './layout.ts';
import { lowerExpr } from './lower-expressions.ts';
import type { Expr } from './program.ts';
import { FAULT, RT } from './rt.ts';

const HASH_BYTES = 32;
const ADDRESS_BYTES = 36;
/** The longest texts: −2^127 in decimal, a hash in base 32, an address with its kind. */
const TEXT_BYTES = { decimal: 40, hash: 56, address: 96 } as const;

export function lowerTextConversion(body: Body, expr: Expr & { readonly kind: 'convert' }): Value {
  const { m, f } = body;
  const { operand } = expr;
  const value = lowerExpr(body, operand);
  f.charge(GAS.bytesConvert);
  const text = (bytes: number, write: (out: Ir) => Ir): Value => {
    const out = f.alloc(bytes);
    return [f.call1(borrowString(m), out, write(out))];
  };
  switch (expr.conversion) {
    case 'toDecimal': {
      if (operand.type.kind !== 'int' && operand.type.kind !== 'uint') break;
      const [low, high] = asPair(f, operand.type, value) as [Ir, Ir];
      const at = m.scratch(f);
      f.store('i64.store', at, 0, low);
      f.store('i64.store', at, 8, high);
      const convert = operand.type.kind === 'int' ? RT.textI128 : RT.textU128;
      return text(TEXT_BYTES.decimal, (out) => f.call1(convert, out, at));
    }
    case 'hashToBase32':
      return text(TEXT_BYTES.hash, (out) => f.call1(RT.textHash, out, value[0]!));
    case 'addressToText':
      return text(TEXT_BYTES.address, (out) => f.call1(RT.textAddress, out, value[0]!));
    case 'sha256': {
      const string = f.atom(value[0]!);
      const size = f.hold(load('i32.load', string, SEQUENCE.length));
      f.burn(size);
      const out = f.alloc(HASH_BYTES);
      f.call(RT.sha256, out, load('i32.load', string, SEQUENCE.data), size);
      return [out];
    }
    case 'parseAddress': {
      const string = f.atom(value[0]!);
      const out = f.alloc(ADDRESS_BYTES);
      const data = load('i32.load', string, SEQUENCE.data);
      const parsed = f.call1(RT.parseAddress, out, data, load('i32.load', string, SEQUENCE.length));
      f.faultIf(not(parsed), FAULT.badAddressText);
      return [out];
    }
    default:
  }
  return body.unsupported(expr.span, `the conversion from ${operand.type.id} to ${expr.type.id}`);
}

/** Address kinds: the low four bits of the word behind the key (preda.md c.2). */
export const ADDRESS_KINDS: Readonly<Record<string, readonly number[]>> = {
  'address.is_user': [1, 3],
  'address.is_contract': [4],
  'address.is_custom': [5],
  'address.is_delegated': [8],
  'address.is_name': [9],
  'address.is_dapp': [10],
  'address.is_asset': [11],
};
export const addressKind = (address: Ir): Ir => ({
  kind: 'op',
  op: 'i32.and',
  args: [load('i32.load8_u', address, HASH_BYTES), i32(15)],
});
