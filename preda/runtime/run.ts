// The batch: runs records one after the other, settles those that failed, and says why it stopped.
import {
  CONTRACT_SLOTS,
  FAULT_ROOM,
  FAULT_STATUS,
  GAS_TRANSACTION,
  GLOBAL_PARTITION,
  HINT_BYTES,
  HINTS,
  KIND_CREDIT,
  KIND_USER,
  KIND_VALUE,
  MAX_SHORT_CONTRACT,
  R_CONTRACT,
  R_GAS,
  R_INITIATOR,
  R_KEY,
  R_KEY_LEN,
  R_KIND,
  R_OP,
  R_PARTITION,
  R_PRICE,
  R_SCOPE,
  R_VALUE,
  SCOPE_GLOBAL,
  SCOPE_SHARD,
  SLOT_LAZY,
  SLOT_NONE,
  STACK_BYTES,
  STATUS_CONTRACT_UNAVAILABLE,
  STATUS_INSUFFICIENT_GAS,
  STATUS_INVALID_ARGUMENTS,
  STOP_END,
  STOP_FLUSH,
  STOP_GAS,
  STOP_INSTANTIATE,
  STOP_INVALID,
  STOP_MORE,
  STOP_ROOM,
} from './layout';
import { broken, clearFault, code, fault, fuel, stack } from './fault';
import { begin, here, log_amount, setCalling } from './frame';
import { closeInvocation, openBlock, openInvocation, position, undoTo } from './journal';
import { resetHeap } from './heap';
import { enter } from './state';
import { admit, chargeSender, credit, transfer } from './ledger';
import {
  emitImplicit,
  emitRefund,
  mayEmit,
  openEmission,
  priceOf,
  rewindEmission,
  shareGas,
} from './relay';
import { writeReceipt } from './receipt';
import { H_ACCOUNT_LINE, H_ACCOUNT_TAG, H_LINE, lookAhead } from './window';
import { addressPartition, keyPartition } from './hash';
import { partitions } from './table';
import { allocRun } from './memory';

/** Gas the block may still burn, gas it has burnt, and msat that bought it. */
let gasLeft: i64 = 0;
let gasBurnt: i64 = 0;
let feesKept: i64 = 0;

export let cursor: u32 = 0;
export let done: u32 = 0;
let end: u32 = 0;
let windowEnd: u32 = 0;
let hint: u32 = 0;
/** Journal before the running record, and after its sender was charged. */
let recordStart: u32 = 0;
let invocationStart: u32 = 0;
/** It ran at its sender only, for a target elsewhere. */
let own: bool = false;

export function openGas(blockGas: i64): void {
  gasLeft = blockGas;
  gasBurnt = 0;
  feesKept = 0;
}
export function gas_burnt(): i64 {
  return gasBurnt;
}
/** Gas the chain charged by itself. */
export function burn(gas: i64, price: i64): void {
  keep(gas, price);
}
export function fees_kept(): i64 {
  return feesKept;
}

/** `slot` 0 = not installed, 1 = not instantiated, else an index of the table. */
export function set_contract(id: u32, slot: u32): void {
  if (id >= MAX_SHORT_CONTRACT) unreachable();
  const at = CONTRACT_SLOTS + (id >> 10) * 4;
  if (!load<u32>(at)) {
    const run = allocRun(0);
    memory.fill(run, 0, 4096);
    store<u32>(at, run);
  }
  store<u32>(load<u32>(at) + (id & 1023) * 4, slot);
}

@inline
function slotOfContract(id: u64): u32 {
  if (id >= <u64>MAX_SHORT_CONTRACT) return SLOT_NONE;
  const chunk = load<u32>(CONTRACT_SLOTS + (<u32>id >> 10) * 4);
  return chunk ? load<u32>(chunk + (<u32>id & 1023) * 4) : SLOT_NONE;
}

export function set_input(from: u32, to: u32): void {
  cursor = from;
  end = to;
  windowEnd = from;
  done = 0;
}

export function run(): i32 {
  while (cursor < end) {
    if (cursor >= windowEnd) {
      windowEnd = lookAhead(cursor, end);
      if (windowEnd == cursor) return STOP_MORE;
      hint = HINTS;
    }
    const stop = one(cursor);
    if (stop) return stop;
    next();
  }
  return STOP_END;
}

@inline
function next(): void {
  cursor += load<u32>(cursor);
  hint += HINT_BYTES;
  done++;
}

@inline
function one(d: u32): i32 {
  const kind = <u32>load<u8>(d, R_KIND);
  recordStart = position();
  if (kind == KIND_CREDIT) {
    openInvocation();
    credit(d + R_KEY, load<u64>(d, R_VALUE), load<u32>(hint, H_ACCOUNT_TAG), load<u32>(hint, H_ACCOUNT_LINE));
    closeInvocation(recordStart);
    return 0;
  }
  const budget = load<i64>(d, R_GAS);
  if (<u64>budget > <u64>gasLeft) return STOP_GAS;
  if (!mayEmit()) return STOP_FLUSH;
  const contract = load<u64>(d, R_CONTRACT);
  const target = load<u32>(d, R_PARTITION);
  const where = kind == KIND_USER ? addressPartition(d + R_INITIATOR) : target;
  const local = where == target;
  let slot: u32 = SLOT_NONE;
  if (local && contract && kind != KIND_VALUE) {
    slot = slotOfContract(contract);
    if (slot == SLOT_LAZY) return STOP_INSTANTIATE;
  }
  own = false;
  if (kind == KIND_USER) {
    const sender = admit(d, load<u32>(hint, H_ACCOUNT_TAG), load<u32>(hint, H_ACCOUNT_LINE));
    if (!sender) return STOP_INVALID;
    openInvocation();
    chargeSender(d, sender);
    own = !local || contract == 0;
  }
  invocationStart = position();
  openInvocation();
  openEmission();
  begin(d, where);
  log_amount(load<i64>(d, R_VALUE), 0);
  if (!targetExists(d, kind, target)) fault(FAULT_STATUS + STATUS_INVALID_ARGUMENTS);
  if (kind == KIND_USER) {
    fuel = budget - GAS_TRANSACTION;
    if (fuel < 0) fault(FAULT_STATUS + STATUS_INSUFFICIENT_GAS);
    if (contract == 0) transfer(d, load<u32>(hint, H_ACCOUNT_TAG), load<u32>(hint, H_ACCOUNT_LINE));
    else if (local) invoke(d, where, slot);
    else emitImplicit(d);
  } else {
    fuel = budget - priceOf(kind, load<u8>(d, R_SCOPE));
    if (fuel < 0) fault(30);
    if (kind == KIND_VALUE)
      credit(d + R_KEY, load<u64>(d, R_VALUE), load<u32>(hint, H_ACCOUNT_TAG), load<u32>(hint, H_ACCOUNT_LINE));
    else invoke(d, where, slot);
  }
  succeed(d, budget);
  return 0;
}

/** Bytes of a key by scope. */
const KEY_BYTES: usize = memory.data<u8>([36, 36, 0, 0, 4, 8, 16, 32, 64]);

/** A key of the scope's size, in the partition it says: relays of other groups are not judged before they run. */
@inline
function targetExists(d: u32, kind: u32, target: u32): bool {
  const scope = <u32>load<u8>(d, R_SCOPE);
  const keyLen = <u32>load<u8>(d, R_KEY_LEN);
  if (scope > 8 || kind > KIND_VALUE || keyLen != <u32>load<u8>(<u32>KEY_BYTES + scope)) return false;
  if (keyLen == 36) return addressPartition(d + R_KEY) == target;
  if (scope == SCOPE_GLOBAL) return target == GLOBAL_PARTITION;
  return scope == SCOPE_SHARD ? target < partitions : keyPartition(d + R_KEY, keyLen) == target;
}

@inline
function invoke(d: u32, where: u32, slot: u32): void {
  if (slot == SLOT_NONE) fault(FAULT_STATUS + STATUS_CONTRACT_UNAVAILABLE);
  stack = STACK_BYTES;
  resetHeap();
  enter(d, where, load<u32>(hint), load<u32>(hint, H_LINE));
  call_indirect<void>(slot, <i32>load<u16>(d, R_OP), <i32>d);
}

@inline
function succeed(d: u32, budget: i64): void {
  const price = load<i64>(d, R_PRICE);
  const kept = budget - shareGas(fuel, price);
  keep(kept, price);
  writeReceipt(d, 0, 0, kept, own);
  closeInvocation(recordStart);
}

@inline
function keep(gas: i64, price: i64): void {
  gasLeft -= gas;
  gasBurnt += gas;
  feesKept += gas * price;
}

/** After a trap with a code: undoes the invocation, keeps its gas, returns its value. Answers why the run stops, 0 = goes on. */
export function settle(): i32 {
  const d = cursor;
  const why = code;
  clearFault();
  rewindEmission();
  if (why == FAULT_ROOM) return rest();
  undoTo(invocationStart);
  const value = load<u64>(d, R_VALUE);
  if (value && !refund(d, value)) return rest();
  const budget = load<i64>(d, R_GAS);
  keep(budget, load<i64>(d, R_PRICE));
  log_amount(value, 0);
  const isStatus = why >= FAULT_STATUS;
  writeReceipt(d, isStatus ? why - FAULT_STATUS : statusOf(why), isStatus ? 0 : why, budget, own);
  closeInvocation(recordStart);
  next();
  return 0;
}

/** As if the record had not been tried. */
function rest(): i32 {
  undoTo(recordStart);
  closeInvocation(recordStart);
  return STOP_ROOM;
}

function statusOf(exception: i32): u32 {
  return exception == 21 ? 5 : exception == 30 ? 4 : 6;
}

/** Value of a failed invocation goes back to the initiator; false = no room for the message. */
function refund(d: u32, value: u64): bool {
  const to = d + R_INITIATOR;
  const partition = addressPartition(to);
  if (partition != here) return emitRefund(d, to, partition, value);
  openInvocation();
  credit(to, value, 0, 0);
  return true;
}

/** Runs a record read-only; `finish_call` must follow, also after a trap. */
export function call(): i32 {
  const d = cursor;
  openBlock();
  setCalling(true);
  if (lookAhead(d, end) == d) broken();
  hint = HINTS;
  recordStart = position();
  const contract = load<u64>(d, R_CONTRACT);
  const slot = slotOfContract(contract);
  if (slot == SLOT_LAZY) return STOP_INSTANTIATE;
  openInvocation();
  openEmission();
  begin(d, load<u32>(d, R_PARTITION));
  const kind = <u32>load<u8>(d, R_KIND);
  if (!targetExists(d, kind, load<u32>(d, R_PARTITION))) fault(FAULT_STATUS + STATUS_INVALID_ARGUMENTS);
  fuel = load<i64>(d, R_GAS) - (kind == KIND_USER ? GAS_TRANSACTION : priceOf(kind, load<u8>(d, R_SCOPE)));
  if (fuel < 0) fault(30);
  invoke(d, load<u32>(d, R_PARTITION), contract ? slot : SLOT_NONE);
  return STOP_END;
}

/** Takes back everything `call` did. */
export function finish_call(): void {
  clearFault();
  rewindEmission();
  undoTo(recordStart);
  closeInvocation(recordStart);
  setCalling(false);
}
