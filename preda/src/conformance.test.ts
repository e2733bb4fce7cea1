// The front-end against the reference compiler's verdicts, and against contracts that must be accepted.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Source } from './source.ts';
import { verdictOf } from './verdict.ts';

const root = fileURLToPath(new URL('../../test/conformance/', import.meta.url));
const read = (path: string): Source => ({ name: path, text: readFileSync(join(root, path), 'utf8') });

/** A case is a file, or a folder of files that belong together. */
function filesOf(name: string): readonly Source[] {
  if (!statSync(join(root, name)).isDirectory()) return [read(name)];
  return readdirSync(join(root, name))
    .sort()
    .map((file) => read(join(name, file)));
}

const rows = read('verdicts.tsv')
  .text.split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('\t') as [string, string]);

test('the table holds all 228 cases', () => {
  expect(rows).toHaveLength(228);
});

test.each(rows)('%s is judged %s', (name, verdict) => {
  expect(verdictOf(filesOf(name))).toBe(verdict);
});

const examples = readdirSync(join(root, 'examples')).sort();
const sets = Map.groupBy(examples, (file) => file.slice(0, 2));

test('there are 15 examples', () => {
  expect(examples).toHaveLength(15);
});

test.each([...sets])('example %s is accepted', (_, files) => {
  expect(verdictOf(files.map((file) => read(join('examples', file))))).toBe('OK');
});
