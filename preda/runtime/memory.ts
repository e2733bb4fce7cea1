// Real memory: pages, runs of pages, size-class slabs for objects, lines. It never answers "no": running out stops the node.
import { CLASSES, FIRST_FREE_PAGE, LINE_BYTES, L_MARK, RUNS } from './layout';
import { broken } from './fault';

const PAGE: u32 = 65_536;
const LARGEST_SLAB: u32 = 32_768;
const MAX_ORDER: u32 = 12;
const GROW_PAGES: u32 = 16;
const MAX_GROW_PAGES: u32 = 1_024;

let frontier: u32 = FIRST_FREE_PAGE;
let freeLine: u32 = 0;
let bumpLine: u32 = 0;
let bumpLineEnd: u32 = 0;
let linePages: u32 = 0;

/** Makes sure `pages` can be handed out without growing: called between blocks. */
export function ensurePages(pages: u32): void {
  const have = <u32>memory.size();
  const need = frontier + pages;
  if (need <= have) return;
  const step = max(need - have, max(GROW_PAGES, min(have >> 2, MAX_GROW_PAGES)));
  if (memory.grow(step) < 0 && memory.grow(need - have) < 0) broken();
}

/** 2^order pages. */
export function allocRun(order: u32): u32 {
  if (order > MAX_ORDER) broken();
  const list = RUNS + order * 4;
  const head = load<u32>(list);
  if (head) {
    store<u32>(list, load<u32>(head));
    return head;
  }
  const pages: u32 = 1 << order;
  ensurePages(pages);
  const at = frontier * PAGE;
  frontier += pages;
  return at;
}

export function freeRun(at: u32, order: u32): void {
  const list = RUNS + order * 4;
  store<u32>(at, load<u32>(list));
  store<u32>(list, at);
}

/** The order of the smallest run of at least `bytes`. */
export function orderFor(bytes: u32): u32 {
  const pages = (bytes + PAGE - 1) >> 16;
  return pages <= 1 ? 0 : 32 - clz<u32>(pages - 1);
}

// Classes 0 and 1 are 32 and 48 bytes, then four to a doubling; the last five are the index segments' sizes.
const SEGMENT_CLASS: u32 = 56;

@inline
function classOf(bytes: u32): u32 {
  if (bytes <= 48) return bytes > 32 ? 1 : 0;
  const m = bytes - 1;
  const shift = 29 - clz<u32>(m);
  return (shift << 2) + (m >> shift) - 16;
}

@inline
function sizeOfClass(index: u32): u32 {
  if (index < 2) return index ? 48 : 32;
  const shift = (index + 12) >> 2;
  return ((index + 16 - (shift << 2)) + 1) << shift;
}

function slab(index: u32, size: u32): u32 {
  const at = CLASSES + index * 12;
  const head = load<u32>(at);
  if (head) {
    store<u32>(at, load<u32>(head));
    return head;
  }
  let bump = load<u32>(at, 4);
  if (bump + size > load<u32>(at, 8)) {
    bump = allocRun(0);
    store<u32>(at, bump + PAGE, 8);
  }
  store<u32>(at, bump + size, 4);
  return bump;
}

function release(index: u32, pointer: u32): void {
  const at = CLASSES + index * 12;
  store<u32>(pointer, load<u32>(at));
  store<u32>(at, pointer);
}

/** Contents are whatever was there. */
export function allocObject(bytes: u32): u32 {
  if (bytes > LARGEST_SLAB) return allocRun(orderFor(bytes));
  const index = classOf(bytes);
  return slab(index, sizeOfClass(index));
}

export function freeObject(pointer: u32, bytes: u32): void {
  if (bytes > LARGEST_SLAB) freeRun(pointer, orderFor(bytes));
  else release(classOf(bytes), pointer);
}

/** True when an object of `a` bytes has room for `b`. */
export function sameRoom(a: u32, b: u32): bool {
  if (a > LARGEST_SLAB || b > LARGEST_SLAB) return a > LARGEST_SLAB && b > LARGEST_SLAB && orderFor(a) == orderFor(b);
  return classOf(a) == classOf(b);
}

/** 2^log slots of 8 bytes between a header of 16 and as many empty bytes, which may be read as slots; zeroed; log 4 … 8. */
export function allocSegment(log: u32): u32 {
  const size: u32 = 32 + (8 << log);
  const at = slab(SEGMENT_CLASS + log - 4, size);
  memory.fill(at, 0, size);
  return at;
}

export function freeSegment(at: u32, log: u32): void {
  release(SEGMENT_CLASS + log - 4, at);
}

/** 64 aligned bytes. The first line of each page links the pages. */
export function allocLine(): u32 {
  const head = freeLine;
  if (head) {
    freeLine = load<u32>(head, 8);
    return head;
  }
  if (bumpLine == bumpLineEnd) {
    const page = allocRun(0);
    store<u32>(page, linePages);
    linePages = page;
    bumpLine = page + LINE_BYTES;
    bumpLineEnd = page + PAGE;
  }
  const at = bumpLine;
  bumpLine = at + LINE_BYTES;
  return at;
}

/** Wipes it: hints that still point here must not match. */
export function freeLineAt(at: u32): void {
  const zero = i64x2.splat(0);
  v128.store(at, zero);
  v128.store(at, zero, 16);
  v128.store(at, zero, 32);
  v128.store(at, zero, 48);
  store<u32>(at, freeLine, 8);
  freeLine = at;
}

/** Forgets who wrote what: before the invocation counter would wrap. */
export function clearMarks(): void {
  for (let page = linePages; page; page = load<u32>(page)) {
    const end = page == bumpLineEnd - PAGE ? bumpLine : page + PAGE;
    for (let line = page + LINE_BYTES; line < end; line += LINE_BYTES) store<u32>(line, 0, L_MARK);
  }
}

/** Bytes of linear memory in use or kept for reuse. */
export function memoryUsed(): u32 {
  return frontier * PAGE;
}
