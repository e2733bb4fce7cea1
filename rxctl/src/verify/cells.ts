// Cells as docs/protocol.md names them: entries, ledger cells, what they are worth, which partition a key lies in. It holds no state.
import { Cursor, decodeAll, FormatError, hex, join, same, u32Bytes, u64Bytes, viewOf } from './bytes.ts';
import { sha256 } from './hash.ts';
import { KEY_BYTES } from './layouts.ts';

export const GLOBAL = 65_535;
export const REPLICA = 65_534;

export const LEDGER = {
  account: 0,
  queue: 9,
  deferred: 10,
  bounds: 11,
  registry: 12,
  bitcoin: 13,
  joining: 14,
} as const;

export interface Entry {
  readonly id: Uint8Array;
  /** Undefined: the cell is gone. */
  readonly value: Uint8Array | undefined;
}

/** Throws FormatError on anything but whole entries. */
export function entriesOf(bytes: Uint8Array): Entry[] {
  const cursor = new Cursor(bytes);
  const out: Entry[] = [];
  while (cursor.left > 0) {
    const id = cursor.take(cursor.u16());
    if (id.length < 10) throw new FormatError(`a cell id of ${id.length} bytes`);
    const present = cursor.u8();
    if (present > 1) throw new FormatError(`presence ${present}`);
    out.push({ id, value: present === 0 ? undefined : cursor.blob(0xffff_ffff) });
  }
  return out;
}

export function encodeEntry({ id, value }: Entry): Uint8Array {
  const size = new Uint8Array(2);
  viewOf(size).setUint16(0, id.length, true);
  if (value === undefined) return join([size, id, Uint8Array.of(0)]);
  const length = new Uint8Array(4);
  viewOf(length).setUint32(0, value.length, true);
  return join([size, id, Uint8Array.of(1), length, value]);
}

export function ledgerCell(scope: number, key: Uint8Array): Uint8Array {
  return join([new Uint8Array(8), Uint8Array.of(scope, key.length), key]);
}

/** Keys that count are big-endian, so that their order is their number's. */
export function sequenceKey(sequence: number): Uint8Array {
  return Uint8Array.from(u64Bytes(sequence)).reverse();
}

/** Scope of a cell of contract 0; undefined for those of others. */
export function ledgerScope(id: Uint8Array): number | undefined {
  return viewOf(id).getBigUint64(0, true) === 0n ? id[8] : undefined;
}

export function keyOf(id: Uint8Array): Uint8Array {
  return id.subarray(10, 10 + id[9]!);
}

/** Global cells that every group gets a copy of. */
export function isShared(id: Uint8Array): boolean {
  const scope = ledgerScope(id);
  return scope === undefined || scope === LEDGER.registry;
}

/** msat a cell holds: a balance, or what a waiting record carries. */
export function worthOf({ id, value }: Entry): bigint {
  if (value === undefined) return 0n;
  const scope = ledgerScope(id);
  if (scope === LEDGER.account) return accountOf(value).balance;
  return scope === LEDGER.queue || scope === LEDGER.deferred ? recordOf(value).worth : 0n;
}

export interface Account {
  readonly nonce: bigint;
  readonly balance: bigint;
}

export function accountOf(value: Uint8Array | undefined): Account {
  if (value === undefined) return { nonce: 0n, balance: 0n };
  return decodeAll(value, (c) => ({ nonce: c.u64(), balance: c.u64() }));
}

/** `account 0abc…` and the like, for people. */
export function describeCell(id: Uint8Array): string {
  const scope = ledgerScope(id);
  const name = Object.entries(LEDGER).find(([, number]) => number === scope)?.[0];
  if (name !== undefined) return `${name} cell ${hex(keyOf(id))}`;
  return `cell ${hex(id)} of contract ${viewOf(id).getBigUint64(0, true)}`;
}

const RECORD_BYTES = 200;
const NO_OP = 0xffff;
export const RECORD_KIND = { relay: 1, deferred: 2, value: 3, credit: 4 } as const;

/** An invocation record as it travels: its id field names the emitter. */
export interface WireRecord {
  readonly size: number;
  readonly kind: number;
  readonly partition: number;
  /** Own id: of the emitter and the child number. */
  readonly id: string;
  readonly worth: bigint;
  readonly isCanonical: boolean;
}

/** A transaction's own relays are numbered in the first four bytes of its id, all others are hashed. */
export function relayId(emitter: Uint8Array, root: Uint8Array, index: number): Uint8Array {
  if (!same(emitter, root)) return sha256(join([emitter, u32Bytes(index)]));
  return join([u32Bytes((viewOf(root).getUint32(0, true) + index + 1) >>> 0), root.subarray(4)]);
}

/** Reads the record at the start of `bytes`; throws FormatError when there is no whole one. */
export function recordOf(bytes: Uint8Array, partitions?: number): WireRecord {
  if (bytes.length < RECORD_BYTES) throw new FormatError('less than a record');
  const view = viewOf(bytes);
  const size = view.getUint32(0, true);
  if (size < RECORD_BYTES || size > bytes.length) throw new FormatError(`a record of ${size} bytes`);
  const worth = view.getBigUint64(32, true) + view.getBigUint64(16, true) * view.getBigUint64(24, true);
  return {
    size,
    kind: bytes[4]!,
    partition: view.getUint32(184, true),
    id: hex(relayId(bytes.subarray(48, 80), bytes.subarray(80, 112), view.getUint32(188, true))),
    worth,
    isCanonical: partitions !== undefined && isCanonical(bytes.subarray(0, size), view, partitions),
  };
}

function isCanonical(bytes: Uint8Array, view: DataView, partitions: number): boolean {
  const scope = bytes[5]!;
  const keyBytes = KEY_BYTES[scope];
  const argsLen = view.getUint32(192, true);
  if (keyBytes === undefined || bytes[196] !== keyBytes || bytes[197] !== 0 || view.getBigUint64(40, true) !== 0n)
    return false;
  const argsAt = RECORD_BYTES + padded(keyBytes);
  if (argsAt + padded(argsLen) !== bytes.length) return false;
  const padding = [...bytes.subarray(RECORD_BYTES + keyBytes, argsAt), ...bytes.subarray(argsAt + argsLen)];
  if (padding.some((byte) => byte !== 0)) return false;
  const kind = bytes[4]!;
  const isBare = scope === 0 && view.getUint16(6, true) === NO_OP;
  if (kind === RECORD_KIND.relay ? scope === 0 : !isBare) return false;
  if (kind !== RECORD_KIND.relay && kind !== RECORD_KIND.value && kind !== RECORD_KIND.credit) return false;
  const partition = view.getUint32(184, true);
  if (scope === 2) return partition < partitions;
  return (
    partition ===
    (scope === 3 ? GLOBAL : partitionOf(bytes.subarray(RECORD_BYTES, RECORD_BYTES + keyBytes), partitions))
  );
}

function padded(size: number): number {
  return Math.ceil(size / 8) * 8;
}

/** All records of a batch; undefined when one of them is not what its source had to write. */
export function recordsOf(bytes: Uint8Array, partitions: number): WireRecord[] | undefined {
  const out: WireRecord[] = [];
  for (let at = 0; at < bytes.length; ) {
    try {
      const record = recordOf(bytes.subarray(at), partitions);
      if (!record.isCanonical) return undefined;
      out.push(record);
      at += record.size;
    } catch (error) {
      if (error instanceof FormatError) return undefined;
      throw error;
    }
  }
  return out;
}

/** Exclusive or of three words of a key, cut to the number of partitions. */
export function partitionOf(key: Uint8Array, partitions: number): number {
  const view = viewOf(key);
  const words = Math.floor(key.length / 4);
  const [middle, last] = key.length === 36 ? [4, 7] : [Math.floor(words / 2), words - 1];
  const word = (i: number): number => view.getUint32(i * 4, true);
  const mixed = words < 4 ? word(0) : word(0) ^ word(middle) ^ word(last);
  return (mixed & (partitions - 1)) >>> 0;
}

/** The address of an Ed25519 key: the key, then its tag, a checksum whose low 4 bits are the kind. */
export function addressOf(key: Uint8Array, kind = 3): Uint8Array {
  let crc = kind;
  for (const byte of key) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) * 0x82f6_3b78);
  }
  const tag = new Uint8Array(4);
  viewOf(tag).setUint32(0, ((crc & 0xffff_fff0) | kind) >>> 0, true);
  return join([key, tag]);
}

const ADDRESS_KINDS: readonly number[] = [3, 4, 5, 10];

export function isAddress(bytes: Uint8Array): boolean {
  const kind = bytes[32]! & 15;
  return ADDRESS_KINDS.includes(kind) && hex(addressOf(bytes.subarray(0, 32), kind)) === hex(bytes);
}
