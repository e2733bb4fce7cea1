// The invocation heap: zeroed bytes that live as long as the invocation. Counts what is requested, never what is used.
import { GUARD_RANGE_COUNT, GUARD_RANGES, MAX_HEAP_BYTES } from './layout';
import { allocRun, freeRun, orderFor } from './memory';
import { broken, charge, fault } from './fault';

const PAGE: u32 = 65_536;

let guard: bool = false;
let first: u32 = 0;
let next: u32 = 0;
let end: u32 = 0;
let requested: u32 = 0;
/** Runs beyond the first page: { previous u32, order u32 } at their beginning. */
let extra: u32 = 0;
let ranges: u32 = 0;

export function initHeap(withGuard: bool): void {
  guard = withGuard;
  first = allocRun(0);
  resetHeap();
}

@inline
export function resetHeap(): void {
  next = first;
  end = first + PAGE;
  requested = 0;
  ranges = 0;
  if (extra) freeExtra();
}

function freeExtra(): void {
  while (extra) {
    const previous = load<u32>(extra);
    freeRun(extra, load<u32>(extra, 4));
    extra = previous;
  }
}

export function alloc(size: i32): i32 {
  const bytes = (<u32>size + 7) & ~7;
  if (<u32>size > MAX_HEAP_BYTES || requested + bytes > MAX_HEAP_BYTES) fault(15);
  requested += bytes;
  charge(<i64>(bytes >> 3));
  if (bytes > end - next) refill(bytes);
  const at = next;
  next += bytes;
  if (bytes <= 128) for (let p = at; p < next; p += 8) store<u64>(p, 0);
  else memory.fill(at, 0, bytes);
  return at;
}

function refill(bytes: u32): void {
  const order = orderFor(bytes + 8);
  const run = allocRun(order);
  store<u32>(run, extra);
  store<u32>(run, order, 4);
  extra = run;
  next = run + 8;
  end = run + (PAGE << order);
}

/** Guard build: contracts may write these bytes until the invocation ends. */
@inline
export function allow(at: u32, size: u32): void {
  if (guard) allowSlow(at, size);
}

function allowSlow(at: u32, size: u32): void {
  const slot = GUARD_RANGES + (ranges % GUARD_RANGE_COUNT) * 8;
  store<u32>(slot, at);
  store<u32>(slot, at + size, 4);
  ranges++;
}

/** Guard build: stops the node unless the bytes are on the heap or in a cell opened for writing. */
export function check(at: u32, size: u32): void {
  const stop = at + size;
  if (stop < at) broken();
  if (at >= first && stop <= (extra ? first + PAGE : next)) return;
  for (let run = extra; run; run = load<u32>(run))
    if (at >= run + 8 && stop <= (run == extra ? next : run + (PAGE << load<u32>(run, 4)))) return;
  for (let i: u32 = 0; i < min(ranges, GUARD_RANGE_COUNT); i++) {
    const slot = GUARD_RANGES + i * 8;
    if (at >= load<u32>(slot) && stop <= load<u32>(slot, 4)) return;
  }
  broken();
}

/** Guard build: the runtime is about to write where a contract said. */
@inline
export function checkOut(at: u32, size: u32): void {
  if (guard) check(at, size);
}
