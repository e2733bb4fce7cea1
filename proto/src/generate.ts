// Makes the types of the services from their .proto files, and tells whether the checked-in ones are still those.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { GENERATOR_ARGUMENTS, PROTO_ROOT, SERVICE_FILES } from './options.ts';

const GENERATED_DIRECTORY: string = join(PROTO_ROOT, 'src/generated');

function generateInto(directory: string): void {
  const loader = createRequire(import.meta.url).resolve('@grpc/proto-loader/package.json');
  const tool = join(dirname(loader), 'build/bin/proto-loader-gen-types.js');
  // Relative to the folder of the .proto files, or the machine's paths would end up in the generated comments.
  const rest = ['-I', '.', '-O', directory, '--', ...SERVICE_FILES];
  execFileSync(process.execPath, [tool, ...GENERATOR_ARGUMENTS, ...rest], { cwd: PROTO_ROOT, stdio: 'pipe' });
}

function filesOf(directory: string): Map<string, string> {
  const files = new Map<string, string>();
  if (!existsSync(directory)) return files;
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(directory.length + 1), readFileSync(path, 'utf8'));
  }
  return files;
}

/** Names of generated files that are not what the .proto files say, empty when all are. */
export function staleFiles(): string[] {
  const directory = mkdtempSync(join(tmpdir(), 'rexnet-proto-'));
  try {
    generateInto(directory);
    const fresh = filesOf(directory);
    const kept = filesOf(GENERATED_DIRECTORY);
    const names = new Set([...fresh.keys(), ...kept.keys()]);
    return [...names].filter((name) => fresh.get(name) !== kept.get(name)).sort();
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Writes them anew. */
export function generate(): void {
  rmSync(GENERATED_DIRECTORY, { recursive: true, force: true });
  generateInto(GENERATED_DIRECTORY);
}
