// Reads the tables of an LMDB file page by page: no lock, no native code, and a damaged page is a finding instead of a crash.
// It never writes, and knows nothing of what the tables mean.
import { compare, hex, viewOf } from './bytes.ts';

const PAGE_HEAD = 24;
const NODE_HEAD = 8;
const MAGIC = 0xbeef_c0de;
const META = { magic: 24, mainTree: 96, pageBytes: 48, lastPage: 144, transaction: 152, end: 160 };
const TREE = { depth: 6, entries: 32, root: 40, bytes: 48 };
const FLAG = { branch: 1, leaf: 2, overflow: 4, all: 7 };
const NODE_FLAG = { big: 1, tree: 2 };
const NO_PAGE = 0xffff_ffff_ffff_ffffn;
const DEPTH_MAX = 32;
const FIRST_PAGE_BYTES = 4096;

export interface Row {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export interface Table {
  readonly name: string;
  /** Ascending by key. */
  readonly rows: readonly Row[];
}

export interface PageFile {
  readonly tables: ReadonlyMap<string, Table>;
  /** What of the file could not be read. */
  readonly damages: readonly string[];
}

/** Both meta pages: they change with every commit, and last. */
const LARGEST_PAGE_BYTES = 65_536;
/** The second meta page begins one page into the file. */
export const MAX_META_BYTES: number = LARGEST_PAGE_BYTES + FIRST_PAGE_BYTES;

/** The head of both meta pages of a file, or of what is at hand of it. */
export function metasOf(file: Uint8Array): Uint8Array {
  const second =
    file.length < META.end ? 0 : new DataView(file.buffer, file.byteOffset).getUint32(META.pageBytes, true);
  const parts = [file.subarray(0, META.end), file.subarray(second, second + META.end)];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

export function readPages(file: Uint8Array): PageFile {
  return new Reader(file).all();
}

class Damage extends Error {}

interface Tree {
  readonly name: string;
  readonly root: bigint;
  readonly entries: bigint;
}

class Reader {
  readonly #file: Uint8Array;
  readonly #view: DataView;
  readonly #damages: string[] = [];
  #pageBytes = FIRST_PAGE_BYTES;
  #pages = 0;

  constructor(file: Uint8Array) {
    this.#file = file;
    this.#view = viewOf(file);
  }

  all(): PageFile {
    const tables = new Map<string, Table>();
    const meta = this.#newestMeta();
    if (meta !== undefined) {
      for (const { key, value, isTree } of this.#rows(this.#tree('the list of tables', meta + META.mainTree))) {
        // Names are written with a zero byte behind them.
        const name = Buffer.from(key).toString('utf8').replace(/\0$/, '');
        if (isTree && value.length === TREE.bytes) {
          const at = value.byteOffset - this.#file.byteOffset;
          tables.set(name, { name, rows: this.#rows(this.#tree(name, at)) });
        } else this.#damages.push(`the list of tables: ${JSON.stringify(name)} is no table`);
      }
    }
    return { tables, damages: this.#damages };
  }

  /** Offset of the meta page of the newest commit. */
  #newestMeta(): number | undefined {
    if (this.#file.length < 2 * FIRST_PAGE_BYTES) {
      this.#damages.push('the file is shorter than its two meta pages');
      return undefined;
    }
    this.#pageBytes = this.#view.getUint32(META.pageBytes, true);
    const isPowerOfTwo = (this.#pageBytes & (this.#pageBytes - 1)) === 0;
    if (!isPowerOfTwo || this.#pageBytes < FIRST_PAGE_BYTES || this.#pageBytes > LARGEST_PAGE_BYTES) {
      this.#damages.push(`pages of ${this.#pageBytes} bytes`);
      return undefined;
    }
    const metas = [0, this.#pageBytes].filter((at) => {
      const isMeta = at + META.end <= this.#file.length && this.#view.getUint32(at + META.magic, true) === MAGIC;
      if (!isMeta) this.#damages.push(`meta page ${at / this.#pageBytes} is none`);
      return isMeta;
    });
    const newest = metas.sort((a, b) => (this.#transaction(a) > this.#transaction(b) ? -1 : 1))[0];
    if (newest === undefined) return undefined;
    this.#pages = Math.floor(this.#file.length / this.#pageBytes);
    const last = this.#view.getBigUint64(newest + META.lastPage, true);
    if (last >= BigInt(this.#pages)) {
      this.#damages.push(`the file has ${this.#pages} pages where ${last + 1n} were written`);
    }
    return newest;
  }

  #transaction(meta: number): bigint {
    return this.#view.getBigUint64(meta + META.transaction, true);
  }

  #tree(name: string, at: number): Tree {
    return {
      name,
      entries: this.#view.getBigUint64(at + TREE.entries, true),
      root: this.#view.getBigUint64(at + TREE.root, true),
    };
  }

  /** All rows that can be read; what cannot is noted. */
  #rows(tree: Tree): (Row & { readonly isTree: boolean })[] {
    const rows: (Row & { readonly isTree: boolean })[] = [];
    const seen = new Set<bigint>();
    const visit = (page: bigint, depth: number): void => {
      try {
        if (seen.has(page) || depth > DEPTH_MAX) throw new Damage('is linked twice');
        seen.add(page);
        const { at, flags } = this.#page(page);
        for (const node of this.#nodes(at)) {
          if (flags === FLAG.branch) visit(this.#childOf(node), depth + 1);
          else if (flags === FLAG.leaf) this.#take(node, rows, tree.name);
          else throw new Damage(`has flags ${flags}`);
        }
      } catch (error) {
        if (!(error instanceof Damage)) throw error;
        this.#damages.push(`table ${tree.name}, page ${page}: ${error.message}`);
      }
    };
    if (tree.root !== NO_PAGE) visit(tree.root, 0);
    const unordered = rows.findIndex((row, i) => i > 0 && compare(rows[i - 1]!.key, row.key) >= 0);
    if (unordered >= 0) {
      this.#damages.push(`table ${tree.name}: key ${hex(rows[unordered]!.key)} is out of order`);
    }
    if (tree.entries !== BigInt(rows.length)) {
      this.#damages.push(`table ${tree.name}: ${rows.length} rows can be read, ${tree.entries} were written`);
    }
    return rows;
  }

  #page(page: bigint): { at: number; flags: number } {
    if (page < 2n || page >= BigInt(this.#pages)) throw new Damage('lies outside of the file');
    const at = Number(page) * this.#pageBytes;
    const number = this.#view.getBigUint64(at, true);
    if (number !== page) throw new Damage(`says it is page ${number}`);
    return { at, flags: this.#view.getUint16(at + 18, true) & FLAG.all };
  }

  *#nodes(page: number): IterableIterator<number> {
    const count = this.#view.getUint16(page + 20, true) >> 1;
    const upper = this.#view.getUint16(page + 22, true);
    if (PAGE_HEAD + 2 * count > this.#pageBytes || upper + PAGE_HEAD > this.#pageBytes || 2 * count > upper) {
      throw new Damage(`claims ${count} nodes`);
    }
    for (let i = 0; i < count; i++) {
      const offset = this.#view.getUint16(page + PAGE_HEAD + 2 * i, true);
      if (offset < upper || offset + PAGE_HEAD + NODE_HEAD > this.#pageBytes) {
        throw new Damage(`node ${i} lies outside of it`);
      }
      yield page + PAGE_HEAD + offset;
    }
  }

  #childOf(node: number): bigint {
    return BigInt(this.#view.getUint32(node, true)) | (BigInt(this.#view.getUint16(node + 4, true)) << 32n);
  }

  #take(node: number, rows: (Row & { readonly isTree: boolean })[], table: string): void {
    const size = this.#view.getUint32(node, true);
    const flags = this.#view.getUint16(node + 4, true);
    const keySize = this.#view.getUint16(node + 6, true);
    const end = (Math.floor(node / this.#pageBytes) + 1) * this.#pageBytes;
    const valueAt = node + NODE_HEAD + keySize;
    const inline = (flags & NODE_FLAG.big) === 0 ? size : 24;
    if (valueAt + inline > end) throw new Damage(`a row of ${keySize} + ${size} bytes does not fit`);
    const key = this.#file.subarray(node + NODE_HEAD, valueAt);
    if ((flags & ~(NODE_FLAG.big | NODE_FLAG.tree)) !== 0) throw new Damage(`a row with flags ${flags}`);
    try {
      const value =
        (flags & NODE_FLAG.big) === 0 ? this.#file.subarray(valueAt, valueAt + size) : this.#big(valueAt, size);
      rows.push({ key, value, isTree: (flags & NODE_FLAG.tree) !== 0 });
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      this.#damages.push(`table ${table}, row ${hex(key)}: ${error.message}`);
    }
  }

  /** A value with pages of its own. */
  #big(at: number, size: number): Uint8Array {
    const page = this.#view.getBigUint64(at, true);
    const first = this.#page(page);
    if (first.flags !== FLAG.overflow) throw new Damage(`its page ${page} has flags ${first.flags}`);
    const pages = this.#view.getUint32(first.at + 20, true);
    if (PAGE_HEAD + size > pages * this.#pageBytes || Number(page) + pages > this.#pages) {
      throw new Damage(`its ${size} bytes do not fit the ${pages} pages from ${page} on`);
    }
    return this.#file.subarray(first.at + PAGE_HEAD, first.at + PAGE_HEAD + size);
  }
}
