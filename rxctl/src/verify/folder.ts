// A node's data folder as it lies on disk: who it belongs to, its genesis, its tables. It takes no lock and writes nothing.
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FormatError, hex, same } from './bytes.ts';
import { type Network, readNetwork } from './network.ts';
import { MAX_META_BYTES, metasOf, type PageFile, type Row, readPages } from './pages.ts';
import { type RowDamage, ValueLog } from './value-log.ts';

const DATA_VERSION = 2;
/** A node commits every few hundred milliseconds; between two commits the file stands still. */
const READ_ATTEMPTS = 20;

/** Not a folder that could be verified at all: wrong path, wrong genesis, a node that writes too fast. */
export class FolderError extends Error {
  readonly code = 'FOLDER';
  readonly cure: string;

  constructor(what: string, cure: string, cause?: unknown) {
    super(what, cause === undefined ? undefined : { cause });
    this.cure = cure;
  }
}

export const TABLES = [
  'headers',
  'bodies',
  'diffs',
  'undos',
  'receipts',
  'roots',
  'outbox',
  'totals',
  'leaves',
  'condemned',
  'snapshots',
  'meta',
] as const;
export type TableName = (typeof TABLES)[number];

/** Their values may lie in chain.log. */
const LARGE: readonly TableName[] = ['bodies', 'diffs', 'receipts', 'outbox', 'leaves'];

export interface Folder {
  readonly network: Network;
  readonly group: number;
  readonly table: (name: TableName) => readonly Row[];
  /** Pages or rows that cannot be read, tables that are missing or unknown. */
  readonly damages: readonly string[];
  /** Rows whose values cannot be found. */
  readonly rowDamages: readonly RowDamage[];
}

export function openFolder(dir: string, genesisPath: string | undefined): Folder {
  const path = join(dir, 'chain.mdb');
  if (!existsSync(path)) throw new FolderError(`${dir} holds no chain.mdb`, "name a node's data folder");
  const network = openNetwork(dir, genesisPath);
  const group = readIdentity(dir, network);
  const { tables, damages }: PageFile = readPages(readStill(path));
  const missing = TABLES.filter((name) => !tables.has(name)).map((name) => `table ${name} is missing`);
  const unknown = [...tables.keys()].filter((name) => !TABLES.some((known) => known === name));
  const log = new ValueLog(join(dir, 'chain.log'));
  const large = new Map(LARGE.map((name) => [name, log.resolve(name, tables.get(name)?.rows ?? [])]));
  log.checkEnd(tables.get('meta')?.rows.find(({ key }) => Buffer.from(key).toString() === 'log')?.value);
  return {
    network,
    group,
    table: (name) => large.get(name) ?? tables.get(name)?.rows ?? [],
    damages: [...damages, ...missing, ...unknown.map((name) => `${JSON.stringify(name)} is no table of a node`)],
    rowDamages: log.damages,
  };
}

/** The bytes of one commit, also while a node writes: a commit changes a meta page last. */
function readStill(path: string): Uint8Array {
  for (let attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
    const before = readMetas(path);
    const file = readFileSync(path);
    if (same(readMetas(path), before) && same(metasOf(file), before)) return file;
  }
  throw new FolderError(
    `${path} is written to faster than it can be read`,
    'stop the node, or copy the folder while it is stopped',
  );
}

function readMetas(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const head = new Uint8Array(MAX_META_BYTES);
    return metasOf(head.subarray(0, readSync(file, head, 0, head.length, 0)));
  } finally {
    closeSync(file);
  }
}

/** The genesis file named, or the nearest one: rxctl keeps it two folders above its nodes'. */
function openNetwork(dir: string, named: string | undefined): Network {
  const near = [dir, dirname(resolve(dir)), dirname(dirname(resolve(dir)))].map((at) => join(at, 'genesis.bin'));
  const path = named ?? near.find(existsSync);
  if (path === undefined || !existsSync(path)) {
    throw new FolderError(
      path === undefined ? `no genesis.bin in or above ${dir}` : `${path} does not exist`,
      'name the genesis file: --genesis FILE',
    );
  }
  try {
    return readNetwork(readFileSync(path));
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new FolderError(`${path} is no genesis file: ${cause.message}`, 'name another one: --genesis FILE', cause);
  }
}

/** Group of the folder; refuses one of another network. */
function readIdentity(dir: string, network: Network): number {
  const path = join(dir, 'node.json');
  let identity: unknown;
  try {
    identity = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new FolderError(`${path} cannot be read`, "name a node's data folder", cause);
  }
  if (
    typeof identity !== 'object' ||
    identity === null ||
    !('version' in identity) ||
    !('genesisId' in identity) ||
    !('group' in identity)
  ) {
    throw new FolderError(`${path} lacks version, genesisId or group`, "name a node's data folder");
  }
  const { version, genesisId, group } = identity;
  if (version !== DATA_VERSION) {
    throw new FolderError(`${path} is of version ${String(version)}`, `this program reads version ${DATA_VERSION}`);
  }
  if (genesisId !== hex(network.id)) {
    throw new FolderError(
      `${dir} belongs to network ${String(genesisId).slice(0, 8)}, the genesis is that of ${hex(network.id).slice(0, 8)}`,
      'name the genesis file of its network: --genesis FILE',
    );
  }
  if (typeof group !== 'number' || !Number.isInteger(group) || group < 0) {
    throw new FolderError(`${path} names group ${String(group)}`, 'a group id is an integer from 0');
  }
  return group;
}
