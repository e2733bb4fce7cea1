#!/usr/bin/env node
// `npx rxctl`: plain JavaScript, so that it starts on an older Node too and goes on with one that runs our sources.
import nodeModule from 'node:module';
import { runScript, useNewNode } from '../../scripts/setup.mjs';

await runScript(async () => {
  await useNewNode(import.meta.url);
  // A later start takes half the time and no type stripper; it changes nothing else.
  nodeModule.enableCompileCache?.(process.env['NODE_COMPILE_CACHE']);
  const { main } = await import('../src/main.ts');
  return main(process.argv.slice(2));
});
