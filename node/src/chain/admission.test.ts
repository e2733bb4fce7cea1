import { encodeArgs, findFunction } from '@rexnet/preda/index.ts';
import { expect, test } from 'vitest';
import { toHex } from '../core/bytes.ts';
import { SCOPE } from '../core/scopes.ts';
import { BlockInvalid } from './ports.ts';
import { MINER, opOf, shipped, USER_AMOUNT, type User, World } from './testing/world.ts';
import { problemOf, transactionRules } from './transaction.ts';

const token = shipped('token');
const PARTITIONS = 16;
const SMALL_BLOCK_GAS = BigInt(2 * 8_000 * PARTITIONS);

function withToken(world: World): User {
  const owner = world.users[0]!;
  const onDeploy = encodeArgs(token.abi, findFunction(token.abi, 'on_deploy')!, ['T', '1000', toHex(owner.address)]);
  world.mine(owner.group, { transactions: [world.deploy(owner, 'Cash', token.source, onDeploy)] });
  world.settle();
  return owner;
}

test('a block admits users while the sum of their budgets fits their share', () => {
  const world = new World({ groups: 1, chain: { blockGas: 400_000n } });
  const [user, other] = world.users as [User, User];
  // 7/8 of 400,000 are 350,000: three budgets of 100,000 and one of 50,000.
  const big = [1, 2, 3, 4].map((n) => world.transfer(user, other.address, BigInt(n)));
  const small = world.transfer(other, user.address, 1n, { gasLimit: 50_000n });
  const block = world.mine(0, { transactions: [...big, small] });
  expect(block.body.transactions).toHaveLength(4);
  expect(block.receipts.filter((r) => r.kind === 0).map((r) => r.status)).toEqual([0, 0, 0, 0]);
  const rest = world.mine(0, { transactions: [big[3]!] });
  expect(rest.body.transactions).toHaveLength(1);
});

test('leaves out what cannot run, and judges what must not be in', () => {
  const world = new World({ groups: 2 });
  const user = world.users.find((u) => u.group === 0)!;
  const foreign = world.users.find((u) => u.group === 1)!;
  const good = world.transfer(user, foreign.address, 1n);
  const bad = [
    world.transfer(user, foreign.address, 1n, { nonce: 7n }),
    world.transfer(user, foreign.address, 1n, { nonce: 1n, validUntilMs: 999 }),
    world.transfer(user, foreign.address, 1n, { nonce: 1n, gasPrice: USER_AMOUNT }),
    world.transfer(foreign, user.address, 1n),
    good,
  ];
  const codes = ['NONCE_OR_FUNDS', 'EXPIRED', 'NONCE_OR_FUNDS', 'PARTITION_MOVED', 'NONCE_OR_FUNDS'];
  const block = world.mine(0, { transactions: [good, ...bad] });
  expect(block.body.transactions).toHaveLength(1);
  const { judge } = world.lines[0]!;
  judge!.undo(block.outcome.undo);
  for (const [i, extra] of bad.entries()) {
    const body = { ...block.body, transactions: [good, extra] };
    expect(() => judge!.apply({ ...block, body })).toThrow(codes[i]);
  }
  judge!.apply(block);
});

test('a signature that is wrong makes the block invalid', () => {
  const world = new World({ groups: 1 });
  const block = world.mine(0, { transactions: [world.transfer(world.users[0]!, MINER, 1n)] });
  const strict = world.state(0, undefined, () => 0);
  expect(() => strict.apply(block)).toThrow(BlockInvalid);
});

test('users reach exported functions of known contracts only, wherever the key lives', () => {
  const world = new World({ groups: 2 });
  const owner = withToken(world);
  const calls = [
    // `receive` mints: it is for the contract's own relays.
    { op: opOf(token.abi, 'receive'), args: new Uint8Array(16).fill(1), contract: 1n },
    { op: opOf(token.abi, 'total_supply'), contract: 1n, target: { scope: SCOPE.global, key: new Uint8Array(0) } },
    { op: token.abi.onDeploy!, contract: 1n, target: { scope: SCOPE.global, key: new Uint8Array(0) } },
    { op: 0, contract: 99n },
    { op: 0, contract: 99n, target: { scope: SCOPE.uint64, key: new Uint8Array(8) } },
    { op: 0xffff, contract: 2n ** 64n - 1n },
    { op: 3, contract: 2n ** 64n - 2n },
  ];
  const transactions = calls.map((fields) => world.transaction(owner, fields));
  const block = world.mine(owner.group, { transactions });
  expect(block.receipts.map((r) => [r.status, r.children])).toEqual([10, 10, 10, 8, 8, 8, 8].map((s) => [s, 0]));
  expect(block.receipts.map((r) => r.contract)).toEqual(calls.map((c) => c.contract));
  expect(world.settle().every((b) => b.receipts.length === 0)).toBe(true);
});

test('refuses transactions no block could hold', () => {
  const world = new World({ groups: 1, chain: { blockGas: SMALL_BLOCK_GAS } });
  const [user, other] = world.users as [User, User];
  const rules = transactionRules(world.network.genesis, world.network.networkId);
  const of = (bytes: Uint8Array) => problemOf(bytes, rules);
  expect(of(world.transfer(user, other.address, 1n))).toBeUndefined();
  expect(of(world.transfer(user, other.address, 1n, { gasLimit: 19_999n }))).toBe('GAS_LIMIT_TOO_LOW');
  expect(of(world.transfer(user, other.address, 1n, { gasLimit: SMALL_BLOCK_GAS }))).toBe('GAS_LIMIT_TOO_HIGH');
  expect(of(world.transfer(user, other.address, 1n, { gasLimit: 2n ** 63n }))).toBe('GAS_LIMIT_TOO_HIGH');
  expect(of(world.transfer(user, other.address, 1n, { gasPrice: 0n }))).toBe('GAS_PRICE_TOO_LOW');
  expect(of(world.transfer(user, new Uint8Array(36), 1n))).toBe('WRONG_TARGET');
  expect(of(world.transfer(user, other.address, 1n, { args: new Uint8Array(7) }))).toBe('BAD_ARGUMENTS');
  expect(of(world.transaction(user, { kind: 3 }))).toBe('BAD_TRANSACTION');
  // Whoever signs runs on his own instance, never on another's.
  const target = { scope: SCOPE.address, key: other.address };
  expect(of(world.transaction(user, { contract: 1n, target }))).toBe('WRONG_TARGET');
  const shard = { scope: SCOPE.shard, key: Uint8Array.of(16, 0, 0, 0) };
  expect(of(world.transaction(user, { contract: 1n, target: shard }))).toBe('WRONG_TARGET');
  expect(
    of(world.deploy(user, 'X', 'contract', new Uint8Array(0), { args: Uint8Array.of(1), gasLimit: 30_000n })),
  ).toBe('BAD_ARGUMENTS');
  const bytes = world.transfer(user, other.address, 1n);
  bytes[2]! ^= 1;
  expect(of(bytes)).toBe('WRONG_NETWORK');
  expect(of(bytes.subarray(0, bytes.length - 1))).toBe('BAD_TRANSACTION');
});
