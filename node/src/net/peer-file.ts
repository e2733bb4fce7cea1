// The file that says which nodes each group has; read again whenever it changes. Opens no connection.
import { readFileSync, unwatchFile, watchFile } from 'node:fs';

/** Addresses are `host:port`. */
export interface PeerAddress {
  readonly node: string;
  readonly grpc: string;
  readonly peer: string;
}

export type PeerTable = ReadonlyMap<number, readonly PeerAddress[]>;

export class PeerFileError extends Error {
  readonly code = 'BAD_PEER_FILE';
}

const MAX_NODES_PER_GROUP = 64;
const POLL_MS = 1_000;

/** `{"groups": {"0": [{"node": "g0-n0", "grpc": "127.0.0.1:1234", "peer": "127.0.0.1:1235"}]}}` */
export function parsePeers(text: string): PeerTable {
  const groups = fieldOf(parseJson(text), 'groups');
  if (typeof groups !== 'object' || groups === null)
    throw new PeerFileError('groups must map group ids to lists of nodes');
  const table = new Map<number, PeerAddress[]>();
  for (const [key, nodes] of Object.entries(groups)) {
    const group = Number(key);
    if (!Number.isInteger(group) || group < 0)
      throw new PeerFileError(`groups.${key}: a group id is an integer from 0`);
    if (!Array.isArray(nodes) || nodes.length > MAX_NODES_PER_GROUP) {
      throw new PeerFileError(`groups.${key} must be a list of at most ${MAX_NODES_PER_GROUP} nodes`);
    }
    table.set(
      group,
      nodes.map((node, i) => parseAddress(node, `groups.${key}[${i}]`)),
    );
  }
  return table;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PeerFileError('not JSON', { cause });
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function parseAddress(value: unknown, path: string): PeerAddress {
  const text = (name: string): string => {
    const field = fieldOf(value, name);
    if (typeof field !== 'string' || field === '') throw new PeerFileError(`${path}.${name} must be a text`);
    return field;
  };
  return { node: text('node'), grpc: text('grpc'), peer: text('peer') };
}

/** Reads the file now and after every change until aborted; a file that is wrong after the first time is reported and left alone. */
export function watchPeers(
  path: string,
  listener: { changed(table: PeerTable): void; wrong(error: Error): void },
  signal: AbortSignal,
): void {
  listener.changed(parsePeers(readFileSync(path, 'utf8')));
  const again = (): void => {
    try {
      listener.changed(parsePeers(readFileSync(path, 'utf8')));
    } catch (error) {
      listener.wrong(error instanceof Error ? error : new Error(String(error)));
    }
  };
  watchFile(path, { interval: POLL_MS, persistent: false }, again);
  signal.addEventListener('abort', () => unwatchFile(path, again), { once: true });
}
