// Updates of the shard map: their bytes, what makes one follow a map, and the proof that a block holds one. It holds no map
// and decides nobody's wishes; signatures are checked by whoever it is given.
import type { MapUpdateProblem } from '../consensus/map-rules.ts';
import { concatBytes, equalBytes } from '../core/bytes.ts';
import { DecodeError } from '../core/codec.ts';
import { taggedHash } from '../core/hash.ts';
import { MAP_UPDATE, type MapUpdate, PROVEN_UPDATE } from '../core/layouts.ts';
import { firstLeafPath, foldFirstLeaf } from '../core/merkle.ts';
import { SIGNATURE_BYTES } from '../core/signed-bytes.ts';
import { type ShardMap, withGroups } from './shard-map.ts';

/** Ids are never used again, and outbox proofs are 16 hashes long at most. */
export const GROUP_IDS_MAX = 65_536;

/** Domain tag: a signature for an update is one for nothing else. */
const TAG = new TextEncoder().encode('rexnet/map-update/1');

export type SignatureCheck = (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean;

/** Whose updates a network takes. */
export interface Governance {
  readonly networkId: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly accepts: SignatureCheck;
}

/** What is signed of an update: tag and all bytes before the signature. */
function updateMessage(update: Uint8Array): Uint8Array {
  return concatBytes([TAG, update.subarray(0, update.length - SIGNATURE_BYTES)]);
}

/** A signed update that adds the next `count` groups. */
export function signAddition(
  before: ShardMap,
  count: number,
  networkId: Uint8Array,
  sign: (message: Uint8Array) => Uint8Array,
): Uint8Array {
  const next = nextGroupId(before);
  const unsigned = MAP_UPDATE.encode({
    networkId,
    epoch: before.epoch + 1,
    previous: before.hash,
    added: Array.from({ length: count }, (_, i) => next + i),
    removed: [],
    owners: [...before.owners],
    signature: new Uint8Array(SIGNATURE_BYTES),
  });
  return concatBytes([unsigned.subarray(0, unsigned.length - SIGNATURE_BYTES), sign(updateMessage(unsigned))]);
}

/** Ids count up; no group ever leaves in this version, so the highest live one is the highest ever given. */
function nextGroupId(map: ShardMap): number {
  return (map.groups.at(-1) ?? 0) + 1;
}

/** The map after an update, or why it cannot follow `before`. */
export function mapAfter(before: ShardMap, bytes: Uint8Array, governance: Governance): ShardMap | MapUpdateProblem {
  const update = decodeUpdate(bytes);
  if (update === undefined) return 'MALFORMED';
  if (!equalBytes(update.networkId, governance.networkId)) return 'WRONG_NETWORK';
  if (update.epoch !== before.epoch + 1) return 'WRONG_EPOCH';
  if (!equalBytes(update.previous, before.hash)) return 'WRONG_PREVIOUS';
  if (!areNext(update.added, before)) return 'BAD_GROUPS';
  // Partitions that change owners, and groups that end, are for a version that can drain and hand over.
  if (update.removed.length > 0 || !equalOwners(update.owners, before.owners)) return 'MOVES_PARTITIONS';
  if (!governance.accepts(update.signature, updateMessage(bytes), governance.publicKey)) return 'BAD_SIGNATURE';
  return withGroups(before, update.added);
}

/** The next ids, one after the other: an update that adds nobody changes nothing. */
function areNext(added: readonly number[], before: ShardMap): boolean {
  const next = nextGroupId(before);
  return added.length > 0 && next + added.length <= GROUP_IDS_MAX && added.every((id, i) => id === next + i);
}

function equalOwners(a: readonly number[], b: Uint32Array): boolean {
  return a.length === b.length && a.every((owner, p) => owner === b[p]);
}

function decodeUpdate(bytes: Uint8Array): MapUpdate | undefined {
  return orUndefined(() => MAP_UPDATE.decode(bytes));
}

/** An update as a leaf of the transactions root. */
export function updateLeaf(update: Uint8Array): Uint8Array {
  return taggedHash('rexnet/map-update', update);
}

/** ProvenUpdate bytes: `leaves` are those of the transactions root, the update's first. */
export function proveUpdate(update: Uint8Array, leaves: readonly Uint8Array[]): Uint8Array {
  return PROVEN_UPDATE.encode({ update, leaves: leaves.length, path: firstLeafPath(leaves) });
}

/** The update of ProvenUpdate bytes; undefined for anything else. */
export function provenUpdateOf(bytes: Uint8Array): Uint8Array | undefined {
  return orUndefined(() => PROVEN_UPDATE.decode(bytes).update);
}

/** Whether ProvenUpdate bytes show the update of the block with this transactions root. */
export function verifyProvenUpdate(bytes: Uint8Array, transactionsRoot: Uint8Array): boolean {
  const proven = orUndefined(() => PROVEN_UPDATE.decode(bytes));
  if (proven === undefined) return false;
  const root = foldFirstLeaf(updateLeaf(proven.update), proven.leaves, proven.path);
  return root !== undefined && equalBytes(root, transactionsRoot);
}

function orUndefined<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
