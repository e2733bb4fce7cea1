// Writes the Grafana dashboards and Prometheus rules of dashboards/src; with --check it writes nothing and fails when those
// checked in are stale.
import { writeFileSync } from 'node:fs';
import { generatedFiles, staleFiles } from '../dashboards/src/files.ts';

if (process.argv.includes('--check')) {
  const stale = staleFiles();
  if (stale.length > 0) {
    console.error(`stale: ${stale.join(', ')}; run node scripts/generate-dashboards.ts`);
    process.exitCode = 1;
  }
} else for (const [path, text] of generatedFiles()) writeFileSync(path, text);
