// Which transactions a block holds receipts of, as one sorted value per block: a put per transaction cost twenty times
// what executing it does. Prefixes, so a hit is a hint: whoever asks looks into the receipts.
import { viewOf } from '../core/bytes.ts';
import { RECEIPT_BYTES } from '../core/layouts.ts';

const ROOT_OFFSET = 32;
export const ROOT_ENTRY_BYTES = 8;

/** First 48 bits of an id, which a double holds exactly. */
function prefixOf(view: DataView, at: number): number {
  return view.getUint32(at, false) * 0x1_0000 + view.getUint16(at + 4, false);
}

/** Prefixes of the distinct roots of a block's receipts, ascending. */
export function encodeRoots(receipts: Uint8Array): Buffer {
  const view = viewOf(receipts);
  const prefixes = new Float64Array(receipts.length / RECEIPT_BYTES);
  for (let i = 0; i < prefixes.length; i++) prefixes[i] = prefixOf(view, i * RECEIPT_BYTES + ROOT_OFFSET);
  const sorted = sortPrefixes(prefixes);
  let count = 0;
  for (let i = 0; i < sorted.length; i++) {
    const prefix = sorted[i]!;
    if (count === 0 || sorted[count - 1] !== prefix) sorted[count++] = prefix;
  }
  return Buffer.from(sorted.buffer, 0, count * ROOT_ENTRY_BYTES);
}

const PREFIX_END = 2 ** 48;

/** Ids are hashes, spread evenly: dealt into as many buckets as there are prefixes, each is almost in its place. */
function sortPrefixes(prefixes: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const { length } = prefixes;
  const scale = length / PREFIX_END;
  const ends = new Uint32Array(length + 1);
  for (let i = 0; i < length; i++) ends[Math.floor(prefixes[i]! * scale) + 1]!++;
  for (let i = 1; i <= length; i++) ends[i]! += ends[i - 1]!;
  const sorted = new Float64Array(length);
  for (let i = 0; i < length; i++) sorted[ends[Math.floor(prefixes[i]! * scale)]!++] = prefixes[i]!;
  for (let i = 1; i < length; i++) {
    const prefix = sorted[i]!;
    let at = i;
    for (; at > 0 && sorted[at - 1]! > prefix; at--) sorted[at] = sorted[at - 1]!;
    sorted[at] = prefix;
  }
  return sorted;
}

export function hasRoot(index: Uint8Array, root: Uint8Array): boolean {
  const view = viewOf(index);
  const wanted = prefixOf(viewOf(root), 0);
  let low = 0;
  let high = index.length / ROOT_ENTRY_BYTES;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (view.getFloat64(middle * ROOT_ENTRY_BYTES, true) < wanted) low = middle + 1;
    else high = middle;
  }
  return low * ROOT_ENTRY_BYTES < index.length && view.getFloat64(low * ROOT_ENTRY_BYTES, true) === wanted;
}

/** Prefixes kept in memory at most, 8 bytes each. */
const RECENT_ROOTS_MAX = 524_288;
/** Blocks kept in memory at most: where they are small a look-up has the others from disk as fast, and memory stays as it is. */
export const RECENT_BLOCKS_MAX = 64;

interface Recent<T> {
  readonly block: T;
  /** Ascending. */
  readonly prefixes: Float64Array;
}

/** The indexes of the newest blocks; older ones are searched on disk. */
export class RecentRoots<T> {
  /** Oldest first. */
  readonly #recent: Recent<T>[] = [];
  #held = 0;

  get firstBlock(): T | undefined {
    return this.#recent[0]?.block;
  }

  /** Blocks in the order they were executed. */
  add(block: T, index: Uint8Array): void {
    const prefixes = new Float64Array(Uint8Array.from(index).buffer);
    this.#recent.push({ block, prefixes });
    this.#held += prefixes.length;
    while (this.#recent.length > RECENT_BLOCKS_MAX || (this.#held > RECENT_ROOTS_MAX && this.#recent.length > 1)) {
      this.#held -= this.#recent.shift()!.prefixes.length;
    }
  }

  /** Blocks that may hold the root, in the order they were added. */
  find(root: Uint8Array): T[] {
    const wanted = prefixOf(viewOf(root), 0);
    return this.#recent.filter(({ prefixes }) => holds(prefixes, wanted)).map(({ block }) => block);
  }
}

function holds(prefixes: Float64Array, wanted: number): boolean {
  let low = 0;
  let high = prefixes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (prefixes[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return prefixes[low] === wanted;
}
