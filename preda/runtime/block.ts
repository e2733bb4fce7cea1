// From block to block: opening one, naming what it changed, making that final or taking it back.
import { INLINE_BYTES, J_LINE } from './layout';
import { commit, entryAt, oldLength, oldPayload, openBlock, position, undoTo } from './journal';
import { entryBytes, idLength, lengthOf, partitionOf, payloadOf, writeId } from './cells';
import { allocRun, ensurePages, freeRun, orderFor } from './memory';
import { partitions, slotOf } from './table';
import { clearSent } from './groups';
import { openGas } from './run';
import { resetReceiptIndex } from './receipt';

/** Pages made ready between blocks, so that a block seldom waits for the kernel. */
const AHEAD_PAGES: u32 = 16;
const ABSENT: u32 = 0xffffffff;
const NOWHERE: u32 = 0xffff;
/** Cells whose lines are touched before they are looked at. */
const AHEAD: u32 = 128;
/** Short ids and values are copied a little further than they reach. */
export const SLACK: u32 = 64;

// Per partition slot, for the diff: entries u32, index u32, bytes of new values u32, of old values u32.
const P_BYTES: u32 = 16;
const P_INDEX: u32 = 4;
const P_NEW: u32 = 8;
const P_OLD: u32 = 12;
let perPartition: u32 = 0;

/** Journal entries of the block, by partition, then first write. */
let order: u32 = 0;
let orderRun: u32 = 0;
let emitted: u32 = 0;
let emitEnd: u32 = 0;
let emitOld: bool = false;
let touchedTo: u32 = 0;
/** Keeps the touching loads alive. */
let sink: u32 = 0;

export function initBlocks(): void {
  perPartition = allocRun(orderFor((partitions + 2) * P_BYTES));
}

export function begin_block(blockGas: i64): void {
  ensurePages(AHEAD_PAGES);
  openBlock();
  openGas(blockGas);
  clearSent();
  resetReceiptIndex();
}

export function abort_block(): void {
  undoTo(0);
  freeOrder();
}

export function commit_block(): void {
  commit();
  freeOrder();
}

function freeOrder(): void {
  if (order) freeRun(order, orderRun);
  order = 0;
}

/**
 * Sorts the block's journal by partition. Answers where the table per partition lies: entries, index behind the last of
 * them, bytes of their new values, bytes of their old ones.
 */
export function prepare_diff(): u32 {
  freeOrder();
  const count = position();
  const slotsRun = orderFor(count * 2);
  const slots = allocRun(slotsRun);
  memory.fill(perPartition, 0, (partitions + 2) * P_BYTES);
  for (let i: u32 = 0; i < count; i++) {
    if (!(i % AHEAD)) touchLines(i, min(i + AHEAD, count));
    const e = entryAt(i);
    const line = load<u32>(e, J_LINE);
    const before = oldLength(e);
    const after = lengthOf(line);
    if (before == ABSENT && after == ABSENT) {
      store<u16>(slots + i * 2, NOWHERE);
      continue;
    }
    const slot = slotOf(partitionOf(line));
    store<u16>(slots + i * 2, slot);
    const at = perPartition + slot * P_BYTES;
    store<u32>(at, load<u32>(at) + 1);
    store<u32>(at, load<u32>(at, P_NEW) + presentBytes(line, after), P_NEW);
    store<u32>(at, load<u32>(at, P_OLD) + presentBytes(line, before), P_OLD);
  }
  let total: u32 = 0;
  for (let p: u32 = 0; p < partitions + 2; p++) {
    const at = perPartition + p * P_BYTES;
    store<u32>(at, total, P_INDEX);
    total += load<u32>(at);
  }
  orderRun = orderFor(total * 4);
  order = allocRun(orderRun);
  for (let i: u32 = 0; i < count; i++) {
    const slot = <u32>load<u16>(slots + i * 2);
    if (slot == NOWHERE) continue;
    const at = perPartition + slot * P_BYTES;
    const next = load<u32>(at, P_INDEX);
    store<u32>(order + next * 4, entryAt(i));
    store<u32>(at, next + 1, P_INDEX);
  }
  freeRun(slots, slotsRun);
  return perPartition;
}

/** Lines of journal entries, in a loop of nothing else: their cache misses overlap. */
@inline
function touchLines(from: u32, to: u32): void {
  let touched: u32 = 0;
  for (let i = from; i < to; i++) touched += load<u32>(load<u32>(entryAt(i), J_LINE));
  sink = touched;
}

/** Entries in the order of their partitions, then their lines. */
@inline
function touchOrder(from: u32, to: u32): void {
  let touched: u32 = 0;
  for (let i = from; i < to; i++) touched += load<u32>(load<u32>(order + i * 4));
  for (let i = from; i < to; i++) touched += load<u32>(load<u32>(load<u32>(order + i * 4), J_LINE));
  sink = touched;
}

@inline
function presentBytes(line: u32, length: u32): u32 {
  return length == ABSENT ? 3 + idLength(line) : entryBytes(line, length);
}

export function rewind_diff(old: u32, from: u32, to: u32): void {
  emitted = from;
  emitEnd = to;
  emitOld = old != 0;
  // The old values of a row come right after its new ones: they are in the cache.
  touchedTo = emitOld ? to : from;
}

/** Writes as many whole entries as fit; answers where it ended. */
export function emit_diff(out: u32, end: u32): u32 {
  let at = out;
  while (emitted < emitEnd) {
    if (emitted >= touchedTo) {
      touchedTo = min(emitted + AHEAD, emitEnd);
      touchOrder(emitted, touchedTo);
    }
    const e = load<u32>(order + emitted * 4);
    const line = load<u32>(e, J_LINE);
    const length = emitOld ? oldLength(e) : lengthOf(line);
    if (at + presentBytes(line, length) + SLACK > end) break;
    at = writeEntry(at, line, length, emitOld ? oldPayload(e) : payloadOf(line));
    emitted++;
  }
  return at;
}

/** One diff entry: idLen u16, id, present u8, then valueLen u32 and value. */
export function writeEntry(out: u32, line: u32, length: u32, payload: u32): u32 {
  const size = idLength(line);
  store<u16>(out, size);
  writeId(out + 2, line);
  let at = out + 2 + size;
  if (length == ABSENT) {
    store<u8>(at, 0);
    return at + 1;
  }
  store<u8>(at, 1);
  store<u32>(at, length, 1);
  at += 5;
  if (length <= INLINE_BYTES) {
    v128.store(at, v128.load(payload));
    store<u32>(at, load<u32>(payload, 16), 16);
  } else memory.copy(at, payload, length);
  return at + length;
}
