// Source text to tokens. Comments, documentation comments included, are dropped here; what a token means is the parser's business.
import { fail, type Reporter } from './diagnostics.ts';
import type { Source, Span } from './source.ts';
import { SCALAR_TYPES } from './types.ts';

export type TokenKind = 'word' | 'keyword' | 'integer' | 'float' | 'string' | 'address' | 'hash' | 'symbol' | 'end';
export type Token = { readonly kind: TokenKind; readonly text: string; readonly span: Span };

const RESERVED: ReadonlySet<string> = new Set([
  ...'import as contract implements interface struct enum function public export const if else for while do'.split(' '),
  ...'continue break return relay deploy shard shards global address next auto true false bool string blob'.split(' '),
  ...'hash bigint map array scattered_map scattered_array supply miner using constructor'.split(' '),
  ...SCALAR_TYPES.keys(),
]);

/** Addresses and hashes come before numbers and words, floats before integers. `>>` is two adjacent `>` because of `array<array<T>>`. */
const TOKEN = new RegExp(
  [
    '(?<skip>[ \\t\\r\\n\\f]+|//[^\\n]*|/\\*[\\s\\S]*?\\*/)',
    '(?<address>[0-9A-Za-z@]{58}:(?:ed25519|contract))',
    '(?<hash>[0-9A-Za-z@]{52}:hash)',
    '(?<float>[0-9]*\\.[0-9]+(?:f(?:256|512|1024)?)?)',
    '(?<integer>(?:0x[0-9A-Fa-f]+|[0-9]+)(?:ib|[ui](?:8|16|32|64|128|256|512)?)?)',
    '(?<word>[A-Za-z_][A-Za-z0-9_]*)',
    '(?<string>"(?:\\\\[^\\r\\n]|[^"\\\\\\r\\n])*")',
    '(?<symbol><<=|>>=|<<|[-+*/%&|^=!<>]=|\\+\\+|--|&&|\\|\\||[-+*/%&|^=!<>~?:;,.@(){}[\\]])',
  ].join('|'),
  'y',
);

export function tokenize(source: Source, reporter: Reporter): readonly Token[] {
  const tokens: Token[] = [];
  const { text } = source;
  let offset = 0;
  while (offset < text.length) {
    TOKEN.lastIndex = offset;
    const groups = TOKEN.exec(text)?.groups;
    if (!groups) failAt(source, offset);
    for (const kind of KINDS) {
      const found = groups[kind];
      if (found === undefined) continue;
      const span = { source, begin: offset, close: offset + found.length };
      reporter.spend(span);
      if (kind !== 'skip')
        tokens.push({ kind: kind === 'word' && RESERVED.has(found) ? 'keyword' : kind, text: found, span });
      offset = span.close;
      break;
    }
  }
  tokens.push({ kind: 'end', text: '', span: { source, begin: text.length, close: text.length } });
  return tokens;
}

const KINDS = ['skip', 'address', 'hash', 'float', 'integer', 'word', 'string', 'symbol'] as const;

function failAt(source: Source, offset: number): never {
  const span = { source, begin: offset, close: offset + 1 };
  if (source.text[offset] === '"')
    fail(1024, span, 'this string does not end on its line', 'write a line break as \\n');
  fail(1024, span, `\`${String.fromCodePoint(source.text.codePointAt(offset)!)}\` has no meaning here`);
}
