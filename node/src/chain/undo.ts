// What takes a block back. Private to a node: it never travels and no root commits it.
import { blob, bytes, doc, layout, list, u32 } from '../core/codec.ts';

const CHANGES_MAX = 4_097;
const CONTRACTS_MAX = 1 << 20;

export const UNDO = layout('Undo', {
  system: doc(blob(u32, 1 << 24), 'System before the block'),
  checkpoint: doc(bytes(32), 'of the newest checkpoint height before the block'),
  accumulators: doc(
    list(u32, layout('AccumulatorBefore', { slot: u32, acc: bytes(32) }), CHANGES_MAX),
    'AccumulatorBefore: slot u32 ‖ accumulator 32; of what the block changed, as it was',
  ),
  contracts: doc(list(u32, u32, CONTRACTS_MAX), 'it installed'),
  headers: doc(u32, 'Bitcoin headers recorded before it'),
  cells: doc(blob(u32, 0xffff_ffff), "the machine's own record"),
});
export type Undo = ReturnType<typeof UNDO.decode>;
