import { loadKeyName } from '@rexnet/node/chain/keys.ts';
import { evenOwners, firstShardMap } from '@rexnet/node/chain/shard-map.ts';
import { expect, test } from 'vitest';
import { accountOf } from './accounts.ts';
import { shareOf, shareOut } from './shares.ts';
import { GENERATORS_MAX } from './spec.ts';

const PARTITIONS = 64;
const SEED = 1;

/** So many names for each group, and as many more as owners and gate need. */
function someMembers(
  groups: number,
  each: number,
): { readonly members: Map<number, string[]>; readonly funded: number } {
  const names = (group: number) => Array.from({ length: each }, (_, index) => loadKeyName(group * each + index));
  return {
    members: new Map(Array.from({ length: groups }, (_, group) => [group, names(group)])),
    funded: groups * each + GENERATORS_MAX,
  };
}

test.each([
  [1, 1],
  [1, 256],
  [3, 5],
  [40, 7],
  [40, 256],
  [1_024, 200],
])('on %i groups %i generators share neither owner nor account, and load every group alike', (groups, generators) => {
  const { members, funded } = someMembers(groups, groups === 1_024 ? 7 : 512);
  const shares = Array.from({ length: generators }, (_, generator) =>
    shareOut(members, funded, { generator, generators, accountsPerGroup: 100, owner: 'alice' }),
  );
  const names = shares.flatMap(({ accounts, owner }) => [owner, ...[...accounts.values()].flat()]);
  expect(new Set([...names, shares[0]?.gate]).size).toBe(names.length + 1);
  const loading = new Map<number, number>();
  for (const { accounts, sharers } of shares) {
    for (const [group, own] of accounts) {
      expect(own.length).toBeGreaterThanOrEqual(2);
      loading.set(group, (loading.get(group) ?? 0) + 1 / sharers);
    }
  }
  expect([...loading.keys()].toSorted((a, b) => a - b)).toEqual([...members.keys()]);
  for (const part of loading.values()) expect(part).toBeCloseTo(1, 9);
  expect(shares[0]?.heirs).toEqual(shares.slice(1).map(({ owner }) => owner));
  expect(shares[0]?.accountsMax).toBe(Math.max(...shares.map(({ accounts }) => [...accounts.values()].flat().length)));
});

test('accounts are of the groups that own them', () => {
  const map = firstShardMap(evenOwners(PARTITIONS, 2));
  const { accounts, owner, gate } = shareOf(SEED, map, {
    generator: 1,
    generators: 3,
    accountsPerGroup: 100,
    owner: 'alice',
  });
  expect([...accounts.keys()]).toEqual([0, 1]);
  for (const [group, names] of accounts) {
    expect(names).toHaveLength(100);
    for (const name of names) expect(accountOf(SEED, map, name).group).toBe(group);
  }
  expect([owner, gate]).toEqual(['load/1998', 'load/1999']);
});

test('more generators than accounts are refused', () => {
  const members = new Map([[0, ['load/0', 'load/1', 'load/2']]]);
  const wish = { generator: 0, generators: 2, accountsPerGroup: 100, owner: 'alice' };
  expect(() => shareOut(members, 5, wish)).toThrow(
    'genesis funds 5 load accounts: too few for 2 generators on 1 groups',
  );
  expect(() => shareOut(new Map([[0, []]]), 5, wish)).toThrow('too few');
});
