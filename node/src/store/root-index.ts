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
  prefixes.sort();
  let count = 0;
  for (const prefix of prefixes) if (count === 0 || prefixes[count - 1] !== prefix) prefixes[count++] = prefix;
  return Buffer.from(prefixes.buffer, 0, count * ROOT_ENTRY_BYTES);
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

/** Newest prefixes kept in memory, 12 bytes each; older blocks are searched on disk. */
export const RECENT_ROOTS_MAX = 524_288;

interface Run {
  readonly prefixes: Float64Array;
  /** Number of the block of each prefix. */
  readonly blocks: Uint32Array;
}

/** The indexes of the newest blocks merged into a few sorted runs, so that a look-up is a handful of binary searches. */
export class RecentRoots<T> {
  /** Oldest first, each more than twice as long as the next. */
  #runs: Run[] = [];
  #blocks: T[] = [];
  /** Number of the first block still here. */
  #first = 0;

  get firstBlock(): T | undefined {
    return this.#blocks[0];
  }

  /** Blocks in the order they were executed. */
  add(block: T, index: Uint8Array): void {
    const prefixes = new Float64Array(Uint8Array.from(index).buffer);
    this.#blocks.push(block);
    this.#push({ prefixes, blocks: new Uint32Array(prefixes.length).fill(this.#first + this.#blocks.length - 1) });
  }

  /** Blocks that may hold the root, in the order they were added. */
  find(root: Uint8Array): T[] {
    const wanted = prefixOf(viewOf(root), 0);
    const numbers: number[] = [];
    for (const { prefixes, blocks } of this.#runs) {
      for (let i = lowerBound(prefixes, wanted); prefixes[i] === wanted; i++) numbers.push(blocks[i]!);
    }
    return numbers.sort((a, b) => a - b).map((n) => this.#blocks[n - this.#first]!);
  }

  #push(run: Run): void {
    let last = run;
    while ((this.#runs.at(-1)?.prefixes.length ?? Number.POSITIVE_INFINITY) <= 2 * last.prefixes.length) {
      last = merge(this.#runs.pop()!, last);
    }
    this.#runs.push(last);
    const held = this.#runs.reduce((sum, { prefixes }) => sum + prefixes.length, 0);
    if (held > RECENT_ROOTS_MAX && this.#blocks.length > 1) this.#forgetHalf();
  }

  #forgetHalf(): void {
    const half = this.#blocks.length >> 1;
    this.#blocks = this.#blocks.slice(half);
    this.#first += half;
    this.#runs = this.#runs.map((run) => keepFrom(run, this.#first)).filter(({ prefixes }) => prefixes.length > 0);
  }
}

function keepFrom(run: Run, first: number): Run {
  const kept: number[] = [];
  for (const [i, block] of run.blocks.entries()) if (block >= first) kept.push(i);
  return {
    prefixes: Float64Array.from(kept, (i) => run.prefixes[i]!),
    blocks: Uint32Array.from(kept, (i) => run.blocks[i]!),
  };
}

function lowerBound(prefixes: Float64Array, wanted: number): number {
  let low = 0;
  let high = prefixes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (prefixes[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

function merge(a: Run, b: Run): Run {
  const size = a.prefixes.length + b.prefixes.length;
  const prefixes = new Float64Array(size);
  const blocks = new Uint32Array(size);
  for (let i = 0, j = 0, k = 0; k < size; k++) {
    const takeA = j >= b.prefixes.length || (i < a.prefixes.length && a.prefixes[i]! <= b.prefixes[j]!);
    const from = takeA ? a : b;
    const at = takeA ? i++ : j++;
    prefixes[k] = from.prefixes[at]!;
    blocks[k] = from.blocks[at]!;
  }
  return { prefixes, blocks };
}
