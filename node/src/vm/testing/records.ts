// Records, addresses and cell ids for tests and benches. Deterministic: everything comes from numbers.
import { addressOf, partitionOfTarget } from '../../core/address.ts';
import { concatBytes, viewOf } from '../../core/bytes.ts';
import { sha256 } from '../../core/hash.ts';

const HEADER_BYTES = 200;

export interface RecordFields {
  readonly kind?: number;
  readonly scope?: number;
  readonly op?: number;
  readonly contract?: number;
  readonly gas?: bigint;
  readonly price?: bigint;
  readonly value?: bigint;
  readonly nonce?: bigint;
  readonly id?: Uint8Array;
  readonly initiator?: Uint8Array;
  readonly from?: Uint8Array;
  readonly partition?: number;
  readonly index?: number;
  readonly origin?: number;
  readonly key?: Uint8Array;
  readonly args?: Uint8Array;
}

const NOBODY = new Uint8Array(36);
const NOTHING = new Uint8Array(0);

export function record(fields: RecordFields, partitions: number): Uint8Array {
  const { key = NOTHING, args = NOTHING, initiator = NOBODY, from = NOBODY, scope = 1, id } = fields;
  const keyBytes = (key.length + 7) & ~7;
  const bytes = new Uint8Array(HEADER_BYTES + keyBytes + ((args.length + 7) & ~7));
  const view = viewOf(bytes);
  view.setUint32(0, bytes.length, true);
  view.setUint8(4, fields.kind ?? 0);
  view.setUint8(5, scope);
  view.setUint16(6, fields.op ?? 0, true);
  view.setBigUint64(8, BigInt(fields.contract ?? 0), true);
  view.setBigUint64(16, fields.gas ?? 100_000n, true);
  view.setBigUint64(24, fields.price ?? 1n, true);
  view.setBigUint64(32, fields.value ?? 0n, true);
  view.setBigUint64(40, fields.nonce ?? 0n, true);
  const own = id ?? sha256(concatBytes([initiator, key, args]));
  bytes.set(own, 48);
  bytes.set(own, 80);
  bytes.set(initiator, 112);
  bytes.set(from, 148);
  view.setUint32(184, fields.partition ?? partitionOfTarget(scope, key, partitions), true);
  view.setUint32(188, fields.index ?? 0, true);
  view.setUint32(192, args.length, true);
  view.setUint8(196, key.length);
  view.setUint16(198, fields.origin ?? 0, true);
  bytes.set(key, HEADER_BYTES);
  bytes.set(args, HEADER_BYTES + keyBytes);
  return bytes;
}

export function testAddress(n: number): Uint8Array {
  return addressOf(sha256(new TextEncoder().encode(`account ${n}`)));
}

export function cellId(
  contract: number,
  scope: number,
  key: Uint8Array,
  element?: { field: number; key: Uint8Array },
): Uint8Array {
  const head = new Uint8Array(10);
  viewOf(head).setBigUint64(0, BigInt(contract), true);
  head[8] = scope;
  head[9] = key.length;
  if (element === undefined) return concatBytes([head, key]);
  return concatBytes([head, key, Uint8Array.of(element.field & 255, element.field >> 8), element.key]);
}

export function u128(value: bigint): Uint8Array {
  const bytes = new Uint8Array(16);
  viewOf(bytes).setBigUint64(0, BigInt.asUintN(64, value), true);
  viewOf(bytes).setBigUint64(8, BigInt.asUintN(64, value >> 64n), true);
  return bytes;
}

export function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  viewOf(bytes).setBigUint64(0, value, true);
  return bytes;
}
/** One diff entry of a cell that is there. */
export function entry(id: Uint8Array, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(7 + id.length + value.length);
  const view = viewOf(bytes);
  view.setUint16(0, id.length, true);
  bytes.set(id, 2);
  bytes[2 + id.length] = 1;
  view.setUint32(3 + id.length, value.length, true);
  bytes.set(value, 7 + id.length);
  return bytes;
}
