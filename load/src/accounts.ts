// The accounts that pay each other: derived from the seed of genesis, sorted by the group that owns them. Knows no balance.
import { deriveKey, loadAccountCount, loadKeyName } from '@rexnet/node/chain/keys.ts';
import { ownerOf, type ShardMap } from '@rexnet/node/chain/shard-map.ts';
import { partitionOf } from '@rexnet/node/core/address.ts';
import { Signer } from '@rexnet/node/signatures/signer.ts';
import type { LoadSpec } from './spec.ts';

export interface LoadAccount {
  /** Place in the list. */
  readonly index: number;
  readonly name: string;
  readonly group: number;
  readonly address: Uint8Array;
  readonly signer: Signer;
}

export type AccountsWanted = Partial<
  Pick<LoadSpec, 'accountsPerGroup' | 'skipAccountsPerGroup' | 'accounts' | 'groups'>
>;

export class TooFewAccountsError extends Error {
  readonly code = 'TOO_FEW_ACCOUNTS';
}

/** Load accounts of the wanted groups, groups ascending; or the first so many, whatever their groups. */
export function loadAccounts(seed: number, map: ShardMap, wanted: AccountsWanted): LoadAccount[] {
  return wanted.accounts === undefined ? accountsByGroup(seed, map, wanted) : firstAccounts(seed, map, wanted.accounts);
}

function firstAccounts(seed: number, map: ShardMap, count: number): LoadAccount[] {
  const funded = loadAccountCount(map.groups.length);
  if (count > funded) throw new TooFewAccountsError(`genesis funds ${funded} load accounts, not ${count}`);
  return Array.from({ length: count }, (_, index) => ({ index, ...accountOf(seed, map, loadKeyName(index)) }));
}

function accountsByGroup(seed: number, map: ShardMap, wanted: AccountsWanted): LoadAccount[] {
  const { accountsPerGroup = 0, skipAccountsPerGroup = 0, groups = map.groups } = wanted;
  const absent = groups.find((group) => !map.groups.includes(group));
  if (absent !== undefined) throw new TooFewAccountsError(`there is no group ${absent}`);
  const needed = skipAccountsPerGroup + accountsPerGroup;
  const found = new Map<number, Omit<LoadAccount, 'index'>[]>(groups.map((group) => [group, []]));
  const funded = loadAccountCount(map.groups.length);
  let missing = groups.length * needed;
  for (let i = 0; i < funded && missing > 0; i++) {
    const account = accountOf(seed, map, loadKeyName(i));
    const members = found.get(account.group);
    if (members === undefined || members.length >= needed) continue;
    members.push(account);
    missing--;
  }
  for (const [group, members] of found) {
    if (members.length < needed)
      throw new TooFewAccountsError(`genesis funds ${members.length} load accounts of group ${group}, not ${needed}`);
  }
  return [...groups]
    .sort((a, b) => a - b)
    .flatMap((group) => (found.get(group) ?? []).slice(skipAccountsPerGroup))
    .map((account, index) => ({ index, ...account }));
}

/** Load accounts by name, groups ascending. */
export function accountsNamed(
  seed: number,
  map: ShardMap,
  names: ReadonlyMap<number, readonly string[]>,
): LoadAccount[] {
  return [...names.values()].flat().map((name, index) => ({ index, ...accountOf(seed, map, name) }));
}

export function accountOf(seed: number, map: ShardMap, keyName: string): Omit<LoadAccount, 'index'> {
  const { name, address, secret } = deriveKey(seed, keyName);
  return { name, group: ownerOf(map, partitionOf(address, map.owners.length)), address, signer: new Signer(secret) };
}
