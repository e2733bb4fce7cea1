// The index: per partition an extendible hash, directory → segments of tag32 | line32. It grows one segment at a time.
import { EMPTY_DIRECTORY, EMPTY_SEGMENT, GLOBAL_PARTITION } from './layout';
import { broken } from './fault';
import { allocObject, allocRun, allocSegment, freeObject, freeSegment, orderFor } from './memory';

// Root of a partition: directory u32, 32 − depth u32, cells u32, unused u32, canonical bytes u64, unused u64.
export const ROOT_BYTES: u32 = 32;
export const ROOT_CELLS: u32 = 8;
export const ROOT_CANONICAL: u32 = 16;
// Segment: count u32, local depth u32, unused u64, then slots. A directory entry is its address | log2 of its slots.
const S_DEPTH: u32 = 4;
const SLOTS: u32 = 16;
const MIN_LOG: u32 = 4;
const MAX_LOG: u32 = 8;
const MAX_DEPTH: u32 = 20;

export let partitions: u32 = 0;
let roots: u32 = 0;

export function initTable(count: u32): void {
  partitions = count;
  roots = allocRun(orderFor((count + 2) * ROOT_BYTES));
  store<u32>(EMPTY_DIRECTORY, EMPTY_SEGMENT | MIN_LOG);
  for (let i: u32 = 0; i < count + 2; i++) resetRoot(rootOf(i));
}

function resetRoot(root: u32): void {
  memory.fill(root, 0, ROOT_BYTES);
  store<u32>(root, EMPTY_DIRECTORY);
  store<u32>(root, 32, 4);
}

/** Partitions are dense inside: P and P + 1 are the global partition and its replica. */
@inline
export function slotOf(partition: u32): u32 {
  return partition < partitions ? partition : partition == GLOBAL_PARTITION ? partitions : partitions + 1;
}

@inline
export function rootOf(slot: u32): u32 {
  return roots + slot * ROOT_BYTES;
}

@inline
function entryOf(root: u32, tag: u32): u32 {
  return load<u32>(root) + (<u32>((<u64>tag) >> load<u32>(root, 4)) << 2);
}

/** Address of the first slot to look at; its line holds most of what follows. */
@inline
export function firstSlot(slot: u32, tag: u32): u32 {
  const entry = load<u32>(entryOf(rootOf(slot), tag));
  const mask: u32 = (1 << (entry & 15)) - 1;
  return (entry & ~15) + SLOTS + ((tag & mask) << 3);
}

/** The first line after `previous` (0 = from the start) with this tag, 0 = none. Callers compare keys. */
@inline
export function probe(slot: u32, tag: u32): u32 {
  const entry = load<u32>(entryOf(rootOf(slot), tag));
  const mask: u32 = (1 << (entry & 15)) - 1;
  const base = (entry & ~15) + SLOTS;
  let i = tag & mask;
  while (true) {
    const e = load<u64>(base + (i << 3));
    if (e == 0) return 0;
    if (<u32>e == tag) return <u32>(e >> 32);
    i = (i + 1) & mask;
  }
}

/** The next line of the same tag behind `line`: only when two ids share a tag. */
export function probeAfter(slot: u32, tag: u32, line: u32): u32 {
  const entry = load<u32>(entryOf(rootOf(slot), tag));
  const mask: u32 = (1 << (entry & 15)) - 1;
  const base = (entry & ~15) + SLOTS;
  let i = tag & mask;
  let seen = false;
  while (true) {
    const e = load<u64>(base + (i << 3));
    if (e == 0) return 0;
    if (<u32>e == tag) {
      if (seen) return <u32>(e >> 32);
      seen = <u32>(e >> 32) == line;
    }
    i = (i + 1) & mask;
  }
}

@inline
function place(segment: u32, mask: u32, e: u64): void {
  const base = segment + SLOTS;
  let i = <u32>e & mask;
  while (load<u64>(base + (i << 3))) i = (i + 1) & mask;
  store<u64>(base + (i << 3), e);
}

export function insert(slot: u32, tag: u32, line: u32): void {
  const root = rootOf(slot);
  store<u32>(root, load<u32>(root, ROOT_CELLS) + 1, ROOT_CELLS);
  if (load<u32>(root) == EMPTY_DIRECTORY) {
    const directory = allocObject(4);
    store<u32>(directory, allocSegment(MIN_LOG) | MIN_LOG);
    store<u32>(root, directory);
  }
  while (true) {
    const entry = load<u32>(entryOf(root, tag));
    const log = entry & 15;
    const segment = entry & ~15;
    const count = load<u32>(segment);
    if (count < ((<u32>3 << log) >> 2)) {
      place(segment, (1 << log) - 1, ((<u64>line) << 32) | <u64>tag);
      store<u32>(segment, count + 1);
      return;
    }
    if (log < MAX_LOG) grow(root, tag, segment, log);
    else split(root, tag, segment);
  }
}

/** Points every directory entry of the prefix `tag` has at `depth` to `target`. */
function redirect(root: u32, tag: u32, depth: u32, target: u32): void {
  const width = 32 - load<u32>(root, 4) - depth;
  const first = <u32>((<u64>tag) >> (32 - depth)) << width;
  const directory = load<u32>(root);
  const end = first + (1 << width);
  for (let i = first; i < end; i++) store<u32>(directory + (i << 2), target);
}

function copySlots(from: u32, log: u32, to: u32, mask: u32): void {
  const end = from + SLOTS + (8 << log);
  for (let at = from + SLOTS; at < end; at += 8) {
    const e = load<u64>(at);
    if (e) place(to, mask, e);
  }
}

function grow(root: u32, tag: u32, segment: u32, log: u32): void {
  const bigger = allocSegment(log + 1);
  store<u64>(bigger, load<u64>(segment));
  copySlots(segment, log, bigger, (2 << log) - 1);
  redirect(root, tag, load<u32>(segment, S_DEPTH), bigger | (log + 1));
  freeSegment(segment, log);
}

function split(root: u32, tag: u32, segment: u32): void {
  const depth = load<u32>(segment, S_DEPTH);
  if (32 - load<u32>(root, 4) == depth) doubleDirectory(root, depth);
  const low = allocSegment(MAX_LOG);
  const high = allocSegment(MAX_LOG);
  const bit = 31 - depth;
  const mask: u32 = (1 << MAX_LOG) - 1;
  let highCount: u32 = 0;
  const end = segment + SLOTS + (8 << MAX_LOG);
  for (let at = segment + SLOTS; at < end; at += 8) {
    const e = load<u64>(at);
    if (!e) continue;
    const isHigh = (<u32>e >> bit) & 1;
    highCount += isHigh;
    place(isHigh ? high : low, mask, e);
  }
  store<u32>(low, load<u32>(segment) - highCount);
  store<u32>(high, highCount);
  store<u32>(low, depth + 1, S_DEPTH);
  store<u32>(high, depth + 1, S_DEPTH);
  const one: u32 = (<u32>1) << bit;
  redirect(root, tag & ~one, depth + 1, low | MAX_LOG);
  redirect(root, tag | one, depth + 1, high | MAX_LOG);
  freeSegment(segment, MAX_LOG);
}

function doubleDirectory(root: u32, depth: u32): void {
  if (depth == MAX_DEPTH) broken();
  const old = load<u32>(root);
  const count: u32 = 1 << depth;
  const fresh = allocObject(count << 3);
  for (let i: u32 = 0; i < count; i++) {
    const e = load<u32>(old + (i << 2));
    store<u64>(fresh + (i << 3), ((<u64>e) << 32) | <u64>e);
  }
  store<u32>(root, fresh);
  store<u32>(root, 31 - depth, 4);
  freeObject(old, count << 2);
}

/** Takes out the entry of `line` and closes the gap behind it. */
export function erase(slot: u32, tag: u32, line: u32): void {
  const root = rootOf(slot);
  const entry = load<u32>(entryOf(root, tag));
  const segment = entry & ~15;
  const mask: u32 = (1 << (entry & 15)) - 1;
  const base = segment + SLOTS;
  let hole = tag & mask;
  while (<u32>(load<u64>(base + (hole << 3)) >> 32) != line) {
    if (load<u64>(base + (hole << 3)) == 0) broken();
    hole = (hole + 1) & mask;
  }
  let i = hole;
  while (true) {
    i = (i + 1) & mask;
    const e = load<u64>(base + (i << 3));
    if (e == 0) break;
    // An entry may fill the hole unless its home lies behind the hole, on the way to where it is.
    if (((i - (<u32>e & mask)) & mask) >= ((i - hole) & mask)) {
      store<u64>(base + (hole << 3), e);
      hole = i;
    }
  }
  store<u64>(base + (hole << 3), 0);
  store<u32>(segment, load<u32>(segment) - 1);
  store<u32>(root, load<u32>(root, ROOT_CELLS) - 1, ROOT_CELLS);
}

/** Writes the lines of a partition to `out`, in no order. */
export function collect(slot: u32, out: u32): void {
  const root = rootOf(slot);
  const directory = load<u32>(root);
  const end = directory + (4 << (32 - load<u32>(root, 4)));
  let last: u32 = 0;
  for (let at = directory; at < end; at += 4) {
    const entry = load<u32>(at);
    if (entry == last) continue;
    last = entry;
    const base = (entry & ~15) + SLOTS;
    const stop = base + (8 << (entry & 15));
    for (let s = base; s < stop; s += 8) {
      const line = load<u32>(s, 4);
      if (!line) continue;
      store<u32>(out, line);
      out += 4;
    }
  }
}

/** Frees directory and segments; the lines are the caller's. */
export function dropIndex(slot: u32): void {
  const root = rootOf(slot);
  const directory = load<u32>(root);
  if (directory != EMPTY_DIRECTORY) {
    const bytes: u32 = 4 << (32 - load<u32>(root, 4));
    let last: u32 = 0;
    for (let at = directory; at < directory + bytes; at += 4) {
      const entry = load<u32>(at);
      if (entry == last) continue;
      last = entry;
      freeSegment(entry & ~15, entry & 15);
    }
    freeObject(directory, bytes);
  }
  resetRoot(root);
}
