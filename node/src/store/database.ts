// Opens a node's data folder: one LMDB file, one log of large values, one lock, one identity. Refuses folders of others
// and damaged files.
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import { damaged, StoreError } from './errors.ts';
import { holderOf, lock } from './lock.ts';
import { ValueLog } from './value-log.ts';

export const DATA_VERSION = 2;
const MAP_BYTES = 256 * 1024 ** 3;
const MAX_TABLES = 16;

/** Who a data folder belongs to; kept in node.json. */
export interface Identity {
  readonly genesisId: string;
  readonly group: number;
}

export type Table = Database<Buffer, Buffer>;

export interface DataFolder {
  readonly log: ValueLog;
  table(name: string): Table;
  /** Everything `write` puts is on disk, or nothing of it is, when this returns. */
  commit(write: () => void): void;
  /** Gives back all memory the database is mapped into; tables must be asked for anew. Nothing may be reading or writing. */
  remap(): void;
  close(): Promise<void>;
}

const LOG_FILE = 'chain.log';
/** The table of single values, and the one among them that says where the last commit left off in the log. */
export const META_TABLE = 'meta';
const LOG_END = Buffer.from('log');

const BINARY = { keyEncoding: 'binary', encoding: 'binary' } as const;

export function openFolder(dir: string, identity: Identity): DataFolder {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const unlock = lock(dir);
  try {
    claim(dir, identity);
    const path = join(dir, 'chain.mdb');
    checkSize(dir, path);
    let root = openDatabase(dir, path);
    const table = (name: string): Table => root.openDB<Buffer, Buffer>({ name, ...BINARY });
    const log = openLog(dir, table(META_TABLE), false);
    return {
      log,
      table,
      commit: (write) => commit(root, log, () => table(META_TABLE), write),
      remap: () => {
        void root.close();
        // With synchronous commits alone nothing is ever pending.
        if (Reflect.get(root, 'status') !== 'closed') throw new Error('chain.mdb is busy');
        root = openDatabase(dir, path);
      },
      close: async () => {
        log.close();
        await root.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** What is large is on disk before the database names its place. */
function commit(root: RootDatabase<Buffer, Buffer>, log: ValueLog, meta: () => Table, write: () => void): void {
  const before = log.end;
  try {
    root.transactionSync(() => {
      write();
      log.flush();
      if (log.end === before) return;
      const end = Buffer.alloc(8);
      end.writeBigUInt64LE(BigInt(log.end));
      meta().putSync(LOG_END, end);
    });
  } catch (error) {
    log.discard(before);
    throw error;
  }
}

function openLog(dir: string, meta: Table, readOnly: boolean): ValueLog {
  const path = join(dir, LOG_FILE);
  const end = logEndOf(meta);
  const size = existsSync(path) ? statSync(path).size : 0;
  if (size < end) throw damaged(dir, `${LOG_FILE} has ${size} bytes where ${end} were written`);
  return new ValueLog(path, end, readOnly);
}

function logEndOf(meta: Table): number {
  return Number(meta.get(LOG_END)?.readBigUInt64LE() ?? 0n);
}

/** Opens a folder nobody uses and never writes to it: takes no lock, makes no table. Throws StoreError when a process holds it. */
export function openFolderToRead(dir: string, identity: Identity): DataFolder {
  refuseForeign(dir, identityOf(dir), identity);
  const holder = holderOf(dir);
  if (holder !== undefined) {
    throw new StoreError(
      'LOCKED',
      `the data folder ${dir} is in use by process ${holder}`,
      'stop that process first, or audit a copy',
    );
  }
  return openReading(dir);
}

/**
 * Copies a folder into a new one as one commit left it, also while a node writes to it: LMDB reads beside its writer.
 * The copy belongs to the same node and has no lock.
 */
export async function copyFolder(dir: string, identity: Identity, to: string): Promise<void> {
  refuseForeign(dir, identityOf(dir), identity);
  mkdirSync(to, { recursive: true, mode: 0o700 });
  const { root, isOurs } = openReadOnly(dir);
  try {
    await root.backup(join(to, 'chain.mdb'), false);
  } finally {
    await closeReadOnly(dir, root, isOurs);
  }
  // What a commit names is in the log before it, and nothing there ever changes.
  const log = join(dir, LOG_FILE);
  if (existsSync(log)) copyFileSync(log, join(to, LOG_FILE), constants.COPYFILE_FICLONE);
  copyFileSync(join(dir, 'node.json'), join(to, 'node.json'));
}

interface ReadOnly {
  readonly root: RootDatabase<Buffer, Buffer>;
  /** LMDB counts its readers in a file beside; where there is one it is the node's. */
  readonly isOurs: boolean;
}

function openReadOnly(dir: string): ReadOnly {
  const path = join(dir, 'chain.mdb');
  if (!existsSync(path)) throw damaged(dir, 'chain.mdb is missing');
  checkSize(dir, path);
  const isOurs = !existsSync(`${path}-lock`);
  return { root: openDatabase(dir, path, true), isOurs };
}

async function closeReadOnly(dir: string, root: ReadOnly['root'], isOurs: boolean): Promise<void> {
  await root.close();
  if (isOurs) rmSync(join(dir, 'chain.mdb-lock'), { force: true });
}

function openReading(dir: string): DataFolder {
  const { root, isOurs } = openReadOnly(dir);
  const table = (name: string): Table => {
    const found: Table | undefined = root.openDB<Buffer, Buffer>({ name, ...BINARY });
    if (found === undefined) throw damaged(dir, `table ${name} is missing`);
    return found;
  };
  const log = openLog(dir, table(META_TABLE), true);
  return {
    log,
    table,
    commit: () => {
      throw new Error(`${dir} is open to be read only`);
    },
    remap: () => undefined,
    close: async () => {
      log.close();
      await closeReadOnly(dir, root, isOurs);
    },
  };
}

function openDatabase(dir: string, path: string, readOnly = false): RootDatabase<Buffer, Buffer> {
  try {
    return open<Buffer, Buffer>({
      path,
      noSubdir: true,
      maxDbs: MAX_TABLES,
      mapSize: MAP_BYTES,
      overlappingSync: false,
      eventTurnBatching: false,
      pageSize: PAGE_BYTES,
      noMemInit: true,
      readOnly,
      ...BINARY,
    });
  } catch (cause) {
    throw damaged(dir, 'chain.mdb cannot be opened', cause);
  }
}

/** Writes node.json into a new folder, or compares it. */
function claim(dir: string, identity: Identity): void {
  const path = join(dir, 'node.json');
  if (!existsSync(path)) {
    if (existsSync(join(dir, 'chain.mdb'))) throw damaged(dir, 'node.json is missing beside chain.mdb');
    writeFileSync(`${path}.new`, `${JSON.stringify({ version: DATA_VERSION, ...identity })}\n`, {
      mode: 0o600,
      flush: true,
    });
    renameSync(`${path}.new`, path);
    return;
  }
  refuseForeign(dir, readIdentity(dir, path), identity);
}

function refuseForeign(dir: string, found: Identity & { readonly version: number }, identity: Identity): void {
  if (found.version !== DATA_VERSION) {
    throw new StoreError(
      'VERSION',
      `${join(dir, 'node.json')} is of version ${found.version}, this program writes ${DATA_VERSION}`,
      'use the program that wrote it, or an empty folder',
    );
  }
  if (found.genesisId !== identity.genesisId || found.group !== identity.group) {
    throw new StoreError(
      'FOREIGN',
      `${dir} belongs to group ${found.group} of network ${found.genesisId.slice(0, 8)}, not to group ${identity.group} of ${identity.genesisId.slice(0, 8)}`,
      'name another folder with --data',
    );
  }
}

/** Who a folder says it belongs to. */
export function identityOf(dir: string): Identity & { readonly version: number } {
  const path = join(dir, 'node.json');
  if (existsSync(path)) return readIdentity(dir, path);
  throw new StoreError(
    'FOREIGN',
    `${dir} is no data folder of a node`,
    'name the one that holds chain.mdb and node.json',
  );
}

function readIdentity(dir: string, path: string): Identity & { version: number } {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value === 'object' && value !== null && 'version' in value && 'genesisId' in value && 'group' in value) {
      const { version, genesisId, group } = value;
      if (typeof version === 'number' && typeof genesisId === 'string' && typeof group === 'number')
        return { version, genesisId, group };
    }
  } catch (cause) {
    throw damaged(dir, 'node.json cannot be read', cause);
  }
  throw damaged(dir, 'node.json lacks version, genesisId or group');
}

const META_MAGIC = 0xbeefc0de;
/** A commit of a large block writes half as much around its values with these as with LMDB's own 4 KiB. */
const PAGE_BYTES = 16_384;
const LARGEST_PAGE_BYTES = 65_536;
const META = { magic: 24, pageSize: 48, lastPage: 144, transaction: 152, end: 160 };

/** A file shorter than its newest meta page says would end the process with SIGBUS on the first read behind its end. */
function checkSize(dir: string, path: string): void {
  if (!existsSync(path)) return;
  const file = openSync(path, 'r');
  try {
    const size = fstatSync(file).size;
    if (size === 0) return;
    const head = Buffer.alloc(LARGEST_PAGE_BYTES + META.end);
    readSync(file, head, 0, head.length, 0);
    const second = head.readUInt32LE(META.pageSize);
    if (size < 2 * second) throw damaged(dir, 'chain.mdb is cut short');
    if (second > LARGEST_PAGE_BYTES) throw damaged(dir, 'chain.mdb is not a database');
    const metas = [0, second].map((at) => head.subarray(at, at + META.end));
    if (metas.some((m) => m.readUInt32LE(META.magic) !== META_MAGIC)) throw damaged(dir, 'chain.mdb is not a database');
    const newest = metas.reduce((a, b) =>
      a.readBigUInt64LE(META.transaction) > b.readBigUInt64LE(META.transaction) ? a : b,
    );
    const need = (newest.readBigUInt64LE(META.lastPage) + 1n) * BigInt(newest.readUInt32LE(META.pageSize));
    if (BigInt(size) < need) throw damaged(dir, `chain.mdb has ${size} bytes where ${need} were written`);
  } finally {
    closeSync(file);
  }
}
