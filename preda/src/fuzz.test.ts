// Damaged contracts never make the front-end throw: they are judged.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Reporter, renderDiagnostic } from './diagnostics.ts';
import { analyze } from './front.ts';
import { tokenize } from './lexer.ts';

const folder = fileURLToPath(new URL('../../test/conformance/examples/', import.meta.url));
const texts = readdirSync(folder).map((file) => readFileSync(folder + file, 'utf8'));
const tokensOf = (text: string) => tokenize({ name: 'x', text }, new Reporter()).map((token) => token.text);
const vocabulary = [...new Set(texts.flatMap(tokensOf))];

const RUNS = 400;
const edit = fc.record({
  at: fc.nat(),
  length: fc.nat(3),
  tokens: fc.array(fc.constantFrom(...vocabulary), { maxLength: 3 }),
});
const damaged = fc.record({ text: fc.constantFrom(...texts), edits: fc.array(edit, { minLength: 1, maxLength: 4 }) });

function judge(text: string): void {
  const analysis = analyze([{ name: 'a.prd', text }], { accept: 'release' });
  if ('diagnostics' in analysis)
    for (const diagnostic of analysis.diagnostics) expect(renderDiagnostic(diagnostic)).toContain('error[E');
}

test('exchanging tokens of a contract', () => {
  fc.assert(
    fc.property(damaged, ({ text, edits }) => {
      const tokens = tokensOf(text);
      for (const { at, length, tokens: replacement } of edits)
        tokens.splice(at % tokens.length, length, ...replacement);
      judge(tokens.join(' '));
    }),
    { numRuns: RUNS },
  );
});

test('exchanging characters of a contract', () => {
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.nat(), fc.string({ unit: 'binary', maxLength: 4 }), (text, at, noise) => {
      const i = at % text.length;
      judge(text.slice(0, i) + noise + text.slice(i + 1));
    }),
    { numRuns: RUNS },
  );
});
