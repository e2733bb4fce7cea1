// Calls: choosing among forms, conversions and constructors, built-in, own and foreign functions.
import { checkCallable } from './access.ts';
import type { Expr as Syntax } from './ast.ts';
import { checkExpr, resolve } from './check-expressions.ts';
import { computed, requireExact, requireShareable, requireValue } from './check-values.ts';
import { fail } from './diagnostics.ts';
import { type Entity, type Env, lookUp, type Module, type Signature } from './names.ts';
import type { Expr, ForeignTarget } from './program.ts';
import type { Span } from './source.ts';
import {
  ADDRESS,
  BOOL,
  contractOf,
  conversionsTo,
  type InterfaceFunction,
  type Scope,
  sameType,
  type Type,
  UINT64,
  VOID,
} from './types.ts';

type Form = { readonly params: readonly { readonly type: Type; readonly isConst: boolean }[] };
type Call = { readonly name: string; readonly args: readonly Expr[]; readonly span: Span };

/** The form that takes exactly these arguments. With one form the errors name the argument, with several only the failure. */
export function matchForm<F extends Form>(env: Env, forms: readonly F[], call: Call): F {
  const [first, second] = forms;
  if (first && !second) {
    if (first.params.length !== call.args.length) failCount(first.params.length, call);
    for (const [i, param] of first.params.entries())
      requireExact(param.type, call.args[i]!, `argument ${i + 1} of \`${call.name}\``);
  }
  const form = forms.find((candidate) => takes(env, candidate, call));
  if (!form) {
    const found = call.args.map((arg) => arg.type.id).join(', ');
    const known = forms
      .slice(0, MAX_FORMS_SHOWN)
      .map((f) => `${call.name}(${f.params.map((p) => p.type.id).join(', ')})`);
    fail(33, call.span, `no form of \`${call.name}\` takes (${found})`, `there is ${known.join(', ')}`);
  }
  for (const [i, param] of form.params.entries()) {
    requireShareable(call.args[i]!, param.isConst, `parameter ${i + 1} of \`${call.name}\``);
  }
  return form;
}

const MAX_FORMS_SHOWN = 4;

function takes(env: Env, form: Form, { args, span }: Call): boolean {
  env.unit.reporter.spend(span, 1 + args.length);
  return form.params.length === args.length && form.params.every((param, i) => sameType(param.type, args[i]!.type));
}

function failCount(expected: number, { name, args, span }: Call): never {
  fail(34, span, `\`${name}\` takes ${expected} argument${expected === 1 ? '' : 's'}, found ${args.length}`);
}

export function checkArgs(env: Env, args: readonly Syntax[]): readonly Expr[] {
  return args.map((arg) => checkExpr(env, arg));
}

export function checkCall(env: Env, node: Syntax & { kind: 'call' }): Expr {
  const callee = resolve(env, node.callee);
  const args = checkArgs(env, node.args);
  const { span } = node;
  switch (callee.kind) {
    case 'type':
      return checkConstruction(env, callee.type, { name: callee.type.id, args, span });
    case 'module':
      return checkConstruction(env, contractOf(callee.module.name), { name: callee.module.name, args, span });
    case 'functions':
      return checkOwnCall(env, callee, { name: callee.name, args, span });
    case 'foreign':
      return checkForeignCall(env, callee, { name: callee.name, args, span });
    case 'foreignSelf':
      return checkForeignSelf(callee, { name: callee.what, args, span });
    case 'method':
      return checkMethod(env, callee, { name: callee.method.id, args, span });
    case 'context':
      return checkContext(env, callee, { name: callee.context.id, args, span });
    case 'contextObject':
      return fail(42, span, `\`${callee.name}\` is not a function`);
    case 'value':
      return fail(42, span, `a value of type ${callee.expr.type.id} can not be called`);
  }
}

const NO_PARAMS = { params: [] };
const form = (types: readonly Type[], isConst: boolean) => ({ params: types.map((type) => ({ type, isConst })) });

/** `T()`, `T(x)` and `S(all, fields)`. */
function checkConstruction(env: Env, type: Type, call: Call): Expr {
  if (type.kind === 'enum')
    fail(39, call.span, `enum ${type.id} has no constructor`, `write ${type.id}.${type.info.values[0] ?? 'X'}`);
  const { args, span } = call;
  if (type.kind === 'struct') {
    const all = form(
      type.info.fields.map((field) => field.type),
      false,
    );
    if (matchForm(env, [NO_PARAMS, all], call) === NO_PARAMS) return { kind: 'default', ...computed(type, span) };
    return { kind: 'struct', args, ...computed(type, span) };
  }
  const conversions = conversionsTo(type);
  const [operand] = args;
  const conversion = operand && conversions.find((row) => row.from(operand.type));
  if (operand && conversion && args.length === 1) {
    return { kind: 'convert', conversion: conversion.id, operand, ...computed(type, span) };
  }
  if (args.length === 0) return { kind: 'default', ...computed(type, span) };
  if (conversions.length === 0) failCount(0, call);
  fail(33, span, `${type.id} can not be made from (${args.map((arg) => arg.type.id).join(', ')})`);
}

function checkOwnCall(env: Env, callee: Entity & { kind: 'functions' }, call: Call): Expr {
  const scope = requireScope(env, call.span, `function \`${call.name}\``);
  const target = matchForm(env, callee.overloads, call);
  refuseReserved(target, call.span);
  checkCallable(
    { from: scope, to: target.scope, callerIsConst: env.isConst, calleeIsConst: target.isConst },
    call.span,
    call.name,
  );
  env.unit.calls.push({ from: env.opcode, fromScope: scope, to: target, span: call.span });
  return { kind: 'call', opcode: target.opcode, args: call.args, ...resultOf(target, call.span) };
}

export function refuseReserved(target: Signature, span: Span): void {
  if (target.role !== 'ordinary') fail(68, span, `\`${target.name}\` is called by the chain only`);
}

function resultOf(target: InterfaceFunction, span: Span) {
  return { ...computed(target.returns, span), isConst: target.returnsConst };
}

/** Synchronous call of another contract: the rules of a.9 apply as to own functions. */
function checkForeignCall(env: Env, callee: Entity & { kind: 'foreign' }, call: Call): Expr {
  const scope = requireScope(env, call.span, `function \`${call.name}\``);
  const target = matchForm(env, callee.overloads, call);
  checkCallable(
    { from: scope, to: target.scope, callerIsConst: env.isConst, calleeIsConst: target.isConst },
    call.span,
    call.name,
  );
  const broadcasts = 'opcode' in target && callee.module?.broadcasters.has(Number(target.opcode));
  if (broadcasts && scope !== 'global') failBroadcast(call.span, call.name);
  const { name, args, span } = call;
  return { kind: 'foreignCall', target: callee.target, name, scope: target.scope, args, ...resultOf(target, span) };
}

export function failBroadcast(span: Span, name: string): never {
  fail(76, span, `\`${name}\` sends relay@shards and can be called from @global functions only`);
}

const FOREIGN_SELF: Readonly<Record<'__id' | '__valid' | '__address', Type>> = {
  __id: UINT64,
  __valid: BOOL,
  __address: ADDRESS,
};

export function foreignSelf(target: ForeignTarget, name: string): Entity | undefined {
  const isKnown = Object.hasOwn(FOREIGN_SELF, name);
  return isKnown ? { kind: 'foreignSelf', target, what: name as keyof typeof FOREIGN_SELF } : undefined;
}

function checkForeignSelf(callee: Entity & { kind: 'foreignSelf' }, call: Call): Expr {
  if (call.args.length > 0) failCount(0, call);
  return {
    kind: 'foreignSelf',
    target: callee.target,
    what: callee.what,
    ...computed(FOREIGN_SELF[callee.what], call.span),
  };
}

function checkMethod(env: Env, { method, object }: Entity & { kind: 'method' }, call: Call): Expr {
  if (method.scope && env.scope !== method.scope) failScope(call, method.scope);
  const forms = method.forms(object.type).map((types) => form(types, !method.keeps));
  matchForm(env, forms, call);
  if (!method.isConst && object.isConst) {
    fail(46, call.span, `\`${call.name}\` changes its object, which is const here`);
  }
  const result = { ...computed(method.returns(object.type), call.span), isConst: method.returnsConst };
  return { kind: 'method', method: method.id, object, args: call.args, ...result };
}

function checkContext(env: Env, { context }: Entity & { kind: 'context' }, call: Call): Expr {
  const { span, args } = call;
  requireScope(env, span, `\`${call.name}\``);
  if (context.scope && env.scope !== context.scope) failScope(call, context.scope);
  const forms = context.forms(VOID).map((types) => form(types, !context.keeps));
  const fixed = context.variadic ? args.slice(0, forms[0]?.params.length) : args;
  matchForm(env, forms, { ...call, args: fixed });
  for (const arg of args) requireValue(arg);
  return {
    kind: 'context',
    context: context.id,
    args,
    ...computed(context.returns(VOID), span),
    isConst: context.returnsConst,
  };
}

function failScope({ span, name }: Call, scope: string): never {
  fail(36, span, `\`${name}\` exists in @${scope} functions only`);
}

/** Constants are computed at compile time: they may not reach anything that runs. */
export function requireScope(env: Env, span: Span, what: string): Scope {
  if (env.scope) return env.scope;
  return fail(83, span, `${what} can not be used in a constant`, 'use literals and earlier constants');
}

/** `deploy Room(10u)`: a fresh unnamed instance. */
export function checkDeploy(env: Env, node: Syntax & { kind: 'deploy' }): Expr {
  const { span } = node;
  const target = deployedModule(env, node.target);
  const scope = requireScope(env, span, '`deploy`');
  if (scope !== 'global') fail(87, span, `deploy is possible in @global functions only, this one is @${scope}`);
  const args = checkArgs(env, node.args);
  const onDeploy = target.functions.find((candidate) => candidate.role === 'on_deploy');
  matchForm(env, [onDeploy ?? NO_PARAMS], { name: `deploy ${target.name}`, args, span });
  return { kind: 'deploy', contract: target.name, args, ...computed(UINT64, span) };
}

function deployedModule(env: Env, target: Syntax): Module {
  const meaning = target.kind === 'name' ? lookUp(env.unit, target.name.text, env) : undefined;
  if (meaning?.kind !== 'module') fail(85, target.span, 'only an imported contract can be deployed');
  return meaning.module;
}
