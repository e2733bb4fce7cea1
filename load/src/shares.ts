// How several generators on one network keep out of each other's way: each has groups, accounts and an owner of its own, by its
// number alone, out of what genesis funds. Pure, and the same in every one of them; it asks nobody.
import { deriveKey, loadAccountCount, loadKeyName } from '@rexnet/node/chain/keys.ts';
import { ownerOf, type ShardMap } from '@rexnet/node/chain/shard-map.ts';
import { partitionOf } from '@rexnet/node/core/address.ts';
import { TooFewAccountsError } from './accounts.ts';
import type { LoadSpec } from './spec.ts';

export type ShareWish = Pick<LoadSpec, 'generator' | 'accountsPerGroup' | 'owner'> & { readonly generators: number };

export interface Share {
  /** Names of its load accounts by group, groups ascending. */
  readonly accounts: ReadonlyMap<number, readonly string[]>;
  /** Generators that load the same groups, this one included. */
  readonly sharers: number;
  /** Hands out what its accounts need; of the first generator the owner of the contract. */
  readonly owner: string;
  /** Owners of the others, of the first generator alone. */
  readonly heirs: readonly string[];
  /** What the generator with the most accounts has. */
  readonly accountsMax: number;
  /** Nobody's: it is paid by who is ready. */
  readonly gate: string;
}

/** Who pays whom, it takes two. */
const ACCOUNTS_MIN = 2;

export function shareOf(seed: number, map: ShardMap, wish: ShareWish): Share {
  const funded = loadAccountCount(map.groups.length);
  return shareOut(membersOf(seed, map, funded - wish.generators), funded, wish);
}

/**
 * Where every group has accounts for all, every generator loads every group. Where it has not, groups and generators fall into as
 * many teams as it takes, so that each group is loaded by the generators of one team. `members` are names by group, groups
 * ascending; the last of the `funded` accounts are kept for owners and gate.
 */
export function shareOut(
  members: ReadonlyMap<number, readonly string[]>,
  funded: number,
  { generator, generators, accountsPerGroup, owner }: ShareWish,
): Share {
  const ownerName = (index: number): string => (index === 0 ? owner : loadKeyName(funded - 1 - index));
  const fewest = (groups: readonly number[]): number =>
    Math.min(...groups.map((group) => members.get(group)?.length ?? 0));
  const all = [...members.keys()];
  const teams = Math.ceil(generators / Math.floor(fewest(all) / ACCOUNTS_MIN));
  if (teams > all.length)
    throw new TooFewAccountsError(
      `genesis funds ${funded} load accounts: too few for ${generators} generators on ${all.length} groups`,
    );
  const teamOf = (team: number): Team => {
    const groups = all.filter((_, index) => index % teams === team);
    const sharers = Math.ceil((generators - team) / teams);
    return { groups, sharers, each: Math.min(accountsPerGroup, Math.floor(fewest(groups) / sharers)) };
  };
  const { groups, sharers, each } = teamOf(generator % teams);
  const from = Math.floor(generator / teams) * each;
  const sizes = Array.from({ length: teams }, (_, team) => teamOf(team)).map((one) => one.groups.length * one.each);
  return {
    accounts: new Map(groups.map((group) => [group, (members.get(group) ?? []).slice(from, from + each)])),
    sharers,
    owner: ownerName(generator),
    heirs: generator === 0 ? Array.from({ length: generators - 1 }, (_, index) => ownerName(index + 1)) : [],
    accountsMax: Math.max(...sizes),
    gate: loadKeyName(funded - 1),
  };
}

interface Team {
  readonly groups: readonly number[];
  readonly sharers: number;
  /** Accounts of each group for each of them. */
  readonly each: number;
}

/** Names of the first so many load accounts by the groups that own them, groups ascending. */
function membersOf(seed: number, map: ShardMap, count: number): ReadonlyMap<number, readonly string[]> {
  const members = new Map<number, string[]>(map.groups.toSorted((a, b) => a - b).map((group) => [group, []]));
  for (let index = 0; index < count; index++) {
    const name = loadKeyName(index);
    const { address } = deriveKey(seed, name);
    members.get(ownerOf(map, partitionOf(address, map.owners.length)))?.push(name);
  }
  return members;
}
