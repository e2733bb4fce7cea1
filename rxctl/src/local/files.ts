// Small durable files of the laptop: written whole or not at all, read with a check. It knows nothing of what is in them.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';

const PRIVATE_MODE = 0o600;
const PUBLIC_MODE = 0o644;

/** A reader sees the old or the new contents, also after a crash in the middle. */
export function writeAtomically(
  path: string,
  contents: string | Uint8Array,
  access: 'public' | 'private' = 'public',
): void {
  const temporary = `${path}.${process.pid}.new`;
  const file = openSync(temporary, 'w', access === 'private' ? PRIVATE_MODE : PUBLIC_MODE);
  try {
    const bytes = typeof contents === 'string' ? Buffer.from(contents) : contents;
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

/** Undefined when there is no such file; anything else that goes wrong is thrown. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
