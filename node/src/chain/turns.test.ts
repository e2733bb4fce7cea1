import { compile, decodeState, encodeArgs, findFunction, type Json } from '@rexnet/preda/index.ts';
import { expect, test } from 'vitest';
import { partitionOf } from '../core/address.ts';
import { equalBytes, toHex, viewOf } from '../core/bytes.ts';
import { Reader } from '../core/codec.ts';
import { BATCH, RELAY, TOTALS } from '../core/layouts.ts';
import { REPLICA_PARTITION, SCOPE } from '../core/scopes.ts';
import { recount } from './audit.ts';
import { entriesOf } from './cell-entries.ts';
import type { SourceBlock } from './ports.ts';
import { RECORD } from './relay.ts';
import { decodeReceipts, opOf, type Shipped, shipped, USER_AMOUNT, type User, World } from './testing/world.ts';

const token = shipped('token');
const poll = shipped('poll');

function args(contract: Shipped, fn: string, values: Json): Uint8Array {
  return encodeArgs(contract.abi, findFunction(contract.abi, fn)!, values);
}

function deployToken(world: World): User {
  const owner = world.users[0]!;
  const onDeploy = args(token, 'on_deploy', ['T', '1000000', toHex(owner.address)]);
  world.mine(owner.group, { transactions: [world.deploy(owner, 'Cash', token.source, onDeploy)] });
  world.settle();
  return owner;
}

function airdrop(world: World, from: User, to: readonly User[], each: number, gasLimit: bigint): Uint8Array {
  return world.transaction(from, {
    contract: 1n,
    op: opOf(token.abi, 'airdrop'),
    args: args(token, 'airdrop', [to.map((u) => toHex(u.address)), String(each)]),
    gasLimit,
  });
}

function tokens(world: World, user: User): bigint {
  const { builder } = world.lines[user.group]!;
  const id = Buffer.concat([Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, SCOPE.address, 36), user.address]);
  const value = world.machine(builder).get(partitionOf(user.address, world.partitions), id);
  return value === undefined ? 0n : new DataView(value.buffer, value.byteOffset).getBigUint64(0, true);
}

/** What totals say is held is what the cells hold, queues included. */
function expectRecount(world: World): void {
  for (const { builder } of world.lines) {
    const machine = world.machine(builder);
    let sum = 0n;
    for (let p = 0; p < world.partitions; p++) sum += recount(entriesOf(machine.exportPartition(p)));
    for (const p of [65_535]) sum += recount(entriesOf(machine.exportPartition(p)));
    expect(sum).toBe(TOTALS.decode(builder.totals).held);
  }
}

test('a backlog waits as cells, runs in order, and outlives a restart', () => {
  const world = new World({ groups: 3, chain: { blockGas: 2_000_000n } });
  const owner = deployToken(world);
  const group = 2;
  const line = world.lines[group]!;
  const near = world.users.filter((u) => u.group === group);
  const sources = [0, 1].map((g) => world.users.find((u) => u.group === g && u !== owner)!);
  world.mine(owner.group, { transactions: [airdrop(world, owner, sources, 1_000, 1_000_000n)] });
  world.settle();
  // Two groups send more gas than the third has in a block.
  for (let i = 0; i < 3; i++) {
    for (const user of sources) world.mine(user.group, { transactions: [airdrop(world, user, near, 10, 1_700_000n)] });
    world.mine(group);
    expectRecount(world);
  }
  expect(line.builder.queuedRelays).toBeGreaterThan(near.length);
  const back = world.state(group, { snapshot: line.builder.snapshot(), diffs: [] });
  expect(back.queuedRelays).toBe(line.builder.queuedRelays);
  let blocks = 0;
  while (line.builder.queuedRelays > 0) {
    const block = world.mine(group);
    back.apply(block);
    expect(toHex(back.stateRoot)).toBe(toHex(line.builder.stateRoot));
    expect(block.receipts.every((r) => r.status === 0)).toBe(true);
    expectRecount(world);
    blocks++;
  }
  expect(blocks).toBeGreaterThan(1);
  for (const user of near) expect(tokens(world, user)).toBe(60n);
  // Nothing of the queues is left behind.
  const cells = [
    ...entriesOf(world.machine(line.builder).exportPartition(partitionOf(near[0]!.address, world.partitions))),
  ];
  expect(cells.filter((c) => c.id[8]! >= 9 && equalBytes(c.id.subarray(0, 8), new Uint8Array(8)))).toEqual([]);
});

test('a partition rests when the batch of a destination is full, and nothing is lost', () => {
  const world = new World({ groups: 2, chain: { blockGas: 1_000_000_000n }, constants: { maxBatchBytes: 2 * 65_536 } });
  const owner = deployToken(world);
  const far = world.users.filter((u) => u.group !== owner.group);
  const list = Array.from({ length: 200 }, (_, i) => far[i % far.length]!);
  const calls = Array.from({ length: 4 }, () => airdrop(world, owner, list, 1, 10_000_000n));
  // One airdrop of 200 relays takes some 51 kB: two fit a batch of 128 kB.
  const first = world.mine(owner.group, { transactions: calls });
  expect(first.body.transactions).toHaveLength(2);
  expect(first.outcome.outbox[0]!.leaf.length).toBeLessThanOrEqual(2 * 65_536 + 1_024);
  const second = world.mine(owner.group, { transactions: calls.slice(2) });
  expect(second.body.transactions).toHaveLength(2);
  world.settle();
  expect(far.reduce((sum, u) => sum + tokens(world, u), 0n)).toBe(800n);
  expectRecount(world);
});

test('a transfer whose gas does not reach its destination fails at home and moves nothing', () => {
  const world = new World({ groups: 2 });
  const user = world.users[0]!;
  const far = world.users.find((u) => u.group !== user.group)!;
  const failing = world.transfer(user, far.address, 500n, { gasLimit: 27_999n });
  const block = world.mine(user.group, { transactions: [failing] });
  expect(block.receipts[0]).toMatchObject({ status: 4, exception: 30, children: 0 });
  world.settle();
  expect(world.balance(user.address)).toBe(USER_AMOUNT - 27_999n);
  expect(world.balance(far.address)).toBe(USER_AMOUNT);
});

test('value of a relay that fails elsewhere comes back as a credit', () => {
  const world = new World({ groups: 2 });
  const from = world.users.find((u) => u.group === 1)!;
  const to = world.users.find((u) => u.group === 0)!;
  world.mine(1, { transactions: [world.transfer(from, to.address, 500n)] });
  // No honest group sends a relay with less gas than it takes to run; this one is cut in the batch, by half its price.
  const [source] = world.plan(0).sources as [SourceBlock];
  const leaf = source.leaf.slice();
  const batch = BATCH.decode(leaf);
  const { gas } = RELAY.read(new Reader(batch.relays), 'relay');
  viewOf(batch.relays).setBigUint64(RECORD.gas, 4_000n, true);
  viewOf(batch.relays).setBigUint64(RECORD.price, gas / 4_000n, true);
  const state = world.state(0);
  const plan = { ...world.plan(0), sources: [{ ...source, leaf }] };
  const { outcome } = state.build(plan);
  const [receipt] = decodeReceipts(outcome.receipts);
  expect(receipt).toMatchObject({ kind: 3, status: 4, children: 0, gas: 4_000n });
  const sent = BATCH.decode(outcome.outbox[0]!.leaf);
  const credit = RELAY.read(new Reader(sent.relays), 'credit');
  expect(credit).toMatchObject({ kind: 4, gas: 0n, value: 500n });
  expect(world.machine(state).account(to.address).balance).toBe(USER_AMOUNT);
  // Read back where it came from, it is on the account at once.
  const home = world.state(1);
  const back: SourceBlock = { ...source, group: 0, leaf: outcome.outbox[0]!.leaf };
  home.build({ ...world.plan(1), height: 1, sources: [back] });
  expect(world.machine(home).account(from.address).balance).toBe(USER_AMOUNT + 500n);
});

test('what waits for the next block runs there, before what came later', () => {
  const world = new World({ groups: 2 });
  const owner = world.users[0]!;
  const source = `contract Later {
    @address array<uint64> seen;
    @address function again(uint64 n) { seen.push(n); }
    @address function begin(uint64 n) export {
      seen.push(n);
      relay@next again(n + 1u64);
      relay@next (^n) { seen.push(n + 2u64); }
    }
  }`;
  const compiled = compile(source);
  if (!compiled.ok) throw new Error('does not compile');
  world.mine(owner.group, { transactions: [world.deploy(owner, 'Later', source, new Uint8Array(0))] });
  world.settle();
  const begin = (n: bigint) => {
    const bytes = new Uint8Array(8);
    viewOf(bytes).setBigUint64(0, n, true);
    return world.transaction(owner, { contract: 1n, op: opOf(compiled.abi, 'begin'), args: bytes });
  };
  const first = world.mine(owner.group, { transactions: [begin(10n)] });
  expect(first.receipts.map((r) => r.kind)).toEqual([0]);
  expect(world.lines[owner.group]!.builder.queuedRelays).toBe(2);
  expectRecount(world);
  const second = world.mine(owner.group, { transactions: [begin(20n)] });
  expect(second.receipts.map((r) => r.kind)).toEqual([2, 2, 0]);
  world.settle();
  const id = Buffer.concat([Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, SCOPE.address, 36), owner.address]);
  const { builder } = world.lines[owner.group]!;
  const value = world.machine(builder).get(partitionOf(owner.address, world.partitions), id)!;
  expect(decodeState(compiled.abi, 'address', value)['seen']).toEqual(['10', '11', '12', '20', '21', '22']);
});

test('a poll: broadcasts, global state and its replicas', () => {
  const world = new World({ groups: 3 });
  const chair = world.users[0]!;
  const onDeploy = args(poll, 'on_deploy', ['Tea?', ['yes', 'no'], toHex(chair.address)]);
  world.mine(chair.group, { transactions: [world.deploy(chair, 'Vote', poll.source, onDeploy)] });
  world.settle();
  const vote = (user: User, choice: number) =>
    world.transaction(user, { contract: 1n, op: opOf(poll.abi, 'vote'), args: args(poll, 'vote', [choice]) });
  for (const [group] of world.lines.entries()) {
    const own = world.users.filter((u) => u.group === group);
    const block = world.mine(group, { transactions: own.map((u) => vote(u, u === chair ? 1 : 0)) });
    expect(block.receipts.map((r) => r.status)).toEqual(own.map(() => 0));
  }
  const close = world.transaction(chair, { contract: 1n, op: opOf(poll.abi, 'close'), gasLimit: 3_000_000n });
  world.mine(chair.group, { transactions: [close] });
  world.settle(20);
  const id = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, SCOPE.global, 0);
  for (const { builder } of world.lines) {
    const state = decodeState(poll.abi, 'global', world.machine(builder).get(REPLICA_PARTITION, id)!);
    expect(state['result']).toMatchObject({ title: 'yes', votes: '23', turnout: '24', tied: false });
  }
  expectRecount(world);
});

test('a group that lags too far behind fails new calls to it, not the relays of others', () => {
  const world = new World({ groups: 2, constants: { maxLag: 3 } });
  const user = world.users.find((u) => u.group === 0)!;
  const far = world.users.find((u) => u.group === 1)!;
  for (let i = 0; i < 3; i++) {
    const block = world.mine(0, { transactions: [world.transfer(user, far.address, 5n)] });
    expect(block.receipts[0]!.status).toBe(0);
  }
  const busy = world.mine(0, { transactions: [world.transfer(user, far.address, 5n)] });
  expect(busy.receipts[0]).toMatchObject({ status: 6, exception: 34 });
  world.mine(1);
  const again = world.mine(0, { transactions: [world.transfer(user, far.address, 5n)] });
  expect(again.receipts[0]!.status).toBe(0);
  world.settle();
  expect(world.balance(far.address)).toBe(USER_AMOUNT + 20n);
});
