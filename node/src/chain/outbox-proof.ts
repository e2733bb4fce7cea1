// The outbox tree: one fixed leaf per group id, so that an empty batch is proven like a full one. It hashes batches and
// never looks into them.
import { equalBytes, ZERO_HASH } from '../core/bytes.ts';
import { taggedHash } from '../core/hash.ts';
import type { ProvenLeaf } from '../core/layouts.ts';
import { foldPath, SlotTree } from '../core/merkle.ts';

export interface OutboxLeaf {
  readonly group: number;
  /** Batch bytes, never empty. */
  readonly leaf: Uint8Array;
}

/** The leaf of a batch; no batch is the zero leaf. */
export function batchHash(batch: Uint8Array): Uint8Array {
  return batch.length === 0 ? ZERO_HASH : taggedHash('rexnet/batch', batch);
}

/** `leaves` ascending by group, zero leaves left out. */
export function outboxTree(leaves: readonly OutboxLeaf[], depth: number): SlotTree {
  const slots: Uint8Array[] = [];
  for (const { group, leaf } of leaves) {
    while (slots.length < group) slots.push(ZERO_HASH);
    slots.push(batchHash(leaf));
  }
  return new SlotTree(slots, depth);
}

/** The leaf of one group with its path; `tree` is that of the leaves. */
export function leafIn(leaves: readonly OutboxLeaf[], tree: SlotTree, group: number): ProvenLeaf {
  const leaf = leaves.find((l) => l.group === group)?.leaf ?? new Uint8Array(0);
  return { leaf, path: group >= 2 ** tree.depth ? [] : tree.path(group) };
}

export function proveLeaf(leaves: readonly OutboxLeaf[], depth: number, group: number): ProvenLeaf {
  return leafIn(leaves, outboxTree(leaves, depth), group);
}

/** Whether this is the leaf of `group` under an outbox root. A group beyond the tree has the zero leaf and no path. */
export function verifyLeaf(outboxRoot: Uint8Array, depth: number, group: number, proven: ProvenLeaf): boolean {
  if (group >= 2 ** depth) return proven.leaf.length === 0 && proven.path.length === 0;
  if (proven.path.length !== depth) return false;
  return equalBytes(foldPath(batchHash(proven.leaf), group, proven.path), outboxRoot);
}
