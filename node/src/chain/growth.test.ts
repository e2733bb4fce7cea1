import { expect, test } from 'vitest';
import { MAP_UPDATE } from '../core/layouts.ts';
import { growthOf } from './growth.ts';
import { signer } from './keys.ts';
import { GOVERNANCE, World } from './testing/world.ts';
import { decodeTransaction, isLaidOut, mapUpdateIn } from './transaction.ts';

const governor = { publicKey: GOVERNANCE.publicKey, sign: signer(GOVERNANCE.secret) };

test('asks for the groups that lack by the map that is in force, and for nothing when all are there', () => {
  const world = new World({ groups: 2 });
  for (const wanted of [3, 5]) {
    const { epoch, groups, hash } = world.map;
    const seen = { epoch, groups: groups.map((group) => ({ group })) };
    expect(growthOf(world.network, seen, groups.length, governor)).toBeUndefined();
    const envelope = growthOf(world.network, seen, wanted, governor)!;
    expect(isLaidOut(envelope)).toBe(true);
    expect(decodeTransaction(envelope).sender).toEqual(GOVERNANCE.publicKey);
    const { previous, added } = MAP_UPDATE.decode(mapUpdateIn(envelope)!);
    expect(previous).toEqual(hash);
    expect(added).toEqual(Array.from({ length: wanted - groups.length }, (_, i) => groups.length + i));
    world.adopt();
  }
});

test('other transactions carry no map update', () => {
  const world = new World({ groups: 2 });
  const [user] = world.users;
  expect(mapUpdateIn(world.transfer(user!, user!.address, 1n))).toBeUndefined();
});
