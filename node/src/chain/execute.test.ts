import { decodeValue, encodeArgs, findFunction, type Json } from '@rexnet/preda/index.ts';
import { expect, test } from 'vitest';
import { partitionOf } from '../core/address.ts';
import { TOTALS } from '../core/layouts.ts';
import { SCOPE } from '../core/scopes.ts';
import { MINER, opOf, type Shipped, shipped, USER_AMOUNT, type User, World } from './testing/world.ts';

const token = shipped('token');

function args(contract: Shipped, fn: string, values: Json): Uint8Array {
  return encodeArgs(contract.abi, findFunction(contract.abi, fn)!, values);
}

function supply(world: World): bigint {
  return BigInt(world.users.length) * USER_AMOUNT;
}

/** Σ held over groups once nothing travels. */
function held(world: World): bigint {
  return world.lines.reduce((sum, { builder }) => sum + TOTALS.decode(builder.totals).held, 0n);
}

test('moves value inside a group and between groups, fees to the last msat', () => {
  const world = new World({ groups: 3 });
  const [from] = world.users as [User];
  const inside = world.users.find((u) => u !== from && u.group === from.group)!;
  const outside = world.users.find((u) => u.group !== from.group)!;
  world.mine(from.group, {
    transactions: [
      world.transfer(from, inside.address, 5n),
      world.transfer(from, outside.address, 7n, { gasPrice: 3n }),
    ],
  });
  world.settle();
  expect(world.balance(outside.address)).toBe(USER_AMOUNT + 7n);
  expect(world.balance(inside.address)).toBe(USER_AMOUNT + 5n);
  expect(world.balance(from.address)).toBe(USER_AMOUNT - 12n - 100_000n - 300_000n);
  expect(world.balance(MINER)).toBe(400_000n);
  expect(world.balances()).toBe(supply(world));
  expect(held(world)).toBe(supply(world));
});

test('deploys a token everywhere and carries its transfers across groups', () => {
  const world = new World({ groups: 3 });
  const [owner, ...others] = world.users as [User, ...User[]];
  world.mine(owner.group, {
    transactions: [
      world.deploy(owner, 'Cash', token.source, args(token, 'on_deploy', ['CSH', '1000000', address(owner)])),
    ],
  });
  world.settle();
  for (const { builder } of world.lines) {
    expect(builder.registry.find('Cash', 'Token')).toBe(1);
    expect(builder.registry.row(1)?.source).toBe(token.source);
  }
  const op = opOf(token.abi, 'transfer');
  const byGroup = new Map<number, Uint8Array[]>();
  for (const to of others) {
    const call = world.transaction(owner, { contract: 1n, op, args: args(token, 'transfer', [address(to), '100']) });
    byGroup.set(owner.group, [...(byGroup.get(owner.group) ?? []), call]);
  }
  const block = world.mine(owner.group, { transactions: byGroup.get(owner.group)! });
  expect(block.body.transactions).toHaveLength(others.length);
  expect(block.receipts.filter((r) => r.kind === 0).map((r) => r.status)).toEqual(others.map(() => 0));
  world.settle();
  for (const to of others) expect(tokens(world, to)).toBe(100n);
  expect(tokens(world, owner)).toBe(1_000_000n - 100n * BigInt(others.length));
  expect(held(world)).toBe(supply(world));
});

function address(user: User): string {
  return Buffer.from(user.address).toString('hex');
}

function tokens(world: World, user: User): bigint {
  const machine = world.machine(world.lines[user.group]!.builder);
  const id = new Uint8Array(46);
  id[0] = 1;
  id[8] = SCOPE.address;
  id[9] = 36;
  id.set(user.address, 10);
  const value = machine.get(partitionOf(user.address, world.partitions), id);
  return value === undefined ? 0n : BigInt(String(decodeValue(token.abi, 'uint128', value)));
}
