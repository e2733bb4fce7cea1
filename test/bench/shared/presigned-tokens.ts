// Token transfers signed beforehand, on disk as batches in the form SubmitBatch takes, and what makes them possible: a
// genesis, a deployed token, balances. It sends nothing.
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { compilerHash } from '@rexnet/preda/compiler-hash.ts';
import { encodeArgs, findFunction } from '@rexnet/preda/index.ts';
import { makeGenesis, readGenesis } from '../../../node/src/chain/genesis.ts';
import { opOf, shipped } from '../../../node/src/chain/testing/world.ts';
import { TRANSACTION_KIND, TRANSACTION_VERSION, type TransactionFields } from '../../../node/src/chain/transaction.ts';
import { addressOf } from '../../../node/src/core/address.ts';
import { toHex, viewOf } from '../../../node/src/core/bytes.ts';
import { DEPLOY_ARGS, TRANSACTION_BODY } from '../../../node/src/core/layouts.ts';
import { SCOPE } from '../../../node/src/core/scopes.ts';
import { packTransactions } from '../../../node/src/core/transaction-batch.ts';
import { Signer } from '../../../node/src/signatures/signer.ts';

const FUNDS_MSAT = 100_000_000_000n;
const TOKENS = 1_000_000_000_000n;
const TOKENS_EACH = 10_000_000n;
const CONTRACT = 1n;
/** A transfer burns 29,000, a relay's price included. */
const TRANSFER_GAS = 40_000n;
const SETUP_GAS = 20_000_000n;
const AIRDROP_MAX = 500;
const VALID_FOR_MS = 3_600_000;
const AMOUNT_AT = 36;

export interface ChainOptions {
  readonly blockIntervalMs: number;
  readonly blockGas: bigint;
}

export class Tokens {
  readonly genesis: Uint8Array;
  readonly #networkId: Uint8Array;
  readonly #accounts: { readonly signer: Signer; readonly address: Uint8Array; nonce: bigint }[];
  readonly #token = shipped('token');
  readonly #validUntilMs = Date.now() + VALID_FOR_MS;

  constructor(accounts: number, { blockIntervalMs, blockGas }: ChainOptions) {
    this.#accounts = Array.from({ length: accounts }, (_, i) => {
      const secret = new Uint8Array(32).fill(9);
      viewOf(secret).setUint32(0, i, true);
      const signer = new Signer(secret);
      return { signer, address: addressOf(signer.publicKey), nonce: 0n };
    });
    this.genesis = makeGenesis({
      chain: { partitions: 256, blockIntervalMs, blockGas, difficulty: 'Floor', confirmations: 2 },
      groups: 1,
      seed: 1,
      governance: new Uint8Array(32).fill(1),
      compilerHash: compilerHash(),
      bitcoinIntervalMs: 10_000,
      accounts: this.#accounts.map(({ address }) => ({ address, amount: FUNDS_MSAT })),
    });
    this.#networkId = readGenesis(this.genesis).networkId;
  }

  /** Batches that deploy the token and give some to every account; each to be sent when the one before it is in a block. */
  setup(): Uint8Array[] {
    const { abi, source } = this.#token;
    const owner = this.#accounts[0]!;
    const args = encodeArgs(abi, findFunction(abi, 'on_deploy')!, ['BEN', `${TOKENS}`, toHex(owner.address)]);
    const deploy = this.#sign(0, {
      kind: TRANSACTION_KIND.deploy,
      gasLimit: SETUP_GAS,
      contract: 0n,
      op: 0,
      target: { scope: SCOPE.global, key: new Uint8Array(0) },
      args: DEPLOY_ARGS.encode({ dapp: 'Bench', source, args }),
    });
    const batches = [packTransactions([deploy])];
    const airdrop = findFunction(abi, 'airdrop')!;
    for (let from = 1; from < this.#accounts.length; from += AIRDROP_MAX) {
      const to = this.#accounts.slice(from, from + AIRDROP_MAX).map(({ address }) => toHex(address));
      const given = encodeArgs(abi, airdrop, [to, `${TOKENS_EACH}`]);
      batches.push(packTransactions([this.#sign(0, { ...this.#call('airdrop'), gasLimit: SETUP_GAS, args: given })]));
    }
    return batches;
  }

  /** Transfers between accounts taken in turn and random ones. */
  write(path: string, count: number, batchSize: number, random: (below: number) => number): void {
    const file = openSync(path, 'w');
    const call = this.#call('transfer');
    let batch: Uint8Array[] = [];
    for (let i = 0; i < count; i++) {
      const args = new Uint8Array(AMOUNT_AT + 16);
      args.set(this.#accounts[random(this.#accounts.length)]!.address);
      viewOf(args).setBigUint64(AMOUNT_AT, BigInt(1 + random(100)), true);
      batch.push(this.#sign(i % this.#accounts.length, { ...call, gasLimit: TRANSFER_GAS, args }));
      if (batch.length < batchSize && i + 1 < count) continue;
      const bytes = packTransactions(batch);
      const size = new Uint8Array(4);
      viewOf(size).setUint32(0, bytes.length, true);
      writeSync(file, size);
      writeSync(file, bytes);
      batch = [];
    }
    closeSync(file);
  }

  #call(name: string): Pick<TransactionFields, 'kind' | 'contract' | 'op'> {
    return { kind: TRANSACTION_KIND.call, contract: CONTRACT, op: opOf(this.#token.abi, name) };
  }

  #sign(
    index: number,
    fields: Pick<TransactionFields, 'kind' | 'gasLimit' | 'contract' | 'op' | 'args'> & Partial<TransactionFields>,
  ): Uint8Array {
    const account = this.#accounts[index]!;
    const body = TRANSACTION_BODY.encode({
      version: TRANSACTION_VERSION,
      networkId: this.#networkId,
      sender: account.signer.publicKey,
      nonce: account.nonce++,
      validUntilMs: this.#validUntilMs,
      gasPrice: 1n,
      target: { scope: SCOPE.address, key: account.address },
      ...fields,
    });
    return account.signer.signTransaction(body);
  }
}

/** The batches of such a file, one after the other. */
export function* batchesOf(path: string): IterableIterator<Uint8Array> {
  const file = openSync(path, 'r');
  try {
    const head = new Uint8Array(4);
    while (readSync(file, head) === head.length) {
      const batch = new Uint8Array(viewOf(head).getUint32(0, true));
      readSync(file, batch);
      yield batch;
    }
  } finally {
    closeSync(file);
  }
}
