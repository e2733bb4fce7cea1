// Gives test money from the faucet account, a bounded amount per address and day. Signs and sends; holds no ledger.

import { deriveKey, FAUCET_KEY, signer } from '../chain/keys.ts';
import { signTransaction, TRANSACTION_KIND, transactionId } from '../chain/transaction.ts';
import { MSAT_PER_RXBTC } from '../core/amount.ts';
import { viewOf } from '../core/bytes.ts';
import { SCOPE } from '../core/scopes.ts';
import { packTransactions } from '../core/transaction-batch.ts';
import type { AccountView, BatchVerdict, FaucetGrant } from '../rpc/backend.ts';
import { RpcError } from '../rpc/errors.ts';

const DEFAULT_GRANT_MSAT: bigint = MSAT_PER_RXBTC / 10n;
const GRANT_MAX_MSAT: bigint = MSAT_PER_RXBTC;
const DAY_MS = 86_400_000;
const ADDRESSES_REMEMBERED = 65_536;
/** A transfer to another partition: 20,000 and 8,000. */
const TRANSFER_GAS = 28_000n;
const VALID_MS = 300_000;

export interface FaucetOptions {
  readonly seed: number;
  readonly networkId: Uint8Array;
  readonly gasPrice: bigint;
  account(address: Uint8Array): Promise<AccountView>;
  nowMs(): number;
}

export class Faucet {
  readonly #options: FaucetOptions;
  readonly #given = new Map<string, { amount: bigint; sinceMs: number }>();
  /** Grants are made one after the other: each needs the nonce the one before has used. */
  #last: Promise<unknown> = Promise.resolve();
  #next: bigint | undefined;

  constructor(options: FaucetOptions) {
    this.#options = options;
  }

  grant(
    to: Uint8Array,
    asked: bigint | 'default',
    submit: (batch: Uint8Array) => Promise<BatchVerdict>,
  ): Promise<FaucetGrant> {
    const amount = asked === 'default' ? DEFAULT_GRANT_MSAT : asked;
    this.#count(Buffer.from(to).toString('hex'), amount);
    const grant = this.#last.then(() => this.#send(to, amount, submit));
    this.#last = grant.catch(() => undefined);
    return grant;
  }

  #count(key: string, amount: bigint): void {
    const nowMs = this.#options.nowMs();
    const before = this.#given.get(key);
    const fresh = before === undefined || nowMs - before.sinceMs > DAY_MS;
    const total = (fresh ? 0n : before.amount) + amount;
    if (amount <= 0n || total > GRANT_MAX_MSAT) {
      throw new RpcError('FAUCET_DRY', { message: `one address gets at most ${GRANT_MAX_MSAT} msat a day` });
    }
    if (this.#given.size >= ADDRESSES_REMEMBERED) this.#given.clear();
    this.#given.set(key, { amount: total, sinceMs: fresh ? nowMs : before.sinceMs });
  }

  async #send(
    to: Uint8Array,
    amount: bigint,
    submit: (batch: Uint8Array) => Promise<BatchVerdict>,
  ): Promise<FaucetGrant> {
    const { seed, networkId, gasPrice } = this.#options;
    const key = deriveKey(seed, FAUCET_KEY);
    const nonce = this.#next ?? (await this.#options.account(key.address)).nextNonce;
    const args = new Uint8Array(8);
    viewOf(args).setBigUint64(0, amount, true);
    const bytes = signTransaction(
      {
        kind: TRANSACTION_KIND.transfer,
        sender: key.publicKey,
        nonce,
        validUntilMs: this.#options.nowMs() + VALID_MS,
        gasLimit: TRANSFER_GAS,
        gasPrice,
        contract: 0n,
        op: 0,
        target: { scope: SCOPE.account, key: to },
        args,
      },
      networkId,
      signer(key.secret),
    );
    const refused = (await submit(packTransactions([bytes]))).refusals[0];
    if (refused !== undefined) {
      this.#next = undefined;
      throw new RpcError(refused.code, refused);
    }
    this.#next = nonce + 1n;
    return { transactionId: transactionId(bytes), amount };
  }
}
