// Writes the types of the services into proto/src/generated; with --check it writes nothing and fails when they differ.
import { generate, staleFiles } from '../proto/src/generate.ts';

if (process.argv.includes('--check')) {
  const stale = staleFiles();
  if (stale.length > 0) {
    console.error(`differ from the .proto files: ${stale.join(', ')}; run node scripts/generate-proto.ts`);
    process.exitCode = 1;
  }
} else {
  generate();
}
