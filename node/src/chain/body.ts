// A block body as bytes: its transactions root, and reading it against a header. Batches are judged elsewhere, against
// the headers of their sources.
import { concatBytes, equalBytes } from '../core/bytes.ts';
import { DecodeError } from '../core/codec.ts';
import { HASH_BYTES, sha256dInto, taggedHash } from '../core/hash.ts';
import { BODY, type Body, type Header } from '../core/layouts.ts';
import { listRootInPlace } from '../core/merkle.ts';
import { proveUpdate, updateLeaf } from './map-update.ts';
import type { SourceBlock } from './ports.ts';
import { HOME_GROUP } from './shard-map.ts';

export interface RootParts {
  readonly group: number;
  readonly mapUpdate: Uint8Array;
  readonly bitcoinHeaders: readonly Uint8Array[];
  /** Transaction ids one after the other. */
  readonly ids: Uint8Array;
}

/** List root over: the map update if any; in group 0 the list of Bitcoin headers, one leaf, also when empty; transaction ids. */
export function transactionsRoot(parts: RootParts): Uint8Array {
  return listRootInPlace(rootLeaves(parts));
}

/** What shows a block's map update to who has its header alone: ProvenUpdate bytes, empty when it holds none. */
export function shownUpdate(parts: RootParts): Uint8Array {
  if (parts.mapUpdate.length === 0) return parts.mapUpdate;
  const leaves = rootLeaves(parts);
  const count = leaves.length / HASH_BYTES;
  return proveUpdate(
    parts.mapUpdate,
    Array.from({ length: count }, (_, i) => leaves.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES)),
  );
}

function rootLeaves({ group, mapUpdate, bitcoinHeaders, ids }: RootParts): Uint8Array {
  const leaves: Uint8Array[] = [];
  if (mapUpdate.length > 0) leaves.push(updateLeaf(mapUpdate));
  if (group === HOME_GROUP) leaves.push(taggedHash('rexnet/bitcoin-headers', concatBytes(bitcoinHeaders)));
  leaves.push(ids);
  return concatBytes(leaves);
}

export function transactionIds(transactions: readonly Uint8Array[]): Uint8Array {
  const ids = new Uint8Array(transactions.length * HASH_BYTES);
  for (const [i, bytes] of transactions.entries()) sha256dInto(bytes, ids, i * HASH_BYTES);
  return ids;
}

export interface MatchedBody {
  readonly body: Body;
  readonly ids: Uint8Array;
}

/** Undefined: these bytes are not the body of that header, which says nothing about the block. */
export function matchBody(header: Header, bytes: Uint8Array): MatchedBody | undefined {
  const body = decodeBody(bytes);
  if (body === undefined) return undefined;
  const ids = transactionIds(body.transactions);
  const { mapUpdate, bitcoinHeaders } = body;
  const root = transactionsRoot({ group: header.group, mapUpdate, bitcoinHeaders, ids });
  return equalBytes(root, header.transactionsRoot) ? { body, ids } : undefined;
}

function decodeBody(bytes: Uint8Array): Body | undefined {
  try {
    return BODY.decode(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** Batches in the order a body lists them: sources ascending, heights ascending. */
export function bodyBatches(sources: readonly SourceBlock[]): Body['batches'] {
  return sources
    .slice()
    .sort((a, b) => a.group - b.group || a.height - b.height)
    .map(({ leaf, path }) => ({ leaf, path: path.slice() }));
}
