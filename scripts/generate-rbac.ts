// Writes the roles of the chart; with --check it writes nothing and fails when those checked in are stale.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { rbacFiles, rbacPath, staleRbac } from './rbac/files.ts';

if (process.argv.includes('--check')) {
  const stale = staleRbac();
  if (stale.length > 0) {
    console.error(`stale: ${stale.join(', ')}; run node scripts/generate-rbac.ts`);
    process.exitCode = 1;
  }
} else
  for (const [path, text] of rbacFiles()) {
    mkdirSync(dirname(rbacPath(path)), { recursive: true });
    writeFileSync(rbacPath(path), text);
  }
