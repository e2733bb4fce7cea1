// Stored headers as trees, and the reading rules over them. It holds what it is given and says what a rule makes of it.
import { hex, viewOf } from './bytes.ts';
import { sha256d } from './hash.ts';
import { decodeHeader, type Header } from './layouts.ts';
import { type Birth, genesisHeader, type Network } from './network.ts';
import type { Place } from './report.ts';
import { mapAfter, type ShardMap, shownUpdate } from './shard-map.ts';

/** A map on one line of group 0, with block 0 of every group it names. */
export interface Adoption {
  readonly map: ShardMap;
  readonly genesis: ReadonlyMap<number, Entry>;
}

interface Seen {
  readonly height: number;
  /** Hex. */
  readonly id: string;
}

/** Blocks that follow one another without a fork share one array: an ancestor is one look-up. */
interface Line {
  readonly base: number;
  readonly entries: Entry[];
}

export class Entry {
  readonly id: string;
  readonly header: Header;
  readonly witness: Uint8Array;
  /** What stands behind the witness. */
  readonly shown: Uint8Array;
  readonly parent: Entry | undefined;
  /** How a group that joins begins; of its block 0 alone. */
  readonly birth: Birth | undefined;
  /** The map in force; what is wrong with it is for who judges the header. */
  adoption: Adoption | undefined;
  mapProblem: string | undefined;
  readonly #line: Line;
  /** Newest block read per group by its chain up to here. */
  readonly cursors: ReadonlyMap<number, Seen>;
  readonly children: Entry[] = [];
  /** Longest known line of descendants. */
  descendants = 0;
  /** Set by the reading rule: source blocks in reading order. */
  order: readonly Entry[] | undefined;
  /** Stored bytes are not those of the id: what its fields say proves nothing. */
  readonly isDamaged: boolean;

  constructor(parts: {
    readonly id: string;
    readonly header: Header;
    readonly witness: Uint8Array;
    readonly shown: Uint8Array;
    readonly parent: Entry | undefined;
    readonly cursors: ReadonlyMap<number, Seen>;
    readonly isDamaged: boolean;
    readonly birth?: Birth;
  }) {
    const { id, header, witness, shown, parent, cursors, isDamaged, birth } = parts;
    this.id = id;
    this.header = header;
    this.witness = witness;
    this.shown = shown;
    this.birth = birth;
    this.parent = parent;
    this.cursors = cursors;
    this.isDamaged = isDamaged;
    const above = parent === undefined ? undefined : parent.#line;
    if (parent !== undefined && above?.entries.at(-1) === parent) {
      above.entries.push(this);
      this.#line = above;
    } else this.#line = { base: header.height, entries: [this] };
    parent?.children.push(this);
  }

  get group(): number {
    return this.header.group;
  }

  get height(): number {
    return this.header.height;
  }

  get map(): ShardMap {
    if (this.adoption === undefined) throw new Error(`no map is known at ${this.group}:${this.height}`);
    return this.adoption.map;
  }

  get place(): Place {
    return { group: this.group, height: this.height, id: this.id };
  }

  ancestorAt(height: number): Entry | undefined {
    if (height > this.height) return undefined;
    let entry: Entry | undefined = this;
    while (entry !== undefined && height < entry.#line.base) entry = entry.#line.entries[0]!.parent;
    return entry === undefined ? undefined : entry.#line.entries[height - entry.#line.base];
  }

  isOrDescendsFrom(other: Entry): boolean {
    return this.group === other.group && this.ancestorAt(other.height) === other;
  }
}

export interface StoredHeader {
  readonly id: string;
  readonly header: Header;
  readonly witness: Uint8Array;
  readonly shown: Uint8Array;
  readonly isDamaged: boolean;
}

export class HeaderTree {
  readonly #network: Network;
  readonly #entries = new Map<string, Entry>();
  /** Headers that stand on nothing, by id: a parent is not stored, theirs or that of an ancestor. */
  readonly orphans = new Map<string, StoredHeader>();
  readonly #first: Adoption;
  /** Some header is not what its id commits: what it shows of itself proves nothing. */
  hasDamage = false;
  readonly #places = new Map<string, Entry[]>();

  constructor(network: Network, stored: readonly StoredHeader[]) {
    this.#network = network;
    const { firstMap } = network;
    this.#first = { map: firstMap, genesis: new Map(firstMap.groups.map((group) => [group, this.#blockZero(group)])) };
    for (const entry of this.#first.genesis.values()) entry.adoption = this.#first;
    // Maps begin in group 0, and every block 0 of a group that joins with them.
    const order = (a: StoredHeader, b: StoredHeader): number =>
      a.header.group - b.header.group || a.header.height - b.header.height;
    for (const item of [...stored].sort(order)) this.#add(item);
    for (const entry of this.#entries.values()) entry.adoption ??= this.#adoptionRead(entry);
  }

  /** Whether any map names the group. */
  has(group: number): boolean {
    return [...this.#entries.values()].some((entry) => entry.group === group && entry.height === 0);
  }

  #blockZero(group: number, birth?: Birth): Entry {
    const bytes = genesisHeader(this.#network, group, birth);
    const id = hex(sha256d(bytes));
    const none = new Uint8Array(0);
    const cursors = new Map((birth?.read ?? []).map((read) => [read.group, { height: read.height, id: hex(read.id) }]));
    const parts = {
      id,
      header: decodeHeader(bytes),
      cursors,
      witness: none,
      shown: none,
      parent: undefined,
      isDamaged: false,
    };
    const entry = new Entry(birth === undefined ? parts : { ...parts, birth });
    this.#entries.set(entry.id, entry);
    return entry;
  }

  /** That of the group-0 block at the cursor. */
  #adoptionRead(entry: Entry): Adoption {
    const seen = entry.cursors.get(0);
    return (seen === undefined ? undefined : this.#entries.get(seen.id)?.adoption) ?? this.#first;
  }

  /** Group 0: its parent's, or the one an update behind its witness leads to, with a block 0 for whoever it adds. */
  #adoptionMade(entry: Entry, parent: Entry): Adoption {
    const before = parent.adoption!;
    if (entry.isDamaged || entry.header.epoch === before.map.epoch) return before;
    const { genesis, networkId } = this.#network;
    const update = shownUpdate(entry.shown, entry.header.transactionsRoot);
    const map =
      typeof update === 'string' ? update : mapAfter(before.map, update, { networkId, publicKey: genesis.governance });
    if (typeof map === 'string') {
      entry.mapProblem = map;
      return before;
    }
    const own = { group: 0, height: entry.height, id: Buffer.from(entry.id, 'hex') };
    const others = [...entry.cursors].map(([group, { height, id }]) => ({ group, height, id: Buffer.from(id, 'hex') }));
    const read = [own, ...others].sort((a, b) => a.group - b.group);
    const birth = { map, timestampMs: entry.header.timestampMs, read };
    const born = map.groups
      .filter((group) => !before.genesis.has(group))
      .map((group): [number, Entry] => [group, this.#blockZero(group, birth)]);
    const adoption = { map, genesis: new Map([...before.genesis, ...born]) };
    for (const [, first] of born) first.adoption = adoption;
    return adoption;
  }

  get(id: Uint8Array | string): Entry | undefined {
    return this.#entries.get(typeof id === 'string' ? id : hex(id));
  }

  all(): IterableIterator<Entry> {
    return this.#entries.values();
  }

  #add(item: StoredHeader): void {
    if (item.isDamaged) this.hasDamage = true;
    const { group, height } = item.header;
    const parent = this.#parentOf(item);
    if (parent === undefined || parent.group !== group || parent.height !== height - 1) {
      this.orphans.set(item.id, item);
      return;
    }
    const cursors = new Map(parent.cursors);
    for (const { group: source, height: at, id } of item.header.reads) cursors.set(source, { height: at, id: hex(id) });
    const entry = new Entry({ ...item, parent, cursors });
    if (group === 0) entry.adoption = this.#adoptionMade(entry, parent);
    this.#entries.set(entry.id, entry);
    this.#places.set(`${group} ${height}`, [...(this.#places.get(`${group} ${height}`) ?? []), entry]);
    let above: Entry | undefined = parent;
    for (let depth = 1; above !== undefined && above.descendants < depth; depth++) {
      above.descendants = depth;
      above = above.parent;
    }
  }

  /** Of a damaged header the only one below it, when there is but one. */
  #parentOf({ header, isDamaged }: StoredHeader): Entry | undefined {
    const parent = this.get(header.parent);
    if (!isDamaged || parent?.height === header.height - 1) return parent;
    const below =
      header.height === 1
        ? [this.#first.genesis.get(header.group)]
        : this.#places.get(`${header.group} ${header.height - 1}`);
    return below?.length === 1 ? below[0] : undefined;
  }

  cursor(entry: Entry, group: number): Entry | undefined {
    const seen = entry.cursors.get(group);
    if (seen !== undefined) return this.#entries.get(seen.id);
    return group === entry.group ? undefined : entry.adoption?.genesis.get(group);
  }
}

export type Reading = { readonly order: readonly Entry[] } | { readonly wrong: string };

/** The reading rules of docs/protocol.md, but for confirmations. */
export function judgeReads(tree: HeaderTree, entry: Entry): Reading {
  const { parent, header } = entry;
  if (parent === undefined) return { order: [] };
  const queues: Entry[][] = [];
  for (const read of header.reads) {
    const source = tree.get(read.id);
    if (source === undefined)
      return { wrong: `it reads block ${hex(read.id)} of group ${read.group}, which is not stored` };
    if (source.group !== read.group || source.height !== read.height) {
      return {
        wrong: `it reads block ${source.height} of group ${source.group} as ${read.height} of group ${read.group}`,
      };
    }
    const queue = between(tree.cursor(parent, read.group), source);
    if (queue === undefined) return { wrong: `its read of group ${read.group} does not descend from the one before` };
    if (source.header.timestampMs > header.timestampMs) {
      return { wrong: `it is stamped before block ${source.height} of group ${read.group}, which it reads` };
    }
    const seen = tree.cursor(source, entry.group);
    if (seen !== undefined && !parent.isOrDescendsFrom(seen)) {
      return { wrong: `group ${read.group} had read another branch of group ${entry.group}` };
    }
    queues.push(queue);
  }
  const order = inReadingOrder(tree, entry, parent, queues);
  return order === undefined ? { wrong: 'its reads can be brought into no reading order' } : { order };
}

/** Blocks above `cursor` up to `newest`, oldest first. */
function between(cursor: Entry | undefined, newest: Entry): Entry[] | undefined {
  if (cursor === undefined || newest.height <= cursor.height || !newest.isOrDescendsFrom(cursor)) return undefined;
  return Array.from({ length: newest.height - cursor.height }, (_, i) => newest.ancestorAt(cursor.height + 1 + i)!);
}

function inReadingOrder(
  tree: HeaderTree,
  entry: Entry,
  parent: Entry,
  queues: readonly Entry[][],
): Entry[] | undefined {
  const order: Entry[] = [];
  const moved = new Map<number, Entry>();
  const isReady = (next: Entry): boolean =>
    next.header.reads.every(({ group, id }) => {
      if (group === entry.group) return true;
      const read = tree.get(id);
      const cursor = moved.get(group) ?? tree.cursor(parent, group);
      return read !== undefined && cursor?.isOrDescendsFrom(read) === true;
    });
  for (;;) {
    const queue = queues.find((waiting) => waiting[0] !== undefined && isReady(waiting[0]));
    const next = queue?.shift();
    if (next === undefined) return queues.every((waiting) => waiting.length === 0) ? order : undefined;
    order.push(next);
    moved.set(next.group, next);
  }
}

/** Group and height of a header's key in the table. */
export function headerKey(key: Uint8Array): { readonly group: number; readonly height: number; readonly id: string } {
  const view = viewOf(key);
  return { group: view.getUint32(0, false), height: Number(view.getBigUint64(4, false)), id: hex(key.subarray(12)) };
}
