import { encodeArgs, findFunction, type Json } from '@rexnet/preda/index.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { equalBytes, toHex } from '../core/bytes.ts';
import { BODY, type Header } from '../core/layouts.ts';
import { BlockInvalid } from './ports.ts';
import { opOf, type Shipped, shipped, type User, World } from './testing/world.ts';

const token = shipped('token');

function args(contract: Shipped, fn: string, values: Json): Uint8Array {
  return encodeArgs(contract.abi, findFunction(contract.abi, fn)!, values);
}

function withToken(groups: number): World {
  const world = new World({ groups });
  const owner = world.users[0]!;
  const onDeploy = args(token, 'on_deploy', ['T', '1000000', toHex(owner.address)]);
  world.mine(owner.group, { transactions: [world.deploy(owner, 'Cash', token.source, onDeploy)] });
  world.settle();
  const give = world.users.slice(1).map((u) => toHex(u.address));
  const airdrop = world.transaction(owner, {
    contract: 1n,
    op: opOf(token.abi, 'airdrop'),
    args: args(token, 'airdrop', [give, '1000']),
    gasLimit: 1_000_000n,
  });
  world.mine(owner.group, { transactions: [airdrop] });
  world.settle();
  return world;
}

function pay(world: World, from: User, to: User, amount: number): Uint8Array {
  const op = opOf(token.abi, 'transfer');
  return world.transaction(from, {
    contract: 1n,
    op,
    args: args(token, 'transfer', [toHex(to.address), String(amount)]),
  });
}

test('what one state builds another judges alike, and taking blocks back restores every root', () => {
  const move = fc.record({ from: fc.nat(23), to: fc.nat(23), amount: fc.nat(1_500), money: fc.boolean() });
  fc.assert(
    fc.property(fc.array(fc.array(move, { maxLength: 8 }), { minLength: 1, maxLength: 5 }), (rounds) => {
      const world = withToken(3);
      const line = world.lines[1]!;
      const start = line.builder.height;
      const roots = [toHex(line.builder.stateRoot)];
      for (const moves of rounds) {
        const byGroup = world.lines.map((): Uint8Array[] => []);
        for (const { from, to, amount, money } of moves) {
          const sender = world.users[from]!;
          const receiver = world.users[to]!;
          byGroup[sender.group]!.push(
            money ? world.transfer(sender, receiver.address, BigInt(amount)) : pay(world, sender, receiver, amount),
          );
        }
        for (const [group, transactions] of byGroup.entries()) world.mine(group, { transactions });
        roots.push(toHex(line.builder.stateRoot));
      }
      for (let height = line.builder.height; height > start; height--) {
        expect(toHex(line.builder.stateRoot)).toBe(roots[height - start]);
        line.builder.undo(line.blocks[height - 1]!.outcome.undo);
      }
      expect(toHex(line.builder.stateRoot)).toBe(roots[0]);
      // Forward again, from undo records alone.
      for (const block of line.blocks.slice(start)) line.builder.apply(block);
      expect(toHex(line.builder.stateRoot)).toBe(roots.at(-1));
    }),
    { numRuns: 8 },
  );
});

test('comes back from a snapshot and diffs, ready to go on', () => {
  const world = withToken(2);
  for (const group of [0, 1]) {
    const line = world.lines[group]!;
    const snapshot = line.builder.snapshot();
    const at = line.builder.height;
    const user = world.users.find((u) => u.group === group)!;
    const other = world.users.find((u) => u.group !== group)!;
    for (let i = 0; i < 6; i++) world.mine(group, { transactions: [pay(world, user, other, 10 + i)] });
    const diffs = line.blocks.map((b) => b.outcome.diff);
    for (const stored of [
      { snapshot, diffs: diffs.slice(at) },
      { snapshot: undefined, diffs },
    ]) {
      const back = world.state(group, stored);
      expect(back.height).toBe(line.builder.height);
      expect(toHex(back.stateRoot)).toBe(toHex(line.builder.stateRoot));
      back.undo(line.blocks.at(-1)!.outcome.undo);
      back.apply(line.blocks.at(-1)!);
      expect(equalBytes(back.snapshot(), line.builder.snapshot())).toBe(true);
    }
  }
});

test('refuses tampered blocks and stays where it was', () => {
  const world = withToken(2);
  const user = world.users[3]!;
  const to = world.users.find((u) => u.group !== user.group)!;
  const { group } = user;
  world.mine(group, { transactions: [pay(world, user, to, 1), pay(world, user, to, 2), pay(world, user, to, 3)] });
  const line = world.lines[group]!;
  const block = line.blocks.at(-1)!;
  const judge = line.judge!;
  judge.undo(block.outcome.undo);
  const before = toHex(judge.stateRoot);
  const { body, header } = block;

  const permuted = BODY.encode({ ...body, transactions: body.transactions.slice().reverse() });
  expect(judge.readBody(header, permuted)).toBeUndefined();
  expect(judge.readBody(header, permuted.subarray(1))).toBeUndefined();
  expect(judge.readBody(header, BODY.encode({ ...body, bitcoinHeaders: [new Uint8Array(80)] })) === undefined).toBe(
    group === 0,
  );

  const codeOf = (header: Header, changed = body): string => {
    try {
      judge.apply({ ...block, header, body: changed });
      return 'applied';
    } catch (error) {
      if (error instanceof BlockInvalid) return error.code;
      throw error;
    }
  };
  const wrong = new Uint8Array(32).fill(1);
  expect(codeOf({ ...header, stateRoot: wrong })).toBe('STATE_ROOT');
  expect(codeOf({ ...header, receiptsRoot: wrong })).toBe('RECEIPTS_ROOT');
  expect(codeOf({ ...header, outboxRoot: wrong })).toBe('OUTBOX_ROOT');
  expect(codeOf({ ...header, checkpointRoot: wrong })).toBe('CHECKPOINT_ROOT');
  expect(codeOf(header, { ...body, transactions: body.transactions.slice().reverse() })).toBe('NONCE_OR_FUNDS');
  expect(codeOf(header, { ...body, transactions: body.transactions.slice(0, 2) })).toBe('TRANSACTIONS_ROOT');
  expect(codeOf(header, { ...body, mapUpdate: new Uint8Array(1) })).toBe('MAP_UPDATE');
  expect(codeOf({ ...header, timestampMs: 1e12 })).toBe('EXPIRED');
  expect(codeOf({ ...header, miner: user.address })).not.toBe('applied');
  expect(toHex(judge.stateRoot)).toBe(before);
  expect(codeOf(header)).toBe('applied');
  expect(toHex(judge.stateRoot)).toBe(toHex(line.builder.stateRoot));
});

test('a staged block can be dropped without a trace', () => {
  const world = withToken(2);
  const user = world.users[0]!;
  const { builder } = world.lines[user.group]!;
  const before = toHex(builder.stateRoot);
  const plan = world.plan(user.group, { transactions: [pay(world, user, world.users[1]!, 5)] });
  const first = builder.build(plan);
  builder.abortStaged();
  expect(toHex(builder.stateRoot)).toBe(before);
  expect(toHex(builder.build(plan).roots.stateRoot)).toBe(toHex(first.roots.stateRoot));
  builder.commitStaged();
  expect(toHex(builder.stateRoot)).toBe(toHex(first.roots.stateRoot));
});
