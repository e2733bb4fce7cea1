// One signature by the rule of the network, ZIP-215, decided at once: for the few that are checked where they are read.
// Transactions go through the door, which decides many in other threads.
import { createRequire } from 'node:module';
import { acceptedBySodium } from './sodium.ts';

type Curves = typeof import('@noble/curves/ed25519.js');

/** What sodium refuses noble decides, loaded only then. */
export function acceptedByZip215(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  if (acceptedBySodium(signature, message, publicKey)) return true;
  const { ed25519 } = createRequire(import.meta.url)('@noble/curves/ed25519.js') as Curves;
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: true });
  } catch {
    // noble throws on points that are none.
    return false;
  }
}
