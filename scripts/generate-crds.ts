// Writes the CustomResourceDefinitions of the chart; with --check it writes nothing and fails when those checked in are stale.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { crdFiles, crdPath, staleCrds } from './crds/files.ts';

if (process.argv.includes('--check')) {
  const stale = staleCrds();
  if (stale.length > 0) {
    console.error(`stale: ${stale.join(', ')}; run node scripts/generate-crds.ts`);
    process.exitCode = 1;
  }
} else
  for (const [path, text] of crdFiles()) {
    mkdirSync(dirname(crdPath(path)), { recursive: true });
    writeFileSync(crdPath(path), text);
  }
