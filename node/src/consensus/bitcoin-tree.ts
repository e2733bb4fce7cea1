// A tree of Bitcoin headers with work and its best chain. It fetches nothing, keeps no clock and trusts no caller's heights.
import { compareBytes, toHex } from '../core/bytes.ts';
import { type BitcoinHeader, bitcoinHash, parseBitcoinHeader } from './bitcoin-header.ts';
import { meetsTarget, targetFromBits, workOfTarget } from './target.ts';

/** Bitcoin blocks whose median time a new header must exceed. */
const MEDIAN_TIME_SPAN = 11;
/** About twenty years of ten-minute blocks: far above any testnet, and a bound all the same. */
const HEADERS_MAX = 1_000_000;

export interface BitcoinEntry {
  readonly hash: Uint8Array;
  readonly bytes: Uint8Array;
  readonly header: BitcoinHeader;
  readonly height: number;
  /** Work of the chain from the root, the root itself counting nothing. */
  readonly chainWork: bigint;
}

export type BitcoinAddResult =
  | { readonly kind: 'added'; readonly entry: BitcoinEntry; readonly reorganised: boolean }
  | { readonly kind: 'known' }
  | { readonly kind: 'refused'; readonly code: BitcoinRefusal };

export type BitcoinRefusal =
  /** Not 80 bytes. */
  | 'BAD_LENGTH'
  /** The previous header is not in the tree: fetch it and try again. */
  | 'UNKNOWN_PREV'
  /** nBits differs from the root's; neither regtest nor a toy chain ever retargets. */
  | 'BAD_BITS'
  /** The hash misses nBits or the network's parent target. */
  | 'HIGH_HASH'
  /** Not later than the median of the last 11. */
  | 'TIME_TOO_OLD'
  | 'TREE_FULL';

export type ParentStanding = 'on-chain' | 'orphan' | 'premature';

export interface BitcoinTreeOptions {
  /** The header everything descends from; it needs no work of its own. */
  readonly root: Uint8Array;
  readonly rootHeight: number;
  /**
   * The work a header must show beyond nBits. Half of all hashes meet regtest's nBits, so without this
   * any premature parent would pass for a Bitcoin block.
   */
  readonly parentTarget: bigint;
}

export class BitcoinTree {
  readonly #entries = new Map<string, BitcoinEntry>();
  /** Keys in order of arrival with the tip each found, so that the newest can be taken back. */
  readonly #added: { readonly key: string; readonly tipBefore: BitcoinEntry }[] = [];
  /** Keys of the best chain by height above the root. */
  readonly #best: string[] = [];
  readonly #root: BitcoinEntry;
  readonly #parentTarget: bigint;
  #tip: BitcoinEntry;

  constructor(options: BitcoinTreeOptions) {
    const header = parseBitcoinHeader(options.root);
    const hash = bitcoinHash(options.root);
    this.#root = { hash, bytes: options.root, header, height: options.rootHeight, chainWork: 0n };
    this.#parentTarget = options.parentTarget;
    this.#entries.set(toHex(hash), this.#root);
    this.#best.push(toHex(hash));
    this.#tip = this.#root;
  }

  get tip(): BitcoinEntry {
    return this.#tip;
  }

  /** Headers recorded, the root not counted. */
  get size(): number {
    return this.#added.length;
  }

  get(hash: Uint8Array): BitcoinEntry | undefined {
    return this.#entries.get(toHex(hash));
  }

  /** The best chain's header at a height. */
  at(height: number): BitcoinEntry | undefined {
    const key = this.#best[height - this.#root.height];
    return key === undefined ? undefined : this.#entries.get(key);
  }

  /** Recorded headers in order of arrival: adding them to an empty tree gives this tree. */
  headers(): Uint8Array[] {
    return this.#added.map(({ key }) => this.#entries.get(key)!.bytes);
  }

  add(bytes: Uint8Array): BitcoinAddResult {
    if (bytes.length !== 80) return { kind: 'refused', code: 'BAD_LENGTH' };
    const hash = bitcoinHash(bytes);
    const key = toHex(hash);
    if (this.#entries.has(key)) return { kind: 'known' };
    const header = parseBitcoinHeader(bytes);
    const prev = this.#entries.get(toHex(header.prev));
    if (prev === undefined) return { kind: 'refused', code: 'UNKNOWN_PREV' };
    const refusal = this.#judge(header, hash, prev);
    if (refusal !== undefined) return { kind: 'refused', code: refusal };

    // bits equals the root's here, so all headers weigh the same and the target exists.
    const work = workOfTarget(targetFromBits(header.bits)!);
    const entry: BitcoinEntry = {
      hash,
      bytes: new Uint8Array(bytes),
      header,
      height: prev.height + 1,
      chainWork: prev.chainWork + work,
    };
    this.#entries.set(key, entry);
    this.#added.push({ key, tipBefore: this.#tip });
    const before = this.#tip;
    if (isBetter(entry, before)) this.#follow(entry);
    return { kind: 'added', entry, reorganised: this.#tip === entry && prev !== before };
  }

  /** Takes back the newest header, restoring the tree as it was before it: blocks that listed it may be undone. */
  removeNewest(): void {
    const last = this.#added.pop();
    if (last === undefined) throw new Error('the tree holds nothing but its root');
    this.#entries.delete(last.key);
    if (this.#tip !== last.tipBefore) this.#follow(last.tipBefore);
  }

  /** How a parent header that proved an L2 block stands with Bitcoin, as far as this tree has heard. */
  standing(hash: Uint8Array): ParentStanding {
    if (!meetsTarget(hash, this.#parentTarget)) return 'premature';
    const entry = this.get(hash);
    return entry !== undefined && this.at(entry.height) === entry ? 'on-chain' : 'orphan';
  }

  #judge(header: BitcoinHeader, hash: Uint8Array, prev: BitcoinEntry): BitcoinRefusal | undefined {
    const target = targetFromBits(header.bits);
    if (target === undefined || header.bits !== this.#root.header.bits) return 'BAD_BITS';
    if (!meetsTarget(hash, target) || !meetsTarget(hash, this.#parentTarget)) return 'HIGH_HASH';
    if (header.timeSeconds <= this.#medianTimeSeconds(prev)) return 'TIME_TOO_OLD';
    if (this.#added.length >= HEADERS_MAX) return 'TREE_FULL';
    return undefined;
  }

  #medianTimeSeconds(newest: BitcoinEntry): number {
    const times: number[] = [];
    let entry: BitcoinEntry | undefined = newest;
    while (entry !== undefined && times.length < MEDIAN_TIME_SPAN) {
      times.push(entry.header.timeSeconds);
      entry = this.#entries.get(toHex(entry.header.prev));
    }
    return times.sort((a, b) => a - b)[times.length >> 1]!;
  }

  #follow(tip: BitcoinEntry): void {
    this.#best.length = tip.height - this.#root.height + 1;
    let entry = tip;
    let key = toHex(tip.hash);
    while (this.#best[entry.height - this.#root.height] !== key) {
      this.#best[entry.height - this.#root.height] = key;
      if (entry === this.#root) break;
      key = toHex(entry.header.prev);
      entry = this.#entries.get(key)!;
    }
    this.#tip = tip;
  }
}

/** Most work; on ties the lowest hash by its stored bytes, so that the best chain depends on the set of headers only. */
function isBetter(a: BitcoinEntry, b: BitcoinEntry): boolean {
  if (a.chainWork !== b.chainWork) return a.chainWork > b.chainWork;
  return compareBytes(a.hash, b.hash) < 0;
}
