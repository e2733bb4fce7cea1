// A machine with funded accounts and contracts, and what tests read from receipts and relays.
import { addressOf, partitionOf } from '../../core/address.ts';
import {
  RECEIPT,
  RECEIPT_BYTES,
  RELAY,
  RELAY_FIXED_BYTES,
  type Receipt,
  type RelayFields,
} from '../../core/layouts.ts';
import { Machine } from '../machine.ts';
import type { BlockContext, MachineOptions } from '../types.ts';
import { cellId, type RecordFields, record, u64, u128 } from './records.ts';

export const P = 16;
export const MINER = addressOf(new Uint8Array(32).fill(77));
export const FUNDS = 10n ** 15n;

export function context(height: number, blockGas = 1n << 60n): BlockContext {
  return {
    height,
    timestampMs: height * 1000,
    parentId: new Uint8Array(32).fill(height & 255),
    minerAddress: MINER,
    blockGas,
  };
}

export function machine(options: Partial<MachineOptions> = {}): Machine {
  const vm = Machine.create({ partitions: P, seed: new Uint8Array(32).fill(9), ...options });
  vm.setOwners(new Uint16Array(P), 0);
  return vm;
}

export function build(fields: RecordFields): Uint8Array {
  return record(fields, P);
}

export function place(key: Uint8Array): number {
  return partitionOf(key, P);
}

/** Funds accounts in a block of their own. */
export function fund(vm: Machine, addresses: readonly Uint8Array[]): void {
  vm.beginBlock(context(0));
  for (const address of addresses) vm.credit(address, FUNDS);
  vm.endBlock();
}

export function giveTokens(vm: Machine, contract: number, addresses: readonly Uint8Array[], amount: bigint): void {
  vm.beginBlock(context(0));
  for (const address of addresses) vm.put(place(address), cellId(contract, 1, address), u128(amount));
  vm.endBlock();
}

export function tokenOf(vm: Machine, contract: number, address: Uint8Array): bigint {
  const bytes = vm.get(place(address), cellId(contract, 1, address));
  if (bytes === undefined) return 0n;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return view.getBigUint64(0, true) + (view.getBigUint64(8, true) << 64n);
}

export function receiptsOf(bytes: Uint8Array): Receipt[] {
  const all: Receipt[] = [];
  for (let at = 0; at < bytes.length; at += RECEIPT_BYTES)
    all.push(RECEIPT.decode(bytes.slice(at, at + RECEIPT_BYTES)));
  return all;
}

export interface Emitted extends RelayFields {
  readonly key: Uint8Array;
  readonly args: Uint8Array;
  readonly bytes: Uint8Array;
}

export function relaysOf(bytes: Uint8Array): Emitted[] {
  const all: Emitted[] = [];
  for (let at = 0; at < bytes.length; ) {
    const head = RELAY.decode(bytes.slice(at, at + RELAY_FIXED_BYTES));
    const record = bytes.slice(at, at + head.size);
    const argsAt = RELAY_FIXED_BYTES + ((head.keyLen + 7) & ~7);
    all.push({
      ...head,
      key: record.subarray(RELAY_FIXED_BYTES, RELAY_FIXED_BYTES + head.keyLen),
      args: record.subarray(argsAt, argsAt + head.argsLen),
      bytes: record,
    });
    at += head.size;
  }
  return all;
}

/** Everything a machine holds, canonical. */
export function snapshot(vm: Machine): string {
  const parts = Array.from({ length: P }, (_, p) => p).concat(65534, 65535);
  return parts
    .map((p) => `${p}:${vm.cellsOf(p)}:${vm.bytesOf(p)}:${Buffer.from(vm.exportPartition(p)).toString('hex')}`)
    .join('\n');
}

export function transferArgs(amount: bigint): Uint8Array {
  return u64(amount);
}
