// The parser's place in the tokens: looking ahead, expecting, bounding depth. It knows tokens, not grammar.
import { fail, failFatally, type Reporter } from './diagnostics.ts';
import type { Token } from './lexer.ts';
import { MAX_NESTING } from './limits.ts';
import { joinSpans, type Span } from './source.ts';

export class Cursor {
  readonly reporter: Reporter;
  /** A `(` may begin a lambda's parameters here, because a relay target has just been read. */
  inRelayTarget = false;
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], reporter: Reporter) {
    this.#tokens = tokens;
    this.reporter = reporter;
  }

  get mark(): number {
    return this.#index;
  }
  get token(): Token {
    return this.peek(0);
  }
  /** The token last taken. */
  get previous(): Token {
    return this.#tokens[Math.max(0, this.#index - 1)]!;
  }

  peek(ahead: number): Token {
    return this.#tokens[Math.min(this.#index + ahead, this.#tokens.length - 1)]!;
  }

  rewind(mark: number): void {
    this.#index = mark;
  }

  take(): Token {
    const token = this.token;
    this.reporter.spend(token.span);
    this.#index++;
    return token;
  }

  /** Whether a symbol or reserved word comes next. */
  at(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.text === text && (token.kind === 'symbol' || token.kind === 'keyword');
  }

  accept(text: string): boolean {
    const found = this.at(text);
    if (found) this.take();
    return found;
  }

  expect(text: string, where: string): Token {
    return this.at(text) ? this.take() : this.failExpecting(`\`${text}\` ${where}`);
  }

  /** A missing `{` is reported and taken as written, so that the rest of the file is still read, as the reference does. */
  expectBlock(where: string): Span {
    if (this.at('{')) return this.take().span;
    const { span } = this.token;
    this.reporter.attempt(() => this.failExpecting(`\`{\` ${where}`));
    return span;
  }

  expectWord(what: string): Token {
    if (this.token.kind === 'word') return this.take();
    const reserved = this.token.kind === 'keyword' ? `\`${this.token.text}\` is a reserved word` : undefined;
    return this.failExpecting(what, reserved);
  }

  failExpecting(what: string, hint?: string): never {
    const { kind, text, span } = this.token;
    fail(1024, span, `expected ${what}, found ${kind === 'end' ? 'the end of the file' : `\`${text}\``}`, hint);
  }

  since(begin: Span): Span {
    return joinSpans(begin, this.previous.span);
  }

  nested<T>(parse: () => T): T {
    if (this.#depth >= MAX_NESTING) failFatally(2003, this.token.span, `nested more than ${MAX_NESTING} levels deep`);
    this.#depth++;
    this.reporter.nest(this.#depth);
    const result = parse();
    this.#depth--;
    return result;
  }

  /** The token after the `)` that closes the `(` at the cursor, as a distance. */
  distancePastParens(): number {
    let open = 0;
    for (let ahead = 0; ; ahead++) {
      const token = this.peek(ahead);
      this.reporter.spend(token.span);
      if (token.kind === 'end') return ahead;
      if (this.at('(', ahead)) open++;
      if (this.at(')', ahead) && --open === 0) return ahead + 1;
    }
  }

  /** Items separated by commas up to and including the closing symbol. */
  list<T>(close: string, parse: () => T): readonly T[] {
    const items: T[] = [];
    while (!this.at(close)) {
      items.push(parse());
      if (!this.accept(',')) break;
      if (this.at(close)) this.failExpecting('another item after `,`');
    }
    this.expect(close, 'at the end of the list');
    return items;
  }
}
