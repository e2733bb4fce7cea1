// One solved parent for all groups: the record on the wire and the witnesses it implies. It verifies nothing; witnesses are judged one by one.
import { isZero } from '../core/bytes.ts';
import { WITNESS, type WorkRecord } from './auxpow-layouts.ts';
import { chainSlot, MergedTree } from './commitment.ts';

/** Witnesses of a record; the tree is folded once for all groups. */
export class WitnessSource {
  readonly #record: WorkRecord;
  readonly #chainIdBase: number;
  readonly #tree: MergedTree;

  constructor(record: WorkRecord, chainIdBase: number) {
    this.#record = record;
    this.#chainIdBase = chainIdBase;
    this.#tree = new MergedTree(record.leaves);
  }

  get root(): Uint8Array {
    return this.#tree.root;
  }

  /** The block id this parent works for in a group; undefined where the group was not due. */
  blockId(group: number): Uint8Array | undefined {
    const leaf = this.#record.leaves[this.#slot(group)]!;
    return isZero(leaf) ? undefined : leaf;
  }

  /** The encoded witness of a group's block; undefined where the group was not due. */
  witness(group: number): Uint8Array | undefined {
    if (this.blockId(group) === undefined) return undefined;
    const { parentHeader, coinbase, coinbaseBranch } = this.#record;
    const chainBranch = this.#tree.branch(this.#slot(group));
    return WITNESS.encode({ parentHeader, coinbase, coinbaseBranch, chainBranch });
  }

  #slot(group: number): number {
    return chainSlot(this.#record.nonce, this.#chainIdBase + group, this.#tree.height);
  }
}

/** The witness of a single group. */
export function witnessFor(record: WorkRecord, group: number, chainIdBase: number): Uint8Array | undefined {
  return new WitnessSource(record, chainIdBase).witness(group);
}
