// Plain transfers of the network's own money between load accounts. Needs nothing but genesis.
import { RELAY_GAS, TRANSACTION_GAS } from '@rexnet/node/chain/gas.ts';
import { TRANSACTION_KIND } from '@rexnet/node/chain/transaction.ts';
import { viewOf } from '@rexnet/node/core/bytes.ts';
import { SCOPE } from '@rexnet/node/core/scopes.ts';
import type { Transfer } from './model.ts';
import type { Payment } from './pairs.ts';
import { accountAt, bodyOf, type Stamp, type Workload, type WorkloadParts } from './workload.ts';

/** The debit and the credit's journey. */
export const TRANSFER_GAS: bigint = TRANSACTION_GAS + RELAY_GAS;

export class TransferWorkload implements Workload {
  readonly gasLimit: bigint;
  readonly #parts: WorkloadParts;

  constructor(parts: WorkloadParts) {
    this.#parts = parts;
    this.gasLimit = parts.gasLimit;
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

  transfer({ from, to, amount }: Payment): Transfer {
    return { from, to, amount: BigInt(amount), asset: 'native', fee: this.gasLimit * this.#parts.gasPrice };
  }
}
