import { loadAccountCount } from '@rexnet/node/chain/keys.ts';
import { evenOwners, firstShardMap, ownerOf } from '@rexnet/node/chain/shard-map.ts';
import { partitionOf } from '@rexnet/node/core/address.ts';
import { expect, test } from 'vitest';
import { accountOf } from './accounts.ts';
import { membersOf, shareOut } from './shares.ts';

const PARTITIONS = 64;
const SEED = 1;

test.each([
  [1, 1],
  [1, 256],
  [3, 5],
  [4, 256],
  [40, 7],
  [40, 256],
])('on %i groups %i generators share neither owner nor account, and load every group alike', (groups, generators) => {
  const map = firstShardMap(evenOwners(PARTITIONS, groups));
  const funded = loadAccountCount(groups);
  const members = membersOf(SEED, map, funded - generators);
  const shares = Array.from({ length: generators }, (_, generator) =>
    shareOut(members, funded, { generator, generators, accountsPerGroup: 100, owner: 'alice' }),
  );
  const names = shares.flatMap(({ accounts, owner }) => [owner, ...[...accounts.values()].flat()]);
  expect(new Set([...names, shares[0]?.gate]).size).toBe(names.length + 1);
  const loading = new Map<number, number>();
  for (const { accounts, sharers } of shares) {
    expect(new Set([...accounts.values()].map(({ length }) => length)).size).toBe(1);
    for (const [group, own] of accounts) {
      expect(own.length).toBeGreaterThanOrEqual(2);
      loading.set(group, (loading.get(group) ?? 0) + 1 / sharers);
    }
  }
  expect([...loading.keys()].toSorted((a, b) => a - b)).toEqual([...map.groups]);
  for (const part of loading.values()) expect(part).toBeCloseTo(1, 9);
  expect(shares[0]?.heirs).toEqual(shares.slice(1).map(({ owner }) => owner));
  expect(shares[0]?.accountsMax).toBe(Math.max(...shares.map(({ accounts }) => [...accounts.values()].flat().length)));
  const [group, own = []] = [...(shares.at(-1)?.accounts ?? [])].at(-1) ?? [];
  for (const name of own) expect(ownerOf(map, partitionOf(accountOf(SEED, map, name).address, PARTITIONS))).toBe(group);
});

test('more generators than accounts are refused', () => {
  const members = new Map([[0, ['load/0', 'load/1', 'load/2']]]);
  const wish = { generator: 0, generators: 2, accountsPerGroup: 100, owner: 'alice' };
  expect(() => shareOut(members, 5, wish)).toThrow(
    'genesis funds 5 load accounts: too few for 2 generators on 1 groups',
  );
  expect(() => shareOut(new Map([[0, []]]), 5, wish)).toThrow('too few');
});
