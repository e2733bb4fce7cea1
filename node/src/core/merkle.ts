// Merkle trees over SHA-256: a counted tree for lists, and a tree with one fixed leaf per slot for outboxes.
import { concatBytes, ZERO_HASH } from './bytes.ts';
import { HASH_BYTES, sha256, sha256Into, taggedHash } from './hash.ts';

function parentOf(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concatBytes([left, right]));
}

function foldLevels(leaves: readonly Uint8Array[], depth: number): Uint8Array[][] {
  const levels: Uint8Array[][] = [leaves.slice()];
  let empty = ZERO_HASH;
  for (let d = 0; d < depth; d++) {
    const below = levels[d]!;
    const above: Uint8Array[] = [];
    for (let i = 0; i < below.length; i += 2) above.push(parentOf(below[i]!, below[i + 1] ?? empty));
    levels.push(above);
    empty = parentOf(empty, empty);
  }
  return levels;
}

function emptyRoot(depth: number): Uint8Array {
  let h = ZERO_HASH;
  for (let d = 0; d < depth; d++) h = parentOf(h, h);
  return h;
}

/** ⌈log2(count)⌉, 0 for 0 and 1. */
export function depthFor(count: number): number {
  return count <= 1 ? 0 : 32 - Math.clz32(count - 1);
}

/** Root of a list; the count is part of it, so no list is a prefix or a padding of another (CVE-2012-2459). */
export function listRoot(leaves: readonly Uint8Array[]): Uint8Array {
  return listRootInPlace(concatBytes(leaves));
}

/** `listRoot` of leaves that lie one after the other; overwrites them. */
export function listRootInPlace(leaves: Uint8Array): Uint8Array {
  const count = leaves.length / HASH_BYTES;
  let empty = ZERO_HASH;
  for (let n = count; n > 1; n = (n + 1) >> 1) {
    for (let i = 0; i + 1 < n; i += 2) {
      sha256Into(leaves.subarray(i * HASH_BYTES, (i + 2) * HASH_BYTES), leaves, (i >> 1) * HASH_BYTES);
    }
    if ((n & 1) === 1) {
      const last = leaves.subarray((n - 1) * HASH_BYTES, n * HASH_BYTES);
      leaves.set(parentOf(last, empty), (n >> 1) * HASH_BYTES);
    }
    empty = parentOf(empty, empty);
  }
  return listTag(count, count === 0 ? ZERO_HASH : leaves.subarray(0, HASH_BYTES));
}

function listTag(count: number, top: Uint8Array): Uint8Array {
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, count, true);
  return taggedHash('rexnet/list', size, top);
}

/** Siblings of leaf 0 of a list, bottom up. */
export function firstLeafPath(leaves: readonly Uint8Array[]): Uint8Array[] {
  return new SlotTree(leaves, depthFor(leaves.length)).path(0);
}

/** The list root that leaf 0 of a list of `count` leaves and its path lead to; undefined when there is no such path. */
export function foldFirstLeaf(leaf: Uint8Array, count: number, path: readonly Uint8Array[]): Uint8Array | undefined {
  if (count === 0 || path.length !== depthFor(count)) return undefined;
  return listTag(count, foldPath(leaf, 0, path));
}

/** Root and paths of a tree of 2^depth slots; slots beyond `leaves` are zero. */
export class SlotTree {
  readonly depth: number;
  readonly root: Uint8Array;
  readonly #levels: Uint8Array[][];

  constructor(leaves: readonly Uint8Array[], depth: number) {
    if (leaves.length > 2 ** depth) throw new RangeError(`${leaves.length} leaves do not fit depth ${depth}`);
    this.depth = depth;
    this.#levels = foldLevels(leaves, depth);
    this.root = this.#levels[depth]![0] ?? emptyRoot(depth);
  }

  path(slot: number): Uint8Array[] {
    const out: Uint8Array[] = [];
    let empty = ZERO_HASH;
    for (let d = 0, i = slot; d < this.depth; d++, i >>>= 1) {
      out.push(this.#levels[d]![i ^ 1] ?? empty);
      empty = parentOf(empty, empty);
    }
    return out;
  }
}

/** The root that `leaf` at `slot` and its path lead to. */
export function foldPath(leaf: Uint8Array, slot: number, path: readonly Uint8Array[]): Uint8Array {
  let h = leaf;
  let i = slot;
  for (const sibling of path) {
    h = (i & 1) === 1 ? parentOf(sibling, h) : parentOf(h, sibling);
    i >>>= 1;
  }
  return h;
}
