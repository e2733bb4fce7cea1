import { readFileSync } from 'node:fs';
import { loadAccountCount } from '@rexnet/node/chain/keys.ts';
import { evenOwners, firstShardMap, ownerOf } from '@rexnet/node/chain/shard-map.ts';
import { decodeTransaction, problemOf, transactionId } from '@rexnet/node/chain/transaction.ts';
import { formatAddress, partitionOf } from '@rexnet/node/core/address.ts';
import { type Abi, compile, encodeArgs, findFunction } from '@rexnet/preda/index.ts';
import { expect, test } from 'vitest';
import { loadAccounts } from './accounts.ts';
import { airdropArgs, paymentArgs, readUint, uint32Args } from './arguments.ts';
import { Nonces } from './nonces.ts';
import { Pairs } from './pairs.ts';
import { SignAhead } from './sign-ahead.ts';
import { WORKLOADS, type WorkloadName } from './spec.ts';
import { keyAt } from './tracker.ts';
import type { Workload } from './workload.ts';
import { KINDS } from './workloads.ts';

const PARTITIONS = 16;
const map = firstShardMap(evenOwners(PARTITIONS, 3));
const accounts = loadAccounts(1, map, { accountsPerGroup: 4 });
const networkId = Uint8Array.of(1, 2, 3, 4);
const rules = { networkId, partitions: PARTITIONS, gasPriceFloor: 1n, userGas: 3_500_000 };
const FILE: Readonly<Partial<Record<WorkloadName, string>>> = {
  TokenGlobal: 'token-global',
  Airdrop: 'airdrop',
  Poll: 'poll',
};
const common = { accounts, networkId, gasPrice: 1n };

function abiOf(name: WorkloadName): Abi {
  const compiled = compile(
    readFileSync(new URL(`../../contracts/${FILE[name] ?? 'token'}.prd`, import.meta.url), 'utf8'),
  );
  if (!compiled.ok) throw new Error(`the contract of ${name} does not compile`);
  return compiled.abi;
}

function workloadOf(name: WorkloadName): Workload {
  const kind = KINDS[name];
  if ('make' in kind) return kind.make(common);
  return kind.bind({ id: 3n, abi: abiOf(name) }, { receivers: 3 }).make(common, 20_300n);
}

const clock = { wallMs: () => 1_000 };

test('every group has its accounts, each in a partition the group owns', () => {
  expect(accounts.map(({ group }) => group)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
  expect(accounts.map(({ index }) => index)).toEqual(accounts.map((_, i) => i));
  for (const { address, group } of accounts) expect(ownerOf(map, partitionOf(address, PARTITIONS))).toBe(group);
  const [skipped] = loadAccounts(1, map, { accountsPerGroup: 2, skipAccountsPerGroup: 1, groups: [2] });
  expect(skipped?.name).toBe(accounts[9]?.name);
  expect(() => loadAccounts(1, map, { accountsPerGroup: 2, groups: [3] })).toThrow('there is no group 3');
  expect(() => loadAccounts(1, map, { accountsPerGroup: loadAccountCount(1) + 200 })).toThrow(
    /genesis funds \d+ load accounts of group/,
  );
});

test('arguments are those of the ABI', () => {
  const [a, b] = accounts;
  const args = (of: WorkloadName, name: string, values: Parameters<typeof encodeArgs>[2]): Uint8Array => {
    const abi = abiOf(of);
    const fn = findFunction(abi, name);
    if (fn === undefined) throw new Error(`no ${name}`);
    return encodeArgs(abi, fn, values);
  };
  const [first, second] = [a, b].map((one) => formatAddress(one!.address));
  const amount = (1n << 70n) + 9n;
  expect(paymentArgs(b!.address, amount)).toEqual(args('Token', 'transfer', [second!, `${amount}`]));
  expect(airdropArgs([a!.address, b!.address], 5n)).toEqual(args('Airdrop', 'airdrop', [[first!, second!], '5']));
  expect(uint32Args(70_000)).toEqual(args('Poll', 'choose', [70_000]));
  expect(readUint(paymentArgs(new Uint8Array(36), amount).subarray(36))).toBe(amount);
});

test('the same accounts and payments whatever the groups, when so many in all are asked for', () => {
  const made = [1, 2, 4].map((groups) => {
    const all = loadAccounts(1, firstShardMap(evenOwners(PARTITIONS, groups)), { accounts: 20 });
    return all.map(({ name, index }) => `${index} ${name}`);
  });
  expect(made[1]).toEqual(made[0]);
  expect(made[2]).toEqual(made[0]);
  expect(() => loadAccounts(1, map, { accounts: 3_001 })).toThrow('genesis funds 3000 load accounts, not 3001');
});

test('a contract without the functions of a token is refused', () => {
  const { functions: own, ...rest } = abiOf('Token');
  const other = { ...rest, functions: own.filter(({ name }) => name !== 'airdrop') };
  const kind = KINDS.Token;
  if ('make' in kind) throw new Error('a token needs a contract');
  expect(() => kind.bind({ id: 1n, abi: other }, { receivers: 1 })).toThrow(
    'Token has no @address function void airdrop(array<address>, uint128)',
  );
});

test.each(WORKLOADS)('signed transactions of %s are sound, in order, and the same for a seed', (name) => {
  const workload = workloadOf(name);
  const { pairs: how, fansOut } = KINDS[name];
  const run = (): Uint8Array[] => {
    const nonces = accounts.map(() => new Nonces(5));
    const groups = accounts.map(({ group }) => group);
    const pairs = new Pairs({ groups, seed: 9, ...how, receivers: fansOut === true ? 3 : 1 });
    const signing = new SignAhead({ accounts, nonces, pairs, workload, clock });
    signing.fill(10, 4);
    expect(signing.ready).toBe(4);
    signing.fill(10, 100);
    expect(signing.ready).toBe(10);
    const signed = Array.from({ length: 40 }, () => signing.next());
    for (const { key, bytes } of signed) expect(keyAt(transactionId(bytes), 0)).toBe(key);
    return signed.map(({ bytes }) => bytes);
  };
  const bytes = run();
  expect(run()).toEqual(bytes);
  const next = new Map<string, bigint>();
  for (const one of bytes) {
    expect(problemOf(one, rules)).toBeUndefined();
    const { sender, nonce } = decodeTransaction(one);
    const key = Buffer.from(sender).toString('hex');
    expect(nonce).toBe(next.get(key) ?? 5n);
    next.set(key, nonce + 1n);
  }
});

test('what was signed before its sender began again is signed anew', () => {
  const nonces = accounts.map(() => new Nonces(0));
  const pairs = new Pairs({ groups: accounts.map(({ group }) => group), seed: 9 });
  const signing = new SignAhead({ accounts, nonces, pairs, workload: workloadOf('Token'), clock });
  signing.fill(12, 12);
  for (const one of nonces) one.resync(7);
  for (let i = 0; i < 12; i++) expect(decodeTransaction(signing.next().bytes).nonce).toBe(7n);
});
