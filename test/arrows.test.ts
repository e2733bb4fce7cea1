// Dependencies point down only: reads every import of the tree and refuses arrows the table below does not name.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** What a room may import. A room not named here may not exist. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  'proto/src': [],
  'preda/src': [],
  'node/src/core': [],
  'node/src/consensus': ['node/src/core'],
  'node/src/vm': ['node/src/core', 'preda/src'],
  'node/src/chain': ['node/src/core', 'node/src/consensus', 'node/src/vm', 'preda/src'],
  'node/src/telemetry': ['node/src/core'],
  'node/src/programs': [],
  'node/src/bitcoin': ['node/src/core', 'node/src/consensus', 'node/src/programs'],
  'node/src/signatures': ['node/src/core'],
  'node/src/store': ['node/src/core', 'node/src/chain'],
  'node/src/rpc': ['node/src/core', 'node/src/chain', 'node/src/telemetry', 'proto/src'],
  'node/src/client': [
    'node/src/core',
    'node/src/chain',
    'node/src/rpc',
    'node/src/signatures',
    'proto/src',
    'preda/src',
  ],
  'node/src/miner': [
    'node/src/core',
    'node/src/consensus',
    'node/src/bitcoin',
    'node/src/rpc',
    'node/src/telemetry',
    'proto/src',
  ],
  'node/src/engine': [
    'node/src/core',
    'node/src/consensus',
    'node/src/vm',
    'node/src/chain',
    'node/src/store',
    'node/src/rpc',
    'preda/src',
  ],
  'node/src/net': [
    'node/src/core',
    'node/src/chain',
    'node/src/rpc',
    'node/src/telemetry',
    'node/src/engine',
    'proto/src',
  ],
  'node/src': ['*node', 'preda/src', 'proto/src'],
  'load/src/verdict': [],
  'dashboards/src': ['node/src/telemetry'],
  'load/src': [
    'load/src/verdict',
    'node/src/client',
    'node/src/core',
    'node/src/chain',
    'node/src/signatures',
    'node/src/telemetry',
    'preda/src',
  ],
  'operator/src/api': ['node/src/chain', 'node/src/core'],
  'operator/src/plan': ['operator/src/api', 'load/src/verdict', 'node/src/chain', 'node/src/core'],
  'operator/src/kube': [],
  'operator/src/ask': ['operator/src/kube', 'operator/src/plan', 'node/src/core', 'node/src/rpc'],
  'operator/src/controllers': [
    'operator/src/api',
    'operator/src/plan',
    'operator/src/kube',
    'operator/src/ask',
    'node/src/chain',
    'node/src/core',
    'preda/src',
  ],
  'operator/src/external': ['operator/src/api', 'operator/src/controllers', 'operator/src/kube', 'node/src/telemetry'],
  'operator/src/metrics': ['operator/src/api'],
  'operator/src/rbac': ['operator/src/controllers', 'operator/src/kube'],
  'operator/src': ['operator/src', 'node/src', 'node/src/telemetry'],
  'rxctl/src': [
    'rxctl/src/verify',
    'operator/src',
    'load/src',
    'preda/src',
    'node/src/client',
    'node/src/core',
    'node/src/consensus',
    'node/src/programs',
    'node/src/bitcoin',
    'node/src/miner',
    'node/src/chain',
  ],
  'rxctl/src/verify': [],
  // It knows charts by their paths.
  'infra/src': [],
};

const rooms = Object.keys(ARROWS).sort((a, b) => b.length - a.length);

function roomOf(file: string): string | undefined {
  return rooms.find((room) => file.startsWith(`${room}/`));
}

function sources(dir: string): string[] {
  return readdirSync(join(ROOT, dir), { withFileTypes: true, recursive: true })
    .filter(
      (e) =>
        e.isFile() && e.name.endsWith('.ts') && !e.name.endsWith('.test.ts') && !e.parentPath.includes('node_modules'),
    )
    .filter((e) => !e.parentPath.includes('/testing') && !e.parentPath.includes('/generated'))
    .map((e) => relative(ROOT, join(e.parentPath, e.name)));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const found: string[] = [];
  for (const m of text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)) {
    const target = m[1]!;
    if (target.startsWith('.')) found.push(relative(ROOT, resolve(ROOT, dirname(file), target)));
    else if (target.startsWith('@rexnet/')) found.push(target.replace(/^@rexnet\/([^/]+)\//, '$1/src/'));
  }
  return found;
}

function allowed(from: string, to: string): boolean {
  const rules = ARROWS[from]!;
  return (
    from === to ||
    rules.some(
      (r) =>
        r === to || (r === '*node' && to.startsWith('node/src')) || (to.startsWith(`${r}/`) && !to.startsWith('node/')),
    )
  );
}

const files = [
  'proto/src',
  'preda/src',
  'node/src',
  'dashboards/src',
  'load/src',
  'operator/src',
  'rxctl/src',
  'infra/src',
].flatMap(sources);

test('every import points down', () => {
  const wrong: string[] = [];
  for (const file of files) {
    const from = roomOf(file);
    if (from === undefined) {
      wrong.push(`${file} is in no room`);
      continue;
    }
    for (const target of importsOf(file)) {
      const to = roomOf(target);
      if (to === undefined || !allowed(from, to)) wrong.push(`${file} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

/** A walk over a tree is mutually recursive by nature: expressions hold lambdas, lambdas hold statements, statements expressions. */
const RECURSIVE = 'preda/src/';

test('nothing imports in a circle between files', () => {
  const judged = files.filter((f) => !f.startsWith(RECURSIVE));
  const graph = new Map(judged.map((f) => [f, importsOf(f).filter((t) => judged.includes(t))]));
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (done.has(file) || path.includes(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of judged) visit(file, []);
  expect(circles).toEqual([]);
});
