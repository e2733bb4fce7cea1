// Where a key lives: its partition, and its tag in the private index (NH of UMAC with per-process keys, then multiply-shift).
import { CODE_LONG, NH_KEYS } from './layout';

/** P − 1. */
let partitionMask: u32 = 0;

export function setPartitionMask(mask: u32): void {
  partitionMask = mask;
}

@inline
export function addressPartition(key: u32): u32 {
  return (load<u32>(key) ^ load<u32>(key, 16) ^ load<u32>(key, 28)) & partitionMask;
}

/** Of a key of 4, 8, 16, 32, 36 or 64 bytes (preda.md c.2). */
export function keyPartition(key: u32, size: u32): u32 {
  if (size == 36) return addressPartition(key);
  if (size < 16) return load<u32>(key) & partitionMask;
  const words = size >> 2;
  return (load<u32>(key) ^ load<u32>(key + ((words >> 1) << 2)) ^ load<u32>(key + size - 4)) & partitionMask;
}

@inline
function finish(sum: u64): u32 {
  return <u32>((sum * (load<u64>(NH_KEYS, 312) | 1)) >> 32);
}

@inline
function pair(a: u64, at: u32): u64 {
  const k = load<u64>(NH_KEYS + at);
  return <u64>(<u32>a + <u32>k) * <u64>(<u32>(a >> 32) + <u32>(k >> 32));
}

/** What 32 of the 36 key bytes of a short id add to its tag. */
@inline
export function keySum(key: u32): u64 {
  return pair(load<u64>(key), 0) + pair(load<u64>(key, 8), 8) + pair(load<u64>(key, 16), 16) + pair(load<u64>(key, 24), 24);
}

/** Tag of a short id whose `keySum` is known. */
@inline
export function tagOfSum(sum: u64, meta: u32, key: u32): u32 {
  return finish(sum + pair(((<u64>meta) << 32) | <u64>load<u32>(key, 32), 32));
}

/** Of a short id: 27 bits of meta and 36 key bytes. */
@inline
export function shortTag(meta: u32, key: u32): u32 {
  return tagOfSum(keySum(key), meta, key);
}

/** Of a long id; its bytes are followed by zeros up to a multiple of 8. */
export function longTag(id: u32, size: u32): u32 {
  let sum = pair(((<u64>size) << 32) | <u64>CODE_LONG, 32);
  for (let at: u32 = 0; at < size; at += 8) sum += pair(load<u64>(id + at), 40 + at);
  return finish(sum);
}
