// The hashes of the protocol: SHA-256, Bitcoin's SHA-256d, and domain-tagged SHA-256.
import { hash as digest } from 'node:crypto';
import { concatBytes } from './bytes.ts';

export function sha256(bytes: Uint8Array): Uint8Array {
  return digest('sha256', bytes, 'buffer');
}

/** SHA-256 of SHA-256, Bitcoin's block and transaction hash. */
export function sha256d(bytes: Uint8Array): Uint8Array {
  return digest('sha256', digest('sha256', bytes, 'buffer'), 'buffer');
}

/** SHA-256(SHA-256(tag) ‖ SHA-256(tag) ‖ message), the tagged hash of BIP-340: equal bytes in two roles never collide. */
export function taggedHash(tag: string, ...parts: Uint8Array[]): Uint8Array {
  let prefix = prefixes.get(tag);
  if (prefix === undefined) {
    const t = sha256(new TextEncoder().encode(tag));
    prefix = concatBytes([t, t]);
    prefixes.set(tag, prefix);
  }
  return sha256(concatBytes([prefix, ...parts]));
}

/** Tags are literals of the source, so the cache is bounded by the number of roles. */
const prefixes = new Map<string, Uint8Array>();
