// A checked contract -> an IR module with the one export `invoke`: decode the arguments, call the function, write state back.
import { asPair, type Value } from './arith.ts';
import { Body, Unit } from './body.ts';
import type { FunctionBuilder } from './builder.ts';
import { cursor, decodeAt, decodeNext, limit, mayWriteInPlace, suspicious } from './decode.ts';
import { encodeAll } from './encode.ts';
import { GAS } from './gas.ts';
import { add32, type Callee, type Expr, global, i32, load, type Module, op } from './ir.ts';
import { align, fixedBytes, slotsOf } from './layout.ts';
import { isLiteral, lowerExpr } from './lower-expressions.ts';
import { lowerBlock } from './lower-statements.ts';
import { ModuleBuilder } from './module-builder.ts';
import type { Contract, FunctionDef } from './program.ts';
import { FAULT, KEY_BYTES, RECORD, RECORD_KIND, RT, SCOPE_CODE } from './rt.ts';
import { flushFor, isInvocationCache } from './state.ts';

export function lowerContract(contract: Contract): Module {
  const m = new ModuleBuilder(contract);
  const unit = new Unit(m, contract);
  for (const constant of contract.constants) {
    if (isLiteral(constant.value)) continue;
    const f = unit.addConstant(constant);
    f.return(...lowerExpr(new Body(unit, f, 'global', []), constant.value));
  }
  for (const def of contract.functions) {
    const body = new Body(unit, unit.builders[def.opcode]!, def.scope, def.params);
    lowerBlock(body, def.body);
  }
  const entries = contract.functions.map((def) => (isInvocable(def) ? entry(unit, def) : undefined));
  return m.finish(invoke(m, entries));
}

/** What a record may name. Others are reached by calls inside the contract only. */
export const isInvocable = (def: FunctionDef): boolean =>
  def.isExport || def.isPublic || def.isRelayTarget || def.role !== 'ordinary';

function invoke(m: ModuleBuilder, entries: readonly (Callee | undefined)[]) {
  const f = m.function('invoke', ['i32', 'i32'], []);
  const [opcode, descriptor] = [f.param(0), f.param(1)];
  const known = m.descriptor;
  for (const cell of m.globals) {
    if (cell !== known && isInvocationCache(cell.name)) f.setGlobal(cell, i32(0));
  }
  f.setGlobal(known, descriptor);
  f.faultIf(op('i32.ge_u', opcode, i32(entries.length)), FAULT.functionNotFound);
  f.switch(
    opcode,
    entries.map((callee) => () => {
      if (callee) f.call(callee, descriptor);
      else f.fault(FAULT.functionNotFound);
    }),
  );
  return f.func;
}

/** (descriptor) runs one function as an invocation of its own. */
function entry(unit: Unit, def: FunctionDef): Callee {
  const { m } = unit;
  const f = m.function(`invoke.${def.name}`, ['i32'], []);
  const descriptor = f.param(0);
  const scope = load('i32.load8_u', descriptor, RECORD.scope);
  f.faultIf(op('i32.ne', scope, i32(SCOPE_CODE[def.scope])), FAULT.functionNotFound);
  const args = decodeArguments(m, f, def, descriptor);
  logAmount(f, def, args);
  const result = f.call(unit.callee(def.opcode), ...args.flat());
  if (slotsOf(def.returns).length > 0) {
    f.call(RT.ret, ...encodeAll(m, f, [{ type: def.returns, value: result }]));
  }
  flushFor(m, f, def.scope, (item) => unit.layout(item));
  return f.func;
}

function decodeArguments(m: ModuleBuilder, f: FunctionBuilder, def: FunctionDef, descriptor: Expr): Value[] {
  const at = add32(descriptor, RECORD.key + align(KEY_BYTES[def.scope], 8));
  const size = load('i32.load', descriptor, RECORD.argsLen);
  const fromUser = op('i32.eq', load('i32.load8_u', descriptor, RECORD.kind), i32(RECORD_KIND.user));
  const sizes = def.params.map((param) => fixedBytes(param.type));
  f.charge(GAS.decode);
  if (sizes.every((bytes) => bytes !== undefined)) {
    const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
    f.charge(total);
    f.faultIf(op('i32.ne', size, i32(total)), FAULT.deserialization);
    const base = f.atom(at);
    let offset = 0;
    return def.params.map((param, index) => {
      const how = { home: i32(0), checkAddress: fromUser };
      const value = decodeAt(m, f, param.type, base, offset, how).map((part) => f.atom(part));
      offset += sizes[index]!;
      return value;
    });
  }
  f.burn(size);
  const length = f.hold(size);
  let base = f.hold(at);
  if (def.params.some((param) => mayWriteInPlace(param.type))) {
    const copy = f.alloc(length);
    f.copy(copy, base, length);
    base = copy;
  }
  f.setGlobal(suspicious(m), fromUser);
  f.setGlobal(cursor(m), base);
  f.setGlobal(limit(m), op('i32.add', base, length));
  const how = { home: i32(0), checkAddress: global(suspicious(m)) };
  const values = def.params.map((param) => decodeNext(m, f, param.type, how).map((part) => f.hold(part)));
  f.faultIf(op('i32.ne', global(cursor(m)), global(limit(m))), FAULT.deserialization);
  return values;
}

/** Watchers see the first unsigned integer among the arguments as the amount. */
function logAmount(f: FunctionBuilder, def: FunctionDef, args: readonly Value[]): void {
  const index = def.params.findIndex(({ type }) => type.kind === 'uint' && type.bits <= 128);
  const type = def.params[index]?.type;
  if (type?.kind !== 'uint') return;
  const [low, high] = asPair(f, type, args[index]!) as [Expr, Expr];
  f.call(RT.logAmount, low, high);
}
