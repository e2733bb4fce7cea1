// Where a transaction keeps sender and signature, and what is signed. Reads nothing else of it, and checks no signature.
import { concatBytes } from './bytes.ts';

export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;
/** After version u8, kind u8 and network id. */
export const SENDER_AT = 6;
/** Shorter bytes hold no sender and signature. */
export const MIN_SIGNED_BYTES: number = SENDER_AT + PUBLIC_KEY_BYTES + SIGNATURE_BYTES;

/** Domain tag: a signature for a transaction is one for nothing else. */
const TAG = new TextEncoder().encode('rexnet/transaction/1');

/** What is signed of a transaction: tag and body. */
export function signedMessage(body: Uint8Array): Uint8Array {
  return concatBytes([TAG, body]);
}

/** The same without a copy of its own each time: the buffer is used again for the next message. */
export class MessageBuffer {
  #bytes = Buffer.alloc(1_024);

  of(body: Uint8Array): Uint8Array {
    const size = TAG.length + body.length;
    if (size > this.#bytes.length) this.#bytes = Buffer.alloc(size * 2);
    this.#bytes.set(TAG, 0);
    this.#bytes.set(body, TAG.length);
    return this.#bytes.subarray(0, size);
  }
}

export function bodyOf(transaction: Uint8Array): Uint8Array {
  return transaction.subarray(0, transaction.length - SIGNATURE_BYTES);
}

export function signatureOf(transaction: Uint8Array): Uint8Array {
  return transaction.subarray(transaction.length - SIGNATURE_BYTES);
}

/** The public key. */
export function senderKeyOf(transaction: Uint8Array): Uint8Array {
  return transaction.subarray(SENDER_AT, SENDER_AT + PUBLIC_KEY_BYTES);
}
