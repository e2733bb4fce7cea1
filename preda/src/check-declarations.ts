// The first pass over a contract: every member becomes known, in source order, before any body is checked.
import type {
  ConstDecl,
  EnumDecl,
  FunctionDecl,
  FunctionHead,
  InterfaceDecl,
  Member,
  Name,
  StateDecl,
  StructDecl,
} from './ast.ts';
import { checkExpr } from './check-expressions.ts';
import { checkVariableType, holdsType, isBlob, isToken, resolveScope, resolveType } from './check-types.ts';
import { requireWidened } from './check-values.ts';
import { fail } from './diagnostics.ts';
import {
  MAX_ENUM_VALUES,
  MAX_FLAT_FIELDS,
  MAX_FUNCTIONS,
  MAX_NESTING,
  MAX_SCATTERED_PER_KEY_SIZE,
  MAX_STRUCT_FIELDS,
  Rejected,
} from './limits.ts';
import { checkFree, checkSpelling, declareMember, type Env, type Meaning, type Signature, type Unit } from './names.ts';
import type { Span } from './source.ts';
import {
  BOOL,
  enumOf,
  type InterfaceFunction,
  interfaceOf,
  isScattered,
  nestingOf,
  type Scope,
  sameType,
  sizeBytes,
  structOf,
  type Type,
  VOID,
} from './types.ts';

export function declareAll(unit: Unit): void {
  for (const member of unit.decl.members) unit.reporter.attempt(() => declare(unit, member));
}

function declare(unit: Unit, member: Member): void {
  unit.reporter.spend(member.name.span);
  if (member.kind === 'function') declareFunction(unit, member);
  else declareMember(unit, member.name, () => meaningOf(unit, member));
}

function meaningOf(unit: Unit, member: Exclude<Member, FunctionDecl>): Meaning {
  switch (member.kind) {
    case 'state':
      return stateMeaning(unit, member);
    case 'const':
      return constantMeaning(unit, member);
    case 'struct':
      return typeMeaning(unit, member.name, structType(unit, member));
    case 'enum':
      return typeMeaning(unit, member.name, enumType(unit, member));
    case 'interface':
      return typeMeaning(unit, member.name, interfaceType(unit, member));
  }
}

function typeMeaning(unit: Unit, name: Name, type: Type): Meaning {
  unit.module.types.set(name.text, type);
  return { kind: 'type', type };
}

function scopeOf(unit: Unit, name: Name | undefined): Scope {
  const scope = resolveScope(name);
  if (scope || !name) return scope ?? 'global';
  // The reference reports it where the contract begins.
  const diagnostic = { code: 81, span: name.span, message: `@${name.text} is not a scope`, hint: SCOPE_HINT } as const;
  throw new Rejected({ ...diagnostic, verdictSpan: unit.decl.span });
}

const SCOPE_HINT = 'scopes are global, shard, address, uint32, uint64, uint128, uint256, uint512';

function stateMeaning(unit: Unit, { scope: word, type: node, name }: StateDecl): Meaning {
  const scope = scopeOf(unit, word);
  const type = resolveType(unit, node);
  if (scope === 'global' && holdsType(unit, type, node.span, isBlob))
    fail(75, node.span, 'blob can not be @global state');
  if (isScattered(type)) checkScattered(unit, scope, type, node.span);
  const fields = unit.state[scope];
  const field = { scope, index: fields.length, name: name.text, type, span: name.span };
  fields.push(field);
  return { kind: 'state', field };
}

function checkScattered(unit: Unit, scope: Scope, type: Type, span: Span): void {
  if (scope !== 'global' && scope !== 'shard')
    fail(92, span, `${type.id} can not be @${scope} state`, 'use @global or @shard');
  const size = keyBytes(type);
  const others = [...unit.state.global, ...unit.state.shard].filter(
    (field) => isScattered(field.type) && keyBytes(field.type) === size,
  );
  if (others.length >= MAX_SCATTERED_PER_KEY_SIZE) {
    fail(94, span, `more than ${MAX_SCATTERED_PER_KEY_SIZE} scattered containers with keys of ${size} bytes`);
  }
}

const ARRAY_KEY_BYTES = 4;
const keyBytes = (type: Type) => (type.kind === 'map' ? sizeBytes(type.key) : ARRAY_KEY_BYTES);

function constantMeaning(unit: Unit, { type: node, name, value: syntax }: ConstDecl): Meaning {
  const type = resolveType(unit, node);
  if (isScattered(type) || holdsType(unit, type, node.span, isToken))
    fail(84, node.span, `${type.id} can not be a constant`);
  const value = requireWidened(type, checkExpr(constantEnv(unit, name.text), syntax), `\`${name.text}\``);
  const constant = { index: unit.constants.length, name: name.text, type, value, span: name.span };
  unit.constants.push(constant);
  return { kind: 'constant', constant };
}

const NO_OPCODE = -1;

function constantEnv(unit: Unit, name: string): Env {
  const nothing = {
    opcode: NO_OPCODE,
    scope: undefined,
    returns: VOID,
    returnsConst: false,
    locals: [],
    blocks: [],
    loops: 0,
  };
  return { unit, name, isConst: true, ...nothing };
}

function structType(unit: Unit, { name, fields: nodes }: StructDecl): Type {
  if (nodes.length === 0) fail(29, name.span, `struct \`${name.text}\` has no fields`);
  if (nodes.length > MAX_STRUCT_FIELDS) fail(2005, name.span, `more than ${MAX_STRUCT_FIELDS} fields`);
  checkDistinct(nodes.map((field) => field.name));
  const fields = nodes.map((field) => {
    const type = resolveType(unit, field.type);
    if (isScattered(type)) fail(91, field.type.span, `${type.id} can not be a field`, 'declare it as state of its own');
    return { name: field.name.text, type };
  });
  const flatFields = fields.reduce((sum, { type }) => sum + (type.kind === 'struct' ? type.info.flatFields : 1), 0);
  if (flatFields > MAX_FLAT_FIELDS) {
    fail(2005, name.span, `with the fields of its fields the struct has more than ${MAX_FLAT_FIELDS}`);
  }
  const nesting = 1 + Math.max(...fields.map(({ type }) => nestingOf(type)));
  if (nesting > MAX_NESTING) fail(2003, name.span, `the struct is nested more than ${MAX_NESTING} levels deep`);
  unit.reporter.nest(nesting);
  const index = unit.typeCounts.struct++;
  return structOf({ contract: unit.module.name, name: name.text, index, fields, flatFields, nesting });
}

function enumType(unit: Unit, { name, values }: EnumDecl): Type {
  if (values.length > MAX_ENUM_VALUES) fail(3, name.span, `more than ${MAX_ENUM_VALUES} enumerators`);
  checkDistinct(values);
  const names = values.map((value) => value.text);
  return enumOf({ contract: unit.module.name, name: name.text, index: unit.typeCounts.enum++, values: names });
}

function checkDistinct(names: readonly Name[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    checkSpelling(name);
    if (seen.has(name.text)) fail(1, name.span, `\`${name.text}\` is declared twice`);
    seen.add(name.text);
  }
}

function interfaceType(unit: Unit, { name, functions: heads }: InterfaceDecl): Type {
  const functions: InterfaceFunction[] = [];
  for (const head of heads) {
    const found = resolveHead(unit, head);
    checkDistinct(head.params.map((param) => param.name));
    checkOverload(functions, found, head.name);
    functions.push(found);
  }
  return interfaceOf({ contract: unit.module.name, name: name.text, index: unit.typeCounts.interface++, functions });
}

function resolveHead(unit: Unit, head: FunctionHead): InterfaceFunction {
  checkSpelling(head.name);
  const scope = scopeOf(unit, head.scope);
  const returns = head.returns ? resolveType(unit, head.returns) : VOID;
  if (head.returns) checkVariableType(returns, head.returns.span);
  const params = head.params.map(({ name, type: node, isConst }) => {
    const type = resolveType(unit, node);
    checkVariableType(type, node.span);
    return { name: name.text, type, isConst };
  });
  return { name: head.name.text, scope, params, returns, returnsConst: head.returnsConst, isConst: head.isConst };
}

/** Overloads differ in parameter types; scope, result and const do not count. */
function checkOverload(others: readonly InterfaceFunction[], found: InterfaceFunction, name: Name): void {
  const same = others.some((other) => other.name === found.name && sameParams(other, found));
  if (same) fail(26, name.span, `\`${found.name}\` with these parameter types is already declared`);
}

export function sameParams(a: InterfaceFunction, b: InterfaceFunction): boolean {
  return a.params.length === b.params.length && a.params.every((param, i) => sameType(param.type, b.params[i]!.type));
}

function declareFunction(unit: Unit, decl: FunctionDecl): void {
  const { name } = decl;
  const known = unit.symbols.get(name.text);
  if (known?.kind === 'broken') return;
  if (known?.kind !== 'functions') {
    checkFree(unit, name);
    unit.symbols.set(name.text, { kind: 'broken' });
  }
  const opcode = unit.module.functions.length;
  if (opcode >= MAX_FUNCTIONS) fail(2005, name.span, `more than ${MAX_FUNCTIONS} functions`);
  const head = resolveHead(unit, decl);
  const role = name.text === 'on_deploy' || name.text === 'on_scaleout' ? name.text : 'ordinary';
  const signature: Signature = {
    ...head,
    opcode,
    isPublic: decl.isPublic,
    isExport: decl.isExport,
    role,
    decl,
    span: name.span,
  };
  const others = known?.kind === 'functions' ? known.overloads : [];
  checkReserved(signature, others);
  checkTokenParams(unit, signature);
  checkOverload(others, signature, name);
  unit.module.functions.push(signature);
  unit.symbols.set(name.text, { kind: 'functions', name: name.text, overloads: [...others, signature] });
}

function checkReserved(signature: Signature, others: readonly Signature[]): void {
  const { role, span, scope, params } = signature;
  if (role === 'ordinary') return;
  if (role === 'on_deploy' && others.length > 0) fail(86, span, 'a contract has one on_deploy');
  if (role === 'on_deploy' && scope !== 'global') fail(77, span, 'on_deploy is @global', 'leave the scope out');
  if (role === 'on_scaleout' && scope !== 'shard')
    fail(48, span, 'on_scaleout is @shard', '@shard function on_scaleout(bool upper)');
  if (signature.isPublic || signature.isExport)
    fail(58, span, `${role} is called by the chain only, it is neither public nor export`);
  if (signature.returns.kind !== 'void') fail(51, span, `${role} returns nothing`);
  const takesBool = params.length === 1 && sameType(params[0]!.type, BOOL);
  if (role === 'on_scaleout' && !takesBool)
    fail(59, span, 'on_scaleout takes exactly one bool', '@shard function on_scaleout(bool upper)');
}

/** Users and deployers can not hand over tokens as arguments. */
function checkTokenParams(unit: Unit, { isExport, role, decl, params }: Signature): void {
  if (!isExport && role !== 'on_deploy') return;
  for (const [i, param] of params.entries()) {
    const { span } = decl.params[i]!.type;
    if (holdsType(unit, param.type, span, isToken)) fail(21, span, 'tokens can not be arguments from outside');
  }
}
