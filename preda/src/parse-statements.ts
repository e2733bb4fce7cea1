// Statements by recursive descent. Declarations of contract members are not read here.
import type { Block, Branch, ExprStmt, LambdaParam, LocalDecl, Relay, RelayTarget, Stmt, TypeNode } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { atBuiltinType, parseArgs, parseExpr, parseName, parseType } from './parse-expressions.ts';
import type { Span } from './source.ts';

export function parseBlock(cursor: Cursor, where: string): Block {
  return cursor.nested(() => {
    const begin = cursor.expectBlock(where);
    const body: Stmt[] = [];
    while (!cursor.at('}') && cursor.token.kind !== 'end') body.push(parseStatement(cursor));
    cursor.expect('}', 'at the end of the block');
    return { kind: 'block', body, span: cursor.since(begin) };
  });
}

type StatementParser = (cursor: Cursor, begin: Span) => Stmt;

const STATEMENTS: Readonly<Record<string, StatementParser>> = {
  '{': (cursor) => parseBlock(cursor, 'to begin the block'),
  if: parseIf,
  for: parseFor,
  relay: parseRelay,
  while(cursor, begin) {
    cursor.take();
    const condition = parseCondition(cursor);
    return { kind: 'while', condition, body: parseBlock(cursor, 'after the condition'), span: cursor.since(begin) };
  },
  do(cursor, begin) {
    cursor.take();
    const body = parseBlock(cursor, 'after `do`');
    cursor.expect('while', 'after the block of `do`');
    return { kind: 'doWhile', condition: parseCondition(cursor), body, span: endStatement(cursor, begin) };
  },
  continue(cursor, begin) {
    cursor.take();
    return { kind: 'continue', span: endStatement(cursor, begin) };
  },
  break(cursor, begin) {
    cursor.take();
    return { kind: 'break', span: endStatement(cursor, begin) };
  },
  return(cursor, begin) {
    cursor.take();
    if (cursor.at(';')) return { kind: 'return', span: endStatement(cursor, begin) };
    return { kind: 'return', value: parseExpr(cursor), span: endStatement(cursor, begin) };
  },
};

function parseStatement(cursor: Cursor): Stmt {
  const { kind, text, span } = cursor.token;
  const known = kind === 'keyword' || text === '{';
  if (known && Object.hasOwn(STATEMENTS, text)) return STATEMENTS[text]!(cursor, span);
  const statement = parseSimple(cursor);
  endStatement(cursor, span);
  return statement;
}

function endStatement(cursor: Cursor, begin: Span): Span {
  cursor.expect(';', 'at the end of the statement');
  return cursor.since(begin);
}

function parseCondition(cursor: Cursor) {
  cursor.expect('(', 'before the condition');
  const condition = parseExpr(cursor);
  cursor.expect(')', 'after the condition');
  return condition;
}

function parseIf(cursor: Cursor, begin: Span): Stmt {
  const branches: Branch[] = [];
  do {
    cursor.expect('if', 'here');
    branches.push({ condition: parseCondition(cursor), body: parseBlock(cursor, 'after the condition') });
    if (!cursor.accept('else')) return { kind: 'if', branches, span: cursor.since(begin) };
  } while (cursor.at('if'));
  return { kind: 'if', branches, otherwise: parseBlock(cursor, 'after `else`'), span: cursor.since(begin) };
}

function parseFor(cursor: Cursor, begin: Span): Stmt {
  cursor.take();
  cursor.expect('(', 'after `for`');
  const init = cursor.at(';') ? undefined : parseSimple(cursor);
  cursor.expect(';', 'after the first part of `for`');
  const condition = cursor.at(';') ? undefined : parseExpr(cursor);
  cursor.expect(';', 'after the condition of `for`');
  const step = cursor.at(')') ? undefined : parseExpr(cursor);
  cursor.expect(')', 'after the parts of `for`');
  const body = parseBlock(cursor, 'after `for (…)`');
  const span = cursor.since(begin);
  return { kind: 'for', ...(init && { init }), ...(condition && { condition }), ...(step && { step }), body, span };
}

/** A local declaration or an expression, without the `;`. A type followed by a name declares. */
function parseSimple(cursor: Cursor): LocalDecl | ExprStmt {
  const begin = cursor.token.span;
  const isConst = cursor.accept('const');
  const type = isConst || cursor.at('auto') ? parseTypeOrAuto(cursor) : parseTypeBeforeName(cursor);
  if (type === 'expression') return { kind: 'expr', expr: parseExpr(cursor), span: cursor.since(begin) };
  const name = parseName(cursor, 'a name for the variable');
  const value = cursor.accept('=') ? parseExpr(cursor) : undefined;
  return { kind: 'local', isConst, type, name, ...(value && { value }), span: cursor.since(begin) };
}

function parseTypeOrAuto(cursor: Cursor): TypeNode | undefined {
  return cursor.accept('auto') ? undefined : parseType(cursor);
}

function parseTypeBeforeName(cursor: Cursor): TypeNode | 'expression' {
  const isNamed = cursor.token.kind === 'word';
  if (!isNamed && !atBuiltinType(cursor)) return 'expression';
  if (isNamed && !isPathBeforeName(cursor)) return 'expression';
  const { mark } = cursor;
  const type = parseType(cursor);
  if (cursor.token.kind === 'word' || (!isNamed && cursor.token.kind === 'keyword')) return type;
  cursor.rewind(mark);
  return 'expression';
}

function isPathBeforeName(cursor: Cursor): boolean {
  let ahead = 1;
  while (cursor.at('.', ahead) && cursor.peek(ahead + 1).kind === 'word') ahead += 2;
  cursor.reporter.spend(cursor.token.span, ahead);
  return cursor.peek(ahead).kind === 'word';
}

function parseRelay(cursor: Cursor, begin: Span): Relay {
  cursor.take();
  cursor.expect('@', 'after `relay`');
  const target = parseTarget(cursor);
  if (cursor.at('(')) {
    cursor.take();
    const params = cursor.list(')', () => parseLambdaParam(cursor));
    const isConst = cursor.accept('const');
    const body = parseBlock(cursor, "to begin the lambda's body");
    return { kind: 'relay', target, message: { kind: 'lambda', params, isConst, body }, span: cursor.since(begin) };
  }
  const name = parseName(cursor, 'a function of this contract or a lambda');
  const args = parseArgs(cursor);
  return { kind: 'relay', target, message: { kind: 'named', name, args }, span: endStatement(cursor, begin) };
}

function parseTarget(cursor: Cursor): RelayTarget {
  const { text, span } = cursor.token;
  if (text === 'shards' || text === 'global' || text === 'next') {
    cursor.take();
    return { kind: text, span };
  }
  cursor.inRelayTarget = true;
  const expr = parseExpr(cursor);
  cursor.inRelayTarget = false;
  return { kind: 'key', expr, span: expr.span };
}

function parseLambdaParam(cursor: Cursor): LambdaParam {
  if (cursor.accept('^')) return { kind: 'capture', name: parseName(cursor, 'a variable to capture') };
  const isConst = cursor.accept('const');
  const type = parseTypeOrAuto(cursor);
  const name = parseName(cursor, 'a parameter name');
  cursor.expect('=', 'and a value for the parameter');
  return { kind: 'init', isConst, type, name, value: parseExpr(cursor) };
}
