// What a node must find again after a crash: headers of all groups, the bodies and outcomes of its own blocks, and the
// leaves other groups addressed to it. One transaction per event; a commit is on disk when it returns. Large values lie in
// the log, which is on disk before the database names a place in it.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { BlockArchive, BlockOutcome } from '../chain/ports.ts';
import { toHex } from '../core/bytes.ts';
import { PROVEN_LEAF, type ProvenLeaf } from '../core/layouts.ts';
import type { LeafInBody } from './body-leaves.ts';
import { type DataFolder, type Identity, META_TABLE, openFolder, openFolderToRead, type Table } from './database.ts';
import { damaged } from './errors.ts';
import { heightKey, outboxKey, rootsKey } from './keys.ts';
import { encodeRoots, hasRoot, RECENT_BLOCKS_MAX, RecentRoots } from './root-index.ts';
import { INLINE_BYTES_MAX, type Place, ValueTable } from './value-table.ts';

export interface StoredHeader {
  readonly group: number;
  readonly height: number;
  readonly id: Uint8Array;
  readonly header: Uint8Array;
  readonly witness: Uint8Array;
}

export interface ExecutedBlock {
  readonly height: number;
  readonly id: Uint8Array;
  readonly body: Uint8Array;
  readonly outcome: BlockOutcome;
  /** Where its body holds leaves of other groups' blocks, in that order: those that are stored need not be stored again. */
  readonly leaves?: readonly LeafInBody[];
}

export interface Tip {
  readonly height: number;
  readonly id: Uint8Array;
}

export interface Snapshot extends Tip {
  readonly bytes: Uint8Array;
}

/** Blocks on disk a look-up by transaction goes through, five milliseconds' worth: what is older is history that clients have settled. */
const ROOT_BLOCKS_MAX = 2_048;
const ROOT_BYTES_MAX = 32 * 1024 * 1024;
const NO_ID = new Uint8Array(0);
/** Heights of one group that are read before those of the next. */
const HEADERS_IN_STEP = 64;

const TIP = Buffer.from('tip');
const BASE = Buffer.from('base');

/** One that nothing commits yet, one whose committing header is not buried yet, and one to give to peers. */
const SNAPSHOTS_KEPT = 3;

const SMALL = ['headers', 'undos', 'roots', 'totals', 'condemned', 'snapshots', META_TABLE] as const;
const LARGE = ['bodies', 'diffs', 'receipts', 'outbox', 'leaves'] as const;
type Tables = Readonly<Record<(typeof SMALL)[number], Table> & Record<(typeof LARGE)[number], ValueTable>>;

function tablesOf(folder: DataFolder, inlineBytes: number): Tables {
  const small = SMALL.map((name) => [name, folder.table(name)]);
  const large = LARGE.map((name) => [name, new ValueTable(folder.table(name), folder.log, inlineBytes)]);
  return Object.fromEntries([...small, ...large]) as Tables;
}

export interface StoreOptions {
  readonly open?: typeof openFolder;
  /** The largest value that stays in the database. */
  readonly inlineBytes?: number;
}

/** Looking for its place in the file, every put maps a little of it into memory, and LMDB never unmaps anything. */
const REMAP_BYTES = 16 * 1024 * 1024;
/** Where little is written memory would grow for a quarter of an hour until then; it costs two milliseconds. */
const REMAP_TIDIES = 64;

export class ChainStore implements BlockArchive {
  readonly #dir: string;
  readonly #folder: DataFolder;
  readonly #group: number;
  readonly #inlineBytes: number;
  #tables: Tables;
  readonly #recentRoots = new RecentRoots<Tip>();
  #writtenBytes = 0;
  /** What of it is in the database, at most, since memory was given back. */
  #mappedBytes = 0;
  #tidies = 0;

  constructor(dir: string, identity: Identity, { open = openFolder, inlineBytes }: StoreOptions = {}) {
    this.#dir = dir;
    this.#group = identity.group;
    this.#inlineBytes = inlineBytes ?? INLINE_BYTES_MAX;
    this.#folder = open(dir, identity);
    this.#tables = tablesOf(this.#folder, this.#inlineBytes);
    this.#loadRecentRoots();
  }

  /** What a stopped node left, or a copy of a folder; nothing may be put into it. */
  static toRead(dir: string, identity: Identity): ChainStore {
    return new ChainStore(dir, identity, { open: openFolderToRead });
  }

  /** Everything `write` puts is on disk, or nothing of it is, when this returns. */
  commit(write: () => void): void {
    this.#folder.commit(write);
  }

  /** To be called between commits, after every block: gives mapped memory back when enough was written since the last time. */
  tidy(): void {
    if (this.#mappedBytes >= REMAP_BYTES || ++this.#tidies >= REMAP_TIDIES) this.remap();
  }

  /** Gives back all memory the data file is mapped into: a millisecond. */
  remap(): void {
    this.#folder.remap();
    this.#tables = tablesOf(this.#folder, this.#inlineBytes);
    this.#mappedBytes = 0;
    this.#tidies = 0;
  }

  /** Size of the data files. */
  get fileBytes(): number {
    return statSync(join(this.#dir, 'chain.mdb')).size + this.#folder.log.fileBytes;
  }

  /** Keys and values put since the folder was opened. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  putHeader(h: StoredHeader): void {
    const value = Buffer.allocUnsafe(4 + h.header.length + h.witness.length);
    value.writeUInt32LE(h.header.length, 0);
    value.set(h.header, 4);
    value.set(h.witness, 4 + h.header.length);
    this.#put(this.#tables.headers, heightKey(h.group, h.height, h.id), value);
  }

  /** Of all groups in step, each ascending by height: whoever takes them in need not hold many until what they read has come. */
  *allHeaders(): IterableIterator<{ readonly bytes: Uint8Array; readonly witness: Uint8Array }> {
    const tops = this.#highestHeaders();
    const last = Math.max(0, ...tops.values());
    for (let from = 0; from <= last; from += HEADERS_IN_STEP) {
      for (const group of tops.keys()) {
        const range = { start: heightKey(group, from), end: heightKey(group, from + HEADERS_IN_STEP) };
        for (const { value } of this.#tables.headers.getRange(range)) {
          const size = value.readUInt32LE(0);
          yield { bytes: value.subarray(4, 4 + size), witness: value.subarray(4 + size) };
        }
      }
    }
  }

  /** Heights of the newest headers on disk, by group. */
  #highestHeaders(): ReadonlyMap<number, number> {
    const tops: [number, number][] = [];
    let below = {};
    for (;;) {
      const [key] = [...this.#tables.headers.getKeys({ ...below, reverse: true, limit: 1 })];
      if (key === undefined) return new Map(tops.reverse());
      const group = key.readUInt32BE(0);
      tops.push([group, Number(key.readBigUInt64BE(4))]);
      below = { start: heightKey(group, 0) };
    }
  }

  /** Header bytes of a block of the group this folder belongs to. */
  header(id: Uint8Array, height: number): Uint8Array | undefined {
    const value = this.#tables.headers.get(heightKey(this.#group, height, id));
    return value?.subarray(4, 4 + value.readUInt32LE(0));
  }

  /** Header bytes of any group that memory has let go of since they were put here; a copy that keeps no row in memory. */
  bytesOf({ group, height, id }: Pick<StoredHeader, 'group' | 'height' | 'id'>): Uint8Array {
    const value = this.#tables.headers.get(heightKey(group, height, id));
    if (value === undefined) throw damaged(this.#dir, `the header of block ${height} of group ${group} is missing`);
    return new Uint8Array(value.subarray(4, 4 + value.readUInt32LE(0)));
  }

  /** Of any group. */
  headerWithWitness(
    group: number,
    height: number,
    id: Uint8Array,
  ): { readonly header: Uint8Array; readonly witness: Uint8Array } | undefined {
    const value = this.#tables.headers.get(heightKey(group, height, id));
    if (value === undefined) return undefined;
    const size = value.readUInt32LE(0);
    return { header: value.subarray(4, 4 + size), witness: value.subarray(4 + size) };
  }

  witness(group: number, height: number, id: Uint8Array): Uint8Array | undefined {
    const value = this.#tables.headers.get(heightKey(group, height, id));
    return value?.subarray(4 + value.readUInt32LE(0));
  }

  /** Headers of a group from a height on, lower heights first. */
  *headers(group: number, from = 0): IterableIterator<StoredHeader> {
    const range = { start: heightKey(group, from), end: heightKey(group + 1, 0) };
    for (const { key, value } of this.#tables.headers.getRange(range)) {
      const size = value.readUInt32LE(0);
      yield {
        group,
        height: Number(key.readBigUInt64BE(4)),
        id: key.subarray(12),
        header: value.subarray(4, 4 + size),
        witness: value.subarray(4 + size),
      };
    }
  }

  putLeaf(sourceId: Uint8Array, provenLeaf: Uint8Array): void {
    this.#putLarge(this.#tables.leaves, Buffer.from(sourceId), provenLeaf);
  }

  leaf(sourceId: Uint8Array): ProvenLeaf | undefined {
    const value = this.#tables.leaves.get(Buffer.from(sourceId));
    return value === undefined ? undefined : PROVEN_LEAF.decode(value);
  }

  /** Execution found the block wrong. */
  putCondemned(id: Uint8Array, code: string): void {
    this.#put(this.#tables.condemned, Buffer.from(id), Buffer.from(code));
  }

  *condemned(): IterableIterator<Uint8Array> {
    for (const key of this.#tables.condemned.getKeys({})) yield key;
  }

  /** Records a block as executed and as the tip. */
  putExecuted(block: ExecutedBlock): void {
    const id = Buffer.from(block.id);
    const { diff, undo, receipts, outbox, totals } = block.outcome;
    this.#putLarge(this.#tables.bodies, id, ...this.#partsOf(block));
    this.#putLarge(this.#tables.diffs, id, diff);
    this.#put(this.#tables.undos, id, buffer(undo));
    this.#putLarge(this.#tables.receipts, id, receipts);
    this.#put(this.#tables.totals, id, buffer(totals));
    for (const { group, leaf } of outbox) this.#putLarge(this.#tables.outbox, outboxKey(block.id, group), leaf);
    if (receipts.length > 0) {
      const index = encodeRoots(receipts);
      this.#put(this.#tables.roots, rootsKey(block.height, block.id), index);
      this.#recentRoots.add({ height: block.height, id: block.id }, index);
    }
    this.putTip(block);
  }

  putTip(tip: Tip): void {
    this.#putPlace(TIP, tip);
  }

  /** The newest block whose execution is on disk; undefined in a new folder, whose tip is genesis. */
  tip(): Tip | undefined {
    return this.#place(TIP);
  }

  /** The block whose state came from a peer: nothing below it was executed here. Undefined = everything was, from genesis on. */
  base(): Tip | undefined {
    return this.#place(BASE);
  }

  /** A state that came from a peer takes the place of what was executed here; its snapshot stays for good. */
  putBase(snapshot: Snapshot): void {
    for (const key of [...this.#tables.snapshots.getKeys({})]) this.#tables.snapshots.removeSync(key);
    this.#put(this.#tables.snapshots, heightKey(this.#group, snapshot.height, snapshot.id), buffer(snapshot.bytes));
    this.#putPlace(BASE, snapshot);
    this.putTip(snapshot);
  }

  /** The tip becomes an ancestor of what it was; snapshots above it are of no chain any more. */
  rewindTo(tip: Tip): void {
    const above = [...this.#tables.snapshots.getKeys({ start: heightKey(this.#group, tip.height + 1) })];
    for (const key of above) this.#tables.snapshots.removeSync(key);
    this.putTip(tip);
  }

  /** Keeps this snapshot, the two newest before it, in case the newest is reorganised away, and the one everything rests on. */
  putSnapshot({ height, id, bytes }: Snapshot): void {
    const base = this.base();
    const baseKey = base === undefined ? NO_ID : heightKey(this.#group, base.height, base.id);
    const others = [...this.#tables.snapshots.getKeys({ reverse: true })].filter((key) => !key.equals(baseKey));
    for (const key of others.slice(SNAPSHOTS_KEPT - 1)) this.#tables.snapshots.removeSync(key);
    this.#put(this.#tables.snapshots, heightKey(this.#group, height, id), buffer(bytes));
  }

  snapshot({ height, id }: Tip): Uint8Array | undefined {
    return this.#tables.snapshots.get(heightKey(this.#group, height, id));
  }

  /** The blocks there are snapshots of, newest first. */
  snapshotPlaces(): Tip[] {
    return [...this.#tables.snapshots.getKeys({ reverse: true })].map((key) => ({
      height: Number(key.readBigUInt64BE(4)),
      id: key.subarray(12),
    }));
  }

  /** All snapshots at hand with their bytes, newest first. */
  snapshots(): Snapshot[] {
    return [...this.#tables.snapshots.getRange({ reverse: true })].map(({ key, value }) => ({
      height: Number(key.readBigUInt64BE(4)),
      id: key.subarray(12),
      bytes: value,
    }));
  }

  body(id: Uint8Array): Uint8Array | undefined {
    return this.#tables.bodies.get(Buffer.from(id));
  }

  undo(id: Uint8Array): Uint8Array | undefined {
    return this.#tables.undos.get(Buffer.from(id));
  }

  diff(id: Uint8Array): Uint8Array | undefined {
    return this.#tables.diffs.get(Buffer.from(id));
  }

  receipts(id: Uint8Array): Uint8Array | undefined {
    return this.#tables.receipts.get(Buffer.from(id));
  }

  hasExecuted(id: Uint8Array): boolean {
    return this.#tables.totals.doesExist(Buffer.from(id));
  }

  totals(id: Uint8Array): Uint8Array | undefined {
    return this.#tables.totals.get(Buffer.from(id));
  }

  /** Leaves of an executed block, ascending by destination; undefined when it was not executed here. */
  outbox(id: Uint8Array): { group: number; leaf: Uint8Array }[] | undefined {
    if (!this.hasExecuted(id)) return undefined;
    const range = this.#tables.outbox.range({ start: outboxKey(id, 0), end: outboxKey(id, 0xffffffff) });
    return [...range].map(({ key, value }) => ({ group: key.readUInt32BE(32), leaf: value }));
  }

  /**
   * Blocks that may hold receipts of a user transaction's tree, lower heights first; some may have been reorganised away.
   * Searches what is in memory and, before that, a bounded number of blocks on disk.
   */
  blocksWith(root: Uint8Array): Tip[] {
    const recent = this.#recentRoots.find(root);
    const oldest = this.#recentRoots.firstBlock;
    const before = oldest === undefined ? {} : { start: rootsKey(oldest.height, NO_ID) };
    const older: Tip[] = [];
    let bytes = 0;
    for (const { key, value } of this.#tables.roots.getRange({ ...before, reverse: true, limit: ROOT_BLOCKS_MAX })) {
      bytes += value.length;
      if (bytes > ROOT_BYTES_MAX) break;
      if (hasRoot(value, root)) older.push({ height: Number(key.readBigUInt64BE(0)), id: key.subarray(8) });
    }
    const found = new Map([...older.reverse(), ...recent].map((tip) => [toHex(tip.id), tip]));
    return [...found.values()].sort((a, b) => a.height - b.height);
  }

  #putPlace(key: Buffer, { height, id }: Tip): void {
    const value = Buffer.alloc(40);
    value.writeBigUInt64BE(BigInt(height), 0);
    value.set(id, 8);
    this.#put(this.#tables.meta, key, value);
  }

  #place(key: Buffer): Tip | undefined {
    const value = this.#tables.meta.get(key);
    return value === undefined ? undefined : { height: Number(value.readBigUInt64BE(0)), id: value.subarray(8) };
  }

  #put(table: Table, key: Buffer, value: Buffer): void {
    this.#writtenBytes += key.length + value.length;
    this.#mappedBytes += key.length + value.length;
    table.putSync(key, value);
  }

  #putLarge(table: ValueTable, key: Buffer, ...parts: readonly (Uint8Array | Place)[]): void {
    const written = table.put(key, ...parts);
    this.#writtenBytes += written;
    this.#mappedBytes += Math.min(written, INLINE_BYTES_MAX);
  }

  /** The body with the leaves that are stored already left out. */
  #partsOf({ body, leaves = [] }: ExecutedBlock): (Uint8Array | Place)[] {
    const parts: (Uint8Array | Place)[] = [];
    let done = 0;
    for (const { source, at, size } of leaves) {
      const place = this.#tables.leaves.placeOf(Buffer.from(source));
      if (place?.size !== size) continue;
      if (at > done) parts.push(body.subarray(done, at));
      parts.push(place);
      done = at + size;
    }
    return done < body.length ? [...parts, body.subarray(done)] : parts;
  }

  /** What look-ups go through first, as it was before a restart. */
  #loadRecentRoots(): void {
    const newest = [...this.#tables.roots.getRange({ reverse: true, limit: RECENT_BLOCKS_MAX })];
    for (const { key, value } of newest.reverse()) {
      this.#recentRoots.add({ height: Number(key.readBigUInt64BE(0)), id: key.subarray(8) }, value);
    }
  }

  /** Forgets the undo record of a block that can no longer be reorganised away. */
  dropUndo(id: Uint8Array): void {
    this.#tables.undos.removeSync(Buffer.from(id));
  }

  close(): Promise<void> {
    return this.#folder.close();
  }
}

/** The same bytes as the Buffer LMDB wants; nothing is copied. */
function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
