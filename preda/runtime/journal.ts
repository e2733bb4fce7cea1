// The journal: every cell as it was before its first write in an invocation. It undoes an invocation, and a block, and names
// what a block changed: on success only entries that are also the first of the block stay.
import {
  JOURNAL_ENTRY_BYTES,
  JOURNAL_PAGE_COUNT,
  JOURNAL_PAGES,
  J_LINE,
  J_MARK,
  J_META,
  J_PAYLOAD,
  L_MARK,
  L_META,
  L_PAYLOAD,
  LEN_ABSENT,
  LEN_OBJECT,
  LEN_SHIFT,
} from './layout';
import { book, destroy, dropObject, entryBytes, isAbsent, lengthOf } from './cells';
import { allocRun, clearMarks, freeObject, freeRun } from './memory';
import { broken } from './fault';

const PER_PAGE_SHIFT: u32 = 11;
const PER_PAGE: u32 = 1 << PER_PAGE_SHIFT;
/** Marks stay below this; a block cannot run a quarter of it. */
const MARK_LIMIT: u32 = 0xc0000000;
/** Journal pages kept from block to block. */
const KEPT_PAGES: u32 = 128;

/** Number of the invocation that is running. */
export let mark: u32 = 0;
/** Marks below this are of earlier blocks. */
let blockMark: u32 = 1;
let next: u32 = 0;
let pageEnd: u32 = 0;
/** Page `next` is in. */
let page: u32 = 0;
let pages: u32 = 0;
/** Some cell written since `openInvocation` was already journalled in this block. */
let repeats: bool = false;

export function openBlock(): void {
  if (mark >= MARK_LIMIT) {
    clearMarks();
    mark = 0;
  }
  blockMark = mark + 1;
  rewind(0);
}

@inline
export function openInvocation(): void {
  mark++;
}

/** Entries so far. */
@inline
export function position(): u32 {
  return ((page + 1) << PER_PAGE_SHIFT) - ((pageEnd - next) >> 5);
}

@inline
export function entryAt(i: u32): u32 {
  return load<u32>(JOURNAL_PAGES + ((i >> PER_PAGE_SHIFT) << 2)) + (i & (PER_PAGE - 1)) * JOURNAL_ENTRY_BYTES;
}

function rewind(i: u32): void {
  usePage(i >> PER_PAGE_SHIFT);
  next += (i & (PER_PAGE - 1)) * JOURNAL_ENTRY_BYTES;
}

function usePage(index: u32): void {
  if (index >= JOURNAL_PAGE_COUNT) broken();
  if (index == pages) {
    store<u32>(JOURNAL_PAGES + (pages << 2), allocRun(0));
    pages++;
  }
  page = index;
  next = load<u32>(JOURNAL_PAGES + (index << 2));
  pageEnd = next + PER_PAGE * JOURNAL_ENTRY_BYTES;
}

@inline
function push(line: u32, oldMark: u32, oldMeta: u32): void {
  if (next == pageEnd) usePage(page + 1);
  const e = next;
  store<u32>(e, line, J_LINE);
  store<u32>(e, oldMark, J_MARK);
  store<u32>(e, oldMeta, J_META);
  v128.store(e + J_PAYLOAD, v128.load(line + L_PAYLOAD));
  store<u32>(e, load<u32>(line, L_PAYLOAD + 16), J_PAYLOAD + 16);
  next = e + JOURNAL_ENTRY_BYTES;
  store<u32>(line, mark, L_MARK);
  if (oldMark >= blockMark) repeats = true;
}

/** Must come before every write to a line that existed. True when this invocation had not written it yet. */
@inline
export function touch(line: u32): bool {
  const old = load<u32>(line, L_MARK);
  if (old == mark) return false;
  push(line, old, load<u32>(line, L_META));
  return true;
}

/** Must follow the creation of a line. */
export function touchNew(line: u32): void {
  push(line, 0, 0);
}

/** Undoes everything since `position`, newest first. */
export function undoTo(start: u32): void {
  for (let i = position(); i > start; i--) restore(entryAt(i - 1));
  rewind(start);
}

function restore(e: u32): void {
  const line = load<u32>(e, J_LINE);
  const oldMeta = load<u32>(e, J_META);
  const newBytes = <i64>entryBytes(line, lengthOf(line));
  const wasObject = oldMeta >> LEN_SHIFT == LEN_OBJECT;
  if (!(wasObject && load<u32>(line, L_META) >> LEN_SHIFT == LEN_OBJECT && load<u32>(line, L_PAYLOAD) == load<u32>(e, J_PAYLOAD)))
    dropObject(line);
  if (oldMeta == 0) {
    book(line, -newBytes);
    destroy(line);
    return;
  }
  store<u32>(line, load<u32>(e, J_MARK), L_MARK);
  store<u32>(line, oldMeta, L_META);
  v128.store(line + L_PAYLOAD, v128.load(e + J_PAYLOAD));
  store<u32>(line, load<u32>(e, J_PAYLOAD + 16), L_PAYLOAD + 16);
  book(line, <i64>entryBytes(line, lengthOf(line)) - newBytes);
}

@inline
export function closeInvocation(start: u32): void {
  if (repeats) compact(start);
}

/** Drops entries of cells the block had written before; what they alone kept alive is freed. */
function compact(start: u32): void {
  const end = position();
  let to = start;
  for (let i = start; i < end; i++) {
    const e = entryAt(i);
    if (load<u32>(e, J_MARK) >= blockMark) {
      freeOld(e);
      continue;
    }
    if (to != i) {
      const target = entryAt(to);
      v128.store(target, v128.load(e));
      v128.store(target + 16, v128.load(e + 16));
    }
    to++;
  }
  rewind(to);
  repeats = false;
}

@inline
function freeOld(e: u32): void {
  if (load<u32>(e, J_META) >> LEN_SHIFT == LEN_OBJECT)
    freeObject(load<u32>(e, J_PAYLOAD), load<u32>(e, J_PAYLOAD + 4));
}

/** Length of the value an entry keeps, 0xffffffff = there was none. */
export function oldLength(e: u32): u32 {
  const meta = load<u32>(e, J_META);
  const n = meta >> LEN_SHIFT;
  if (meta == 0 || n == LEN_ABSENT) return 0xffffffff;
  return n == LEN_OBJECT ? load<u32>(e, J_PAYLOAD + 4) : n;
}

export function oldPayload(e: u32): u32 {
  return load<u32>(e, J_META) >> LEN_SHIFT == LEN_OBJECT ? load<u32>(e, J_PAYLOAD) : e + J_PAYLOAD;
}

/** Makes the block's writes final: frees what only the journal kept, and the lines of cells that are gone. */
export function commit(): void {
  const end = position();
  for (let i: u32 = 0; i < end; i++) {
    const e = entryAt(i);
    freeOld(e);
    const line = load<u32>(e, J_LINE);
    if (isAbsent(line)) destroy(line);
  }
  rewind(0);
  while (pages > KEPT_PAGES) {
    pages--;
    freeRun(load<u32>(JOURNAL_PAGES + (pages << 2)), 0);
  }
}
