// Looks ahead: for the next records, index slots first, then lines, so that their cache misses overlap; and their ids.
import {
  CODE_ADDRESS,
  HINT_BYTES,
  HINTS,
  ID_QUEUE,
  KIND_CREDIT,
  KIND_USER,
  KIND_VALUE,
  MAX_RECORD_BYTES,
  MAX_SHORT_CONTRACT,
  R_ARGS_LEN,
  R_CONTRACT,
  R_ID,
  R_INDEX,
  R_INITIATOR,
  R_KEY,
  R_KEY_LEN,
  R_KIND,
  R_PARTITION,
  R_ROOT,
  R_SCOPE,
  WINDOW,
} from './layout';
import { broken } from './fault';
import { addressPartition, keySum, shortTag, tagOfSum } from './hash';
import { sameKey } from './cells';
import { firstSlot, probe } from './table';
import { ACCOUNT_META } from './ledger';
import { deriveIds, LANES } from './ids';

// A hint: tag and line of the instance, tag and line of the account. Until the lines are known, where to look first: a slot.
export const H_LINE: u32 = 4;
export const H_ACCOUNT_TAG: u32 = 8;
export const H_ACCOUNT_LINE: u32 = 12;
const H_PARTITION: u32 = 16;
const H_ACCOUNT_PARTITION: u32 = 20;

/** Keeps the touching loads alive. */
let sink: u32 = 0;

/** Size of the record, 0 = it goes on behind `end`. A record the chain should have refused stops the node. */
@inline
function sizeOf(d: u32, end: u32): u32 {
  if (d + R_KEY > end) return 0;
  const size = load<u32>(d);
  const keyLen = <u32>load<u8>(d, R_KEY_LEN);
  const argsLen = load<u32>(d, R_ARGS_LEN);
  if (argsLen > MAX_RECORD_BYTES || size != R_KEY + ((keyLen + 7) & ~7) + ((argsLen + 7) & ~7) || keyLen > 64)
    broken();
  return d + size > end ? 0 : size;
}

/**
 * The line that a slot or the one behind it holds for a tag, else the first of that tag in the partition. Which of the two is
 * not branched on: the processor would guess wrong every third time.
 */
@inline
function lineAt(slot: u32, tag: u32, partition: u32): u32 {
  const e = load<u64>(slot);
  const f = load<u64>(slot, 8);
  const line = select<u32>(<u32>(e >> 32), select<u32>(<u32>(f >> 32), 0, <u32>f == tag), <u32>e == tag);
  return line ? line : probe(partition, tag);
}

/** The user transaction itself emitted it. */
@inline
function isFirstHand(d: u32): bool {
  const left = v128.xor(v128.load(d, R_ID), v128.load(d, R_ROOT));
  const right = v128.xor(v128.load(d, R_ID + 16), v128.load(d, R_ROOT + 16));
  return !v128.any_true(v128.or(left, right));
}

/** Ids of the queue, whose last entry fills it up. */
function deriveAll(count: u32): void {
  const end = ID_QUEUE + count * 4;
  const last = load<u32>(end - 4);
  for (let i: u32 = 0; i < LANES - 1; i++) store<u32>(end + i * 4, last);
  for (let at = ID_QUEUE; at < end; at += LANES * 4) deriveIds(at);
}

/**
 * Reads where the hints point, in a loop of nothing else: so as many cache misses are under way at once as the processor
 * allows. With anything in between they follow each other. Hints without a place point at 0.
 */
@inline
function touch(stop: u32): u32 {
  let touched: u32 = 0;
  for (let h = HINTS; h < stop; h += HINT_BYTES)
    touched += load<u32>(load<u32>(h, H_LINE)) + load<u32>(load<u32>(h, H_ACCOUNT_LINE));
  return touched;
}

/** Prepares the records from `from`; answers where the next window begins: at `from` when the first is not whole. */
export function lookAhead(from: u32, end: u32): u32 {
  let d = from;
  let n: u32 = 0;
  let ids: u32 = 0;
  while (n < WINDOW && d < end) {
    const size = sizeOf(d, end);
    if (!size) break;
    const kind = <u32>load<u8>(d, R_KIND);
    const h = HINTS + n * HINT_BYTES;
    const contract = load<u64>(d, R_CONTRACT);
    const key = d + R_KEY;
    let partition: u32 = 0;
    let tag: u32 = 0;
    let accountTag: u32 = 0;
    let accountPartition: u32 = 0;
    let sum: u64 = 0;
    if (kind < KIND_VALUE && contract - 1 < <u64>(MAX_SHORT_CONTRACT - 1) && <u32>load<u8>(d, R_KEY_LEN) == 36) {
      partition = load<u32>(d, R_PARTITION);
      if (partition == addressPartition(key)) {
        sum = keySum(key);
        tag = tagOfSum(sum, (<u32>contract << 7) | (<u32>load<u8>(d, R_SCOPE) << 3) | CODE_ADDRESS, key);
      }
    }
    if (kind == KIND_USER) {
      const sender = d + R_INITIATOR;
      accountPartition = addressPartition(sender);
      accountTag = tagOfSum(tag && sameKey(sender, key) ? sum : keySum(sender), ACCOUNT_META, sender);
    } else if (kind >= KIND_VALUE) {
      accountPartition = addressPartition(key);
      accountTag = shortTag(ACCOUNT_META, key);
    }
    if (kind != KIND_USER && kind != KIND_CREDIT) {
      if (isFirstHand(d)) store<u32>(d, load<u32>(d, R_ID) + load<u32>(d, R_INDEX) + 1, R_ID);
      else {
        store<u32>(ID_QUEUE + ids * 4, d);
        ids++;
      }
    }
    store<u32>(h, tag);
    store<u32>(h, accountTag, H_ACCOUNT_TAG);
    store<u32>(h, partition, H_PARTITION);
    store<u32>(h, accountPartition, H_ACCOUNT_PARTITION);
    n++;
    d += size;
  }
  const stop = HINTS + n * HINT_BYTES;
  for (let h = HINTS; h < stop; h += HINT_BYTES) {
    const tag = load<u32>(h);
    const accountTag = load<u32>(h, H_ACCOUNT_TAG);
    let first: u32 = 0;
    let accountFirst: u32 = 0;
    if (tag) first = firstSlot(load<u32>(h, H_PARTITION), tag);
    if (accountTag) accountFirst = firstSlot(load<u32>(h, H_ACCOUNT_PARTITION), accountTag);
    store<u32>(h, first, H_LINE);
    store<u32>(h, accountFirst, H_ACCOUNT_LINE);
  }
  let touched = touch(stop);
  for (let h = HINTS; h < stop; h += HINT_BYTES) {
    const tag = load<u32>(h);
    const accountTag = load<u32>(h, H_ACCOUNT_TAG);
    if (tag) store<u32>(h, lineAt(load<u32>(h, H_LINE), tag, load<u32>(h, H_PARTITION)), H_LINE);
    if (accountTag) {
      const line = lineAt(load<u32>(h, H_ACCOUNT_LINE), accountTag, load<u32>(h, H_ACCOUNT_PARTITION));
      store<u32>(h, line, H_ACCOUNT_LINE);
    }
  }
  touched += touch(stop);
  if (ids) deriveAll(ids);
  sink = touched;
  return d;
}
