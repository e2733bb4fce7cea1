// Cells: finding, making, reading and resizing lines, and what a line is called and counts outside.
import {
  CODE_ADDRESS,
  CODE_LONG,
  ID_TAG,
  INLINE_BYTES,
  KEY_BUFFER,
  L_KEY,
  L_META,
  L_PAYLOAD,
  LEN_ABSENT,
  LEN_OBJECT,
  LEN_SHIFT,
  MAX_SHORT_CONTRACT,
  META_MASK,
} from './layout';
import { longTag, shortTag, addressPartition } from './hash';
import { erase, insert, partitions, probe, probeAfter, rootOf, ROOT_CANONICAL, slotOf } from './table';
import { allocLine, allocObject, freeLineAt, freeObject } from './memory';

/** Canonical bytes of all partitions. */
export let stateBytes: i64 = 0;

/** Bytes of a diff entry beside id and value. */
const ENTRY_BYTES: u32 = 7;

// What `locate` looked for, for `create` after a miss.
export let soughtMeta: u32 = 0;
export let soughtKey: u32 = 0;
export let soughtLength: u32 = 0;
export let soughtTag: u32 = 0;

@inline
export function keyCode(bytes: u32): u32 {
  if (bytes == 36) return CODE_ADDRESS;
  if (bytes == 0) return 1;
  if (bytes == 4) return 2;
  if (bytes == 8) return 3;
  if (bytes == 16) return 4;
  if (bytes == 32) return 5;
  return CODE_LONG;
}

@inline
function keyBytes(codeOfKey: u32): u32 {
  return codeOfKey == CODE_ADDRESS ? 36 : codeOfKey == 1 ? 0 : <u32>2 << (codeOfKey - 1);
}

@inline
export function sameKey(a: u32, b: u32): bool {
  return (
    load<u64>(a) == load<u64>(b) &&
    load<u64>(a, 8) == load<u64>(b, 8) &&
    load<u64>(a, 16) == load<u64>(b, 16) &&
    load<u64>(a, 24) == load<u64>(b, 24) &&
    load<u32>(a, 32) == load<u32>(b, 32)
  );
}

@inline
export function isLine(line: u32, meta: u32, key: u32): bool {
  return (load<u32>(line, L_META) & META_MASK) == meta && sameKey(line + L_KEY, key);
}

/** Line of a short id, 0 = none. */
@inline
export function findShort(slot: u32, tag: u32, meta: u32, key: u32): u32 {
  let line = probe(slot, tag);
  while (line && !isLine(line, meta, key)) line = probeAfter(slot, tag, line);
  return line;
}

export function equalBytes(a: u32, b: u32, size: u32): bool {
  let i: u32 = 0;
  for (; i + 8 <= size; i += 8) if (load<u64>(a + i) != load<u64>(b + i)) return false;
  for (; i < size; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

function findLong(slot: u32, tag: u32, id: u32, size: u32): u32 {
  let line = probe(slot, tag);
  while (line) {
    if (
      (load<u32>(line, L_META) & META_MASK) == CODE_LONG &&
      load<u32>(line, L_KEY + 4) == size &&
      equalBytes(load<u32>(line, L_KEY), id, size)
    )
      return line;
    line = probeAfter(slot, tag, line);
  }
  return 0;
}

/** Puts a key into the form lines hold: 36 bytes, or zero-padded to 32 and the partition. */
export function canonicalKey(out: u32, key: u32, size: u32, partition: u32): void {
  if (size == 36) {
    memory.copy(out, key, 36);
    return;
  }
  memory.fill(out, 0, 32);
  memory.copy(out, key, size);
  store<u32>(out, partition, 32);
}

/** Line of any cell id, 0 = none. The id's bytes are followed by 8 writable ones. */
export function locate(partition: u32, id: u32, size: u32): u32 {
  const slot = slotOf(partition);
  if (size >= 10 && size <= 46) {
    const contract = load<u64>(id);
    const scope = <u32>load<u8>(id, 8);
    const keyLen = <u32>load<u8>(id, 9);
    const short = keyCode(keyLen);
    if (
      contract < <u64>MAX_SHORT_CONTRACT &&
      scope < 16 &&
      size == 10 + keyLen &&
      short != CODE_LONG &&
      (short != CODE_ADDRESS || (partition < partitions && addressPartition(id + 10) == partition))
    ) {
      canonicalKey(KEY_BUFFER, id + 10, keyLen, partition);
      soughtMeta = (<u32>contract << 7) | (scope << 3) | short;
      soughtKey = KEY_BUFFER;
      soughtTag = shortTag(soughtMeta, KEY_BUFFER);
      return findShort(slot, soughtTag, soughtMeta, KEY_BUFFER);
    }
  }
  return locateLong(slot, id, size);
}

export function locateLong(slot: u32, id: u32, size: u32): u32 {
  store<u64>(id + size, 0);
  soughtMeta = CODE_LONG;
  soughtKey = id;
  soughtLength = size;
  soughtTag = longTag(id, size);
  return findLong(slot, soughtTag, id, size);
}

/** A new line, absent as yet and in the index. `key` is canonical, or a long id. */
export function create(partition: u32, tag: u32, meta: u32, key: u32, size: u32): u32 {
  const line = allocLine();
  store<u32>(line, 0);
  store<u32>(line, meta | (LEN_ABSENT << LEN_SHIFT), L_META);
  if (meta == CODE_LONG) {
    const id = allocObject(size);
    memory.copy(id, key, size);
    store<u32>(line, id, L_KEY);
    store<u32>(line, size, L_KEY + 4);
    store<u32>(line, partition, L_KEY + 32);
  } else {
    v128.store(line + L_KEY, v128.load(key));
    v128.store(line + L_KEY + 16, v128.load(key + 16));
    store<u32>(line, load<u32>(key, 32), L_KEY + 32);
  }
  insert(slotOf(partition), tag, line);
  return line;
}

@inline
export function metaOf(line: u32): u32 {
  return load<u32>(line, L_META) & META_MASK;
}

@inline
export function partitionOf(line: u32): u32 {
  return (metaOf(line) & 7) == CODE_ADDRESS ? addressPartition(line + L_KEY) : load<u32>(line, L_KEY + 32);
}

/** Takes an absent line out of the index and frees it. */
export function destroy(line: u32): void {
  const meta = metaOf(line);
  const slot = slotOf(partitionOf(line));
  if (meta == CODE_LONG) {
    const id = load<u32>(line, L_KEY);
    const size = load<u32>(line, L_KEY + 4);
    erase(slot, tagOf(line), line);
    freeObject(id, size);
  } else erase(slot, shortTag(meta, line + L_KEY), line);
  freeLineAt(line);
}

function tagOf(line: u32): u32 {
  const size = load<u32>(line, L_KEY + 4);
  writeId(ID_TAG, line);
  store<u64>(ID_TAG + size, 0);
  return longTag(ID_TAG, size);
}

/** 0xffffffff = absent. */
@inline
export function lengthOf(line: u32): u32 {
  const n = load<u32>(line, L_META) >> LEN_SHIFT;
  return n <= INLINE_BYTES ? n : n == LEN_OBJECT ? load<u32>(line, L_PAYLOAD + 4) : 0xffffffff;
}

@inline
export function isAbsent(line: u32): bool {
  return load<u32>(line, L_META) >> LEN_SHIFT == LEN_ABSENT;
}

@inline
export function payloadOf(line: u32): u32 {
  return load<u32>(line, L_META) >> LEN_SHIFT == LEN_OBJECT ? load<u32>(line, L_PAYLOAD) : line + L_PAYLOAD;
}

@inline
export function setLength(line: u32, code: u32): void {
  store<u32>(line, metaOf(line) | (code << LEN_SHIFT), L_META);
}

@inline
export function shortIdBytes(meta: u32): u32 {
  return 10 + keyBytes(meta & 7);
}

@inline
export function idLength(line: u32): u32 {
  const meta = metaOf(line);
  return meta == CODE_LONG ? load<u32>(line, L_KEY + 4) : shortIdBytes(meta);
}

/** Canonical size of the entry of a line that holds `length` bytes. */
@inline
export function entryBytes(line: u32, length: u32): u32 {
  return length == 0xffffffff ? 0 : ENTRY_BYTES + idLength(line) + length;
}

/** Writes the cell id to `out`, which has room for 46 bytes at least. */
export function writeId(out: u32, line: u32): void {
  const meta = metaOf(line);
  if (meta == CODE_LONG) {
    memory.copy(out, load<u32>(line, L_KEY), load<u32>(line, L_KEY + 4));
    return;
  }
  const size = keyBytes(meta & 7);
  store<u64>(out, <u64>(meta >> 7));
  store<u8>(out, (meta >> 3) & 15, 8);
  store<u8>(out, size, 9);
  // Ids are written one after the other, so what is written too much is overwritten or left behind the last.
  v128.store(out + 10, v128.load(line + L_KEY));
  v128.store(out + 26, v128.load(line + L_KEY + 16));
  store<u32>(out + 42, load<u32>(line, L_KEY + 32));
}

/** Books a change of canonical size. */
export function book(line: u32, delta: i64): void {
  if (delta == 0) return;
  const root = rootOf(slotOf(partitionOf(line)));
  store<i64>(root, load<i64>(root, ROOT_CANONICAL) + delta, ROOT_CANONICAL);
  stateBytes += delta;
}

/** Forgets `delta` bytes of a partition that is dropped. */
export function forget(delta: i64): void {
  stateBytes -= delta;
}

/** Gives a line that owns no object room for `length` bytes, and answers where they go. */
export function shape(line: u32, length: u32): u32 {
  if (length <= INLINE_BYTES) {
    setLength(line, length);
    return line + L_PAYLOAD;
  }
  const at = allocObject(length);
  setLength(line, LEN_OBJECT);
  store<u32>(line, at, L_PAYLOAD);
  store<u32>(line, length, L_PAYLOAD + 4);
  return at;
}

/** Frees the object of a line that has one; its payload is undefined afterwards. */
export function dropObject(line: u32): void {
  if (load<u32>(line, L_META) >> LEN_SHIFT == LEN_OBJECT)
    freeObject(load<u32>(line, L_PAYLOAD), load<u32>(line, L_PAYLOAD + 4));
}

/** Sets a cell without journal: state that comes from disk or from another node. */
export function putRaw(partition: u32, id: u32, size: u32, value: u32, length: u32): void {
  let line = locate(partition, id, size);
  if (!line) line = create(partition, soughtTag, soughtMeta, soughtKey, soughtLength);
  const before = <i64>entryBytes(line, lengthOf(line));
  dropObject(line);
  memory.copy(shape(line, length), value, length);
  book(line, <i64>entryBytes(line, length) - before);
}

export function removeRaw(partition: u32, id: u32, size: u32): void {
  const line = locate(partition, id, size);
  if (!line) return;
  book(line, -(<i64>entryBytes(line, lengthOf(line))));
  dropObject(line);
  destroy(line);
}
