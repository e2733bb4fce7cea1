// A network of groups in one object: pools, blocks once a second, relays between groups, a token. A double for the load
// generator's tests; it knows just enough of the chain's rules to notice wrong nonces, budgets and arguments.
import { readFileSync } from 'node:fs';
import { makeGenesis, type Network, readGenesis, seedAccounts } from '@rexnet/node/chain/genesis.ts';
import { deriveKey } from '@rexnet/node/chain/keys.ts';
import { ownerOf } from '@rexnet/node/chain/shard-map.ts';
import { costOf, decodeTransaction, senderOf, transactionId } from '@rexnet/node/chain/transaction.ts';
import { partitionOf } from '@rexnet/node/core/address.ts';
import { concatBytes, toHex, viewOf } from '@rexnet/node/core/bytes.ts';
import { sha256d } from '@rexnet/node/core/hash.ts';
import { RECEIPT, type Transaction } from '@rexnet/node/core/layouts.ts';
import { SCOPE } from '@rexnet/node/core/scopes.ts';
import { compile } from '@rexnet/preda/index.ts';
import type { Clock } from '../chains.ts';
import type { AccountState, ChainEvent, ContractState, LoadNetwork, ReadCall, Refused } from '../network.ts';

const SEED = 7;
const CONFIRMATIONS = 2;
const BLOCK_MS = 1_000;
const BLOCK_TRANSACTIONS = 500;
const TOKEN_SUPPLY = 10n ** 18n;
const DEBIT_GAS = 20_143n;
const TRANSFER_GAS = 28_000n;
const SENDER_POOL_MAX = 64;

interface Relay {
  readonly id: Uint8Array;
  readonly root: Uint8Array;
  readonly to: Uint8Array;
  readonly amount: bigint;
  readonly asset: 'native' | 'tokens';
  readonly readyAtMs: number;
}

interface Group {
  readonly pool: Map<string, Uint8Array>;
  relays: Relay[];
  readonly blocks: Uint8Array[];
  readonly waiting: Set<() => void>;
  isFrozen: boolean;
}

interface Account {
  nonce: number;
  native: bigint;
  tokens: bigint;
}

function tokenAbi(): ContractState['abi'] {
  const source = readFileSync(new URL('../../../contracts/token.prd', import.meta.url), 'utf8');
  const compiled = compile(source);
  if (!compiled.ok) throw new Error('token.prd does not compile');
  return compiled.abi;
}

export class MemoryNetwork implements LoadNetwork {
  readonly genesis: Network;
  /** Refuses a transaction that was not seen before. */
  judge: (transaction: Transaction) => string | undefined = () => undefined;
  /** Batches that get lost on their way, unanswered. */
  dropsBatch: () => boolean = () => false;
  /** Transactions that entered a pool. */
  readonly accepted: Uint8Array[] = [];
  readonly #clock: Clock;
  readonly #groups: readonly Group[];
  readonly #accounts = new Map<string, Account>();
  readonly #abi = tokenAbi();
  #closed = false;

  constructor(clock: Clock, groups: number) {
    this.#clock = clock;
    this.genesis = readGenesis(
      makeGenesis({
        chain: {
          partitions: 64,
          blockIntervalMs: BLOCK_MS,
          blockGas: 4_000_000n,
          difficulty: 'Floor',
          confirmations: CONFIRMATIONS,
        },
        groups,
        seed: SEED,
        governance: new Uint8Array(32),
        compilerHash: new Uint8Array(32),
        bitcoinIntervalMs: 10_000,
        accounts: seedAccounts(SEED, groups),
      }),
    );
    for (const { address, amount } of this.genesis.genesis.accounts) this.of(address).native = amount;
    this.of(deriveKey(SEED, 'alice').address).tokens = TOKEN_SUPPLY;
    this.#groups = Array.from({ length: groups }, () => ({
      pool: new Map(),
      relays: [],
      blocks: [new Uint8Array(0)],
      waiting: new Set(),
      isFrozen: false,
    }));
    void this.#mine();
  }

  of(address: Uint8Array): Account {
    const key = toHex(address);
    const account = this.#accounts.get(key) ?? { nonce: 0, native: 0n, tokens: 0n };
    this.#accounts.set(key, account);
    return account;
  }

  /** As after a kill: what waited there is forgotten. */
  losePool(group: number): void {
    this.#group(group).pool.clear();
  }

  freeze(group: number): void {
    this.#group(group).isFrozen = true;
  }

  async submit(group: number, transactions: readonly Uint8Array[]): Promise<readonly Refused[]> {
    await this.#clock.sleep(5);
    if (this.dropsBatch()) throw new Error('lost');
    const refused: Refused[] = [];
    for (const [index, bytes] of transactions.entries()) {
      const code = this.#enter(this.#group(group), bytes);
      if (code !== undefined) refused.push({ index, code });
    }
    return refused;
  }

  async account(group: number, address: Uint8Array): Promise<AccountState> {
    await this.#clock.sleep(1);
    if (this.#ownerOf(address) !== group) throw new Error('PARTITION_MOVED');
    const { nonce, native } = this.of(address);
    const waiting = new Set(
      [...this.#group(group).pool.values()].filter((b) => toHex(senderOf(b)) === toHex(address)).map(nonceOf),
    );
    let nextNonce = nonce;
    while (waiting.has(nextNonce)) nextNonce++;
    return { nonce, nextNonce, balance: native };
  }

  async contract(_group: number, name: string): Promise<ContractState | undefined> {
    return name === 'token.Token' ? { id: 1n, abi: this.#abi } : undefined;
  }

  async read(_group: number, { op, key }: ReadCall): Promise<Uint8Array> {
    const total = this.#op('total_supply') === op;
    const out = new Uint8Array(16);
    const value = total ? TOKEN_SUPPLY : this.of(key).tokens;
    viewOf(out).setBigUint64(0, value, true);
    return out;
  }

  async *watch(group: number, signal: AbortSignal): AsyncGenerator<ChainEvent, void, undefined> {
    const { blocks, waiting } = this.#group(group);
    const first = blocks.length - 1;
    for (let height = first; !signal.aborted; ) {
      const receipts = blocks[height];
      if (receipts !== undefined) {
        yield { kind: 'block', group, height, receipts: height === first ? new Uint8Array(0) : receipts };
        height++;
        continue;
      }
      await new Promise<void>((wake) => {
        waiting.add(wake);
        signal.addEventListener('abort', () => wake(), { once: true });
      });
    }
  }

  close(): void {
    this.#closed = true;
  }

  #enter({ pool }: Group, bytes: Uint8Array): string | undefined {
    const id = toHex(transactionId(bytes));
    if (pool.has(id)) return undefined;
    const transaction = decodeTransaction(bytes);
    const sender = senderOf(bytes);
    const nonce = Number(transaction.nonce);
    const { nonce: expected, native } = this.of(sender);
    if (nonce < expected) return 'NONCE_TOO_LOW';
    if (nonce >= expected + SENDER_POOL_MAX) return 'NONCE_TOO_HIGH';
    if ([...pool.values()].some((b) => nonceOf(b) === nonce && toHex(senderOf(b)) === toHex(sender)))
      return 'NONCE_TAKEN';
    if (costOf(bytes) > native) return 'INSUFFICIENT_FUNDS';
    const code = this.judge(transaction);
    if (code !== undefined) return code;
    pool.set(id, bytes);
    this.accepted.push(bytes);
    return undefined;
  }

  async #mine(): Promise<void> {
    while (!this.#closed) {
      await this.#clock.sleep(BLOCK_MS);
      for (const group of this.#groups) if (!group.isFrozen) this.#block(group);
    }
  }

  #block(group: Group): void {
    const nowMs = this.#clock.nowMs();
    const receipts: Uint8Array[] = [];
    const due = group.relays.filter(({ readyAtMs }) => readyAtMs <= nowMs);
    group.relays = group.relays.filter(({ readyAtMs }) => readyAtMs > nowMs);
    for (const { id, root, to, amount, asset } of due) {
      this.of(to)[asset] += amount;
      receipts.push(receiptOf(id, root, { status: 0, children: 0, gas: 8_500n }));
    }
    const inOrder = [...group.pool].sort(([, a], [, b]) => nonceOf(a) - nonceOf(b)).slice(0, BLOCK_TRANSACTIONS);
    for (const [id, bytes] of inOrder) {
      if (nonceOf(bytes) !== this.of(senderOf(bytes)).nonce) continue;
      group.pool.delete(id);
      receipts.push(this.#execute(bytes));
    }
    group.blocks.push(concatBytes(receipts));
    const waiting = [...group.waiting];
    group.waiting.clear();
    for (const wake of waiting) wake();
  }

  #execute(bytes: Uint8Array): Uint8Array {
    const transaction = decodeTransaction(bytes);
    const id = transactionId(bytes);
    const sender = this.of(senderOf(bytes));
    sender.nonce++;
    sender.native -= transaction.gasLimit * transaction.gasPrice;
    const { receivers, amount, asset } = this.#payment(transaction);
    const total = amount * BigInt(receivers.length);
    const needed = asset === 'native' ? TRANSFER_GAS : DEBIT_GAS + 8_500n * BigInt(receivers.length);
    if (transaction.gasLimit < needed) return receiptOf(id, id, { status: 4, children: 0, gas: transaction.gasLimit });
    if (sender[asset] < total) return receiptOf(id, id, { status: 5, children: 0, gas: transaction.gasLimit });
    sender[asset] -= total;
    for (const [index, to] of receivers.entries()) {
      const group = this.#ownerOf(to);
      const readyAtMs = this.#clock.nowMs() + (group === this.#ownerOf(senderOf(bytes)) ? BLOCK_MS : 3 * BLOCK_MS);
      this.#group(group).relays.push({ id: childOf(id, index), root: id, to, amount, asset, readyAtMs });
    }
    return receiptOf(id, id, { status: 0, children: receivers.length, gas: DEBIT_GAS });
  }

  #payment({ contract, op, target, args }: Transaction): {
    readonly receivers: readonly Uint8Array[];
    readonly amount: bigint;
    readonly asset: 'native' | 'tokens';
  } {
    const view = viewOf(args);
    if (contract === 0n) return { receivers: [target.key], amount: view.getBigUint64(0, true), asset: 'native' };
    if (target.scope !== SCOPE.address) throw new Error('WRONG_TARGET');
    const amount = view.getBigUint64(args.length - 16, true);
    if (op === this.#op('transfer')) return { receivers: [args.subarray(0, 36)], amount, asset: 'tokens' };
    if (op !== this.#op('airdrop')) throw new Error('UNKNOWN_FUNCTION');
    const count = view.getUint32(0, true);
    const receivers = Array.from({ length: count }, (_, i) => args.subarray(4 + i * 36, 40 + i * 36));
    return { receivers, amount, asset: 'tokens' };
  }

  #op(name: string): number | undefined {
    return this.#abi.functions.find((one) => one.name === name)?.op;
  }

  #ownerOf(address: Uint8Array): number {
    return ownerOf(this.genesis.firstMap, partitionOf(address, this.genesis.genesis.partitions));
  }

  #group(index: number): Group {
    const group = this.#groups[index];
    if (group === undefined) throw new RangeError(`no group ${index}`);
    return group;
  }
}

function nonceOf(bytes: Uint8Array): number {
  return Number(decodeTransaction(bytes).nonce);
}

function childOf(parent: Uint8Array, index: number): Uint8Array {
  const number = new Uint8Array(4);
  viewOf(number).setUint32(0, index, true);
  return sha256d(concatBytes([parent, number]));
}

function receiptOf(
  id: Uint8Array,
  root: Uint8Array,
  { status, children, gas }: { readonly status: number; readonly children: number; readonly gas: bigint },
): Uint8Array {
  return RECEIPT.encode({
    ...{
      id,
      root,
      index: 0,
      status,
      exception: 0,
      children,
      gas,
      kind: 0,
      scope: 1,
      op: 0,
      partition: 0,
      contract: 1n,
    },
    ...{ self: new Uint8Array(36), counterpart: new Uint8Array(36), amountLow: 0n, amountHigh: 0n },
  });
}
