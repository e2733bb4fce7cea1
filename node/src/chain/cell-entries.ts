// Cell ids and diff entries as bytes (docs/vm.md §6): naming, walking, sorting, hashing. It holds no state.
import { compareBytes, concatBytes, viewOf } from '../core/bytes.ts';
import { DecodeError } from '../core/codec.ts';

/** Scopes of contract 0, the ledger. */
export const LEDGER_SCOPE = {
  account: 0,
  queue: 9,
  deferred: 10,
  bounds: 11,
  registry: 12,
  bitcoin: 13,
  joining: 14,
} as const;

const CONTRACT_BYTES = 8;
const ID_HEAD_BYTES = 10;

/** contract 0 ‖ scope ‖ keyLen ‖ key */
export function ledgerCellId(scope: number, key: Uint8Array): Uint8Array {
  const id = new Uint8Array(ID_HEAD_BYTES + key.length);
  id[CONTRACT_BYTES] = scope;
  id[CONTRACT_BYTES + 1] = key.length;
  id.set(key, ID_HEAD_BYTES);
  return id;
}

/** Sequence numbers as keys, so that canonical order is their order. */
export function sequenceKey(sequence: number): Uint8Array {
  const key = new Uint8Array(8);
  viewOf(key).setBigUint64(0, BigInt(sequence), false);
  return key;
}

export function contractOfCell(id: Uint8Array): bigint {
  return viewOf(id).getBigUint64(0, true);
}

/** Scope of a ledger cell, undefined for a cell of a contract. */
export function ledgerScopeOf(id: Uint8Array): number | undefined {
  return contractOfCell(id) === 0n ? id[CONTRACT_BYTES] : undefined;
}

export function keyOfCell(id: Uint8Array): Uint8Array {
  return id.subarray(ID_HEAD_BYTES, ID_HEAD_BYTES + id[CONTRACT_BYTES + 1]!);
}

export interface CellEntry {
  readonly id: Uint8Array;
  /** Undefined: the cell is gone. */
  readonly value: Uint8Array | undefined;
}

/** Throws DecodeError on anything but whole entries. */
export function* entriesOf(diff: Uint8Array): IterableIterator<CellEntry> {
  const view = viewOf(diff);
  let at = 0;
  const take = (size: number): number => {
    const from = at;
    if (size > diff.length - at) throw new DecodeError('truncated', 'cell entry');
    at += size;
    return from;
  };
  while (at < diff.length) {
    const idLen = view.getUint16(take(2), true);
    const idAt = take(idLen);
    if (idLen < ID_HEAD_BYTES) throw new DecodeError('out-of-range', 'cell id', `${idLen} bytes`);
    const id = diff.subarray(idAt, idAt + idLen);
    const present = diff[take(1)]!;
    if (present > 1) throw new DecodeError('not-canonical', 'cell entry', `present ${present}`);
    if (present === 0) {
      yield { id, value: undefined };
      continue;
    }
    const valueLen = view.getUint32(take(4), true);
    const valueAt = take(valueLen);
    yield { id, value: diff.subarray(valueAt, valueAt + valueLen) };
  }
}

export function encodeEntry(entry: CellEntry): Uint8Array {
  const { id, value } = entry;
  const head = new Uint8Array(2 + id.length + (value === undefined ? 1 : 5));
  const view = viewOf(head);
  view.setUint16(0, id.length, true);
  head.set(id, 2);
  if (value === undefined) return head;
  head[2 + id.length] = 1;
  view.setUint32(3 + id.length, value.length, true);
  return concatBytes([head, value]);
}

/** The same entries ascending by cell id. */
export function sortEntries(entries: Iterable<CellEntry>): CellEntry[] {
  return [...entries].sort((a, b) => compareBytes(a.id, b.id));
}

export function encodeEntries(entries: Iterable<CellEntry>): Uint8Array {
  return concatBytes(Array.from(entries, encodeEntry));
}
