// Bitcoin headers miners brought, waiting for a block of group 0 to record them. Other groups keep none. What the chain
// has recorded is judged by a copy of its tree that follows the blocks, so that a header is offered only once.

import { BITCOIN_HEADER_BYTES, bitcoinHash } from '../consensus/bitcoin-header.ts';
import type { BitcoinTree } from '../consensus/bitcoin-tree.ts';
import { toHex } from '../core/bytes.ts';
import { MAX_BITCOIN_HEADERS_PER_BODY } from '../core/layouts.ts';

const WAITING_MAX = 4_096;

export class ParentHeaders {
  /** The tree the state of group 0 records into; undefined elsewhere. */
  readonly #recorded: BitcoinTree | undefined;
  readonly #waiting = new Map<string, Uint8Array>();

  constructor(recorded: BitcoinTree | undefined) {
    this.#recorded = recorded;
  }

  get bestHeight(): number {
    return this.#recorded?.tip.height ?? 0;
  }

  /** 80-byte headers one after the other, oldest first; answers how many were new. */
  take(headers: Uint8Array): number {
    if (this.#recorded === undefined) return 0;
    let accepted = 0;
    for (let at = 0; at + BITCOIN_HEADER_BYTES <= headers.length; at += BITCOIN_HEADER_BYTES) {
      const header = headers.slice(at, at + BITCOIN_HEADER_BYTES);
      const hash = bitcoinHash(header);
      const key = toHex(hash);
      if (this.#recorded.get(hash) !== undefined || this.#waiting.has(key) || this.#waiting.size >= WAITING_MAX)
        continue;
      this.#waiting.set(key, header);
      accepted++;
    }
    return accepted;
  }

  /** The oldest that are not recorded; the state leaves out what does not fit its tree. */
  forNextBlock(): Uint8Array[] {
    const next: Uint8Array[] = [];
    for (const [key, header] of this.#waiting) {
      if (this.#recorded?.get(bitcoinHash(header)) !== undefined) this.#waiting.delete(key);
      else if (next.length < MAX_BITCOIN_HEADERS_PER_BODY) next.push(header);
    }
    return next;
  }

  /** A block stands: what is recorded now need not wait; what could not be recorded is dropped once its turn was had. */
  settle(offered: readonly Uint8Array[]): void {
    for (const header of offered) this.#waiting.delete(toHex(bitcoinHash(header)));
  }
}
