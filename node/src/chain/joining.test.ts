// A group that joins: what group 0 tells it, what its block 0 is, and that everything can be taken back.
import { encodeArgs, findFunction } from '@rexnet/preda/index.ts';
import { expect, test } from 'vitest';
import { HEADER } from '../core/layouts.ts';
import { REPLICA_PARTITION } from '../core/scopes.ts';
import { joinedHeader } from './genesis-block.ts';
import { verifyLeaf } from './outbox-proof.ts';
import { BlockInvalid } from './ports.ts';
import { outboxDepth } from './shard-map.ts';
import { type MinedBlock, shipped, type User, World } from './testing/world.ts';

const token = shipped('token');

function worldWithContract(): World {
  const world = new World({ groups: 2 });
  const [owner] = world.users as [User];
  const args = encodeArgs(token.abi, findFunction(token.abi, 'on_deploy')!, [
    'CSH',
    '1000',
    Buffer.from(owner.address).toString('hex'),
  ]);
  world.mine(owner.group, { transactions: [world.deploy(owner, 'Cash', token.source, args)] });
  world.settle();
  return world;
}

test('a group that joins is told all of the global state by the block after the one that adopts it, then deltas', () => {
  const world = worldWithContract();
  const before = world.map;
  const adopting = world.adopt();
  expect(adopting.body.mapUpdate.length).toBeGreaterThan(0);
  expect(adopting.header.epoch).toBe(1);
  expect(adopting.outcome.outbox.map(({ group }) => group)).not.toContain(2);
  const telling = world.mine(0, { read: [] });
  expect(telling.header.epoch).toBe(1);
  expect(telling.outcome.outbox.map(({ group }) => group)).toContain(2);
  expect(world.mine(0, { read: [] }).outcome.outbox).toEqual([]);

  const first = world.mine(2);
  expect(first.header).toMatchObject({ group: 2, height: 1, epoch: 1 });
  const { builder } = world.lines[2]!;
  expect(builder.registry.find('Cash', 'Token')).toBe(1);
  const cells = [0, 1, 2].map((group) => world.machine(world.lines[group]!.builder).exportPartition(REPLICA_PARTITION));
  expect(cells[2]).toEqual(cells[0]);
  expect(cells[1]).toEqual(cells[0]);

  // A second contract comes to it as to everybody.
  const [owner] = world.users as [User];
  world.mine(owner.group, { transactions: [world.deploy(owner, 'Shop', token.source, onDeploy(owner))] });
  world.settle();
  for (const line of world.lines) expect(line.builder.registry.find('Shop', 'Token')).toBe(2);

  // Blocks of before the adoption have no leaf for it, later ones do.
  expect([before, world.map].map(outboxDepth)).toEqual([1, 2]);
  expect(verifyLeaf(adopting.header.outboxRoot, 2, 2, { leaf: new Uint8Array(0), path: [] })).toBe(false);
});

function onDeploy(owner: User): Uint8Array {
  const values = ['SHP', '5', Buffer.from(owner.address).toString('hex')];
  return encodeArgs(token.abi, findFunction(token.abi, 'on_deploy')!, values);
}

test('while there is no global state nobody is told anything', () => {
  const world = new World({ groups: 2 });
  world.adopt();
  expect(world.mine(0, { read: [] }).outcome.outbox).toEqual([]);
  expect(world.mine(2).header.height).toBe(1);
});

test('adoption and telling are taken back and done again', () => {
  const world = worldWithContract();
  const { builder, blocks } = world.lines[0]!;
  const root = builder.stateRoot;
  world.adopt();
  world.mine(0, { read: [] });
  const [adopting, telling] = blocks.slice(-2) as [MinedBlock, MinedBlock];
  const after = builder.stateRoot;
  for (const block of [telling, adopting]) builder.undo(block.outcome.undo);
  expect(builder.stateRoot).toEqual(root);
  for (const block of [adopting, telling]) builder.apply(block);
  expect(builder.stateRoot).toEqual(after);
  const restored = world.state(0, { snapshot: undefined, diffs: blocks.map(({ outcome }) => outcome.diff) });
  expect(restored.stateRoot).toEqual(after);
});

test('a group that joins comes back from its diffs and from a snapshot', () => {
  const world = worldWithContract();
  world.adopt();
  world.mine(0, { read: [] });
  for (let i = 0; i < 3; i++) world.mine(2);
  const { builder, blocks } = world.lines[2]!;
  const diffs = blocks.map(({ outcome }) => outcome.diff);
  expect(world.state(2, { snapshot: undefined, diffs }).stateRoot).toEqual(builder.stateRoot);
  expect(world.state(2, { snapshot: builder.snapshot(), diffs: [] }).stateRoot).toEqual(builder.stateRoot);
});

test('an update behind a header that begins no epoch, and an epoch without an update, make a block invalid', () => {
  const world = new World({ groups: 2 });
  const before = world.map;
  const adopting = world.adopt();
  const { builder } = world.lines[0]!;
  builder.undo(adopting.outcome.undo);
  expect(() => builder.apply({ ...adopting, map: before })).toThrow(BlockInvalid);
  const bare = { ...adopting.body, mapUpdate: new Uint8Array(0) };
  expect(() => builder.apply({ ...adopting, body: bare })).toThrow(BlockInvalid);
  builder.apply(adopting);
});

test('another adopting block makes another block 0', () => {
  const world = new World({ groups: 2 });
  const { map } = world.addition();
  const id = (n: number): Uint8Array => new Uint8Array(32).fill(n);
  const header = (n: number, timestampMs: number): Uint8Array =>
    joinedHeader(world.network, 2, { map, read: [{ group: 0, height: 3, id: id(n) }] }, timestampMs);
  expect(header(1, 5)).toEqual(header(1, 5));
  expect(header(1, 5)).not.toEqual(header(2, 5));
  expect(HEADER.decode(header(1, 5))).toMatchObject({ height: 0, epoch: 1, timestampMs: 5, reads: [] });
});
