// The signature rule of the network, ZIP-215, in two steps: what libsodium accepts is valid, what it refuses noble decides.
import { ed25519 } from '@noble/curves/ed25519.js';
import { sodium } from './sodium.ts';

/** 40–60 µs. True is final; false is not. */
export function acceptedFast(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  return sodium.crypto_sign_verify_detached(signature, message, publicKey);
}

/** About 1.3 ms. Final. */
export function validByZip215(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: true });
  } catch {
    // noble throws on points that are none.
    return false;
  }
}
