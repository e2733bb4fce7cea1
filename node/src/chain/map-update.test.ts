import { expect, test } from 'vitest';
import { concatBytes } from '../core/bytes.ts';
import { acceptedByZip215 } from '../core/ed25519.ts';
import { sha256 } from '../core/hash.ts';
import { MAP_UPDATE, type MapUpdate } from '../core/layouts.ts';
import { listRoot } from '../core/merkle.ts';
import { deriveKey, signer } from './keys.ts';
import { MapDesk } from './map-desk.ts';
import { mapAfter, provenUpdateOf, proveUpdate, signAddition, updateLeaf, verifyProvenUpdate } from './map-update.ts';
import { firstShardMap, outboxDepth } from './shard-map.ts';

const KEY = deriveKey(1, 'governance');
const NETWORK_ID = Uint8Array.of(1, 2, 3, 4);
const GOVERNANCE = { networkId: NETWORK_ID, publicKey: KEY.publicKey, accepts: acceptedByZip215 };
const FIRST = firstShardMap([0, 0, 1, 2]);

/** A signed update with something changed in it. */
function changed(change: (update: MapUpdate) => Partial<MapUpdate>): Uint8Array {
  const right = MAP_UPDATE.decode(signAddition(FIRST, 1, NETWORK_ID, signer(KEY.secret)));
  const unsigned = MAP_UPDATE.encode({ ...right, ...change(right) });
  const body = unsigned.subarray(0, unsigned.length - 64);
  return concatBytes([body, signer(KEY.secret)(concatBytes([Buffer.from('rexnet/map-update/1'), body]))]);
}

test('an addition gives the next ids to groups that own nothing', () => {
  const update = signAddition(FIRST, 2, NETWORK_ID, signer(KEY.secret));
  const next = mapAfter(FIRST, update, GOVERNANCE);
  if (typeof next === 'string') throw new Error(next);
  expect(next).toMatchObject({ epoch: 1, groups: [0, 1, 2, 3, 4], owners: FIRST.owners, since: FIRST.since });
  expect(next.hash).not.toEqual(FIRST.hash);
  expect([FIRST, next].map(outboxDepth)).toEqual([2, 3]);
  expect(mapAfter(next, update, GOVERNANCE)).toBe('WRONG_EPOCH');
});

test.each<[string, Uint8Array]>([
  ['MALFORMED', Uint8Array.of(...changed(() => ({})), 0)],
  ['WRONG_NETWORK', changed(() => ({ networkId: Uint8Array.of(1, 2, 3, 5) }))],
  ['WRONG_EPOCH', changed(() => ({ epoch: 2 }))],
  ['WRONG_EPOCH', changed(() => ({ epoch: 0 }))],
  ['WRONG_PREVIOUS', changed(() => ({ previous: sha256(FIRST.hash) }))],
  ['BAD_GROUPS', changed(() => ({ added: [] }))],
  ['BAD_GROUPS', changed(() => ({ added: [4] }))],
  ['BAD_GROUPS', changed(() => ({ added: [3, 3] }))],
  ['BAD_GROUPS', changed(() => ({ added: [2] }))],
  ['MOVES_PARTITIONS', changed(() => ({ removed: [2] }))],
  ['MOVES_PARTITIONS', changed(() => ({ owners: [0, 0, 1, 3] }))],
  ['MOVES_PARTITIONS', changed(() => ({ owners: [0, 0, 1] }))],
  ['BAD_SIGNATURE', signAddition(FIRST, 1, NETWORK_ID, signer(deriveKey(2, 'governance').secret))],
])('%s', (problem, update) => {
  expect(mapAfter(FIRST, update, GOVERNANCE)).toBe(problem);
});

test('nothing after the highest id', () => {
  const full = { ...FIRST, groups: [0, 65_535] };
  expect(mapAfter(full, signAddition(full, 1, NETWORK_ID, signer(KEY.secret)), GOVERNANCE)).toBe('BAD_GROUPS');
});

test('a proof shows the update of one block only, at any number of leaves', () => {
  const update = signAddition(FIRST, 1, NETWORK_ID, signer(KEY.secret));
  for (let count = 1; count <= 9; count++) {
    const others = Array.from({ length: count - 1 }, (_, i) => sha256(Uint8Array.of(i)));
    const leaves = [updateLeaf(update), ...others];
    const proven = proveUpdate(update, leaves);
    expect(provenUpdateOf(proven)).toEqual(update);
    expect(verifyProvenUpdate(proven, listRoot(leaves))).toBe(true);
    expect(verifyProvenUpdate(proven, listRoot([...leaves, sha256(update)]))).toBe(false);
    expect(verifyProvenUpdate(proven, listRoot([...others, updateLeaf(update)]))).toBe(count === 1);
    expect(verifyProvenUpdate(proven.subarray(0, -1), listRoot(leaves))).toBe(false);
    expect(verifyProvenUpdate(Uint8Array.of(...proven, 0), listRoot(leaves))).toBe(false);
  }
});

test('one update waits at a time and stays until another follows the map', () => {
  const desk = new MapDesk({ after: (before, update) => mapAfter(before, update, GOVERNANCE) });
  const one = signAddition(FIRST, 1, NETWORK_ID, signer(KEY.secret));
  const two = signAddition(FIRST, 2, NETWORK_ID, signer(KEY.secret));
  expect(desk.waiting).toHaveLength(0);
  expect(
    desk.offer(
      changed(() => ({ epoch: 2 })),
      FIRST,
    ),
  ).toBe('WRONG_EPOCH');
  expect(desk.offer(one, FIRST)).toBe('added');
  expect(desk.offer(one, FIRST)).toBe('known');
  expect(desk.offer(two, FIRST)).toBe('added');
  expect(desk.waiting).toEqual(two);
});
