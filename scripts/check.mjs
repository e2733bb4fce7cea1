// npm run check: types, lint and format, the arrows between rooms, and that generated files are up to date.
// Every script scripts/generate-*.ts must refuse with a non-zero exit when called with --check and its output is stale.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runNode, runScript, setUp } from './setup.mjs';

await runScript(async () => {
  await setUp({ dev: true, script: import.meta.url });
  const generators = readdirSync(join(ROOT, 'scripts')).filter((name) => /^generate-[a-z-]+\.(ts|mjs)$/.test(name));
  const checks = [
    ['types', ['node_modules/typescript/bin/tsc', '-p', '.']],
    ['lint and format', ['node_modules/@biomejs/biome/bin/biome', 'check', '--diagnostic-level=warn']],
    ['arrows', ['node_modules/vitest/vitest.mjs', 'run', 'test/arrows.test.ts']],
    ...generators.map((name) => [`generated: ${name}`, [join('scripts', name), '--check']]),
  ];
  const failed = [];
  for (const [name, args] of checks) {
    process.stdout.write(`== ${name}\n`);
    if ((await runNode(args)) !== 0) failed.push(name);
  }
  process.stdout.write(failed.length === 0 ? 'all checks passed\n' : `failed: ${failed.join(', ')}\n`);
  return failed.length === 0 ? 0 : 1;
});
