// The shard map and its updates, by docs/protocol.md §7a: what a map commits, what may follow it, what a header shows of it.
import { decodeAll, FormatError, join, same, u32Bytes, u64Bytes } from './bytes.ts';
import { validSignature } from './ed25519.ts';
import { depthFor, fold, listTop, sha256, tagged } from './hash.ts';

const GROUP_IDS_MAX = 65_536;
const SIGNATURE_BYTES = 64;
const TAG = Buffer.from('rexnet/map-update/1', 'ascii');

export interface ShardMap {
  readonly epoch: number;
  readonly owners: readonly number[];
  /** Ascending. */
  readonly groups: readonly number[];
  readonly hash: Uint8Array;
  /** Of outbox trees under this map. */
  readonly outboxDepth: number;
}

/** No partition has ever moved: each came to its owner in epoch 0. */
export function shardMap(epoch: number, owners: readonly number[], groups: readonly number[]): ShardMap {
  const bytes = join([
    u64Bytes(epoch),
    u32Bytes(owners.length),
    u32Bytes(groups.length),
    ...owners.flatMap((owner) => [u32Bytes(owner), u64Bytes(0)]),
    ...groups.map(u32Bytes),
  ]);
  const hash = tagged('rexnet/shard-map', bytes);
  return { epoch, owners, groups, hash, outboxDepth: depthFor((groups.at(-1) ?? 0) + 1) };
}

export interface Governance {
  readonly networkId: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** The map after an update, or what is wrong with it. */
export function mapAfter(before: ShardMap, bytes: Uint8Array, governance: Governance): ShardMap | string {
  try {
    return judged(before, bytes, governance);
  } catch (error) {
    if (error instanceof FormatError) return `its map update cannot be read: ${error.message}`;
    throw error;
  }
}

function judged(before: ShardMap, bytes: Uint8Array, governance: Governance): ShardMap | string {
  const update = decodeAll(bytes, (c) => ({
    networkId: c.take(4),
    epoch: c.uint(),
    previous: c.take(32),
    added: c.list(c.u16(), 1_024, () => c.u32()),
    removed: c.list(c.u16(), 1_024, () => c.u32()),
    owners: c.list(c.u16(), 4_096, () => c.u32()),
    signature: c.take(SIGNATURE_BYTES),
  }));
  const next = (before.groups.at(-1) ?? 0) + 1;
  const isNext = update.added.every((id, i) => id === next + i) && next + update.added.length <= GROUP_IDS_MAX;
  if (!same(update.networkId, governance.networkId)) return 'its map update is for another network';
  if (update.epoch !== before.epoch + 1) return `its map update is of epoch ${update.epoch} on ${before.epoch}`;
  if (!same(update.previous, before.hash)) return 'its map update names another map as the one before';
  if (update.added.length === 0 || !isNext) return 'its map update adds groups that are not the next ids';
  if (update.removed.length > 0 || update.owners.join() !== before.owners.join())
    return 'its map update moves something';
  const message = join([TAG, bytes.subarray(0, bytes.length - SIGNATURE_BYTES)]);
  if (!validSignature(governance.publicKey, message, update.signature)) return 'its map update is not signed right';
  return shardMap(update.epoch, before.owners, [...before.groups, ...update.added]);
}

export function updateLeaf(update: Uint8Array): Uint8Array {
  return tagged('rexnet/map-update', update);
}

export interface ProvenUpdate {
  readonly update: Uint8Array;
  readonly leaves: number;
  readonly path: readonly Uint8Array[];
}

export function decodeProvenUpdate(bytes: Uint8Array): ProvenUpdate {
  return decodeAll(bytes, (c) => ({
    update: c.blob(1 << 20),
    leaves: c.u32(),
    path: c.list(c.u8(), 18, () => c.take(32)),
  }));
}

/** The update that is shown behind a witness; a sentence when it is not one of the block with this transactions root. */
export function shownUpdate(shown: Uint8Array, transactionsRoot: Uint8Array): Uint8Array | string {
  let proven: ProvenUpdate;
  try {
    proven = decodeProvenUpdate(shown);
  } catch (error) {
    if (error instanceof FormatError) return `what is behind its witness cannot be read: ${error.message}`;
    throw error;
  }
  const { update, leaves, path } = proven;
  const isPath = leaves > 0 && path.length === depthFor(leaves);
  const root = listTop(leaves, fold(updateLeaf(update), 0, path, sha256));
  return isPath && same(root, transactionsRoot) ? update : 'the map update behind its witness is not in the block';
}
