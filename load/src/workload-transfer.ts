// Plain transfers of the network's own money between load accounts. Needs nothing but genesis.
import { RELAY_GAS, TRANSACTION_GAS } from '@rexnet/node/chain/gas.ts';
import { TRANSACTION_KIND } from '@rexnet/node/chain/transaction.ts';
import { viewOf } from '@rexnet/node/core/bytes.ts';
import { SCOPE } from '@rexnet/node/core/scopes.ts';
import type { Effect } from './model.ts';
import type { Payment } from './pairs.ts';
import { accountAt, bodyOf, type Stamp, type Workload, type WorkloadKind, type WorkloadParts } from './workload.ts';

/** The debit and the credit's journey. */
const TRANSFER_GAS: bigint = TRANSACTION_GAS + RELAY_GAS;

export const TRANSFER: WorkloadKind = {
  pairs: { skew: 'even' },
  make: (parts) => new TransferWorkload(parts),
};

class TransferWorkload implements Workload {
  readonly gasLimit: bigint = TRANSFER_GAS;
  readonly #parts: WorkloadParts;

  constructor(parts: WorkloadParts) {
    this.#parts = parts;
  }

  body({ from, to, amount }: Payment, { nonce, validUntilMs }: Stamp): Uint8Array {
    const { accounts, networkId, gasPrice } = this.#parts;
    const args = new Uint8Array(8);
    viewOf(args).setBigUint64(0, BigInt(amount), true);
    return bodyOf(networkId, {
      kind: TRANSACTION_KIND.transfer,
      sender: accountAt(accounts, from).signer.publicKey,
      nonce: BigInt(nonce),
      validUntilMs,
      gasLimit: this.gasLimit,
      gasPrice,
      contract: 0n,
      op: 0,
      target: { scope: SCOPE.account, key: accountAt(accounts, to).address },
      args,
    });
  }

  /** A value that cannot be credited goes back to its sender. */
  effect({ from, to, amount }: Payment): Effect {
    const fee = this.gasLimit * this.#parts.gasPrice;
    return { kind: 'pay', from, to: [to], amount: BigInt(amount), asset: 'native', fee, failedRelay: 'returned' };
  }
}
