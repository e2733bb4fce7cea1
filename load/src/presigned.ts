// Transactions signed beforehand, as a stream of bytes: a header that says for what, then every transaction with its id in the
// order of payments. Offering them costs no signing, so that a generator can feed more than it could sign.
import { nonceOf } from '@rexnet/node/chain/transaction.ts';
import { concatBytes, viewOf } from '@rexnet/node/core/bytes.ts';
import type { Payment } from './pairs.ts';
import { noncesOf, type Signed, type SignerParts, type Signing, signPayment } from './sign-ahead.ts';

/** What such a file is good for; it is refused for anything else. */
export interface PresignedHeader {
  readonly networkId: string;
  readonly workload: string;
  readonly seed: number;
  readonly crossGroupPercent: number | null;
  readonly gasLimit: string;
  readonly count: number;
  /** Of every account, the nonce it begins with. */
  readonly nonces: readonly number[];
}

/** The records of a file, one after the other. */
export interface PresignedRecords {
  readonly header: PresignedHeader;
  /** Bytes and the key of the id; undefined at the end. */
  next(): Pick<Signed, 'bytes' | 'key'> | undefined;
}

export class PresignedError extends Error {
  readonly code = 'BAD_PRESIGNED_FILE';
}

export const PRESIGNED_MAGIC = 'rexnet-load/1\n';
export const PRESIGNED_ID_BYTES = 32;
const VALID_FOR_MS = 86_400_000;
const CHUNK_BYTES = 1 << 20;

/** Signs everything and hands it out in pieces; answers how many. */
export function presign(parts: SignerParts, header: PresignedHeader, write: (piece: Uint8Array) => void): number {
  const head = new TextEncoder().encode(`${PRESIGNED_MAGIC}${JSON.stringify(header)}\n`);
  write(head);
  let pieces: Uint8Array[] = [];
  let size = 0;
  for (let i = 0; i < header.count; i++) {
    const { bytes, key } = signPayment(parts, parts.pairs.next(), VALID_FOR_MS);
    const id = Buffer.from(key, 'latin1');
    const length = new Uint8Array(4);
    viewOf(length).setUint32(0, bytes.length, true);
    pieces.push(length, bytes, id);
    size += 4 + bytes.length + id.length;
    if (size < CHUNK_BYTES && i + 1 < header.count) continue;
    write(concatBytes(pieces));
    pieces = [];
    size = 0;
  }
  return header.count;
}

/** Throws PresignedError when a file was made for another load, or its accounts have moved on since. */
export function checkPresigned(made: PresignedHeader, wanted: PresignedHeader): void {
  for (const field of ['networkId', 'workload', 'seed', 'crossGroupPercent', 'gasLimit'] as const)
    if (made[field] !== wanted[field])
      throw new PresignedError(`the file was signed for ${field} ${made[field]}, this run has ${wanted[field]}`);
  if (made.nonces.join() !== wanted.nonces.join())
    throw new PresignedError('its accounts have sent other transactions since the file was signed: sign a new one');
  if (made.count < wanted.count)
    throw new PresignedError(`the file holds ${made.count} transactions, this run offers ${wanted.count}`);
}

/** Offers what a file holds. A sender whose nonces went another way is signed for anew. */
export class Replay implements Signing {
  readonly #parts: SignerParts;
  readonly #records: PresignedRecords;

  constructor(parts: SignerParts, records: PresignedRecords) {
    this.#parts = parts;
    this.#records = records;
  }

  /** All is ready. */
  fill(): void {}

  next(): Signed {
    const payment = this.#parts.pairs.next();
    const record = this.#records.next();
    const nonces = noncesOf(this.#parts, payment.from);
    if (record === undefined || Number(nonceOf(record.bytes)) !== nonces.upcoming) return this.sign(payment);
    return { payment, nonce: nonces.take(), generation: nonces.generation, ...record };
  }

  sign(payment: Payment): Signed {
    return signPayment(this.#parts, payment);
  }
}
