// What contracts see of state: their instance, their shard's, the global one, and elements of maps.
import {
  CODE_LONG,
  GAS_GROWTH_BYTE,
  GAS_READ,
  GAS_WRITE,
  GLOBAL_PARTITION,
  ID_BUFFER,
  INLINE_BYTES,
  INSTANCE_BYTES,
  INSTANCES,
  L_META,
  L_PAYLOAD,
  LEN_ABSENT,
  LEN_OBJECT,
  LEN_SHIFT,
  MAX_VALUE_BYTES,
  R_CONTRACT,
  R_KEY,
  R_KEY_LEN,
  R_SCOPE,
  REPLICA_PARTITION,
  SCOPE_GLOBAL,
  SCOPE_SHARD,
} from './layout';
import { broken, charge, fault, len } from './fault';
import {
  book,
  canonicalKey,
  create,
  dropObject,
  entryBytes,
  findShort,
  isAbsent,
  isLine,
  keyCode,
  lengthOf,
  locateLong,
  payloadOf,
  setLength,
  shape,
  shortIdBytes,
  soughtKey,
  soughtLength,
  soughtMeta,
  soughtTag,
  stateBytes,
} from './cells';
import { mark, touch, touchNew } from './journal';
import { sameRoom } from './memory';
import { shortTag } from './hash';
import { slotOf } from './table';
import { allow } from './heap';

const ABSENT: u32 = 0xffffffff;

// Instance cache: mark u32, line u32, partition u32, tag u32, meta u32, key u32, size u32; then key and id buffers.
const I_LINE: u32 = 4;
const I_PARTITION: u32 = 8;
const I_TAG: u32 = 12;
const I_META: u32 = 16;
const I_KEY: u32 = 20;
const I_SIZE: u32 = 24;
const I_KEY_BUFFER: u32 = 32;
const I_ID_BUFFER: u32 = 96;

let record: u32 = 0;
let partition: u32 = 0;
let hintTag: u32 = 0;
let hintLine: u32 = 0;
let maxStateBytes: i64 = i64.MAX_VALUE;

export function setMaxStateBytes(bytes: i64): void {
  maxStateBytes = bytes;
}

/** The invocation whose state is asked for; tag and line are a hint, 0 = none. */
@inline
export function enter(d: u32, at: u32, tag: u32, line: u32): void {
  record = d;
  partition = at;
  hintTag = tag;
  hintLine = line;
}

@inline
function instance(scope: i32): u32 {
  let s: u32 = scope;
  if (s == 0) {
    const own = <u32>load<u8>(record, R_SCOPE);
    if (own == SCOPE_SHARD) s = 1;
    else if (own == SCOPE_GLOBAL) s = 2;
  }
  const at = INSTANCES + s * INSTANCE_BYTES;
  if (load<u32>(at) != mark) resolve(at, s);
  return at;
}

function resolve(at: u32, s: u32): void {
  if (s > 2) broken();
  const contract = <u32>load<u64>(record, R_CONTRACT);
  store<u32>(at, mark);
  if (s == 0) {
    const size = <u32>load<u8>(record, R_KEY_LEN);
    const scope = <u32>load<u8>(record, R_SCOPE);
    const short = keyCode(size);
    store<u32>(at, partition, I_PARTITION);
    if (short == CODE_LONG) {
      resolveLong(at, scope, size);
      return;
    }
    const meta = (contract << 7) | (scope << 3) | short;
    let key = record + R_KEY;
    if (size != 36) {
      key = at + I_KEY_BUFFER;
      canonicalKey(key, record + R_KEY, size, partition);
    }
    settle(at, partition, meta, key, hintTag, hintLine);
    return;
  }
  const where = s == 1 ? partition : partition == GLOBAL_PARTITION ? GLOBAL_PARTITION : REPLICA_PARTITION;
  const key = at + I_KEY_BUFFER;
  canonicalKey(key, key, 0, where);
  settle(at, where, (contract << 7) | ((s + 1) << 3) | keyCode(0), key, 0, 0);
}

@inline
function settle(at: u32, where: u32, meta: u32, key: u32, hintedTag: u32, hintedLine: u32): void {
  store<u32>(at, where, I_PARTITION);
  store<u32>(at, meta, I_META);
  store<u32>(at, key, I_KEY);
  store<u32>(at, 0, I_SIZE);
  store<u32>(at, hintedTag, I_TAG);
  if (hintedLine && isLine(hintedLine, meta, key)) {
    store<u32>(at, hintedLine, I_LINE);
    return;
  }
  const tag = hintedTag ? hintedTag : shortTag(meta, key);
  store<u32>(at, tag, I_TAG);
  store<u32>(at, findShort(slotOf(where), tag, meta, key), I_LINE);
}

function resolveLong(at: u32, scope: u32, size: u32): void {
  const id = at + I_ID_BUFFER;
  const length = writePrefix(id, scope, size);
  store<u32>(at, locateLong(slotOf(partition), id, length), I_LINE);
  store<u32>(at, soughtTag, I_TAG);
  store<u32>(at, CODE_LONG, I_META);
  store<u32>(at, id, I_KEY);
  store<u32>(at, length, I_SIZE);
}

/** Contract, scope and key of the running invocation. */
function writePrefix(out: u32, scope: u32, size: u32): u32 {
  store<u64>(out, load<u64>(record, R_CONTRACT));
  store<u8>(out, scope, 8);
  store<u8>(out, size, 9);
  memory.copy(out + 10, record + R_KEY, size);
  return 10 + size;
}

@inline
function read(line: u32): i32 {
  const length = line ? lengthOf(line) : ABSENT;
  if (length == ABSENT) {
    charge(GAS_READ);
    len = 0;
    return 0;
  }
  charge(GAS_READ + <i64>length);
  len = length;
  return payloadOf(line);
}

export function state_read(scope: i32): i32 {
  return read(load<u32>(instance(scope), I_LINE));
}

export function state_write(scope: i32, length: i32): i32 {
  const at = instance(scope);
  const line = load<u32>(at, I_LINE);
  if (line && load<u32>(line, L_META) >> LEN_SHIFT == <u32>length && <u32>length <= INLINE_BYTES) {
    charge(GAS_WRITE + <i64>length);
    if (load<u32>(at, I_PARTITION) == REPLICA_PARTITION) broken();
    touch(line);
    allow(line + L_PAYLOAD, length);
    return line + L_PAYLOAD;
  }
  return writeSlow(at, line, length);
}

function writeSlow(at: u32, found: u32, length: u32): u32 {
  const where = load<u32>(at, I_PARTITION);
  if (where == REPLICA_PARTITION) broken();
  const key = load<u32>(at, I_KEY);
  const size = load<u32>(at, I_SIZE);
  chargeWrite(found, size ? size : shortIdBytes(load<u32>(at, I_META)), length);
  let line = found;
  if (!line) {
    line = create(where, load<u32>(at, I_TAG), load<u32>(at, I_META), key, size);
    touchNew(line);
    store<u32>(at, line, I_LINE);
  }
  return open(line, length);
}

/** Charges a write and refuses growth past the cap, before anything is changed. */
function chargeWrite(line: u32, idBytes: u32, length: u32): void {
  if (length > MAX_VALUE_BYTES) fault(15);
  const old = line ? lengthOf(line) : ABSENT;
  let growth: i64 = 0;
  let delta: i64 = 0;
  if (old == ABSENT) {
    growth = <i64>max<u32>(length, 1);
    delta = <i64>(7 + idBytes + length);
  } else {
    delta = <i64>length - <i64>old;
    growth = max<i64>(delta, 0);
  }
  charge(GAS_WRITE + <i64>length + GAS_GROWTH_BYTE * growth);
  if (delta > 0 && stateBytes + delta > maxStateBytes) fault(15);
}

/** Journals a line and gives it room for `length` bytes: zeros where it had no room of that size before. */
function open(line: u32, length: u32): u32 {
  const first = touch(line);
  const before = <i64>entryBytes(line, lengthOf(line));
  let at: u32;
  const isObject = load<u32>(line, L_META) >> LEN_SHIFT == LEN_OBJECT;
  if (!first && isObject && length > INLINE_BYTES && sameRoom(load<u32>(line, L_PAYLOAD + 4), length)) {
    at = load<u32>(line, L_PAYLOAD);
    store<u32>(line, length, L_PAYLOAD + 4);
  } else {
    if (!first) dropObject(line);
    at = shape(line, length);
  }
  memory.fill(at, 0, length);
  book(line, <i64>entryBytes(line, length) - before);
  allow(at, length);
  return at;
}

/** Line of an element, 0 = none; `create` can make what was missed. */
function element(scope: i32, field: i32, key: u32, keyLen: u32): u32 {
  const at = instance(scope);
  const where = load<u32>(at, I_PARTITION);
  const own = INSTANCES;
  const prefix = at == own
    ? writePrefix(ID_BUFFER, load<u8>(record, R_SCOPE), load<u8>(record, R_KEY_LEN))
    : writePrefix(ID_BUFFER, at == own + INSTANCE_BYTES ? SCOPE_SHARD : SCOPE_GLOBAL, 0);
  store<u16>(ID_BUFFER + prefix, field);
  memory.copy(ID_BUFFER + prefix + 2, key, keyLen);
  sought = where;
  return locateLong(slotOf(where), ID_BUFFER, prefix + 2 + keyLen);
}
let sought: u32 = 0;

export function elem_read(scope: i32, field: i32, key: i32, keyLen: i32): i32 {
  return read(element(scope, field, key, keyLen));
}

export function elem_write(scope: i32, field: i32, key: i32, keyLen: i32, length: i32): i32 {
  let line = element(scope, field, key, keyLen);
  if (sought == REPLICA_PARTITION) broken();
  chargeWrite(line, soughtLength, length);
  if (!line) {
    line = create(sought, soughtTag, soughtMeta, soughtKey, soughtLength);
    touchNew(line);
  }
  return open(line, length);
}

export function elem_erase(scope: i32, field: i32, key: i32, keyLen: i32): void {
  const line = element(scope, field, key, keyLen);
  if (sought == REPLICA_PARTITION) broken();
  charge(GAS_WRITE);
  if (line && !isAbsent(line)) removeCell(line);
}

/** Journalled removal of a cell that is there. */
export function removeCell(line: u32): void {
  const first = touch(line);
  book(line, -(<i64>entryBytes(line, lengthOf(line))));
  if (!first) dropObject(line);
  setLength(line, LEN_ABSENT);
}

/** Journalled write of any cell by the host: no gas, no cap. */
export function putCell(line: u32, where: u32, length: u32): u32 {
  let at = line;
  if (!at) {
    at = create(where, soughtTag, soughtMeta, soughtKey, soughtLength);
    touchNew(at);
  }
  return open(at, length);
}
