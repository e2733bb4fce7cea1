// Puts the generated documents together and tells which of those checked in differ. It writes nothing itself.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cliDocument } from './cli.ts';
import { layoutTable } from './layout-table.ts';
import { metricsDocument } from './metrics.ts';
import { layoutsWithoutSample, SAMPLES } from './samples.ts';
import { SIGNATURE_TAGS, TABLES, TAGS } from './tables.ts';
import { testnetDocument } from './testnet.ts';
import { renderLayout, renderVector, VECTORS } from './vectors.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const FRAGMENTS = join(ROOT, 'docs', 'protocol');
const PLACEHOLDER = /\{\{(layout|vector|table) (\w+)\}\}/g;
/** Rooms whose hashes and signatures are protocol. */
const PROTOCOL_ROOMS = ['core', 'consensus', 'chain', 'signatures', 'vm'];

/** Content of every generated document by its path from the top of the repository. */
export function documents(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/protocol.md', protocolDocument()],
    ['docs/metrics.md', metricsDocument()],
    ['docs/testnet.md', testnetDocument()],
    ['docs/cli.md', cliDocument()],
  ]);
}

export function staleDocuments(): string[] {
  const stale = [...documents()].filter(([path, text]) => {
    const full = join(ROOT, path);
    return !existsSync(full) || readFileSync(full, 'utf8') !== text;
  });
  return stale.map(([path]) => path);
}

export function pathOf(document: string): string {
  return join(ROOT, document);
}

/** Throws when the text leaves out or misnames anything of the code. */
function protocolDocument(): string {
  const used = new Set<string>();
  const text = readdirSync(FRAGMENTS)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => readFileSync(join(FRAGMENTS, name), 'utf8').trim())
    .join('\n\n')
    .replace(PLACEHOLDER, (_, kind: string, name: string) => {
      used.add(`${kind} ${name}`);
      return filled(kind, name);
    });
  refuse('not in docs/protocol', [
    ...SAMPLES.map(({ layout }) => `layout ${layout.name}`).filter((name) => !used.has(name)),
    ...Object.keys(VECTORS)
      .map((name) => `vector ${name}`)
      .filter((name) => !used.has(name)),
    ...Object.keys(TABLES)
      .map((name) => `table ${name}`)
      .filter((name) => !used.has(name)),
  ]);
  refuse('without a sample', layoutsWithoutSample());
  refuse('tags of the code that are not documented', undocumentedTags());
  return `${text}\n`;
}

function refuse(what: string, names: readonly string[]): void {
  if (names.length > 0) throw new Error(`${what}: ${names.join(', ')}`);
}

function filled(kind: string, name: string): string {
  if (kind === 'layout') {
    const sample = SAMPLES.find(({ layout }) => layout.name === name);
    if (sample === undefined) throw new Error(`docs/protocol names a layout ${name}`);
    return `${layoutTable(sample.layout)}\n\n${renderLayout(name, sample.bytes)}`;
  }
  const make = kind === 'vector' ? VECTORS[name] : undefined;
  if (make !== undefined) return renderVector(name, make());
  const rows = TABLES[name];
  if (kind !== 'table' || rows === undefined) throw new Error(`docs/protocol names a ${kind} ${name}`);
  return rows();
}

function undocumentedTags(): string[] {
  const known = new Set([...Object.keys(TAGS), ...SIGNATURE_TAGS]);
  const found = new Set<string>();
  for (const room of PROTOCOL_ROOMS) {
    const folder = join(ROOT, 'node', 'src', room);
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.ts') || entry.name.endsWith('.test.ts')) continue;
      const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
      for (const [, tag] of text.matchAll(/'(rexnet\/[a-z0-9/-]+)'/g)) found.add(tag!);
    }
  }
  return [...found].filter((tag) => !known.has(tag)).sort();
}
