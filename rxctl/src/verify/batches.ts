// What a batch of another group means to its reader: money, relays, deltas; and what an own batch sends. A batch that breaks a
// rule reads as empty, for every node alike.
import { decodeAll, FormatError } from './bytes.ts';
import { entriesOf, partitionOf, RECORD_KIND, recordsOf, type WireRecord } from './cells.ts';
import { type Batch, decodeBatch } from './layouts.ts';
import { type Network, ownerOf } from './network.ts';

const CREDIT = 1;
const DELTA = 2;
const STATE = 3;
const U64_END = 1n << 64n;

export interface Delta {
  readonly version: number;
  /** Diff entries of the global partition. */
  readonly cells: Uint8Array;
}

export interface ReadBatch {
  readonly records: readonly WireRecord[];
  /** Or all of the state, for who joined. */
  readonly delta: Delta | undefined;
  readonly worth: bigint;
}

const EMPTY: ReadBatch = { records: [], delta: undefined, worth: 0n };

export interface Reader {
  readonly network: Network;
  readonly group: number;
  /** Version of the replica before. */
  readonly deltas: number;
  readonly held: bigint;
}

export function readBatch(reader: Reader, source: number, height: number, leaf: Uint8Array): ReadBatch {
  if (leaf.length === 0) return EMPTY;
  try {
    return decoded(reader, source, height, decodeBatch(leaf)) ?? EMPTY;
  } catch (error) {
    if (error instanceof FormatError) return EMPTY;
    throw error;
  }
}

function decoded(reader: Reader, source: number, height: number, batch: Batch): ReadBatch | undefined {
  const { network, group, deltas, held } = reader;
  const { partitions } = network.genesis;
  if (batch.source !== source || batch.height !== height) return undefined;
  const records = recordsOf(batch.relays, partitions);
  if (records === undefined || records.some(({ partition }) => ownerOf(network, partition) !== group)) return undefined;
  let worth = records.reduce((sum, record) => sum + record.worth, 0n);
  if (worth >= U64_END) return undefined;
  let delta: Delta | undefined;
  for (const { kind, payload } of batch.system) {
    if (kind === CREDIT) {
      const credit = creditOf(payload);
      if (ownerOf(network, partitionOf(credit.to, partitions)) !== group) return undefined;
      worth += credit.amount;
    } else if ((kind === DELTA || kind === STATE) && delta === undefined && source === 0) {
      delta = deltaOf(payload);
      const isNext = kind === DELTA && delta.version === deltas + 1;
      const isFirst = kind === STATE && !network.firstMap.groups.includes(group) && deltas === 0 && delta.version > 0;
      if (!isNext && !isFirst) return undefined;
      entriesOf(delta.cells);
    } else return undefined;
  }
  return worth <= U64_END - 1n - held ? { records, delta, worth } : undefined;
}

function creditOf(payload: Uint8Array): { readonly to: Uint8Array; readonly amount: bigint } {
  return decodeAll(payload, (c) => ({ to: c.take(36), amount: c.u64() }));
}

function deltaOf(payload: Uint8Array): Delta {
  return decodeAll(payload, (c) => ({ version: c.uint(), cells: c.blob(16 * 1024 * 1024) }));
}

export interface Sent {
  readonly worth: bigint;
  readonly children: readonly string[];
  readonly delta: Delta | undefined;
  /** All of the global state. */
  readonly state: Delta | undefined;
}

/** What one of our own batches carries away; a sentence when it is none we could have written. */
export function sentBatch(network: Network, group: number, height: number, leaf: Uint8Array): Sent | string {
  try {
    const batch = decodeBatch(leaf);
    if (batch.source !== group || batch.height !== height)
      return `it says block ${batch.height} of group ${batch.source}`;
    const records = recordsOf(batch.relays, network.genesis.partitions);
    if (records === undefined) return 'it holds a malformed relay';
    let worth = records.reduce((sum, record) => sum + record.worth, 0n);
    let delta: Delta | undefined;
    let state: Delta | undefined;
    for (const { kind, payload } of batch.system) {
      if (kind === CREDIT) worth += creditOf(payload).amount;
      else if (kind === DELTA && group === 0 && delta === undefined) delta = deltaOf(payload);
      else if (kind === STATE && group === 0 && state === undefined) state = deltaOf(payload);
      else return `it holds a message of kind ${kind}`;
    }
    const children = records.filter(({ kind }) => kind !== RECORD_KIND.credit).map(({ id }) => id);
    return { worth, children, delta, state };
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
}
