// npm run bench [-- NAME]: sets up what is missing and runs test/bench/NAME.ts with the other arguments; without a name all of
// them, for one table.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runNode, runScript, setUp } from './setup.mjs';

const EXIT_USAGE = 2;

await runScript(async () => {
  await setUp({ dev: true, script: import.meta.url });
  const args = process.argv.slice(2);
  const [name, ...given] = args[0]?.startsWith('-') === false ? args : ['all', ...args];
  const folder = join(ROOT, 'test', 'bench');
  const names = existsSync(folder)
    ? readdirSync(folder).flatMap((file) => (/^[a-z-]+\.ts$/.test(file) ? [file.slice(0, -3)] : []))
    : [];
  if (!names.includes(name)) {
    process.stderr.write(`usage: npm run bench [-- NAME] [-o json]\nbenches: ${names.join(', ') || 'none'}\n`);
    return EXIT_USAGE;
  }
  return runNode([join(folder, `${name}.ts`), ...given]);
});
