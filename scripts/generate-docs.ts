// Writes docs/protocol.md, docs/metrics.md and docs/cli.md; with --check it writes nothing and fails when they are stale.
import { writeFileSync } from 'node:fs';
import { documents, pathOf, staleDocuments } from './docs/documents.ts';

if (process.argv.includes('--check')) {
  const stale = staleDocuments();
  if (stale.length > 0) {
    console.error(`stale: ${stale.join(', ')}; run node scripts/generate-docs.ts`);
    process.exitCode = 1;
  }
} else for (const [path, text] of documents()) writeFileSync(pathOf(path), text);
