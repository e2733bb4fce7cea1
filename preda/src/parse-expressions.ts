// Types and expressions by recursive descent, binary operators by precedence climbing. Statements are not read here.
import type { Expr, Name, TypeNode } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { fail, failFatally } from './diagnostics.ts';
import { MAX_NESTING } from './limits.ts';
import { joinSpans, type Span } from './source.ts';
import { type AssignOp, BINARY_OPERATORS, type BinaryOp, SCALAR_TYPES, type StepOp, type UnaryOp } from './types.ts';

const ASSIGN_OPERATORS: ReadonlySet<string> = new Set<AssignOp>([
  ...(['=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<=', '>>='] as const),
]);
const UNARY_OPERATORS: ReadonlySet<string> = new Set<UnaryOp>(['+', '-', '!', '~']);
const STEP_OPERATORS: ReadonlySet<string> = new Set<StepOp>(['++', '--']);
const CONTAINERS: ReadonlySet<string> = new Set(['map', 'scattered_map', 'array', 'scattered_array']);
const KEY_WORDS = /^(u?int\d+|blob|hash|address)$/;

type Shape<E = Expr> = E extends Expr ? Omit<E, 'depth'> : never;

/** Adds the depth of the tree, which the checker later walks without a further bound. */
function node(shape: Shape, children: readonly Expr[] = []): Expr {
  const depth = 1 + children.reduce((deepest, child) => Math.max(deepest, child.depth), 0);
  if (depth > MAX_NESTING) failFatally(2003, shape.span, `expression nested more than ${MAX_NESTING} levels deep`);
  return { ...shape, depth };
}

export function parseName(cursor: Cursor, what: string): Name {
  const { text, span } = cursor.expectWord(what);
  return { text, span };
}

/** Whether a built-in type begins here; declared types begin with an ordinary word. */
export function atBuiltinType(cursor: Cursor): boolean {
  const { kind, text } = cursor.token;
  return kind === 'keyword' && (SCALAR_TYPES.has(text) || CONTAINERS.has(text));
}

export function parseType(cursor: Cursor): TypeNode {
  return cursor.nested(() => {
    const { text, span: begin } = cursor.token;
    if (!atBuiltinType(cursor)) return parseTypeName(cursor);
    cursor.take();
    if (!CONTAINERS.has(text)) return { kind: 'scalar', word: text, span: begin };
    const scattered = text.startsWith('scattered_');
    cursor.expect('<', `after \`${text}\``);
    if (text.endsWith('array')) {
      const element = parseType(cursor);
      cursor.expect('>', 'after the element type');
      return { kind: 'array', element, scattered, span: cursor.since(begin) };
    }
    if (!KEY_WORDS.test(cursor.token.text)) {
      cursor.failExpecting('a key type', 'map keys are integers, blob, hash or address');
    }
    const key = parseType(cursor);
    cursor.expect(',', 'between key and value type');
    const value = parseType(cursor);
    cursor.expect('>', 'after the value type');
    return { kind: 'map', key, value, scattered, span: cursor.since(begin) };
  });
}

export function parseTypeName(cursor: Cursor): TypeNode & { kind: 'named' } {
  const path = [parseName(cursor, 'a type')];
  while (cursor.accept('.')) path.push(parseName(cursor, 'a type name'));
  return { kind: 'named', path, span: cursor.since(path[0]!.span) };
}

/** Assignment is right-associative and binds loosest. */
export function parseExpr(cursor: Cursor): Expr {
  return cursor.nested(() => {
    const target = parseTernary(cursor);
    cursor.reporter.nest(target.depth);
    if (!ASSIGN_OPERATORS.has(cursor.token.text)) return target;
    const op = cursor.take().text as AssignOp;
    const value = parseExpr(cursor);
    const assign = node({ kind: 'assign', op, target, value, span: joinSpans(target.span, value.span) }, [
      target,
      value,
    ]);
    cursor.reporter.nest(assign.depth);
    return assign;
  });
}

function parseTernary(cursor: Cursor): Expr {
  const condition = parseBinary(cursor, 1);
  if (!cursor.accept('?')) return condition;
  const yes = parseExpr(cursor);
  cursor.expect(':', 'between the two values of `?`');
  const no = cursor.nested(() => parseTernary(cursor));
  const span = joinSpans(condition.span, no.span);
  return node({ kind: 'ternary', condition, yes, no, span }, [condition, yes, no]);
}

function parseBinary(cursor: Cursor, lowest: number): Expr {
  let left = parseOperand(cursor);
  for (;;) {
    const op = binaryAt(cursor);
    if (!op || BINARY_OPERATORS[op].precedence < lowest) return left;
    cursor.take();
    if (op === '>>') cursor.take();
    const right = parseBinary(cursor, BINARY_OPERATORS[op].precedence + 1);
    left = node({ kind: 'binary', op, left, right, span: joinSpans(left.span, right.span) }, [left, right]);
  }
}

function binaryAt(cursor: Cursor): BinaryOp | undefined {
  const { kind, text, span } = cursor.token;
  if (kind !== 'symbol') return undefined;
  if (text === '>' && cursor.at('>', 1) && cursor.peek(1).span.begin === span.close) return '>>';
  return Object.hasOwn(BINARY_OPERATORS, text) ? (text as BinaryOp) : undefined;
}

function parseOperand(cursor: Cursor): Expr {
  if (!cursor.at('deploy')) return parseUnary(cursor);
  const begin = cursor.take().span;
  const call = cursor.nested(() => parseUnary(cursor));
  if (call.kind !== 'call')
    fail(1024, call.span, 'expected a contract and its arguments after `deploy`', 'deploy Room(10u)');
  return node({ kind: 'deploy', target: call.callee, args: call.args, span: cursor.since(begin) }, [call]);
}

function parseUnary(cursor: Cursor): Expr {
  const { kind, text, span: begin } = cursor.token;
  if (kind !== 'symbol') return parsePostfix(cursor);
  if (STEP_OPERATORS.has(text)) {
    cursor.take();
    const target = cursor.nested(() => parseUnary(cursor));
    return node({ kind: 'step', op: text as StepOp, target, span: joinSpans(begin, target.span) }, [target]);
  }
  if (!UNARY_OPERATORS.has(text)) return parsePostfix(cursor);
  cursor.take();
  const operand = cursor.nested(() => parseUnary(cursor));
  const span = joinSpans(begin, operand.span);
  if (
    text === '-' &&
    (operand.kind === 'integer' || operand.kind === 'float') &&
    operand.span.begin === cursor.previous.span.begin
  ) {
    if (operand.span.begin !== begin.close)
      fail(38, span, 'a negative literal has no space after its `-`', 'remove the space');
    if (operand.kind === 'integer') return node({ ...operand, negative: true, span });
  }
  return node({ kind: 'unary', op: text as UnaryOp, operand, span }, [operand]);
}

function parsePostfix(cursor: Cursor): Expr {
  let expr = parsePrimary(cursor);
  for (;;) {
    const since = () => cursor.since(expr.span);
    if (cursor.at('(')) {
      if (cursor.inRelayTarget && beginsLambda(cursor)) return expr;
      const args = parseArgs(cursor);
      expr = node({ kind: 'call', callee: expr, args, span: since() }, [expr, ...args]);
    } else if (cursor.at('[')) {
      cursor.take();
      const index = outsideTarget(cursor, () => parseExpr(cursor));
      cursor.expect(']', 'after the index');
      expr = node({ kind: 'index', object: expr, index, span: since() }, [expr, index]);
    } else if (cursor.accept('.')) {
      const name = parseName(cursor, 'a member name');
      expr = node({ kind: 'member', object: expr, name, span: since() }, [expr]);
    } else if (STEP_OPERATORS.has(cursor.token.text) && cursor.token.kind === 'symbol') {
      const op = cursor.take().text as StepOp;
      expr = node({ kind: 'step', op, target: expr, span: since() }, [expr]);
    } else {
      return expr;
    }
  }
}

/** `relay@t (^a) {…}` and `relay@t() () const {…}`: parentheses followed by a block belong to the lambda, not to the target. */
function beginsLambda(cursor: Cursor): boolean {
  const past = cursor.distancePastParens();
  return cursor.at('{', past) || (cursor.at('const', past) && cursor.at('{', past + 1));
}

export function parseArgs(cursor: Cursor): readonly Expr[] {
  cursor.expect('(', 'before the arguments');
  return outsideTarget(cursor, () => cursor.list(')', () => parseExpr(cursor)));
}

function outsideTarget<T>(cursor: Cursor, parse: () => T): T {
  const before = cursor.inRelayTarget;
  cursor.inRelayTarget = false;
  const result = parse();
  cursor.inRelayTarget = before;
  return result;
}

function parsePrimary(cursor: Cursor): Expr {
  const { kind, text, span } = cursor.token;
  if (atBuiltinType(cursor)) {
    const type = parseType(cursor);
    return node({ kind: 'type', type, span: type.span });
  }
  if (cursor.accept('(')) {
    const inner = outsideTarget(cursor, () => parseExpr(cursor));
    cursor.expect(')', 'after the expression');
    return inner;
  }
  const leaf = literalOrName(kind, text, span);
  if (!leaf) return cursor.failExpecting('an expression');
  cursor.take();
  return node(leaf);
}

function literalOrName(kind: string, text: string, span: Span): Shape | undefined {
  switch (kind) {
    case 'word':
      return { kind: 'name', name: { text, span }, span };
    case 'integer':
      return { kind: 'integer', text, negative: false, span };
    case 'float':
      return { kind: 'float', text, span };
    case 'string':
      return { kind: 'string', value: resolveEscapes(text.slice(1, -1)), span };
    case 'address':
      return { kind: 'addressLiteral', text, span };
    case 'hash':
      return { kind: 'hashLiteral', text, span };
    case 'keyword':
      return text === 'true' || text === 'false' ? { kind: 'bool', value: text === 'true', span } : undefined;
    default:
      return undefined;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', 0: '\0' };
const resolveEscapes = (body: string) => body.replace(/\\([^\r\n])/gu, (_, char: string) => ESCAPES[char] ?? char);
