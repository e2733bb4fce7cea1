// The accounts that pay each other: derived from the seed of genesis, sorted by the group that owns them. Knows no balance.
import { deriveKey, LOAD_ACCOUNTS_PER_GROUP, loadKeyName } from '@rexnet/node/chain/keys.ts';
import { ownerOf, type ShardMap } from '@rexnet/node/chain/shard-map.ts';
import { partitionOf } from '@rexnet/node/core/address.ts';
import { Signer } from '@rexnet/node/signatures/signer.ts';

export interface LoadAccount {
  /** Place in the list. */
  readonly index: number;
  readonly name: string;
  readonly group: number;
  readonly address: Uint8Array;
  readonly signer: Signer;
}

export class TooFewAccountsError extends Error {
  readonly code = 'TOO_FEW_ACCOUNTS';
}

/** The first `perGroup` load accounts of every group, groups ascending. */
export function loadAccounts(seed: number, map: ShardMap, perGroup: number): LoadAccount[] {
  const found = new Map<number, Omit<LoadAccount, 'index'>[]>(map.groups.map((group) => [group, []]));
  const funded = map.groups.length * LOAD_ACCOUNTS_PER_GROUP;
  let missing = map.groups.length * perGroup;
  for (let i = 0; i < funded && missing > 0; i++) {
    const { name, address, secret } = deriveKey(seed, loadKeyName(i));
    const group = ownerOf(map, partitionOf(address, map.owners.length));
    const members = found.get(group) ?? [];
    if (members.length >= perGroup) continue;
    members.push({ name, group, address, signer: new Signer(secret) });
    missing--;
  }
  for (const [group, members] of found) {
    if (members.length < perGroup)
      throw new TooFewAccountsError(`genesis funds ${members.length} load accounts of group ${group}, not ${perGroup}`);
  }
  return map.groups.flatMap((group) => found.get(group) ?? []).map((account, index) => ({ index, ...account }));
}
