// What is read of a header without decoding it.
import { HASH_BYTES } from './hash.ts';

/** Version, network, group and height come before it. */
const PARENT_AT = 2 + 4 + 4 + 8;

export function parentIdOf(header: Uint8Array): Uint8Array {
  return header.subarray(PARENT_AT, PARENT_AT + HASH_BYTES);
}
