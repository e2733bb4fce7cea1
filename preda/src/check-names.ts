// What names and members denote: variables, state, types, other contracts, functions still to be called.
import { accessTo, checkReachable } from './access.ts';
import type { Expr as Syntax } from './ast.ts';
import { CONTEXT_OBJECTS, contextFunction, methodOf } from './builtins.ts';
import { foreignSelf, requireScope } from './check-calls.ts';
import { resolve } from './check-expressions.ts';
import { resolveType } from './check-types.ts';
import { computed } from './check-values.ts';
import { fail } from './diagnostics.ts';
import { closestName, type Entity, type Env, lookUp, type Module } from './names.ts';
import type { Expr, ForeignTarget, StateField } from './program.ts';
import type { Span } from './source.ts';
import type { Type, TypeOf } from './types.ts';

export function resolveName(env: Env, { name }: Syntax & { kind: 'name' }): Entity {
  const { text, span } = name;
  const meaning = lookUp(env.unit, text, env);
  switch (meaning?.kind) {
    case 'local': {
      const { local } = meaning;
      return value({ kind: 'local', local, type: local.type, isConst: local.isConst, isPlace: true, span });
    }
    case 'constant': {
      const { constant } = meaning;
      return value({ kind: 'constant', constant, type: constant.type, isConst: true, isPlace: true, span });
    }
    case 'state':
      return value(stateValue(env, meaning.field, span));
    case 'functions':
      requireScope(env, span, `function \`${text}\``);
      return meaning;
    case 'type':
    case 'module':
      return meaning;
    case 'self':
      return fail(88, span, `\`${text}\` can not be used inside itself`, 'members need no prefix here');
    default:
      return builtinNamed(text) ?? failUnknown(env, text, span);
  }
}

const value = (expr: Expr): Entity => ({ kind: 'value', expr });

function builtinNamed(text: string): Entity | undefined {
  if (CONTEXT_OBJECTS.has(text)) return { kind: 'contextObject', name: text };
  const context = text.startsWith('__') ? contextFunction(text) : undefined;
  return context && { kind: 'context', context };
}

function failUnknown(env: Env, text: string, span: Span): never {
  const names = [...env.blocks.flatMap((block) => [...block.keys()]), ...env.unit.symbols.keys(), ...CONTEXT_OBJECTS];
  const close = closestName(text, names);
  fail(17, span, `unknown name \`${text}\``, close && `did you mean \`${close}\`?`);
}

function stateValue(env: Env, field: StateField, span: Span): Expr {
  const from = requireScope(env, span, `state \`${field.name}\``);
  checkReachable(from, field.scope, span, `state \`${field.name}\``);
  const isConst = env.isConst || accessTo(from, field.scope) === 'read';
  return { kind: 'state', field, type: field.type, isConst, isPlace: true, span };
}

export function resolveTypeNode(env: Env, node: Syntax & { kind: 'type' }): Entity {
  return { kind: 'type', type: resolveType(env.unit, node.type) };
}

export function resolveMember(env: Env, node: Syntax & { kind: 'member' }): Entity {
  const owner = resolve(env, node.object);
  const { text, span } = node.name;
  switch (owner.kind) {
    case 'value':
      return memberOfValue(env, owner.expr, text, span, node.span);
    case 'type':
      return memberOfType(owner.type, text, span, node.span);
    case 'module':
      return (
        memberOfModule(owner.module, text) ??
        failMember(`contract \`${owner.module.name}\``, text, span, publicNames(owner.module))
      );
    case 'contextObject': {
      const context = contextFunction(`${owner.name}.${text}`);
      return context ? { kind: 'context', context } : failMember(`\`${owner.name}\``, text, span);
    }
    default:
      return fail(62, node.object.span, 'a function has no members', 'call it first: f(…)');
  }
}

function memberOfValue(env: Env, object: Expr, text: string, span: Span, whole: Span): Entity {
  const { type } = object;
  if (type.kind === 'struct') return fieldOf(object, type, text, span, whole);
  const method = methodOf(type.kind, text);
  if (method) return { kind: 'method', method, object };
  const target: ForeignTarget = { kind: 'value', value: object };
  if (type.kind === 'interface') {
    const overloads = type.info.functions.filter((candidate) => candidate.name === text);
    if (overloads.length > 0) return { kind: 'foreign', target, name: text, overloads, module: undefined };
  }
  if (type.kind === 'contract') {
    const module = env.unit.contracts.get(type.contract);
    const found = module && publicFunctions(module, target, text);
    if (found) return found;
  }
  const isForeign = type.kind === 'interface' || type.kind === 'contract';
  const isStatic = contextFunction(`${type.id}.${text}`) || (type.kind === 'enum' && type.info.values.includes(text));
  if (isStatic) fail(90, span, `\`${text}\` belongs to the type ${type.id}`, `write ${type.id}.${text}`);
  return (isForeign ? foreignSelf(target, text) : undefined) ?? failMember(type.id, text, span);
}

function fieldOf(object: Expr, struct: TypeOf<'struct'>, text: string, span: Span, whole: Span): Entity {
  const index = struct.info.fields.findIndex((field) => field.name === text);
  const field = struct.info.fields[index];
  if (!field)
    return failMember(
      struct.id,
      text,
      span,
      struct.info.fields.map((known) => known.name),
    );
  return value({
    kind: 'field',
    object,
    struct,
    index,
    type: field.type,
    isConst: object.isConst,
    isPlace: true,
    span: whole,
  });
}

function memberOfType(type: Type, text: string, span: Span, whole: Span): Entity {
  if (type.kind === 'enum') {
    const index = type.info.values.indexOf(text === ENUM_ALIASES[0] ? ENUM_ALIASES[1] : text);
    if (index < 0) return failMember(`enum ${type.id}`, text, span, type.info.values);
    return value({ kind: 'enum', value: index, ...computed(type, whole) });
  }
  const context = contextFunction(`${type.id}.${text}`);
  if (context) return { kind: 'context', context };
  const isField = type.kind === 'struct' && type.info.fields.some((field) => field.name === text);
  if (isField || methodOf(type.kind, text)) {
    fail(64, span, `\`${text}\` needs a value of type ${type.id}, not the type itself`);
  }
  return failMember(type.id, text, span);
}

/** The fourth transaction type has two names, see TRANSACTION_TYPE. */
const ENUM_ALIASES = ['scheduled_type', 'issue_type'] as const;

function memberOfModule(module: Module, text: string): Entity | undefined {
  const type = module.types.get(text);
  if (type) return { kind: 'type', type };
  const target: ForeignTarget = { kind: 'named', contract: module.name };
  return publicFunctions(module, target, text) ?? foreignSelf(target, text);
}

function publicFunctions(module: Module, target: ForeignTarget, name: string): Entity | undefined {
  const overloads = module.functions.filter((candidate) => candidate.name === name && candidate.isPublic);
  return overloads.length > 0 ? { kind: 'foreign', target, name, overloads, module } : undefined;
}

const publicNames = (module: Module) => module.functions.filter((known) => known.isPublic).map((known) => known.name);

function failMember(owner: string, text: string, span: Span, known: Iterable<string> = []): never {
  const close = closestName(text, known);
  fail(40, span, `${owner} has no member \`${text}\``, close && `did you mean \`${close}\`?`);
}
