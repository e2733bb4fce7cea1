// One known header in the tree of its group: its line of ancestors and what its chain has read of other groups.
// It judges nothing; whoever makes an entry has checked the header.
import { textOf, toHex } from '../core/bytes.ts';
import { HEADER, type Header } from '../core/layouts.ts';
import type { ShardMap } from './shard-map.ts';

/** Heights between two full cursor vectors; between them an entry keeps only what it read itself. */
const VECTOR_EVERY = 16;

/** A map on one line of group 0, with block 0 of every group it names as that line made it. */
export interface Adoption {
  readonly map: ShardMap;
  readonly genesis: ReadonlyMap<number, HeaderEntry>;
}

/** A header that stands on a line of known ones, accepted or still waiting for what it reads. */
export interface LinkedHeader {
  readonly key: string;
  readonly header: Header;
  readonly parent: LinkedHeader | undefined;
  /** Longest known line of descendants, counted up to what confirmations ask for. */
  descendants: number;
}

/**
 * Tells the line above `header` how long it has become. Waiting headers count: two groups whose blocks confirm each
 * other's could otherwise never be learnt by somebody who comes late. Answers those whose count grew.
 */
export function strengthen(header: LinkedHeader, confirmations: number): LinkedHeader[] {
  const grown: LinkedHeader[] = [];
  let above = header.parent;
  for (let depth = 1; depth <= confirmations && above !== undefined; depth++) {
    if (above.descendants < depth) {
      above.descendants = depth;
      grown.push(above);
    }
    above = above.parent;
  }
  return grown;
}

export interface EntryParts {
  readonly id: Uint8Array;
  readonly header: Header;
  readonly bytes: Uint8Array;
  readonly witness: Uint8Array;
  readonly parent: HeaderEntry | undefined;
  /** Expected hashes behind this block alone. */
  readonly ownWork: bigint;
  /** The newest block read here per source group, ascending by group. */
  readonly reads: readonly HeaderEntry[];
  /** Source blocks in reading order. */
  readonly readingOrder: readonly HeaderEntry[];
  /** The map in force; what begins an epoch, or is a block 0, is told later. */
  readonly adoption?: Adoption | undefined;
}

/** Where an entry that was compacted finds its header again. */
export interface HeaderShelf {
  /** Throws when it is gone: whoever compacts an entry has stored it. */
  bytesOf(entry: HeaderEntry): Uint8Array;
}

/** What a recent entry has at hand. */
interface Whole {
  readonly header: Header;
  readonly bytes: Uint8Array;
  readonly witness: Uint8Array;
}

/** `held`: in the tree. Cut from it below the window, on the chosen chain then (`settled`) or not (`lost`). */
type Standing = 'held' | 'settled' | 'lost';

/** There are thousands of each group, so every field counts; what can be shared between entries is. */
export class HeaderEntry implements LinkedHeader {
  readonly group: number;
  readonly height: number;
  readonly ownWork: bigint;
  /** Work of the whole chain up to here, genesis counting nothing. */
  readonly work: bigint;
  descendants = 0;
  /** Execution refused it or an ancestor. */
  dead = false;
  readonly #id: string;
  #kept: Whole | HeaderShelf;
  #reads: readonly HeaderEntry[];
  #readingOrder: readonly HeaderEntry[];
  #standing: Standing = 'held';
  #parent: HeaderEntry | undefined;
  #skip: HeaderEntry | undefined;
  /** Newest blocks read by the whole chain, ascending by group. */
  #vector: readonly HeaderEntry[] | undefined;
  #adoption: Adoption | undefined;

  constructor(parts: EntryParts) {
    const { header, bytes, witness, parent } = parts;
    this.#id = textOf(parts.id);
    this.#kept = { header, bytes, witness };
    this.group = header.group;
    this.height = header.height;
    this.#reads = packed(parts.reads);
    this.#readingOrder = isSameList(parts.readingOrder, this.#reads) ? this.#reads : packed(parts.readingOrder);
    this.ownWork = parts.ownWork;
    this.work = parent === undefined || this.height === 0 ? 0n : parent.work + parts.ownWork;
    this.#adoption = parts.adoption;
    this.#parent = parent;
    this.#skip = parent?.ancestorAt(skipHeight(this.height));
    if (parent !== undefined && this.height % VECTOR_EVERY === 0) this.#vector = this.#collect();
  }

  /** A copy, the caller's own. */
  get id(): Uint8Array {
    const id = new Uint8Array(this.#id.length);
    for (let i = 0; i < id.length; i++) id[i] = this.#id.charCodeAt(i);
    return id;
  }

  /** The id as `textOf` makes a key of it. */
  get idText(): string {
    return this.#id;
  }

  /** The id in hex: what other rooms key their maps by. */
  get key(): string {
    return toHex(this.id);
  }

  /** The newest block read here per source group, ascending by group. */
  get reads(): readonly HeaderEntry[] {
    return this.#reads;
  }

  /** Source blocks in reading order. */
  get readingOrder(): readonly HeaderEntry[] {
    return this.#readingOrder;
  }

  /** Cut from the tree below the window while its chain was the chosen one. */
  get settled(): boolean {
    return this.#standing === 'settled';
  }

  /** It has not been cut from the tree. */
  get isHeld(): boolean {
    return this.#standing === 'held';
  }

  /** The shard map in force at this block. Only headers made by hand have none. */
  get adoption(): Adoption | undefined {
    return this.#adoption;
  }

  /** Of a block that begins an epoch and of every block 0: the map could not be made before the block. */
  adopt(adoption: Adoption): void {
    this.#adoption = adoption;
  }

  get map(): ShardMap {
    if (this.#adoption === undefined) throw new Error(`no shard map is known at ${this.group}:${this.height}`);
    return this.#adoption.map;
  }

  get header(): Header {
    return 'bytesOf' in this.#kept ? HEADER.decode(this.#kept.bytesOf(this)) : this.#kept.header;
  }

  get bytes(): Uint8Array {
    return 'bytesOf' in this.#kept ? this.#kept.bytesOf(this) : this.#kept.bytes;
  }

  /** Undefined once it was left to whoever stored it. */
  get witness(): Uint8Array | undefined {
    return 'bytesOf' in this.#kept ? undefined : this.#kept.witness;
  }

  /** Lets go of what is seldom asked of an old block and on the shelf by now. A block 0 never is: everybody makes it himself. */
  compact(shelf: HeaderShelf): void {
    if (this.height > 0) this.#kept = shelf;
  }

  get parent(): HeaderEntry | undefined {
    return this.#parent;
  }

  /** The ancestor (or itself) at a height; undefined above it and below what the tree still holds. */
  ancestorAt(height: number): HeaderEntry | undefined {
    if (height > this.height) return undefined;
    let entry: HeaderEntry | undefined = this;
    while (entry !== undefined && entry.height !== height) {
      const skip: HeaderEntry | undefined = entry.#skip;
      if (skip === undefined || skip.height < height) entry = entry.#parent;
      else if (skip.isHeld) entry = skip;
      else return undefined;
    }
    return entry;
  }

  /** The newest block of `group` this chain has read; block 0 of a group counts as read from the map on that names it. Undefined for its own and unknown groups. */
  cursor(group: number): HeaderEntry | undefined {
    this.#mustBeHeld();
    let entry: HeaderEntry | undefined = this;
    let read: HeaderEntry | undefined;
    while (entry !== undefined && read === undefined) {
      read = ofGroup(entry.#vector ?? entry.#reads, group);
      if (entry.#vector !== undefined) break;
      entry = entry.#parent;
    }
    return read ?? (group === this.group ? undefined : this.#adoption?.genesis.get(group));
  }

  /** The whole vector, ascending by group. */
  cursors(): ReadonlyMap<number, HeaderEntry> {
    this.#mustBeHeld();
    const read = new Map((this.#vector ?? this.#collect()).map((entry) => [entry.group, entry]));
    const unread = [...(this.#adoption?.genesis ?? [])].filter(([group]) => group !== this.group && !read.has(group));
    return unread.length === 0 ? read : new Map([...read, ...unread].sort(([a], [b]) => a - b));
  }

  /** Gives a first block the vector it has no parent to inherit from, ascending by group. */
  setCursors(vector: readonly HeaderEntry[]): void {
    this.#vector = packed(vector);
  }

  /** Lets go of everything older: the entry becomes the oldest the tree holds. */
  cut(): void {
    this.#vector ??= this.#collect();
    this.#parent = undefined;
    this.#skip = undefined;
  }

  /**
   * Leaves the tree. Entries that stay may still name it, but through it they must hold nothing: one line of skips and
   * reads that stays whole would keep every header there ever was in memory.
   */
  leave(isChosen: boolean): void {
    this.#standing = isChosen ? 'settled' : 'lost';
    this.#parent = undefined;
    this.#skip = undefined;
    this.#vector = undefined;
    this.#reads = NONE;
    this.#readingOrder = NONE;
  }

  #mustBeHeld(): void {
    if (!this.isHeld) throw new Error(`${this.key} has left the tree: what its chain had read is forgotten`);
  }

  #collect(): readonly HeaderEntry[] {
    const above: HeaderEntry[] = [];
    let base: HeaderEntry | undefined = this;
    while (base !== undefined && base.#vector === undefined) {
      above.push(base);
      base = base.#parent;
    }
    const known = base === undefined ? NONE : (base.#vector ?? NONE);
    const vector = new Map(known.map((entry) => [entry.group, entry]));
    for (const entry of above.reverse()) for (const read of entry.#reads) vector.set(read.group, read);
    return packed([...vector.values()].sort((a, b) => a.group - b.group));
  }
}

const NONE: readonly HeaderEntry[] = [];

/** The same list without room to grow: lists grown by pushing have some. */
function packed(list: readonly HeaderEntry[]): readonly HeaderEntry[] {
  return list.length === 0 ? NONE : list.slice();
}

function isSameList(a: readonly HeaderEntry[], b: readonly HeaderEntry[]): boolean {
  return a.length === b.length && a.every((entry, i) => entry === b[i]);
}

/** `list` ascends by group. */
function ofGroup(list: readonly HeaderEntry[], group: number): HeaderEntry | undefined {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.group < group) low = middle + 1;
    else high = middle;
  }
  const found = list[low];
  return found?.group === group ? found : undefined;
}

/** `a` is `b` or an ancestor of it. */
export function isAncestor(a: HeaderEntry, b: HeaderEntry): boolean {
  if (a === b) return true;
  if (a.group !== b.group || a.height >= b.height) return false;
  const at = b.ancestorAt(a.height);
  // Of a branch that was lost nobody knows any more where it left the chosen chain: what it has read counts nowhere.
  return at === undefined ? a.settled && (b.isHeld || b.settled) : at === a;
}

export function onOneLine(a: HeaderEntry, b: HeaderEntry): boolean {
  return isAncestor(a, b) || isAncestor(b, a);
}

/** Bitcoin's skip list: any ancestor in O(log n) steps with one more pointer per block. */
function skipHeight(height: number): number {
  if (height < 2) return 0;
  return height & 1 ? clearLowestBit(clearLowestBit(height - 1)) + 1 : clearLowestBit(height);
}

function clearLowestBit(n: number): number {
  return n & (n - 1);
}
