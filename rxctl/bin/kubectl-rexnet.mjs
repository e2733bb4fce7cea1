#!/usr/bin/env node
// `kubectl rexnet`: kubectl finds it by its name in the PATH. The same program as rxctl, on the current cluster.
import nodeModule from 'node:module';
import { runScript, useNewNode } from '../../scripts/setup.mjs';

await runScript(async () => {
  await useNewNode(import.meta.url);
  nodeModule.enableCompileCache?.(process.env['NODE_COMPILE_CACHE']);
  process.env['REXNET_KUBE'] ??= '1';
  const { main } = await import('../src/main.ts');
  return main(process.argv.slice(2), 'kubectl rexnet');
});
