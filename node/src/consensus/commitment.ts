// The merged-mining commitment: magic ‖ reversed root ‖ size ‖ nonce inside a coinbase script, and each chain's slot under it.
import { concatBytes, viewOf } from '../core/bytes.ts';
import { sha256d } from '../core/hash.ts';

const MAGIC = Uint8Array.of(0xfa, 0xbe, 0x6d, 0x6d);
const COMMITMENT_BYTES = 44;

export interface Commitment {
  /** Internal byte order; the script holds it reversed. */
  readonly root: Uint8Array;
  /** Slots of the tree, as claimed. */
  readonly size: number;
  readonly nonce: number;
}

export type CommitmentProblem = 'NO_COMMITMENT' | 'SECOND_COMMITMENT' | 'COMMITMENT_CUT';

export function encodeCommitment(commitment: Commitment): Uint8Array {
  const tail = new Uint8Array(8);
  const view = viewOf(tail);
  view.setUint32(0, commitment.size, true);
  view.setUint32(4, commitment.nonce, true);
  return concatBytes([MAGIC, new Uint8Array(commitment.root).reverse(), tail]);
}

/**
 * Finds the one commitment of a script. The search is over raw bytes, not over pushes: a second magic anywhere,
 * even by chance inside the root, would let one work stand for two roots.
 */
export function findCommitment(script: Uint8Array): Commitment | CommitmentProblem {
  const haystack = Buffer.from(script.buffer, script.byteOffset, script.byteLength);
  const at = haystack.indexOf(MAGIC);
  if (at < 0) return 'NO_COMMITMENT';
  if (haystack.indexOf(MAGIC, at + 1) >= 0) return 'SECOND_COMMITMENT';
  if (script.length - at < COMMITMENT_BYTES) return 'COMMITMENT_CUT';
  const view = viewOf(script);
  return {
    root: new Uint8Array(script.subarray(at + 4, at + 36)).reverse(),
    size: view.getUint32(at + 36, true),
    nonce: view.getUint32(at + 40, true),
  };
}

/**
 * The one slot a chain may use in a tree of 2^height, Namecoin's formula. Wrapping at 2^32 is exact because the modulus
 * divides it. For a given height two chains collide iff their ids agree modulo 2^height, whatever the nonce.
 */
export function chainSlot(nonce: number, chainId: number, height: number): number {
  const mask = 2 ** height - 1;
  let r = (Math.imul(nonce, 1_103_515_245) + 12_345) & mask;
  r = (r + chainId) | 0;
  return ((Math.imul(r, 1_103_515_245) + 12_345) & mask) >>> 0;
}

/** The root a leaf and its branch lead to; bit i of `index` says on which side the i-th sibling stands. */
export function foldBranch(leaf: Uint8Array, branch: readonly Uint8Array[], index: number): Uint8Array {
  let hash = leaf;
  let side = index;
  for (const sibling of branch) {
    hash = sha256d(concatBytes((side & 1) === 1 ? [sibling, hash] : [hash, sibling]));
    side >>>= 1;
  }
  return hash;
}

/** Levels of the merged-mining tree from its 2^height leaves up to the root. */
export class MergedTree {
  readonly height: number;
  readonly root: Uint8Array;
  readonly #levels: readonly (readonly Uint8Array[])[];

  constructor(leaves: readonly Uint8Array[]) {
    this.height = Math.log2(leaves.length);
    if (!Number.isInteger(this.height)) throw new RangeError(`a merged tree has 2^h leaves, not ${leaves.length}`);
    const levels: Uint8Array[][] = [leaves.slice()];
    for (let level = leaves; level.length > 1; level = levels.at(-1)!) {
      const above: Uint8Array[] = [];
      for (let i = 0; i < level.length; i += 2) above.push(sha256d(concatBytes([level[i]!, level[i + 1]!])));
      levels.push(above);
    }
    this.#levels = levels;
    this.root = levels[this.height]![0]!;
  }

  branch(slot: number): Uint8Array[] {
    const out: Uint8Array[] = [];
    for (let d = 0, i = slot; d < this.height; d++, i >>>= 1) out.push(this.#levels[d]![i ^ 1]!);
    return out;
  }
}
