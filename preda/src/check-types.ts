// Types as written to types as meant, and the rules on where a type may stand.
import type { Name, TypeName, TypeNode } from './ast.ts';
import { fail } from './diagnostics.ts';
import { closestName, lookUp, type Meaning, type Module, type Unit } from './names.ts';
import type { Span } from './source.ts';
import {
  arrayOf,
  containsType,
  contractOf,
  isScattered,
  mapOf,
  SCALAR_TYPES,
  SCOPES,
  type Scope,
  type Type,
} from './types.ts';

export function resolveType(unit: Unit, node: TypeNode): Type {
  unit.reporter.spend(node.span);
  switch (node.kind) {
    case 'scalar':
      return SCALAR_TYPES.get(node.word)!;
    case 'array':
      return arrayOf(resolvePart(unit, node.element), node.scattered);
    case 'map':
      return mapOf(resolveType(unit, node.key), resolvePart(unit, node.value), node.scattered);
    case 'named':
      return resolveNamed(unit, node);
  }
}

function resolvePart(unit: Unit, node: TypeNode): Type {
  const type = resolveType(unit, node);
  if (isScattered(type))
    fail(91, node.span, `${type.id} can not be part of another type`, 'declare it as state of its own');
  return type;
}

function resolveNamed(unit: Unit, node: TypeName): Type {
  const [first, ...rest] = node.path;
  return typeAlong(unit, rest, typeOrModule(unit, first!));
}

function typeOrModule(unit: Unit, name: Name): Type | Module {
  const meaning: Meaning | undefined = lookUp(unit, name.text);
  if (meaning?.kind === 'type') return meaning.type;
  if (meaning?.kind === 'module') return meaning.module;
  if (meaning?.kind === 'self') {
    fail(
      88,
      name.span,
      `\`${name.text}\` can not be used as a type inside itself`,
      'types of this contract need no prefix',
    );
  }
  return failUnknown(name, meaning ? [] : typeNames(unit), meaning !== undefined);
}

function typeAlong(unit: Unit, path: readonly Name[], start: Type | Module): Type {
  let found = start;
  for (const name of path) {
    unit.reporter.spend(name.span);
    const inner = 'kind' in found ? undefined : found.types.get(name.text);
    found = inner ?? failUnknown(name, 'kind' in found ? [] : found.types.keys(), false);
  }
  return 'kind' in found ? found : contractOf(found.name);
}

function failUnknown(name: Name, known: Iterable<string>, isOther: boolean): never {
  const close = closestName(name.text, known);
  const hint = close ? `did you mean \`${close}\`?` : 'types are declared above the state and signatures that use them';
  fail(47, name.span, isOther ? `\`${name.text}\` is not a type` : `unknown type \`${name.text}\``, hint);
}

function* typeNames(unit: Unit): Iterable<string> {
  for (const [name, meaning] of unit.symbols) if (meaning.kind === 'type' || meaning.kind === 'module') yield name;
}

/** Absent means `@global`. */
export function resolveScope(name: Name | undefined): Scope | undefined {
  return name ? SCOPES.find((scope) => scope === name.text) : 'global';
}

/** Locals and parameters: scattered containers exist as state only. */
export function checkVariableType(type: Type, span: Span): void {
  if (isScattered(type)) fail(92, span, `${type.id} can only be state`, 'declare it as @global or @shard state');
}

/** Whether the type is or holds such a type; every look counts as a step. */
export function holdsType(unit: Unit, type: Type, span: Span, predicate: (type: Type) => boolean): boolean {
  return containsType(type, (part) => {
    unit.reporter.spend(span);
    return predicate(part);
  });
}

export const isToken = (type: Type): boolean => type.kind === 'token';
export const isBlob = (type: Type): boolean => type.kind === 'blob';
