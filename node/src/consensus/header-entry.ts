// One known header in the tree of its group: its line of ancestors and what its chain has read of other groups.
// It judges nothing; whoever makes an entry has checked the header.
import { toHex } from '../core/bytes.ts';
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
  /** The newest block read here per source group, resolved. */
  readonly reads: ReadonlyMap<number, HeaderEntry>;
  /** Source blocks in reading order. */
  readonly readingOrder: readonly HeaderEntry[];
  /** The map in force; what begins an epoch, or is a block 0, is told later. */
  readonly adoption?: Adoption | undefined;
}

export class HeaderEntry implements LinkedHeader {
  readonly id: Uint8Array;
  /** The id in hex: what maps are keyed by. */
  readonly key: string;
  readonly group: number;
  readonly height: number;
  readonly bytes: Uint8Array;
  readonly ownWork: bigint;
  /** Work of the whole chain up to here, genesis counting nothing. */
  readonly work: bigint;
  readonly reads: ReadonlyMap<number, HeaderEntry>;
  readonly readingOrder: readonly HeaderEntry[];
  descendants = 0;
  /** Execution refused it or an ancestor. */
  dead = false;
  /** Cut from the tree below the window while its chain was the chosen one. */
  settled = false;
  #header: Header | undefined;
  #witness: Uint8Array | undefined;
  #parent: HeaderEntry | undefined;
  #skip: HeaderEntry | undefined;
  #vector: ReadonlyMap<number, HeaderEntry> | undefined;
  #adoption: Adoption | undefined;

  constructor(parts: EntryParts) {
    this.id = parts.id;
    this.key = toHex(parts.id);
    this.#header = parts.header;
    this.group = parts.header.group;
    this.height = parts.header.height;
    this.bytes = parts.bytes;
    this.#witness = parts.witness;
    this.reads = parts.reads;
    this.readingOrder = parts.readingOrder;
    this.ownWork = parts.ownWork;
    this.work = parts.parent === undefined || this.height === 0 ? 0n : parts.parent.work + parts.ownWork;
    this.#adoption = parts.adoption;
    this.#parent = parts.parent;
    this.#skip = parts.parent?.ancestorAt(skipHeight(this.height));
    if (parts.parent !== undefined && this.height % VECTOR_EVERY === 0) this.#vector = this.#collect();
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
    return this.#header ?? HEADER.decode(this.bytes);
  }

  /** Undefined once it was left to whoever stored it. */
  get witness(): Uint8Array | undefined {
    return this.#witness;
  }

  /** Lets go of what is seldom asked of an old block: its header is decoded again, its witness must be on disk. */
  compact(): void {
    // What stands before a block 0 is no block and has no bytes.
    if (this.bytes.length === 0) return;
    this.#header = undefined;
    this.#witness = undefined;
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
      entry = skip !== undefined && skip.height >= height ? skip : entry.#parent;
    }
    return entry;
  }

  /** The newest block of `group` this chain has read; block 0 of a group counts as read from the map on that names it. Undefined for its own and unknown groups. */
  cursor(group: number): HeaderEntry | undefined {
    let entry: HeaderEntry | undefined = this;
    let read: HeaderEntry | undefined;
    while (entry !== undefined && read === undefined) {
      read = (entry.#vector ?? entry.reads).get(group);
      if (entry.#vector !== undefined) break;
      entry = entry.#parent;
    }
    return read ?? (group === this.group ? undefined : this.#adoption?.genesis.get(group));
  }

  /** The whole vector, ascending by group. */
  cursors(): ReadonlyMap<number, HeaderEntry> {
    const read = this.#vector ?? this.#collect();
    const unread = [...(this.#adoption?.genesis ?? [])].filter(([group]) => group !== this.group && !read.has(group));
    return unread.length === 0 ? read : byGroup([...read, ...unread]);
  }

  /** Gives a first block the vector it has no parent to inherit from. */
  setCursors(vector: ReadonlyMap<number, HeaderEntry>): void {
    this.#vector = vector;
  }

  /** Lets go of everything older: the entry becomes the oldest the tree holds. */
  cut(): void {
    this.#vector ??= this.#collect();
    this.#parent = undefined;
    this.#skip = undefined;
  }

  #collect(): ReadonlyMap<number, HeaderEntry> {
    const above: HeaderEntry[] = [];
    let base: HeaderEntry | undefined = this;
    while (base !== undefined && base.#vector === undefined) {
      above.push(base);
      base = base.#parent;
    }
    const vector = new Map(base === undefined ? [] : base.#vector);
    for (const entry of above.reverse()) for (const [group, read] of entry.reads) vector.set(group, read);
    return byGroup([...vector]);
  }
}

function byGroup(vector: [number, HeaderEntry][]): ReadonlyMap<number, HeaderEntry> {
  return new Map(vector.sort(([a], [b]) => a - b));
}

/** `a` is `b` or an ancestor of it. */
export function isAncestor(a: HeaderEntry, b: HeaderEntry): boolean {
  if (a === b) return true;
  if (a.group !== b.group || a.height >= b.height) return false;
  const at = b.ancestorAt(a.height);
  return at === undefined ? a.settled : at === a;
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
