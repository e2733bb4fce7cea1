// Signs transactions fast, with a key prepared once. Keeps no file: rxctl's keystore does.
import { MessageBuffer, PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from '../core/signed-bytes.ts';
import { SECRET_KEY_BYTES, SEED_BYTES, sodium } from '../core/sodium.ts';

/** One key pair, ready to sign. */
export class Signer {
  readonly publicKey: Uint8Array;
  readonly #secretKey: Uint8Array;
  readonly #message = new MessageBuffer();

  /** `secret`: the 32 bytes of RFC 8032. */
  constructor(secret: Uint8Array) {
    if (secret.length !== SEED_BYTES) throw new RangeError(`a secret has ${SEED_BYTES} bytes, not ${secret.length}`);
    this.publicKey = Buffer.alloc(PUBLIC_KEY_BYTES);
    this.#secretKey = Buffer.alloc(SECRET_KEY_BYTES);
    sodium.crypto_sign_seed_keypair(this.publicKey, this.#secretKey, Buffer.from(secret));
  }

  /** Transaction bytes: the body and its signature. */
  signTransaction(body: Uint8Array): Uint8Array {
    // Of the shared pool: whoever signs thousands a second pays more for memory of its own than for everything but the signature.
    const out = Buffer.allocUnsafe(body.length + SIGNATURE_BYTES);
    out.set(body, 0);
    sodium.crypto_sign_detached(out.subarray(body.length), this.#message.of(body), this.#secretKey);
    return out;
  }

  /** Of a whole message, domain tag included. */
  sign(message: Uint8Array): Uint8Array {
    const signature = Buffer.alloc(SIGNATURE_BYTES);
    sodium.crypto_sign_detached(signature, message, this.#secretKey);
    return signature;
  }
}
