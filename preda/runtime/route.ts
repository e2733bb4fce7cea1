// Sorting what was emitted by destination: one pass to count, one to copy.
import { KIND_DEFERRED, R_KIND, R_PARTITION } from './layout';
import { groupOf, MAX_GROUPS } from './groups';
import { allocRun, orderFor } from './memory';

/** What `route` answers of a group: its id u32, bytes u32. */
const ROUTE_BYTES: u32 = 8;

/** Per group, while relays are sorted: bytes, then where the next goes. Zeros in between. */
let cursors: u32 = 0;

export function initRoutes(): void {
  cursors = allocRun(orderFor(MAX_GROUPS * 4));
}

/**
 * Sorts relays by the owner of their partition, keeping their order, deferred ones left out. `to` has room for as many
 * bytes, and behind them for { group u32, bytes u32 } of each group present, which are ascending by group. Answers how many
 * groups there are.
 */
export function route(from: u32, end: u32, to: u32): u32 {
  const list = to + (end - from);
  let present: u32 = 0;
  for (let at = from; at < end; at += load<u32>(at)) {
    if (<u32>load<u8>(at, R_KIND) == KIND_DEFERRED) continue;
    const group = groupOf(load<u32>(at, R_PARTITION));
    const bytes = load<u32>(cursors + group * 4);
    if (!bytes) addRoute(list, present++, group);
    store<u32>(cursors + group * 4, bytes + load<u32>(at));
  }
  let next = to;
  for (let r = list; r < list + present * ROUTE_BYTES; r += ROUTE_BYTES) {
    const cursor = cursors + load<u32>(r) * 4;
    const bytes = load<u32>(cursor);
    store<u32>(r, bytes, 4);
    store<u32>(cursor, next);
    next += bytes;
  }
  for (let at = from; at < end; ) {
    const size = load<u32>(at);
    if (<u32>load<u8>(at, R_KIND) != KIND_DEFERRED) {
      const cursor = cursors + groupOf(load<u32>(at, R_PARTITION)) * 4;
      const target = load<u32>(cursor);
      store<u32>(cursor, target + size);
      let i: u32 = 0;
      for (; i + 16 <= size; i += 16) v128.store(target + i, v128.load(at + i));
      if (i < size) store<u64>(target + i, load<u64>(at + i));
    }
    at += size;
  }
  for (let r = list; r < list + present * ROUTE_BYTES; r += ROUTE_BYTES) store<u32>(cursors + load<u32>(r) * 4, 0);
  return present;
}

/** Puts a group into the ascending list. */
function addRoute(list: u32, count: u32, group: u32): void {
  let at = list + count * ROUTE_BYTES;
  while (at > list && load<u32>(at - ROUTE_BYTES) > group) {
    store<u32>(at, load<u32>(at - ROUTE_BYTES));
    at -= ROUTE_BYTES;
  }
  store<u32>(at, group);
}
