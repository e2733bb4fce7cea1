// The hashes of the protocol: SHA-256, Bitcoin's SHA-256d, and domain-tagged SHA-256.
import { hash as digest } from 'node:crypto';
import { concatBytes } from './bytes.ts';

export const HASH_BYTES = 32;

/**
 * Writes SHA-256 of `bytes` to `out`, and answers it as 32 characters, a key for maps. Asking node:crypto for a string of 32 characters is twice as fast as asking for a
 * buffer (0.33 against 0.77 µs), which matters where a block has ten thousand of them.
 */
export function sha256Into(bytes: Uint8Array, out: Uint8Array, at: number): string {
  const text = digest('sha256', bytes, 'binary');
  for (let i = 0; i < HASH_BYTES; i++) out[at + i] = text.charCodeAt(i);
  return text;
}

/** As `sha256Into`, of SHA-256d. */
export function sha256dInto(bytes: Uint8Array, out: Uint8Array, at: number): string {
  sha256Into(bytes, inner, 0);
  return sha256Into(inner, out, at);
}

/** Scratch of one call; nothing is kept in it. */
const inner = new Uint8Array(HASH_BYTES);

export function sha256(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(HASH_BYTES);
  sha256Into(bytes, out, 0);
  return out;
}

/** SHA-256 of SHA-256, Bitcoin's block and transaction hash. */
export function sha256d(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(HASH_BYTES);
  sha256dInto(bytes, out, 0);
  return out;
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
