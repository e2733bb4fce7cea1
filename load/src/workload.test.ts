import { readFileSync } from 'node:fs';
import { LOAD_ACCOUNTS_PER_GROUP } from '@rexnet/node/chain/keys.ts';
import { evenOwners, firstShardMap, ownerOf } from '@rexnet/node/chain/shard-map.ts';
import { decodeTransaction, problemOf, transactionId } from '@rexnet/node/chain/transaction.ts';
import { formatAddress, partitionOf } from '@rexnet/node/core/address.ts';
import { compile, encodeArgs, findFunction } from '@rexnet/preda/index.ts';
import { expect, test } from 'vitest';
import { loadAccounts } from './accounts.ts';
import { Nonces } from './nonces.ts';
import { Pairs } from './pairs.ts';
import { SignAhead } from './sign-ahead.ts';
import { airdropArgs, TokenWorkload, tokenFunctions, transferArgs } from './workload-token.ts';
import { TransferWorkload } from './workload-transfer.ts';

const PARTITIONS = 16;
const map = firstShardMap(evenOwners(PARTITIONS, 3));
const accounts = loadAccounts(1, map, 4);
const networkId = Uint8Array.of(1, 2, 3, 4);
const rules = { networkId, partitions: PARTITIONS, gasPriceFloor: 1n, userGas: 3_500_000 };
const compiled = compile(readFileSync(new URL('../../contracts/token.prd', import.meta.url), 'utf8'));
if (!compiled.ok) throw new Error('token.prd does not compile');
const { abi } = compiled;
const functions = tokenFunctions(abi);
const common = { accounts, networkId, gasPrice: 1n, gasLimit: 29_000n };
const token = new TokenWorkload(common, { contract: 3n, functions });
const clock = { wallMs: () => 1_000 };

test('every group has its accounts, each in a partition the group owns', () => {
  expect(accounts.map(({ group }) => group)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
  expect(accounts.map(({ index }) => index)).toEqual(accounts.map((_, i) => i));
  for (const { address, group } of accounts) expect(ownerOf(map, partitionOf(address, PARTITIONS))).toBe(group);
  expect(() => loadAccounts(1, map, LOAD_ACCOUNTS_PER_GROUP + 200)).toThrow(/genesis funds \d+ load accounts of group/);
});

test('arguments are those of the ABI', () => {
  const [a, b] = accounts;
  const args = (name: string, values: Parameters<typeof encodeArgs>[2]): Uint8Array => {
    const fn = findFunction(abi, name);
    if (fn === undefined) throw new Error(`no ${name}`);
    return encodeArgs(abi, fn, values);
  };
  const [first, second] = [a, b].map((one) => formatAddress(one!.address));
  const amount = (1n << 70n) + 9n;
  expect(transferArgs(b!.address, amount)).toEqual(args('transfer', [second!, `${amount}`]));
  expect(airdropArgs([a!.address, b!.address], 5n)).toEqual(args('airdrop', [[first!, second!], '5']));
});

test('a contract without the functions of a token is refused', () => {
  const { functions: own, ...rest } = abi;
  const other = { ...rest, functions: own.filter(({ name }) => name !== 'airdrop') };
  expect(() => tokenFunctions(other)).toThrow('Token has no @address function void airdrop(array<address>, uint128)');
});

test.each([
  ['token', token],
  ['transfer', new TransferWorkload({ ...common, gasLimit: 28_000n })],
])('signed %s transactions are sound, in order, and the same for a seed', (_, workload) => {
  const run = (): Uint8Array[] => {
    const nonces = accounts.map(() => new Nonces(5));
    const pairs = new Pairs({ groups: accounts.map(({ group }) => group), seed: 9 });
    const signing = new SignAhead({ accounts, nonces, pairs, workload, clock });
    signing.fill(10, 4);
    expect(signing.ready).toBe(4);
    signing.fill(10, 100);
    expect(signing.ready).toBe(10);
    const signed = Array.from({ length: 40 }, () => signing.next());
    for (const { id, bytes } of signed) expect(transactionId(bytes)).toEqual(id);
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
  const signing = new SignAhead({ accounts, nonces, pairs, workload: token, clock });
  signing.fill(12, 12);
  for (const one of nonces) one.resync(7);
  for (let i = 0; i < 12; i++) expect(decodeTransaction(signing.next().bytes).nonce).toBe(7n);
});
