// A parent chain for networks without a bitcoind: Bitcoin's headers, our coinbases, no transactions, no peers, no money.
import { bitcoinHash } from '../consensus/bitcoin-header.ts';
import { BitcoinTree } from '../consensus/bitcoin-tree.ts';
import { isZero } from '../core/bytes.ts';
import type { ParentSource, ParentSubmission, ParentTemplate } from './ports.ts';

const VERSION = 0x20000000;

export interface ToyParentOptions {
  /** What nodes record from, block 0 of regtest; or a header of an earlier life that everything newer descends from. */
  readonly root: Uint8Array;
  /** 0 when absent. */
  readonly rootHeight?: number;
  readonly parentTarget: bigint;
  /** Headers of an earlier life, in the order they were kept. */
  readonly headers?: readonly Uint8Array[];
  /** Called with each new header, for whoever keeps them. */
  readonly onHeader?: (header: Uint8Array) => void;
}

export class ToyParent implements ParentSource {
  readonly #tree: BitcoinTree;
  readonly #onHeader: (header: Uint8Array) => void;
  readonly #wakers = new Set<() => void>();

  constructor(options: ToyParentOptions) {
    this.#tree = new BitcoinTree({
      root: options.root,
      rootHeight: options.rootHeight ?? 0,
      parentTarget: options.parentTarget,
    });
    for (const header of options.headers ?? []) this.#tree.add(header);
    this.#onHeader = options.onHeader ?? (() => undefined);
  }

  async *watch(signal: AbortSignal): AsyncGenerator<ParentTemplate> {
    while (!signal.aborted) {
      const { tip } = this.#tree;
      yield {
        prevHash: tip.hash,
        height: tip.height + 1,
        version: VERSION,
        bits: tip.header.bits,
        timeMinSeconds: tip.header.timeSeconds + 1,
        rewardSat: 0n,
        transactions: [],
      };
      while (this.#tree.tip === tip && !signal.aborted) await this.#change(signal);
    }
  }

  async submit(header: Uint8Array): Promise<ParentSubmission> {
    const result = this.#tree.add(header);
    if (result.kind === 'refused') return { kind: 'refused', reason: result.code };
    if (result.kind === 'added') this.#onHeader(header);
    for (const wake of this.#wakers) wake();
    return { kind: this.#tree.standing(bitcoinHash(header)) === 'on-chain' ? 'on-chain' : 'orphan' };
  }

  async headersUpTo(hash: Uint8Array, isKnown: (hash: Uint8Array) => boolean, countMax: number): Promise<Uint8Array[]> {
    const out: Uint8Array[] = [];
    let entry = this.#tree.get(hash);
    while (entry !== undefined && !isZero(entry.header.prev) && !isKnown(entry.hash) && out.length < countMax) {
      out.push(entry.bytes);
      entry = this.#tree.get(entry.header.prev);
    }
    return out.reverse();
  }

  async isOnBestChain(hash: Uint8Array): Promise<boolean> {
    return this.#tree.standing(hash) === 'on-chain';
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((settle) => {
      const wake = () => {
        this.#wakers.delete(wake);
        signal.removeEventListener('abort', wake);
        settle();
      };
      this.#wakers.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}
