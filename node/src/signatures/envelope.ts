// Where a transaction keeps sender and signature, and what is signed. Reads nothing else of it.
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from './sodium.ts';

/** Domain tag: a signature for a transaction is one for nothing else. */
export const SIGNATURE_TAG = 'rexnet/transaction/1';
const TAG = new TextEncoder().encode(SIGNATURE_TAG);
/** After version u8, kind u8 and network id. */
const SENDER_AT = 6;
/** Shorter bytes hold no sender and signature. */
export const MIN_SIGNED_BYTES: number = SENDER_AT + PUBLIC_KEY_BYTES + SIGNATURE_BYTES;

/** Tag and body side by side, as signing and verifying need them; the buffer is used again for the next message. */
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

export function senderOf(transaction: Uint8Array): Uint8Array {
  return transaction.subarray(SENDER_AT, SENDER_AT + PUBLIC_KEY_BYTES);
}
