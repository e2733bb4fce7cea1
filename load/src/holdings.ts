// What accounts hold by the word of the chain, read through the network port a few at a time. Judges nothing.
import { SCOPE } from '@rexnet/node/core/scopes.ts';
import type { LoadAccount } from './accounts.ts';
import type { Holding } from './model.ts';
import type { AccountState, LoadNetwork } from './network.ts';
import { readUint128, type Token } from './workload-token.ts';

type Reading = Pick<LoadNetwork, 'account' | 'read'>;
type Owner = Pick<LoadAccount, 'group' | 'address'>;

const READS_AT_ONCE = 16;
const HOME_GROUP = 0;

/** Keeps order; never more than a few calls at once. */
async function mapFew<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array<R>(items.length);
  const work = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of work) results[index] = await run(item);
  };
  await Promise.all(Array.from({ length: Math.min(READS_AT_ONCE, items.length) }, worker));
  return results;
}

export function tokensOf(network: Reading, token: Token, { group, address }: Owner): Promise<bigint> {
  const { contract, functions } = token;
  return network
    .read(group, { contract, op: functions.balanceOf, scope: SCOPE.address, key: address, sender: address })
    .then(readUint128);
}

export async function supplyOf(network: Reading, token: Token, sender: Uint8Array): Promise<bigint> {
  const { contract, functions } = token;
  const call = { contract, op: functions.totalSupply, scope: SCOPE.global, key: new Uint8Array(0), sender };
  return readUint128(await network.read(HOME_GROUP, call));
}

export interface Standing extends Holding, Pick<AccountState, 'nonce' | 'nextNonce'> {}

/** Of every account; tokens are 0 where there is no token. */
export function standings(network: Reading, accounts: readonly Owner[], token: Token | undefined): Promise<Standing[]> {
  return mapFew(accounts, async (account) => {
    const { nonce, nextNonce, balance } = await network.account(account.group, account.address);
    const tokens = token === undefined ? 0n : await tokensOf(network, token, account);
    return { native: balance, tokens, nonce, nextNonce };
  });
}
