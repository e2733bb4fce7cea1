// Byte layouts of merge-mining proofs: the witness of one block, and the record of one parent that serves every group.
import { blob, bytes, DecodeError, doc, type Field, layout, list, u8, u32 } from '../core/codec.ts';
import { COINBASE_BYTES_MAX } from './coinbase.ts';

/** Rule B: hashes between a coinbase and its block's Merkle root. */
export const COINBASE_BRANCH_MAX = 30;
/** Rule C: height of the merged-mining tree, so at most 65,536 groups share a parent. */
export const CHAIN_BRANCH_MAX = 16;

const hash = bytes(32);
const parentHeader = doc(bytes(80), 'Bitcoin header whose hash is the work');
const coinbase = doc(blob(u32, COINBASE_BYTES_MAX), 'its coinbase transaction without witness');
const coinbaseBranch = doc(list(u8, hash, COINBASE_BRANCH_MAX), 'from the coinbase (index 0) to the Merkle root');

export const WITNESS = layout('Witness', {
  parentHeader,
  coinbase,
  coinbaseBranch,
  chainBranch: doc(list(u8, hash, CHAIN_BRANCH_MAX), 'from the block id, at its slot, to the committed root'),
});
export type Witness = ReturnType<typeof WITNESS.decode>;

/** A full tree level: log2 of the count, then that many hashes. */
function leavesOf(heightMax: number): Field<Uint8Array[]> {
  return {
    type: `u8 height h ≤ ${heightMax}, 2^h × 32 bytes`,
    read: (r, name) => {
      const height = u8.read(r, name);
      if (height > heightMax) throw new DecodeError('too-long', name, `height ${height}`);
      const out: Uint8Array[] = [];
      for (let i = 0; i < 2 ** height; i++) out.push(hash.read(r, name));
      return out;
    },
    write: (w, leaves, name) => {
      const height = Math.log2(leaves.length);
      if (!Number.isInteger(height) || height > heightMax) throw new DecodeError('out-of-range', name);
      u8.write(w, height, name);
      for (const leaf of leaves) hash.write(w, leaf, name);
    },
  };
}

export const WORK_RECORD = layout('WorkRecord', {
  parentHeader,
  coinbase,
  coinbaseBranch,
  nonce: doc(u32, 'tree nonce, as committed in the coinbase'),
  leaves: doc(leavesOf(CHAIN_BRANCH_MAX), 'block ids by slot; zeros for groups not due'),
});
export type WorkRecord = ReturnType<typeof WORK_RECORD.decode>;
