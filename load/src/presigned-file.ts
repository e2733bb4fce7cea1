// A file of presigned transactions, read in pieces ahead of what is offered. Judges nothing but its form.
import { closeSync, openSync, readSync } from 'node:fs';
import { viewOf } from '@rexnet/node/core/bytes.ts';
import {
  PRESIGNED_ID_BYTES,
  PRESIGNED_MAGIC,
  PresignedError,
  type PresignedHeader,
  type PresignedRecords,
} from './presigned.ts';
import { keyAt } from './tracker.ts';

const PIECE_BYTES = 1 << 20;
const HEADER_BYTES_MAX = 16 << 20;
const NEWLINE = 10;

export class PresignedFile implements PresignedRecords {
  readonly header: PresignedHeader;
  readonly #file: number;
  #piece = new Uint8Array(0);
  #at = 0;

  /** Throws PresignedError. */
  constructor(path: string) {
    this.#file = openSync(path, 'r');
    try {
      if (this.#line() !== PRESIGNED_MAGIC.trim()) throw new PresignedError(`${path} holds no presigned transactions`);
      this.header = JSON.parse(this.#line()) as PresignedHeader;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  next(): ReturnType<PresignedRecords['next']> {
    if (!this.#has(4)) return undefined;
    const length = viewOf(this.#piece).getUint32(this.#at, true);
    if (!this.#has(4 + length + PRESIGNED_ID_BYTES)) throw new PresignedError('the file ends within a transaction');
    const from = this.#at + 4;
    this.#at = from + length + PRESIGNED_ID_BYTES;
    return { bytes: this.#piece.subarray(from, from + length), key: keyAt(this.#piece, from + length) };
  }

  close(): void {
    closeSync(this.#file);
  }

  #line(): string {
    for (let length = 0; length < HEADER_BYTES_MAX; length++) {
      if (!this.#has(length + 1)) break;
      if (this.#piece[this.#at + length] !== NEWLINE) continue;
      const text = new TextDecoder().decode(this.#piece.subarray(this.#at, this.#at + length));
      this.#at += length + 1;
      return text;
    }
    throw new PresignedError('the file has no header');
  }

  /** Whether so many bytes follow; what was handed out before stays as it is. */
  #has(count: number): boolean {
    while (this.#piece.length - this.#at < count) {
      const left = this.#piece.subarray(this.#at);
      const piece = new Uint8Array(left.length + PIECE_BYTES);
      piece.set(left, 0);
      const read = readSync(this.#file, piece, left.length, PIECE_BYTES, null);
      if (read === 0) return false;
      this.#piece = piece.subarray(0, left.length + read);
      this.#at = 0;
    }
    return true;
  }
}
