// Cells in and out by their canonical names: single cells for the host, diffs applied, partitions exported and dropped.
import { CODE_LONG, L_KEY, L_META, META_MASK, MAX_ID_BYTES, MAX_VALUE_BYTES, ID_LEFT, ID_RIGHT } from './layout';
import { broken, len } from './fault';
import {
  dropObject,
  entryBytes,
  forget,
  idLength,
  isAbsent,
  lengthOf,
  locate,
  metaOf,
  payloadOf,
  putRaw,
  removeRaw,
  writeId,
} from './cells';
import { closeInvocation, openInvocation, position } from './journal';
import { credit as creditAccount } from './ledger';
import { putCell, removeCell } from './state';
import { allocRun, freeLineAt, freeObject, freeRun, orderFor } from './memory';
import { collect, dropIndex, ROOT_CANONICAL, ROOT_CELLS, rootOf, slotOf } from './table';
import { SLACK, writeEntry } from './block';

/** Where the cell's value is, 0 = none; its length in `len`. */
export function get_cell(partition: u32, id: u32, size: u32): u32 {
  const line = locate(partition, id, size);
  if (!line || isAbsent(line)) return 0;
  len = lengthOf(line);
  return payloadOf(line);
}

/** Journalled; answers where the `length` bytes of the value go. */
export function put_cell(partition: u32, id: u32, size: u32, length: u32): u32 {
  if (size > MAX_ID_BYTES || length > MAX_VALUE_BYTES) broken();
  const start = position();
  openInvocation();
  const at = putCell(locate(partition, id, size), partition, length);
  closeInvocation(start);
  return at;
}

export function remove_cell(partition: u32, id: u32, size: u32): void {
  const line = locate(partition, id, size);
  if (!line || isAbsent(line)) return;
  const start = position();
  openInvocation();
  removeCell(line);
  closeInvocation(start);
}

export function credit(address: u32, msat: i64): void {
  const start = position();
  openInvocation();
  creditAccount(address, msat, 0, 0);
  closeInvocation(start);
}

/** Sets cells to what diff entries say, without journal; answers where the last whole entry ended, 0 = malformed. */
export function apply_entries(partition: u32, from: u32, end: u32): u32 {
  let at = from;
  while (at + 3 <= end) {
    const size = <u32>load<u16>(at);
    if (size > MAX_ID_BYTES) return 0;
    if (at + 3 + size > end) return at;
    const present = <u32>load<u8>(at + 2 + size);
    memory.copy(ID_LEFT, at + 2, size);
    if (!present) {
      removeRaw(partition, ID_LEFT, size);
      at += 3 + size;
      continue;
    }
    if (present != 1) return 0;
    if (at + 7 + size > end) return at;
    const length = load<u32>(at + 3 + size);
    if (length > MAX_VALUE_BYTES) return 0;
    if (at + 7 + size + length > end) return at;
    putRaw(partition, ID_LEFT, size, at + 7 + size, length);
    at += 7 + size + length;
  }
  return at;
}

export function cells_of(partition: u32): u32 {
  return load<u32>(rootOf(slotOf(partition)), ROOT_CELLS);
}

export function bytes_of(partition: u32): i64 {
  return load<i64>(rootOf(slotOf(partition)), ROOT_CANONICAL);
}

let sorted: u32 = 0;
let sortedRun: u32 = 0;
let sortedCount: u32 = 0;
let emitted: u32 = 0;

/** Sorts the partition's cells by id. Only between blocks; `close_export` must follow. */
export function open_export(partition: u32): void {
  sortedCount = cells_of(partition);
  sortedRun = orderFor(sortedCount * 8 + 1);
  sorted = allocRun(sortedRun);
  emitted = 0;
  collect(slotOf(partition), sorted);
  sort(sorted, sorted + sortedCount * 4, sortedCount);
}

export function emit_export(out: u32, end: u32): u32 {
  let at = out;
  while (emitted < sortedCount) {
    const line = load<u32>(sorted + emitted * 4);
    const length = lengthOf(line);
    if (at + entryBytes(line, length) + SLACK > end) break;
    at = writeEntry(at, line, length, payloadOf(line));
    emitted++;
  }
  return at;
}

export function close_export(): void {
  freeRun(sorted, sortedRun);
  sorted = 0;
}

/** Merge sort from the bottom; `spare` is as large as the list, the result ends up in `list`. */
function sort(list: u32, spare: u32, count: u32): void {
  let from = list;
  let to = spare;
  for (let width: u32 = 1; width < count; width <<= 1) {
    for (let low: u32 = 0; low < count; low += width << 1) {
      const middle = min(low + width, count);
      const high = min(low + (width << 1), count);
      let i = low;
      let j = middle;
      for (let k = low; k < high; k++) {
        const left = i < middle && (j >= high || !isBefore(load<u32>(from + j * 4), load<u32>(from + i * 4)));
        store<u32>(to + k * 4, load<u32>(from + (left ? i++ : j++) * 4));
      }
    }
    const swap = from;
    from = to;
    to = swap;
  }
  if (from != list) memory.copy(list, from, count * 4);
}

/** Ascending by cell id bytes. */
function isBefore(a: u32, b: u32): bool {
  const meta = load<u32>(a, L_META) & META_MASK;
  if (meta != CODE_LONG && meta == (load<u32>(b, L_META) & META_MASK)) {
    const x = bswap<u64>(load<u64>(a, L_KEY));
    const y = bswap<u64>(load<u64>(b, L_KEY));
    if (x != y) return x < y;
  }
  const left = idLength(a);
  const right = idLength(b);
  writeId(ID_LEFT, a);
  writeId(ID_RIGHT, b);
  const size = min(left, right);
  for (let i: u32 = 0; i < size; i++) {
    const x = load<u8>(ID_LEFT + i);
    const y = load<u8>(ID_RIGHT + i);
    if (x != y) return x < y;
  }
  return left < right;
}

/** Frees a partition's cells. Only between blocks. */
export function drop_partition(partition: u32): void {
  const slot = slotOf(partition);
  const count = cells_of(partition);
  const run = orderFor(count * 4 + 1);
  const list = allocRun(run);
  collect(slot, list);
  forget(bytes_of(partition));
  for (let i: u32 = 0; i < count; i++) {
    const line = load<u32>(list + i * 4);
    dropObject(line);
    if (metaOf(line) == CODE_LONG) freeObject(load<u32>(line, L_KEY), load<u32>(line, L_KEY + 4));
    freeLineAt(line);
  }
  dropIndex(slot);
  freeRun(list, run);
}
