// Expressions: every syntax node becomes a typed node or a refusal. Names and calls are decided in their own files.

import { addressBytes, hashBytes } from './address.ts';
import type { Expr as Syntax } from './ast.ts';
import { checkCall, checkDeploy } from './check-calls.ts';
import { resolveMember, resolveName, resolveTypeNode } from './check-names.ts';
import {
  computed,
  failMismatch,
  hintFor,
  requireBool,
  requireExact,
  requirePlace,
  requireShareable,
  requireValue,
  requireWidened,
  widen,
} from './check-values.ts';
import { fail } from './diagnostics.ts';
import { floatOf, integerOf, rangeOf } from './literals.ts';
import type { Entity, Env } from './names.ts';
import type { Expr } from './program.ts';
import {
  ADDRESS,
  type AssignOp,
  BINARY_OPERATORS,
  type BinaryOp,
  BOOL,
  commonType,
  HASH,
  hasBinary,
  hasSteps,
  hasUnary,
  STRING,
  sameType,
  type Type,
  UINT32,
  VOID,
} from './types.ts';

type SyntaxOf<K extends Syntax['kind']> = Syntax & { readonly kind: K };

/** What the expression denotes; types and functions are not values yet. */
export function resolve(env: Env, node: Syntax): Entity {
  if (node.kind === 'name') return resolveName(env, node);
  if (node.kind === 'member') return resolveMember(env, node);
  if (node.kind === 'type') return resolveTypeNode(env, node);
  return { kind: 'value', expr: checkExpr(env, node) };
}

export function checkExpr(env: Env, node: Syntax): Expr {
  env.unit.reporter.spend(node.span);
  switch (node.kind) {
    case 'name':
    case 'member':
    case 'type':
      return checkIsValue(resolve(env, node), node);
    case 'bool':
      return { kind: 'bool', value: node.value, ...computed(BOOL, node.span) };
    case 'string':
      return { kind: 'string', value: node.value, ...computed(STRING, node.span) };
    case 'integer':
      return checkInteger(node);
    case 'float':
      return { kind: 'float', text: node.text, ...computed(floatOf(node.text), node.span) };
    case 'addressLiteral': {
      const bytes =
        addressBytes(node.text) ?? fail(60, node.span, 'this address has a wrong kind, checksum or character');
      return { kind: 'bytes', bytes, ...computed(ADDRESS, node.span) };
    }
    case 'hashLiteral': {
      const bytes = hashBytes(node.text) ?? fail(61, node.span, 'this hash has a wrong character or ending');
      return { kind: 'bytes', bytes, ...computed(HASH, node.span) };
    }
    case 'index':
      return checkIndex(env, node);
    case 'call':
      return checkCall(env, node);
    case 'deploy':
      return checkDeploy(env, node);
    case 'unary':
      return checkUnary(env, node);
    case 'step':
      return checkStep(env, node);
    case 'binary':
      return checkBinary(env, node);
    case 'ternary':
      return checkTernary(env, node);
    case 'assign':
      return checkAssign(env, node);
  }
}

function checkIsValue(entity: Entity, { span }: Syntax): Expr {
  if (entity.kind === 'value') return entity.expr;
  if (entity.kind === 'type')
    fail(7, span, `${entity.type.id} is a type, not a value`, `a default value is ${entity.type.id}()`);
  if (entity.kind === 'module') fail(7, span, `${entity.module.name} is a contract, not a value`);
  if (entity.kind === 'contextObject') fail(62, span, `\`${entity.name}\` is not a value`, `call one of its functions`);
  fail(62, span, 'a function is not a value', 'call it: f(…)');
}

function checkInteger({ text, negative, span }: SyntaxOf<'integer'>): Expr {
  const { type, value } = integerOf(text, negative);
  const [lowest, highest] = rangeOf(type);
  if (value >= lowest && value <= highest) return { kind: 'integer', value, ...computed(type, span) };
  const range = type.kind === 'bigint' ? 'bigint ends at 2^8128 - 1' : `${type.id} holds ${lowest} to ${highest}`;
  fail(35, span, `this literal is out of the range of ${type.id}`, range);
}

function checkIndex(env: Env, node: SyntaxOf<'index'>): Expr {
  const object = checkExpr(env, node.object);
  const index = checkExpr(env, node.index);
  const { type: container } = object;
  if (container.kind !== 'array' && container.kind !== 'map') fail(42, node.span, `${container.id} has no []`);
  const [key, type] = container.kind === 'array' ? [UINT32, container.element] : [container.key, container.value];
  if (!sameType(index.type, key)) {
    fail(
      45,
      index.span,
      `the index of ${container.id} is exactly ${key.id}, found ${index.type.id}`,
      hintFor(key, index),
    );
  }
  return { kind: 'index', object, container, index, type, isConst: object.isConst, isPlace: true, span: node.span };
}

function checkUnary(env: Env, node: SyntaxOf<'unary'>): Expr {
  const operand = requireValue(checkExpr(env, node.operand));
  const { op, span } = node;
  if (op === '+' || !hasUnary(operand.type, op)) fail(42, span, `${operand.type.id} has no unary ${op}`);
  return { kind: 'unary', op, operand, ...computed(operand.type, span) };
}

function checkStep(env: Env, { op, target: syntax, span }: SyntaxOf<'step'>): Expr {
  const target = requireValue(checkExpr(env, syntax));
  if (!hasSteps(target.type)) fail(42, span, `${target.type.id} has no ${op}`);
  requirePlace(target);
  return { kind: 'step', op, target, ...computed(VOID, span) };
}

function checkBinary(env: Env, node: SyntaxOf<'binary'>): Expr {
  const left = requireValue(checkExpr(env, node.left));
  const right = requireValue(checkExpr(env, node.right));
  const { op, span } = node;
  requireOperator(left.type, op, node);
  const { rule } = BINARY_OPERATORS[op];
  if (rule === 'logic') {
    return { kind: 'binary', op, left, right: requireExact(BOOL, right, `\`${op}\``), ...computed(BOOL, span) };
  }
  if (rule === 'bitwise') {
    return {
      kind: 'binary',
      op,
      left,
      right: requireWidened(left.type, right, `the right side of \`${op}\``),
      ...computed(left.type, span),
    };
  }
  const common = commonType(left.type, right.type) ?? failMismatch(left.type, right, `the right side of \`${op}\``);
  requireOperator(common, op, node);
  const type = rule === 'compare' ? BOOL : common;
  return { kind: 'binary', op, left: widen(common, left), right: widen(common, right), ...computed(type, span) };
}

function requireOperator(type: Type, op: BinaryOp, { span }: Syntax): void {
  if (hasBinary(type, op)) return;
  const hint = type.kind === 'string' && op === '+' ? 'use text.append(…)' : undefined;
  fail(42, span, `${type.id} has no \`${op}\``, hint);
}

function checkTernary(env: Env, node: SyntaxOf<'ternary'>): Expr {
  const condition = requireBool(checkExpr(env, node.condition));
  const yes = requireValue(checkExpr(env, node.yes));
  const no = requireExact(yes.type, requireValue(checkExpr(env, node.no)), 'the second value of `?`');
  const [isConst, isPlace] = [yes.isConst || no.isConst, yes.isPlace && no.isPlace];
  return { kind: 'ternary', condition, yes, no, type: yes.type, isConst, isPlace, span: node.span };
}

function checkAssign(env: Env, node: SyntaxOf<'assign'>): Expr {
  const target = requireValue(checkExpr(env, node.target));
  const found = checkExpr(env, node.value);
  const op = binaryOf(node.op);
  if (op) requireOperator(target.type, op, node);
  const value = requireWidened(target.type, found, `\`${node.op}\``);
  requirePlace(target);
  requireShareable(value, false, 'the target');
  return { kind: 'assign', ...(op && { op }), target, value, ...computed(VOID, node.span) };
}

const binaryOf = (op: AssignOp): BinaryOp | undefined => (op === '=' ? undefined : (op.slice(0, -1) as BinaryOp));
