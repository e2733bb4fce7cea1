// One account that sends: asks for its nonce and the fee, builds, signs, submits. Keeps its nonces in order, one at a time.
import { transactionId } from '../chain/transaction.ts';
import { addressOf } from '../core/address.ts';
import { RpcError } from '../rpc/errors.ts';
import { type Action, buildTransaction, type TransactionSigner, unsignedTransaction } from './build.ts';
import type { AskOptions, Connection } from './connection.ts';
import { Submitter } from './submit.ts';

export const VALID_FOR_MS = 300_000;

export interface SendOptions extends AskOptions {
  /** Estimated when absent. */
  readonly gasLimit?: bigint;
  /** The floor when absent. */
  readonly gasPrice?: bigint;
  readonly validForMs?: number;
}

export interface Sent {
  readonly id: Uint8Array;
  readonly bytes: Uint8Array;
  readonly validUntilMs: number;
}

export class Sender {
  readonly address: Uint8Array;
  readonly #connection: Connection;
  readonly #signer: TransactionSigner;
  readonly #submitter: Submitter;
  readonly #nowMs: () => number;
  #nonce: bigint | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(connection: Connection, signer: TransactionSigner, nowMs: () => number = Date.now) {
    this.#connection = connection;
    this.#signer = signer;
    this.#submitter = new Submitter(connection);
    this.#nowMs = nowMs;
    this.address = addressOf(signer.publicKey);
  }

  /** Resolves when a node has taken it; throws RpcError with the refusal. */
  send(action: Action, options: SendOptions = {}): Promise<Sent> {
    const sent = this.#last.then(() => this.#send(action, options));
    this.#last = sent.catch(() => undefined);
    return sent;
  }

  close(): void {
    this.#submitter.close();
  }

  async #send(action: Action, options: SendOptions): Promise<Sent> {
    const { networkId, gasPriceFloor, userGas } = this.#connection.network;
    const nonce = this.#nonce ?? (await this.#nextNonce(options));
    const gasPrice = options.gasPrice ?? gasPriceFloor;
    const validUntilMs = this.#nowMs() + (options.validForMs ?? VALID_FOR_MS);
    const envelope = { nonce, gasPrice, validUntilMs };
    let { gasLimit } = options;
    if (gasLimit === undefined) {
      const trial = { ...envelope, gasLimit: userGas };
      const bytes = unsignedTransaction(action, trial, networkId, this.#signer.publicKey);
      const fee = await this.#connection.askOwner(this.address, (node) => node.estimateFee(bytes), options);
      gasLimit = fee.gas;
    }
    const bytes = buildTransaction(action, { ...envelope, gasLimit }, networkId, this.#signer);
    const [refused] = await this.#submitter.submit([bytes], options);
    if (refused !== undefined) {
      this.#nonce = undefined;
      throw new RpcError(refused.code, refused);
    }
    this.#nonce = nonce + 1n;
    return { id: transactionId(bytes), bytes, validUntilMs };
  }

  async #nextNonce(options: AskOptions): Promise<bigint> {
    const account = await this.#connection.askOwner(this.address, (node) => node.getAccount(this.address), options);
    return account.nextNonce;
  }
}
