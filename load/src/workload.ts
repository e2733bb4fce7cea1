// What a workload is: how a payment becomes the body of a transaction, and what that does to balances. No I/O.
import { TRANSACTION_VERSION, type TransactionFields } from '@rexnet/node/chain/transaction.ts';
import { TRANSACTION_BODY } from '@rexnet/node/core/layouts.ts';
import type { LoadAccount } from './accounts.ts';
import type { Transfer } from './model.ts';
import type { Payment } from './pairs.ts';

/** What only the moment of signing knows. */
export interface Stamp {
  readonly nonce: number;
  readonly validUntilMs: number;
}

export interface Workload {
  /** Of one transaction with its relays. */
  readonly gasLimit: bigint;
  body(payment: Payment, stamp: Stamp): Uint8Array;
  transfer(payment: Payment): Transfer;
}

export interface WorkloadParts {
  readonly accounts: readonly LoadAccount[];
  readonly networkId: Uint8Array;
  readonly gasPrice: bigint;
  readonly gasLimit: bigint;
}

export function accountAt(accounts: readonly LoadAccount[], index: number): LoadAccount {
  const account = accounts[index];
  if (account === undefined) throw new RangeError(`no account ${index}`);
  return account;
}

/** Bytes before the signature. */
export function bodyOf(networkId: Uint8Array, fields: TransactionFields): Uint8Array {
  return TRANSACTION_BODY.encode({ version: TRANSACTION_VERSION, networkId, ...fields });
}
