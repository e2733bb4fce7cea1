// Emission: relay records into the outgoing buffer, and how gas is shared among children.
import {
  FAULT_BUSY,
  FAULT_ROOM,
  GAS_RELAY,
  GAS_RELAY_GLOBAL,
  GLOBAL_PARTITION,
  KIND_CREDIT,
  KIND_DEFERRED,
  KIND_RELAY,
  KIND_USER,
  MAX_EMISSION_BYTES,
  MAX_RECORD_BYTES,
  R_ARGS_LEN,
  R_CONTRACT,
  R_FROM,
  R_GAS,
  R_ID,
  R_INDEX,
  R_INITIATOR,
  R_KEY,
  R_KEY_LEN,
  R_KIND,
  R_NONCE,
  R_OP,
  R_ORIGIN,
  R_PARTITION,
  R_PRICE,
  R_ROOT,
  R_SCOPE,
  R_SIZE,
  R_VALUE,
  NO_CODE,
  SCOPE_ACCOUNT,
  SCOPE_GLOBAL,
  SCOPE_SHARD,
} from './layout';
import { broken, charge, fault, fuel } from './fault';
import { current, here } from './frame';
import { bookSent, giveRoom, isBusy, takeRoom } from './groups';
import { keyPartition } from './hash';
import { partitions } from './table';

let maxRelays: u32 = 4_096;

/** Where the next relay goes, and where this invocation's begin. */
export let out: u32 = 0;
export let outStart: u32 = 0;
let outEnd: u32 = 0;
export let children: u32 = 0;

export function setMaxRelays(relays: u32): void {
  maxRelays = relays;
}

export function setOutput(at: u32, end: u32): void {
  out = at;
  outStart = at;
  outEnd = end;
}

@inline
export function mayEmit(): bool {
  return outEnd - out >= MAX_EMISSION_BYTES;
}

@inline
export function openEmission(): void {
  outStart = out;
  children = 0;
}

@inline
export function priceOf(kind: u32, scope: u32): i64 {
  return kind == KIND_RELAY && scope == SCOPE_GLOBAL ? GAS_RELAY_GLOBAL : GAS_RELAY;
}

/** Copies `size` bytes and pads with zeros to a multiple of 8. */
@inline
function copyPadded(to: u32, from: u32, size: u32): u32 {
  const padded = (size + 7) & ~7;
  if (padded) {
    store<u64>(to + padded - 8, 0);
    if (size <= 64) {
      let i: u32 = 0;
      for (; i + 8 <= size; i += 8) store<u64>(to + i, load<u64>(from + i));
      for (; i < size; i++) store<u8>(to + i, load<u8>(from + i));
    } else memory.copy(to, from, size);
  }
  return to + padded;
}

/** 36 bytes of a key, cut or padded with zeros. */
@inline
export function copyKey36(to: u32, key: u32, size: u32): void {
  if (size == 36) copy36(to, key);
  else copyKeySlow(to, key, size);
}

function copyKeySlow(to: u32, key: u32, size: u32): void {
  memory.fill(to, 0, 36);
  memory.copy(to, key, min<u32>(size, 36));
}

@inline
export function copy36(to: u32, from: u32): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
  store<u32>(to, load<u32>(from, 32), 32);
}

/** One record: header and key, with `argsLen` bytes of arguments still to be written at the answered address. */
function emit(kind: u32, scope: u32, partition: u32, key: u32, keyLen: u32, op: u32, contract: u64, argsLen: u32): u32 {
  const d = current;
  if (children >= maxRelays || argsLen > MAX_RECORD_BYTES) fault(22);
  const size = R_KEY + ((keyLen + 7) & ~7) + ((argsLen + 7) & ~7);
  const at = out;
  if (size > MAX_RECORD_BYTES || at + size - outStart > MAX_EMISSION_BYTES) fault(22);
  const fromUser = <u32>load<u8>(d, R_KIND) == KIND_USER;
  if (fromUser && isBusy(kind, partition)) fault(FAULT_BUSY);
  if (!takeRoom(kind, partition, size)) fault(FAULT_ROOM);
  writeHeader(at, d, size, kind, scope, partition, keyLen, op, contract, argsLen);
  out = at + size;
  children++;
  return copyPadded(at + R_KEY, key, keyLen);
}

@inline
function writeHeader(
  at: u32,
  d: u32,
  size: u32,
  kind: u32,
  scope: u32,
  partition: u32,
  keyLen: u32,
  op: u32,
  contract: u64,
  argsLen: u32,
): void {
  store<u64>(at, (<u64>size) | ((<u64>kind) << 32) | ((<u64>scope) << 40) | ((<u64>op) << 48), R_SIZE);
  store<u64>(at, contract, R_CONTRACT);
  store<u64>(at, 0, R_GAS);
  store<u64>(at, load<u64>(d, R_PRICE), R_PRICE);
  store<u64>(at, 0, R_VALUE);
  store<u64>(at, 0, R_NONCE);
  v128.store(at, v128.load(d, R_ID), R_ID);
  v128.store(at, v128.load(d, R_ID + 16), R_ID + 16);
  v128.store(at, v128.load(d, R_ROOT), R_ROOT);
  v128.store(at, v128.load(d, R_ROOT + 16), R_ROOT + 16);
  copy36(at + R_INITIATOR, d + R_INITIATOR);
  store<u64>(at, (<u64>partition) | ((<u64>children) << 32), R_PARTITION);
  store<u64>(at, (<u64>argsLen) | ((<u64>keyLen) << 32) | ((<u64>here) << 48), R_ARGS_LEN);
  copyKey36(at + R_FROM, d + R_KEY, load<u8>(d, R_KEY_LEN));
}

export function relay(kind: i32, scope: i32, key: i32, keyLen: i32, op: i32, args: i32, argsLen: i32): void {
  const d = current;
  const contract = load<u64>(d, R_CONTRACT);
  if (kind == 1) {
    charge(GAS_RELAY);
    const partition = keyPartition(key, keyLen);
    copyPadded(emit(KIND_RELAY, scope, partition, key, keyLen, op, contract, argsLen), args, argsLen);
  } else if (kind == 3) {
    charge(GAS_RELAY_GLOBAL);
    copyPadded(emit(KIND_RELAY, SCOPE_GLOBAL, GLOBAL_PARTITION, 0, 0, op, contract, argsLen), args, argsLen);
  } else if (kind == 4) {
    charge(GAS_RELAY);
    const own = <u32>load<u8>(d, R_KEY_LEN);
    const at = emit(KIND_DEFERRED, load<u8>(d, R_SCOPE), here, d + R_KEY, own, op, contract, argsLen);
    copyPadded(at, args, argsLen);
  } else if (kind == 2) {
    charge(GAS_RELAY * <i64>partitions);
    for (let p: u32 = 0; p < partitions; p++)
      copyPadded(emit(KIND_RELAY, SCOPE_SHARD, p, 0, 0, op, contract, argsLen), args, argsLen);
  } else broken();
}

/** The implicit relay of a user transaction to another partition. `from` is its sender. */
export function emitImplicit(d: u32): void {
  const scope = <u32>load<u8>(d, R_SCOPE);
  charge(priceOf(KIND_RELAY, scope));
  const size = load<u32>(d, R_ARGS_LEN);
  const keyLen = <u32>load<u8>(d, R_KEY_LEN);
  const at = out;
  const args = emit(KIND_RELAY, scope, load<u32>(d, R_PARTITION), d + R_KEY, keyLen, load<u16>(d, R_OP), load<u64>(d, R_CONTRACT), size);
  copyPadded(args, d + R_KEY + ((keyLen + 7) & ~7), size);
  copy36(at + R_FROM, d + R_INITIATOR);
}

/** Money to an account elsewhere. `from` is the sender. */
export function emitValue(kind: u32, d: u32, op: u32, key: u32, partition: u32, value: u64, from: u32): void {
  const at = out;
  emit(kind, 0, partition, key, 36, op, 0, 0);
  store<u64>(at, value, R_VALUE);
  copy36(at + R_FROM, from);
}

/** What the children take: prices, and equal shares of what is left, the remainder to the last. Answers the sum. */
@inline
export function shareGas(left: i64, price: i64): i64 {
  if (!children) return 0;
  const share = left / <i64>children;
  let rest = left - share * <i64>children;
  let sum: i64 = 0;
  let at = outStart;
  while (at < out) {
    const next = at + load<u32>(at);
    const kind = <u32>load<u8>(at, R_KIND);
    let gas = share + priceOf(kind, load<u8>(at, R_SCOPE));
    if (next == out) gas += rest;
    store<i64>(at, gas, R_GAS);
    sum += gas;
    bookSent(kind, load<u32>(at, R_PARTITION), gas * price + load<i64>(at, R_VALUE));
    at = next;
  }
  return sum;
}

/** A system credit beside the receipt of a failed invocation: no gas, not a child. False = no room. */
export function emitRefund(d: u32, to: u32, partition: u32, value: u64): bool {
  const size = R_KEY + 40;
  if (!takeRoom(KIND_CREDIT, partition, size)) return false;
  const at = out;
  writeHeader(at, d, size, KIND_CREDIT, SCOPE_ACCOUNT, partition, 36, NO_CODE, 0, 0);
  store<u64>(at, value, R_VALUE);
  copyPadded(at + R_KEY, to, 36);
  out = at + size;
  bookSent(KIND_CREDIT, partition, value);
  return true;
}

/** Takes back what this invocation emitted, and its room. */
export function rewindEmission(): void {
  for (let at = outStart; at < out; at += load<u32>(at))
    giveRoom(load<u8>(at, R_KIND), load<u32>(at, R_PARTITION), load<u32>(at));
  out = outStart;
  children = 0;
}
