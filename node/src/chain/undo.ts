// What takes a block back. Private to a node: it never travels and no root commits it.
import { blob, bytes, layout, list, u32 } from '../core/codec.ts';

const CHANGES_MAX = 4_097;
const CONTRACTS_MAX = 1 << 20;

export const UNDO = layout('Undo', {
  /** System before the block. */
  system: blob(u32, 1 << 24),
  checkpoint: bytes(32),
  accumulators: list(u32, layout('AccumulatorBefore', { slot: u32, acc: bytes(32) }), CHANGES_MAX),
  /** Contracts it installed. */
  contracts: list(u32, u32, CONTRACTS_MAX),
  /** Bitcoin headers recorded before it. */
  headers: u32,
  /** The machine's own record. */
  cells: blob(u32, 0xffff_ffff),
});
export type Undo = ReturnType<typeof UNDO.decode>;
