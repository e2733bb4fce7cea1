// The signature rule of the network, ZIP-215, where libsodium refuses (what that accepts, ZIP-215 accepts). Slow and final.
import { ed25519 } from '@noble/curves/ed25519.js';

/** About 1.3 ms. */
export function validByZip215(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: true });
  } catch {
    // noble throws on points that are none.
    return false;
  }
}
