import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const cache = mkdtempSync(join(tmpdir(), 'rexnet-warm-'));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

function run(args: readonly string[]): string {
  const env = { ...process.env, NODE_COMPILE_CACHE: cache };
  return spawnSync(process.execPath, args, { env, encoding: 'utf8' }).stdout.trim();
}

test('after warming nothing a node loads needs the type stripper', () => {
  const url = (file: string): string => new URL(file, import.meta.url).href;
  const strips = `process.moduleLoadList.some((name) => name.includes('amaro'))`;
  const load = ['./node.ts', './mine.ts', './engine/open.ts'].map((file) => `await import('${url(file)}');`).join('');
  const script = ['--input-type=module', '-e', `${load} console.log(${strips}); process.exit(0)`];
  expect(run(script)).toBe('true');
  rmSync(cache, { recursive: true, force: true });
  run([fileURLToPath(url('./warm.ts'))]);
  expect(run(script)).toBe('false');
});
