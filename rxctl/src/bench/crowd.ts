// Accounts that only exist: money at addresses nobody has the key of, so that a network has much state to keep. It makes a list.
import type { FundedAccount } from '@rexnet/node/chain/genesis.ts';
import { addressOf } from '@rexnet/node/core/address.ts';
import { sha256d } from '@rexnet/node/core/hash.ts';

const MSAT_EACH = 1_000_000n;

/** The same addresses whatever the number of groups. */
export function crowd(count: number): readonly FundedAccount[] {
  const number = Buffer.alloc(4);
  return Array.from({ length: count }, (_, index) => {
    number.writeUInt32LE(index);
    return { address: addressOf(sha256d(number)), amount: MSAT_EACH };
  });
}
