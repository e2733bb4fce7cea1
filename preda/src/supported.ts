// Refuses what the language has and this version does not compile yet, with the place where it is used. It changes nothing.
import { contextFunction } from './builtins.ts';
import type { Reporter } from './diagnostics.ts';
import type { Contract, Expr, FunctionDef, Stmt } from './program.ts';
import type { Span } from './source.ts';
import { missingFor, partsOf, SCOPES, type Scope, type Type } from './types.ts';

/** What the back-end lacks, by kind of expression. */
const MISSING_EXPRESSIONS: Partial<Record<Expr['kind'], string>> = {
  foreignCall: 'synchronous calls of other contracts',
  foreignSelf: 'synchronous calls of other contracts',
  deploy: 'deploy from a contract',
};
const MISSING_SCOPES: ReadonlySet<Scope> = new Set(['uint256', 'uint512']);

export function checkSupported(contracts: readonly Contract[], reporter: Reporter): void {
  for (const contract of contracts) new Survey(reporter).contract(contract);
}

/** Reports each missing thing once per contract, where it first occurs. */
class Survey {
  readonly #reporter: Reporter;
  readonly #reported = new Set<string>();
  readonly #seenTypes = new Set<string>();

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  contract(contract: Contract): void {
    for (const { span } of contract.imports) this.#missing('imports', span);
    for (const { span } of contract.interfaces) this.#missing('interfaces', span);
    for (const { span } of contract.implemented) this.#missing('interfaces', span);
    for (const constant of contract.constants) {
      this.#type(constant.type, constant.span);
      this.#expr(constant.value);
    }
    for (const scope of SCOPES) {
      for (const field of contract.state[scope]) {
        this.#scope(scope, field.span);
        this.#type(field.type, field.span);
      }
    }
    for (const definition of contract.functions) this.#function(definition);
  }

  #function({ scope, returns, locals, body, span }: FunctionDef): void {
    this.#scope(scope, span);
    this.#type(returns, span);
    for (const local of locals) this.#type(local.type, local.span);
    this.#statement(body);
  }

  #statement(statement: Stmt): void {
    const { expressions, statements } = partsOfStatement(statement);
    for (const expr of expressions) if (expr) this.#expr(expr);
    for (const inner of statements) if (inner) this.#statement(inner);
  }

  #expr(expr: Expr): void {
    this.#reporter.spend(expr.span);
    this.#missing(MISSING_EXPRESSIONS[expr.kind], expr.span);
    if (expr.kind === 'context') this.#missing(contextFunction(expr.context)?.missing, expr.span);
    for (const part of partsOfExpr(expr)) this.#expr(part);
    this.#type(expr.type, expr.span);
  }

  #type(type: Type, span: Span): void {
    if (this.#seenTypes.has(type.id)) return;
    this.#seenTypes.add(type.id);
    this.#missing(missingFor(type), span);
    for (const part of partsOf(type)) this.#type(part, span);
  }

  #scope(scope: Scope, span: Span): void {
    if (MISSING_SCOPES.has(scope)) this.#missing(`@${scope}`, span);
  }

  #missing(what: string | undefined, span: Span): void {
    if (what === undefined || this.#reported.has(what)) return;
    this.#reported.add(what);
    this.#reporter.report({ code: 2001, span, message: `not supported by this version: ${what}` });
  }
}

type Parts = {
  readonly expressions: readonly (Expr | undefined)[];
  readonly statements: readonly (Stmt | undefined)[];
};

/** The expressions and statements directly inside a statement. */
function partsOfStatement(statement: Stmt): Parts {
  switch (statement.kind) {
    case 'block':
      return { expressions: [], statements: statement.body };
    case 'declare':
    case 'return':
      return { expressions: [statement.value], statements: [] };
    case 'evaluate':
      return { expressions: [statement.expr], statements: [] };
    case 'if': {
      const { branches, otherwise } = statement;
      return {
        expressions: branches.map((branch) => branch.condition),
        statements: [...branches.map((branch) => branch.body), otherwise],
      };
    }
    case 'for':
      return { expressions: [statement.condition, statement.step], statements: [statement.init, statement.body] };
    case 'while':
    case 'doWhile':
      return { expressions: [statement.condition], statements: [statement.body] };
    case 'relay': {
      const { target, args } = statement;
      return { expressions: target.kind === 'key' ? [target.key, ...args] : args, statements: [] };
    }
    case 'break':
    case 'continue':
      return { expressions: [], statements: [] };
  }
}

/** The expressions directly inside one, in evaluation order. */
function partsOfExpr(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'struct':
    case 'call':
    case 'context':
    case 'deploy':
      return expr.args;
    case 'field':
      return [expr.object];
    case 'index':
      return [expr.object, expr.index];
    case 'unary':
    case 'widen':
    case 'convert':
      return [expr.operand];
    case 'binary':
      return [expr.left, expr.right];
    case 'ternary':
      return [expr.condition, expr.yes, expr.no];
    case 'assign':
      return [expr.target, expr.value];
    case 'step':
      return [expr.target];
    case 'method':
      return [expr.object, ...expr.args];
    case 'foreignCall':
      return expr.target.kind === 'value' ? [expr.target.value, ...expr.args] : expr.args;
    case 'foreignSelf':
      return expr.target.kind === 'value' ? [expr.target.value] : [];
    default:
      return [];
  }
}
