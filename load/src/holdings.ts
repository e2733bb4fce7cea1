// What accounts hold by the word of the chain, read through the network port a few at a time. Judges nothing.

import { toHex } from '@rexnet/node/core/bytes.ts';
import { taggedHash } from '@rexnet/node/core/hash.ts';
import { mapFew } from './map-few.ts';
import type { Holding } from './model.ts';
import type { AccountState } from './network.ts';
import type { Book, Owner, Reader } from './workload.ts';

export interface Standing extends Holding, Pick<AccountState, 'nonce' | 'nextNonce'> {}

/** Of every account; tokens are 0 where no contract keeps any. */
export function standings(network: Reader, accounts: readonly Owner[], book: Book | undefined): Promise<Standing[]> {
  return mapFew(accounts, async (account) => {
    const { nonce, nextNonce, balance } = await network.account(account.group, account.address);
    const tokens = book === undefined ? 0n : await book.holding(network, account);
    return { native: balance, tokens, nonce, nextNonce };
  });
}

/** Of what changed, account by account: the same for the same changes, whatever the groups and whatever was there before. */
export function digestOf(before: readonly Holding[], after: readonly Holding[]): string {
  const changes = after.map(({ native, tokens }, index) => {
    const { native: nativeBefore, tokens: tokensBefore } = before[index] ?? { native: 0n, tokens: 0n };
    return `${index} ${native - nativeBefore} ${tokens - tokensBefore}\n`;
  });
  return toHex(taggedHash('rexnet/load-changes', new TextEncoder().encode(changes.join(''))));
}
