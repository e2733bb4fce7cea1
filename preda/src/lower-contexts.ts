// `__block`, `__transaction`, `__debug` and the contract's own functions -> IR. What the invocation record holds is read from there.
import type { Value } from './arith.ts';
import type { Body } from './body.ts';
import { equalBytes } from './bytes-routines.ts';
import { storeCell } from './cells.ts';
import { pushCell } from './container-routines.ts';
import { GAS } from './gas.ts';
import { add32, get, global, type Expr as Ir, i32, not, op } from './ir.ts';
import { cellBytes } from './layout.ts';
import { defaultOf, lowerExpr, lowerList } from './lower-expressions.ts';
import type { Expr } from './program.ts';
import { CONTEXT, CONTEXT_BYTES, FAULT, RECORD, RT, TRANSACTION } from './rt.ts';
import { ADDRESS, arrayOf } from './types.ts';

type Context = Expr & { readonly kind: 'context' };
const ADDRESS_BYTES = 36;

export function lowerContext(body: Body, expr: Context): Value {
  const { f } = body;
  f.charge(GAS.context);
  const long = (id: number): Value => [f.call1(RT.context, i32(id))];
  const word = (id: number): Value => [op('i32.wrap_i64', f.call1(RT.context, i32(id)))];
  switch (expr.context) {
    case '__block.get_height':
      return long(CONTEXT.height);
    case '__block.get_shard_index':
      return word(CONTEXT.partition);
    case '__block.get_shard_order':
      return word(CONTEXT.order);
    case '__block.get_timestamp':
    case '__transaction.get_timestamp':
      return long(CONTEXT.timestamp);
    case '__block.get_random_number':
      return long(CONTEXT.random);
    case '__block.get_miner_address':
      return bytes(body, CONTEXT_BYTES.miner);
    case '__transaction.get_type':
      return word(CONTEXT.type);
    case '__transaction.get_self_address':
      return [fromRecord(body, RECORD.key)];
    case '__transaction.get_sender':
      return [fromRecord(body, RECORD.initiator)];
    case '__transaction.get_initiator_address':
      f.faultIf(not(isType(body, TRANSACTION.relay)), FAULT.contextUnavailable);
      return [fromRecord(body, RECORD.initiator)];
    case '__transaction.get_signers':
      return signers(body);
    case '__transaction.verify_signer':
      return verifySigner(body, expr.args[0]!);
    case '__transaction.get_originated_shard_index':
      return word(CONTEXT.originPartition);
    case '__transaction.get_originated_shard_order':
      f.faultIf(not(isType(body, TRANSACTION.relay)), FAULT.contextUnavailable);
      return word(CONTEXT.order);
    case '__transaction.get_remaining_gas':
      return long(CONTEXT.gasLeft);
    case '__debug.print':
      lowerList(body, expr.args.filter(isWorthEvaluating));
      return [];
    case '__debug.assert': {
      const [check, ...message] = expr.args;
      const [condition] = lowerList(body, [check!, ...message.filter(isWorthEvaluating)]);
      f.faultIf(not(condition![0]!), FAULT.assertion);
      return [];
    }
    case '__id':
      return long(CONTEXT.contract);
    case '__address':
      return bytes(body, CONTEXT_BYTES.contract);
    default:
      return body.unsupported(expr.span, `\`${expr.context}\``);
  }
}

/** Nobody reads what is printed, so only what may do something is evaluated. */
function isWorthEvaluating({ kind }: Expr): boolean {
  return kind !== 'string' && kind !== 'constant' && kind !== 'local' && kind !== 'integer' && kind !== 'bool';
}

const fromRecord = ({ m, f }: Body, offset: number): Ir => f.hold(add32(global(m.descriptor), offset));

function bytes({ f }: Body, id: number): Value {
  const out = f.alloc(ADDRESS_BYTES);
  f.call(RT.contextBytes, i32(id), out);
  return [out];
}

const isType = ({ f }: Body, type: number): Ir =>
  op('i32.eq', op('i32.wrap_i64', f.call1(RT.context, i32(CONTEXT.type))), i32(type));

/** One signer per transaction: its sender. */
function signers(body: Body): Value {
  const { m, f } = body;
  const known = op('i32.or', isType(body, TRANSACTION.normal), isType(body, TRANSACTION.system));
  f.faultIf(not(known), FAULT.contextUnavailable);
  const list = defaultOf(body, arrayOf(ADDRESS))[0]!;
  const at = f.call1(pushCell(m, cellBytes(ADDRESS)), list);
  storeCell(f, ADDRESS, at, 0, [fromRecord(body, RECORD.initiator)]);
  return [list];
}

function verifySigner(body: Body, signer: Expr): Value {
  const { f } = body;
  const value = f.atom(lowerExpr(body, signer)[0]!);
  if (signer.type.kind !== 'address') {
    const isSelf = op('i32.wrap_i64', f.call1(RT.context, i32(CONTEXT.verifySigner)));
    return [op('i32.and', not(value), isSelf)];
  }
  const same = f.temp('i32');
  f.set(same, equalBytes(f, value, fromRecord(body, RECORD.initiator), ADDRESS_BYTES));
  return [op('i32.and', get(same), isType(body, TRANSACTION.normal))];
}
