#!/usr/bin/env node
// `npx rxctl`: plain JavaScript, so that it starts on an older Node too and goes on with one that runs our sources.
import { runScript, useNewNode } from '../../scripts/setup.mjs';

await runScript(async () => {
  await useNewNode(import.meta.url);
  const { main } = await import('../src/main.ts');
  return main(process.argv.slice(2));
});
