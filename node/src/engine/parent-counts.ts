// How the parent headers that proved blocks stand with Bitcoin: on its best chain, orphaned, or premature. Counted by
// group 0 alone, for all groups: only it records Bitcoin's headers. One header that proves many blocks counts once.
import { decodeWitness, witnessEnd } from '../consensus/auxpow.ts';
import { bitcoinHash } from '../consensus/bitcoin-header.ts';
import type { BitcoinTree, ParentStanding } from '../consensus/bitcoin-tree.ts';
import { toHex } from '../core/bytes.ts';
import type { StatusView } from '../rpc/backend.ts';

/** Hashes remembered so that a header counts once; blocks that share one arrive within seconds. */
const RECENT_MAX = 65_536;

export class ParentCounts {
  readonly #tree: BitcoinTree | undefined;
  readonly #recent = new Set<string>();
  /** Those that meet the parent's target: a reorganisation of Bitcoin may change how they stand. */
  readonly #candidates = new Map<string, Uint8Array>();
  #premature = 0;

  constructor(tree: BitcoinTree | undefined) {
    this.#tree = tree;
  }

  /** The witness of a block of any group, verified, with whatever is shown behind it. */
  note(bytes: Uint8Array): void {
    const witness = this.#tree === undefined ? undefined : decodeWitness(bytes.subarray(0, witnessEnd(bytes)));
    if (witness === undefined) return;
    const hash = bitcoinHash(witness.parentHeader);
    const key = toHex(hash);
    if (this.#recent.has(key)) return;
    if (this.#recent.size >= RECENT_MAX) this.#recent.delete(this.#recent.values().next().value!);
    this.#recent.add(key);
    if (this.#tree!.standing(hash) === 'premature') this.#premature++;
    else this.#candidates.set(key, hash);
  }

  get counts(): StatusView['parents'] {
    const standings: ParentStanding[] = [...this.#candidates.values()].map((hash) => this.#tree!.standing(hash));
    const onChain = standings.filter((s) => s === 'on-chain').length;
    return { onChain, orphan: standings.length - onChain, premature: this.#premature };
  }
}
