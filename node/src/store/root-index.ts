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

/** Newest prefixes kept in memory, 12 bytes each; older blocks are searched on disk. */
export const RECENT_ROOTS_MAX = 524_288;

interface Run {
  readonly prefixes: Float64Array;
  /** Number of the block of each prefix, all of them from `oldest` to `newest`. */
  readonly blocks: Uint32Array;
  readonly oldest: number;
  readonly newest: number;
}

/** Runs a look-up searches at most; more are merged by the look-up that finds them, so that a block seldom pays for it. */
const RUNS_SEARCHED_MAX = 48;
/** Runs held while nobody looks anything up. */
const RUNS_MAX = 4_096;

/** The indexes of the newest blocks as sorted runs: a look-up is a few binary searches. */
export class RecentRoots<T> {
  /** Oldest first. */
  #runs: Run[] = [];
  #held = 0;
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
    const number = this.#first + this.#blocks.length - 1;
    const blocks = new Uint32Array(prefixes.length).fill(number);
    this.#runs.push({ prefixes, blocks, oldest: number, newest: number });
    this.#held += prefixes.length;
    if (this.#runs.length > RUNS_MAX) this.#merge();
    if (this.#held > RECENT_ROOTS_MAX && this.#blocks.length > 1) this.#forgetHalf();
  }

  /** Blocks that may hold the root, in the order they were added. */
  find(root: Uint8Array): T[] {
    const wanted = prefixOf(viewOf(root), 0);
    if (this.#runs.length > RUNS_SEARCHED_MAX) this.#merge();
    const numbers: number[] = [];
    for (const { prefixes, blocks } of this.#runs) {
      for (let i = lowerBound(prefixes, wanted); prefixes[i] === wanted; i++) numbers.push(blocks[i]!);
    }
    return numbers.sort((a, b) => a - b).map((n) => this.#blocks[n - this.#first]!);
  }

  /** Afterwards each run is more than twice as long as the next. */
  #merge(): void {
    const merged: Run[] = [];
    for (const run of this.#runs) {
      let last = run;
      while ((merged.at(-1)?.prefixes.length ?? Number.POSITIVE_INFINITY) <= 2 * last.prefixes.length) {
        last = merge(merged.pop()!, last);
      }
      merged.push(last);
    }
    this.#runs = merged;
  }

  #forgetHalf(): void {
    const half = this.#blocks.length >> 1;
    this.#blocks = this.#blocks.slice(half);
    this.#first += half;
    this.#runs = this.#runs.filter(({ newest }) => newest >= this.#first).map((run) => keepFrom(run, this.#first));
    this.#held = this.#runs.reduce((sum, { prefixes }) => sum + prefixes.length, 0);
  }
}

function keepFrom(run: Run, first: number): Run {
  if (run.oldest >= first) return run;
  const kept: number[] = [];
  for (const [i, block] of run.blocks.entries()) if (block >= first) kept.push(i);
  return {
    prefixes: Float64Array.from(kept, (i) => run.prefixes[i]!),
    blocks: Uint32Array.from(kept, (i) => run.blocks[i]!),
    oldest: first,
    newest: run.newest,
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
  return { prefixes, blocks, oldest: a.oldest, newest: b.newest };
}
