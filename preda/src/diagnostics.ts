// Every way a source can be refused, as one table, and how a refusal is printed. It decides nothing.
import { MAX_DIAGNOSTICS, MAX_STEPS, Rejected } from './limits.ts';
import { lineText, positionOf, type Span } from './source.ts';

/** Numbers below 2000 are those of the reference compiler; from 2000 on they are ours. */
export const CATALOGUE = {
  1: 'name already taken',
  2: '`__` in a declared name',
  3: 'too many enumerators',
  4: 'contract imported twice under one name',
  5: 'contract to import not found',
  6: 'import name already taken',
  7: 'type used as a value',
  8: 'reserved type',
  9: 'types do not match',
  10: 'const reference given to a place that is not const',
  11: '`auto` without a value',
  12: 'unexpected return value',
  13: 'return value missing',
  14: 'condition is not bool',
  16: 'relay target is not an address',
  17: 'unknown name',
  18: 'relay to something that is not a function',
  19: 'relay@shards to a function that is not @shard',
  20: 'function can not be a relay target',
  21: 'token parameter where none may be',
  22: '`continue` outside a loop',
  23: '`break` outside a loop',
  24: 'contract type misused',
  26: 'same overload declared twice',
  29: 'struct without fields',
  30: 'contract name differs from the expected one',
  31: 'function does not end with `return`',
  33: 'no form takes these arguments',
  34: 'wrong number of arguments',
  35: 'literal out of range',
  36: 'scope not accessible from here',
  38: 'space inside a negative literal',
  39: 'type has no constructor',
  40: 'not a member',
  41: 'expression has no value',
  42: 'operator not supported by this type',
  43: 'not assignable',
  44: 'assignment to const',
  45: 'wrong index type',
  46: 'changing call in a const context',
  47: 'unknown type',
  48: 'reserved function must be @shard',
  51: 'reserved function returns a value',
  52: 'reserved function has parameters',
  56: 'relay of a token to a const parameter',
  57: 'contract name already taken',
  58: 'reserved function is public or export',
  59: 'on_scaleout takes exactly one bool',
  60: 'invalid address literal',
  61: 'invalid hash literal',
  62: 'function used without calling it',
  64: 'member needs an instance',
  68: 'reserved function called',
  70: 'token in relay@shards',
  71: 'relay@shards outside a @global function',
  72: 'relay@global inside a @global function',
  73: 'relay@global to a function that is not @global',
  74: 'relay target and function scope differ',
  75: 'blob in @global state',
  76: '@global function not callable from here',
  77: 'reserved function must be @global',
  78: 'interface function differs in scope or const',
  79: 'interface function is not public',
  80: 'interface function missing',
  81: 'not a scope',
  83: 'constant initialised by something not constant',
  84: 'type can not be a constant',
  85: 'not deployable',
  86: 'second on_deploy',
  87: 'deploy outside a @global function',
  88: "the contract's own name is no type here",
  89: 'relay@next in a @shard function',
  90: 'static member of an instance',
  91: 'scattered container inside another type',
  92: 'scattered container outside @global and @shard state',
  93: 'scattered container as a relay argument',
  94: 'too many scattered containers',
  1024: 'syntax error',
  2001: 'not supported by this version',
  2002: 'source too long',
  2003: 'nested too deeply',
  2004: 'too much to check',
  2005: 'too many or too large declarations',
} as const;
export type Code = keyof typeof CATALOGUE;

export type Diagnostic = {
  readonly code: Code;
  readonly span: Span;
  readonly message: string;
  readonly hint?: string;
  /** Where the reference compiler reports it, when that is another line. */
  readonly verdictSpan?: Span;
};

export function fail(code: Code, span: Span, message: string, hint?: string): never {
  throw new Rejected({ code, span, message, ...(hint !== undefined && { hint }) });
}

/** Ends the whole analysis: a bound of the compiler is exceeded. */
export function failFatally(code: Code, span: Span, message: string): never {
  throw new Rejected({ code, span, message }, true);
}

/** Collects diagnostics and counts steps. */
export class Reporter {
  readonly diagnostics: Diagnostic[] = [];
  #steps = 0;
  #nesting = 0;

  get steps(): number {
    return this.#steps;
  }

  /** The deepest nesting met so far, of statements, expressions and types. */
  get nesting(): number {
    return this.#nesting;
  }

  nest(depth: number): void {
    this.#nesting = Math.max(this.#nesting, depth);
  }

  /** One step per token, node and comparison. */
  spend(span: Span, steps = 1): void {
    this.#steps += steps;
    if (this.#steps > MAX_STEPS) failFatally(2004, span, `checking this takes more than ${MAX_STEPS} steps`);
  }

  report(diagnostic: Diagnostic): void {
    if (this.diagnostics.length < MAX_DIAGNOSTICS) this.diagnostics.push(diagnostic);
  }

  /** Runs one check; a refusal is recorded and yields undefined. */
  attempt<T>(check: () => T): T | undefined {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof Rejected) || error.fatal) throw error;
      if (error.diagnostic) this.report(error.diagnostic);
      return undefined;
    }
  }
}

/** The diagnostic with its source line, a marker under the culprit and the hint, as plain text. */
export function renderDiagnostic({ code, span, message, hint }: Diagnostic): string {
  const { line, column } = positionOf(span.source, span.begin);
  const text = lineText(span.source, line);
  const number = String(line);
  const margin = ' '.repeat(number.length);
  const indent = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  const width = Math.max(1, Math.min(span.close - span.begin, text.length - column + 1));
  const lines = [
    `error[E${code}]: ${message}`,
    `${margin}--> ${span.source.name}:${line}:${column}`,
    `${margin} |`,
    `${number} | ${text}`,
    `${margin} | ${indent}${'^'.repeat(width)} ${CATALOGUE[code]}`,
  ];
  if (hint !== undefined) lines.push(`${margin} = hint: ${hint}`);
  return `${lines.join('\n')}\n`;
}
