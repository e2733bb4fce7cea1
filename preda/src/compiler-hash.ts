// The name of this compiler, which genesis pins: every node of a network compiles the same source to the same code or says so.
// It names, it does not compare.
import { createHash } from 'node:crypto';
import { RUNTIME_BASE64 } from './runtime-bytes.ts';

/** Counted up with every change that makes other code, other steps or another verdict out of some source. */
const COMPILER_VERSION = 'preda/1';

/** SHA-256 over the version and the bytes of the runtime module that all contracts link to. */
export function compilerHash(): Uint8Array {
  const hash = createHash('sha256').update(`${COMPILER_VERSION}\0`);
  return Uint8Array.from(hash.update(Buffer.from(RUNTIME_BASE64, 'base64')).digest());
}
