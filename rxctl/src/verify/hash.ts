// SHA-256, SHA-256d, tagged hashes, and the trees made of them.
import { hash } from 'node:crypto';
import { join, same, u32Bytes, ZEROS } from './bytes.ts';

export function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer');
}

export function sha256d(bytes: Uint8Array): Uint8Array {
  return sha256(sha256(bytes));
}

export function tagged(tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const t = sha256(Buffer.from(tag, 'utf8'));
  return sha256(join([t, t, ...parts]));
}

function node(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(join([left, right]));
}

/** Root of a tree of 2^depth leaves, those not given zero. */
export function treeRoot(leaves: readonly Uint8Array[], depth: number): Uint8Array {
  let level = leaves.slice();
  let empty = ZEROS;
  for (let d = 0; d < depth; d++) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) above.push(node(level[i]!, level[i + 1] ?? empty));
    level = above;
    empty = node(empty, empty);
  }
  return level[0] ?? empty;
}

/** ⌈log2(count)⌉. */
export function depthFor(count: number): number {
  let depth = 0;
  while (2 ** depth < count) depth++;
  return depth;
}

/** Root of a list: the tree over its leaves under a hash with their count. */
export function listRoot(leaves: readonly Uint8Array[]): Uint8Array {
  return listTop(leaves.length, treeRoot(leaves, depthFor(leaves.length)));
}

/** The root of a list of `count` leaves whose tree has this top. */
export function listTop(count: number, top: Uint8Array): Uint8Array {
  return tagged('rexnet/list', u32Bytes(count), top);
}

/** Where a leaf at `slot` and its path lead. */
export function fold(
  leaf: Uint8Array,
  slot: number,
  path: readonly Uint8Array[],
  pair: (bytes: Uint8Array) => Uint8Array,
): Uint8Array {
  let h = leaf;
  let i = slot;
  for (const sibling of path) {
    h = pair(join(i % 2 === 1 ? [sibling, h] : [h, sibling]));
    i = Math.floor(i / 2);
  }
  return h;
}

/** The leaf of a batch under an outbox root. */
export function batchLeaf(batch: Uint8Array): Uint8Array {
  return batch.length === 0 ? ZEROS : tagged('rexnet/batch', batch);
}

/** Whether a batch is the one for `group` under an outbox root. A group beyond the tree has the empty one and no path. */
export function isOutboxLeaf(
  root: Uint8Array,
  depth: number,
  group: number,
  proven: { readonly leaf: Uint8Array; readonly path: readonly Uint8Array[] },
): boolean {
  if (group >= 2 ** depth) return proven.leaf.length === 0 && proven.path.length === 0;
  return proven.path.length === depth && same(fold(batchLeaf(proven.leaf), group, proven.path, sha256), root);
}
