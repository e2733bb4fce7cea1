// Destination groups: who owns which partition, how much room their batches have, and what was sent to them.
import { GLOBAL_PARTITION, KIND_DEFERRED } from './layout';
import { calling } from './frame';
import { partitions } from './table';
import { allocRun, orderFor } from './memory';

export const MAX_GROUPS: u32 = 65_536;
// Per group: bytes of room taken off NO_LIMIT i32 (0 = never limited: what goes there is not counted), busy u32, msat sent i64.
const GROUP_BYTES: u32 = 16;
const G_BUSY: u32 = 4;
const G_SENT: u32 = 8;
const NO_LIMIT: i32 = i32.MAX_VALUE;

let groups: u32 = 0;
let owners: u32 = 0;
/** Highest group anything was sent to. */
let topGroup: u32 = 0;
let self: u32 = 0;

export function initGroups(): void {
  groups = allocRun(orderFor(MAX_GROUPS * GROUP_BYTES));
  owners = allocRun(orderFor(partitions * 2));
}

export function set_owner(partition: u32, group: u32): void {
  topGroup = max(topGroup, group);
  store<u16>(owners + partition * 2, group);
}
export function set_self(group: u32): void {
  topGroup = max(topGroup, group);
  self = group;
}
export function set_room(group: u32, bytes: i32): void {
  store<i32>(groups + group * GROUP_BYTES, NO_LIMIT - bytes);
}
export function get_room(group: u32): i32 {
  return NO_LIMIT - load<i32>(groups + group * GROUP_BYTES);
}
export function set_busy(group: u32, busy: u32): void {
  store<u32>(groups + group * GROUP_BYTES, busy, G_BUSY);
}
export function get_sent(group: u32): i64 {
  return load<i64>(groups + group * GROUP_BYTES, G_SENT);
}
export function clearSent(): void {
  for (let g: u32 = 0; g <= topGroup; g++) store<i64>(groups + g * GROUP_BYTES, 0, G_SENT);
}

@inline
export function groupOf(partition: u32): u32 {
  return partition >= GLOBAL_PARTITION - 1 ? 0 : <u32>load<u16>(owners + partition * 2);
}

@inline
export function isBusy(kind: u32, partition: u32): bool {
  return kind != KIND_DEFERRED && !calling && load<u32>(groups + groupOf(partition) * GROUP_BYTES, G_BUSY) != 0;
}

/** True when `size` more bytes fit the batch of the partition's group; takes them. */
@inline
export function takeRoom(kind: u32, partition: u32, size: u32): bool {
  if (kind == KIND_DEFERRED || calling) return true;
  const at = groups + groupOf(partition) * GROUP_BYTES;
  const taken = load<i32>(at);
  if (!taken) return true;
  if (<i32>size > NO_LIMIT - taken) return false;
  store<i32>(at, taken + size);
  return true;
}

/** Takes back what `takeRoom` took. */
@inline
export function giveRoom(kind: u32, partition: u32, size: u32): void {
  if (kind == KIND_DEFERRED || calling) return;
  const at = groups + groupOf(partition) * GROUP_BYTES;
  const taken = load<i32>(at);
  if (taken) store<i32>(at, taken - size);
}

/** Books money that leaves with a record: its value and what its gas cost. */
@inline
export function bookSent(kind: u32, partition: u32, msat: i64): void {
  const at = groups + (kind == KIND_DEFERRED ? self : groupOf(partition)) * GROUP_BYTES;
  store<i64>(at, load<i64>(at, G_SENT) + msat, G_SENT);
}
