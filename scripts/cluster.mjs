// npm run cluster up|down|status|shell|import: sets up what is missing and hands over to test/cluster/main.ts.
import { join } from 'node:path';
import { ROOT, runNode, runScript, setUp } from './setup.mjs';

await runScript(async () => {
  await setUp({ dev: true, script: import.meta.url });
  return runNode([join(ROOT, 'test', 'cluster', 'main.ts'), ...process.argv.slice(2)]);
});
