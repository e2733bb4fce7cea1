// Statements and function bodies. A refused statement is reported and the next one checked.
import type { Block as BlockSyntax, LocalDecl, Name, Stmt as Statement, Expr as Syntax } from './ast.ts';
import { requireScope } from './check-calls.ts';
import { checkExpr } from './check-expressions.ts';
import { checkRelay } from './check-relays.ts';
import { checkVariableType, resolveType } from './check-types.ts';
import { requireBool, requireExact, requireShareable, requireValue, requireWidened } from './check-values.ts';
import { fail } from './diagnostics.ts';
import { Rejected } from './limits.ts';
import { declareBroken, declareLocal, type Env } from './names.ts';
import type { Block, Declare, Evaluate, Expr, FunctionDef, Local, Stmt } from './program.ts';
import type { Span } from './source.ts';
import { isReference, type Type } from './types.ts';

type StatementOf<K> = Statement & { readonly kind: K };

/** Checks the body in an environment that already holds the parameters, and files the function under its opcode. */
export function checkFunctionBody(
  env: Env,
  params: readonly Local[],
  syntax: BlockSyntax,
  rest: Pick<FunctionDef, 'isPublic' | 'isExport' | 'isLambda' | 'role' | 'span'>,
): void {
  const scope = requireScope(env, syntax.span, 'a body');
  const body = checkBlock(env, syntax);
  const { unit, opcode, name, locals, returns, returnsConst, isConst } = env;
  unit.bodies.set(opcode, { opcode, name, scope, params, locals, returns, returnsConst, isConst, body, ...rest });
}

function checkBlock(env: Env, { body, span }: BlockSyntax): Block {
  return within(env, () => {
    const checked = body.map((statement) => env.unit.reporter.attempt(() => checkStatement(env, statement)));
    return { kind: 'block', body: checked.filter((statement) => statement !== undefined), span };
  });
}

function within<T>(env: Env, check: () => T): T {
  env.blocks.push(new Map());
  try {
    return check();
  } finally {
    env.blocks.pop();
  }
}

function checkLoopBody(env: Env, body: BlockSyntax): Block {
  env.loops++;
  const checked = checkBlock(env, body);
  env.loops--;
  return checked;
}

const checkCondition = (env: Env, condition: Syntax): Expr => requireBool(checkExpr(env, condition));

function checkStatement(env: Env, statement: Statement): Stmt {
  const { span } = statement;
  env.unit.reporter.spend(span);
  switch (statement.kind) {
    case 'block':
      return checkBlock(env, statement);
    case 'local':
    case 'expr':
      return checkSimple(env, statement);
    case 'if':
      return checkIf(env, statement);
    case 'while':
    case 'doWhile': {
      const condition = guarded(env, statement.condition);
      const body = checkLoopBody(env, statement.body);
      return { kind: statement.kind, condition: requirePresent(condition), body, span };
    }
    case 'for':
      return within(env, () => checkFor(env, statement));
    case 'break':
    case 'continue':
      if (env.loops === 0) fail(statement.kind === 'break' ? 23 : 22, span, `\`${statement.kind}\` stands in no loop`);
      return { kind: statement.kind, span };
    case 'return':
      return checkReturn(env, statement);
    case 'relay':
      return checkRelay(env, requireScope(env, span, 'relay'), statement);
  }
}

/** A refused condition does not keep the body from being checked. */
const guarded = (env: Env, condition: Syntax) => env.unit.reporter.attempt(() => checkCondition(env, condition));

/** The refusal has been reported; the statement is given up. */
function requirePresent<T>(checked: T | undefined): T {
  if (checked === undefined) throw new Rejected(undefined);
  return checked;
}

function checkSimple(env: Env, statement: LocalDecl | StatementOf<'expr'>): Declare | Evaluate {
  if (statement.kind === 'expr')
    return { kind: 'evaluate', expr: checkExpr(env, statement.expr), span: statement.span };
  try {
    return checkLocal(env, statement);
  } catch (error) {
    declareBroken(env, statement.name);
    throw error;
  }
}

function checkLocal(env: Env, { isConst, type: node, name, value: syntax, span }: LocalDecl): Declare {
  if (!node) return checkAutoLocal(env, isConst, name, syntax, span);
  const type = resolveType(env.unit, node);
  checkVariableType(type, node.span);
  const value = syntax && env.unit.reporter.attempt(() => initialValue(env, type, isConst, name, syntax));
  const local = declareLocal(env, name, type, isConst);
  if (syntax) requirePresent(value);
  return { kind: 'declare', local, ...(value && { value }), span };
}

function initialValue(env: Env, type: Type, isConst: boolean, name: Name, syntax: Syntax): Expr {
  const value = requireWidened(type, checkExpr(env, syntax), `\`${name.text}\``);
  requireShareable(value, isConst, `\`${name.text}\``);
  return value;
}

/** `auto x = v` of a const reference is const as well. */
function checkAutoLocal(env: Env, isConst: boolean, name: Name, syntax: Syntax | undefined, span: Span): Declare {
  if (!syntax) fail(11, name.span, '`auto` needs a value to take its type from');
  const value = requireValue(checkExpr(env, syntax));
  checkVariableType(value.type, name.span);
  const local = declareLocal(env, name, value.type, isConst || (value.isConst && isReference(value.type)));
  return { kind: 'declare', local, value, span };
}

function checkIf(env: Env, { branches, otherwise, span }: StatementOf<'if'>): Stmt {
  const checked = branches.map((branch) => ({
    condition: guarded(env, branch.condition),
    body: checkBlock(env, branch.body),
  }));
  const last = otherwise && checkBlock(env, otherwise);
  const complete = checked.map(({ condition, body }) => ({ condition: requirePresent(condition), body }));
  return { kind: 'if', branches: complete, ...(last && { otherwise: last }), span };
}

function checkFor(env: Env, { init, condition, step, body, span }: StatementOf<'for'>): Stmt {
  const { reporter } = env.unit;
  const first = init && reporter.attempt(() => checkSimple(env, init));
  const test = condition && guarded(env, condition);
  const next = step && reporter.attempt(() => checkExpr(env, step));
  const checked = checkLoopBody(env, body);
  return {
    kind: 'for',
    ...(first && { init: first }),
    ...(test && { condition: test }),
    ...(next && { step: next }),
    body: checked,
    span,
  };
}

function checkReturn(env: Env, { value: syntax, span }: StatementOf<'return'>): Stmt {
  const isVoid = env.returns.kind === 'void';
  if (!syntax) {
    if (!isVoid) fail(13, span, `this function returns ${env.returns.id}`, 'return a value');
    return { kind: 'return', span };
  }
  if (isVoid) fail(12, span, 'this function returns nothing', 'declare a return type, or write `return;`');
  const value = requireExact(env.returns, checkExpr(env, syntax), '`return`');
  requireShareable(value, env.returnsConst, 'the return type');
  return { kind: 'return', value, span };
}
