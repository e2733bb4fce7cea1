// Estimates held against what really happens: what was estimated is sent with just that budget, and must suffice.
import { encodeArgs, findFunction } from '@rexnet/preda/index.ts';
import { beforeAll, expect, test } from 'vitest';
import type { Pool } from '../chain/pool.ts';
import { opOf, shipped, type User, World } from '../chain/testing/world.ts';
import { TRANSACTION_KIND } from '../chain/transaction.ts';
import type { View } from '../chain/view.ts';
import { addressOf, partitionOf } from '../core/address.ts';
import { toHex } from '../core/bytes.ts';
import { sha256 } from '../core/hash.ts';
import { SCOPE } from '../core/scopes.ts';
import type { FeeEstimate } from '../rpc/backend.ts';
import { Answers } from './answers.ts';

const CONTRACT = 1n;
/** A budget for the trial that nothing here needs all of. */
const AMPLE = 3_000_000n;
/** 5 msat. */
const AMOUNT = Uint8Array.of(5, 0, 0, 0, 0, 0, 0, 0);
const token = shipped('token');
const world = new World({ groups: 2, constants: {} });
const [rich, poor] = world.users.filter(({ group }) => group === 0) as [User, User];
const [far] = world.users.filter(({ group }) => group === 1) as [User];

function argsOf(name: string, values: Parameters<typeof encodeArgs>[2]): Uint8Array {
  return encodeArgs(token.abi, findFunction(token.abi, name)!, values);
}

function call(name: string, values: Parameters<typeof encodeArgs>[2], gasLimit: bigint, nonce?: bigint): Uint8Array {
  const fields = { contract: CONTRACT, op: opOf(token.abi, name), args: argsOf(name, values), gasLimit };
  return world.transaction(rich, fields, nonce);
}

function estimate(bytes: Uint8Array): FeeEstimate {
  const { builder } = world.lines[0]!;
  const answers = new Answers({
    network: world.network,
    group: 0,
    view: { unstage: () => undefined } as unknown as View,
    state: builder,
    machine: world.machine(builder),
    pool: {} as Pool,
  });
  return answers.estimate(bytes);
}

/** Sends with what is estimated; answers the estimate and the statuses of the whole tree. */
function estimateAndSend(make: (gasLimit: bigint, nonce?: bigint) => Uint8Array) {
  const told = estimate(make(AMPLE, rich.nonce));
  world.mine(0, { transactions: [make(told.gas)] });
  const receipts = [...world.lines[0]!.blocks.at(-1)!.receipts, ...world.settle().flatMap((block) => block.receipts)];
  return { told, statuses: receipts.map(({ status }) => status) };
}

beforeAll(() => {
  const args = argsOf('on_deploy', ['T', '1000000', toHex(rich.address)]);
  world.mine(0, { transactions: [world.deploy(rich, 'token', token.source, args)] });
  world.settle();
  const first = [poor, far].map(({ address }) => call('transfer', [toHex(address), '5'], 100_000n));
  world.mine(0, { transactions: first });
  world.settle();
});

test.each<[string, Uint8Array]>([
  ['within the group', poor.address],
  ['to another group', far.address],
  ['to an address that has none yet', addressOf(new Uint8Array(32).fill(77))],
])('a token transfer %s is estimated closely and goes through with it', (_, to) => {
  const { told, statuses } = estimateAndSend((gas, nonce) => call('transfer', [toHex(to), '7'], gas, nonce));
  expect(told).toMatchObject({ status: 0, exception: 0 });
  expect(told.gas).toBeGreaterThanOrEqual(28_250n);
  expect(told.gas).toBeLessThanOrEqual(40_000n);
  expect(statuses).toEqual([0, 0]);
});

test('an airdrop to a hundred new addresses goes through with what is estimated', () => {
  const to = Array.from({ length: 100 }, (_, i) => toHex(addressOf(new Uint8Array(32).fill(i + 100))));
  const { told, statuses } = estimateAndSend((gas, nonce) => call('airdrop', [to, '3'], gas, nonce));
  expect(told.status).toBe(0);
  expect(statuses).toEqual(new Array(101).fill(0));
});

/** An address nobody has used, in the partition of `rich` or in another one. */
function freshAddress(isNear: boolean): Uint8Array {
  for (let n = 0; ; n++) {
    const address = addressOf(sha256(Uint8Array.of(n)));
    if ((partitionOf(address, world.partitions) === partitionOf(rich.address, world.partitions)) === isNear)
      return address;
  }
}

test.each([
  [true, 20_000n],
  [false, 28_000n],
])('money for an account that is not there yet, in the own partition: %s', (isNear, gas) => {
  const to = freshAddress(isNear);
  const fields = { kind: TRANSACTION_KIND.transfer, target: { scope: SCOPE.account, key: to }, args: AMOUNT };
  const sent = estimateAndSend((gasLimit, nonce) => world.transaction(rich, { ...fields, gasLimit }, nonce));
  expect(sent.told.gas).toBe(gas);
  expect(sent.statuses.every((status) => status === 0)).toBe(true);
  expect(world.balance(to)).toBe(5n);
});

test('a call that fails says so', () => {
  expect(estimate(call('transfer', [toHex(poor.address), '9999999999'], AMPLE, rich.nonce))).toMatchObject({
    status: 5,
  });
});
