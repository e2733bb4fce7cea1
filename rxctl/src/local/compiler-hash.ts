// The name of the compiler that genesis pins: a hash over the sources it consists of. It compiles nothing.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './folders.ts';

/** SHA-256 over name and contents of every source file of the compiler, the runtime module's bytes among them. */
export function compilerHash(): Uint8Array {
  const folder = join(REPOSITORY, 'preda', 'src');
  const hash = createHash('sha256');
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  for (const name of files.sort()) {
    const contents = readFileSync(join(folder, name));
    hash.update(`${name}\0${contents.length}\0`).update(contents);
  }
  return hash.digest();
}
