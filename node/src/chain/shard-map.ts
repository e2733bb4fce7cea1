// Which group owns which partition, by epoch, and since when. Pure data; it never learns of a new map by itself.

import type { ShardMap } from '../consensus/shard-map.ts';
import { viewOf } from '../core/bytes.ts';
import { taggedHash } from '../core/hash.ts';
import { depthFor } from '../core/merkle.ts';
import { GLOBAL_PARTITION } from '../core/scopes.ts';

export type { ShardMap } from '../consensus/shard-map.ts';

/** Owner of the global partition for ever. */
export const HOME_GROUP = 0;

export function firstShardMap(owners: readonly number[]): ShardMap {
  const groups = [...new Set(owners)].sort((a, b) => a - b);
  return shardMap(0, Uint32Array.from(owners), new Float64Array(owners.length), groups);
}

function shardMap(epoch: number, owners: Uint32Array, since: Float64Array, groups: readonly number[]): ShardMap {
  const bytes = new Uint8Array(16 + owners.length * 12 + groups.length * 4);
  const view = viewOf(bytes);
  view.setBigUint64(0, BigInt(epoch), true);
  view.setUint32(8, owners.length, true);
  view.setUint32(12, groups.length, true);
  let at = 16;
  for (const [p, owner] of owners.entries()) {
    view.setUint32(at, owner, true);
    view.setBigUint64(at + 4, BigInt(since[p]!), true);
    at += 12;
  }
  for (const group of groups) {
    view.setUint32(at, group, true);
    at += 4;
  }
  return { epoch, owners, since, groups, hash: taggedHash('rexnet/shard-map', bytes) };
}

export function ownerOf(map: ShardMap, partition: number): number {
  if (partition === GLOBAL_PARTITION) return HOME_GROUP;
  const owner = map.owners[partition];
  if (owner === undefined) throw new RangeError(`no partition ${partition}`);
  return owner;
}

/** Depth of the outbox tree under this map: one leaf for every id up to the highest. */
export function outboxDepth(map: ShardMap): number {
  return depthFor((map.groups.at(-1) ?? 0) + 1);
}

/** The map of an epoch with these groups, where no partition has moved since the first one. */
export function mapWithGroups(first: ShardMap, epoch: number, groups: readonly number[]): ShardMap {
  return shardMap(epoch, first.owners, first.since, groups);
}

/** The map of the next epoch, with `added` groups that own nothing yet. Partitions stay where they are: nothing can move them. */
export function withGroups(before: ShardMap, added: readonly number[]): ShardMap {
  const groups = [...before.groups, ...added].sort((a, b) => a - b);
  return shardMap(before.epoch + 1, before.owners, before.since, groups);
}

/** Spreads partitions over the groups of a new network: contiguous runs whose lengths differ by one at most. */
export function evenOwners(partitions: number, groups: number): number[] {
  return Array.from({ length: partitions }, (_, p) => Math.floor((p * groups) / partitions));
}
