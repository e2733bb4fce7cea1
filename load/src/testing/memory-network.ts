// A network of groups in one object: pools, blocks once a second, relays between groups, the shipped contracts. A double for the
// load generator's tests; it knows just enough of the chain's rules to notice wrong nonces, budgets and arguments.
import { relayGas, TRANSACTION_GAS } from '@rexnet/node/chain/gas.ts';
import { makeGenesis, type Network, readGenesis, seedAccounts } from '@rexnet/node/chain/genesis.ts';
import { deriveKey } from '@rexnet/node/chain/keys.ts';
import { relayId } from '@rexnet/node/chain/relay.ts';
import { ownerOf } from '@rexnet/node/chain/shard-map.ts';
import { costOf, decodeTransaction, senderOf, transactionId } from '@rexnet/node/chain/transaction.ts';
import { partitionOf } from '@rexnet/node/core/address.ts';
import { concatBytes, toHex, viewOf } from '@rexnet/node/core/bytes.ts';
import { RECEIPT, type Transaction } from '@rexnet/node/core/layouts.ts';
import { SCOPE } from '@rexnet/node/core/scopes.ts';
import type { Clock } from '../chains.ts';
import type { AccountState, ChainEvent, ContractState, LoadNetwork, ReadCall, Refused } from '../network.ts';
import { type MemoryCall, MemoryContract } from './memory-contracts.ts';

const SEED = 7;
const CONFIRMATIONS = 2;
const BLOCK_MS = 1_000;
const BLOCK_TRANSACTIONS = 500;
const TRANSFER_GAS = 28_000n;
const SENDER_POOL_MAX = 64;
const HOME_GROUP = 0;
const READ_GAS = 10_000_000n;
const PARTITIONS = 64;
/** Exceptions as statuses (preda.md a.15). */
const ASSERTION = { exception: 21, status: 5 } as const;
const GAS_USED_UP = { exception: 30, status: 4 } as const;
const EXCEPTION_STATUS = 6;

/** A relay on its way: a credit of money, or a call of a contract. */
interface Relay {
  readonly id: Uint8Array;
  readonly root: Uint8Array;
  readonly readyAtMs: number;
  readonly run: { readonly to: Uint8Array; readonly amount: bigint } | (MemoryCall & { readonly of: MemoryContract });
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
  readonly #contracts = new Map<string, MemoryContract>();
  #closed = false;

  constructor(clock: Clock, groups: number) {
    this.#clock = clock;
    this.genesis = readGenesis(
      makeGenesis({
        chain: {
          partitions: PARTITIONS,
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
    const account = this.#accounts.get(key) ?? { nonce: 0, native: 0n };
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
    return this.#contract(name);
  }

  async read(
    group: number,
    { contract, op, scope, key, sender, args = new Uint8Array(0) }: ReadCall,
  ): Promise<Uint8Array> {
    await this.#clock.sleep(1);
    if (this.#groupOf(scope, key) !== group) throw new Error('WRONG_GROUP');
    const call = { op, scope, key, args, initiator: sender, isRelay: false, gas: READ_GAS };
    const { fault, returned } = this.#byId(contract).run(call);
    if (fault !== 0) throw new Error(`reading failed with ${fault}`);
    return returned;
  }

  /** As if somebody had slipped it in. */
  forge(name: string, function_: string, key: Uint8Array, args: Uint8Array): void {
    const contract = this.#contract(name);
    const op = contract?.abi.functions.find((one) => one.name === function_)?.op;
    if (contract === undefined || op === undefined) throw new Error(`no ${name}.${function_}`);
    contract.run({ op, scope: SCOPE.address, key, args, initiator: key, isRelay: true, gas: READ_GAS });
  }

  async *watch(group: number, signal: AbortSignal): AsyncGenerator<ChainEvent, void, undefined> {
    const { blocks, waiting } = this.#group(group);
    const first = blocks.length - 1;
    for (let height = first; !signal.aborted; ) {
      const receipts = blocks[height];
      if (receipts !== undefined) {
        const own = height === first ? new Uint8Array(0) : receipts;
        yield { kind: 'block', group, height, timestampMs: height * BLOCK_MS, receipts: own };
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
    for (const relay of due) receipts.push(this.#arrive(relay));
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
    const { gasLimit, gasPrice, contract, op, target, args } = transaction;
    const id = transactionId(bytes);
    const address = senderOf(bytes);
    const sender = this.of(address);
    sender.nonce++;
    sender.native -= gasLimit * gasPrice;
    if (contract === 0n) return this.#transfer(transaction, id, address);
    if (target.scope !== SCOPE.address) throw new Error('WRONG_TARGET');
    const call = { op, scope: target.scope, key: target.key, args, initiator: address, isRelay: false };
    return this.#call(this.#byId(contract), { ...call, gas: gasLimit - TRANSACTION_GAS }, id, id);
  }

  #transfer({ gasLimit, args, target }: Transaction, id: Uint8Array, address: Uint8Array): Uint8Array {
    const amount = viewOf(args).getBigUint64(0, true);
    const sender = this.of(address);
    if (gasLimit < TRANSFER_GAS) return receiptOf(id, id, { ...GAS_USED_UP, gas: gasLimit });
    if (sender.native < amount) return receiptOf(id, id, { status: 2, gas: gasLimit });
    sender.native -= amount;
    this.#relay(this.#ownerOf(address), { id: relayId(id, id, 0), root: id, run: { to: target.key, amount } });
    return receiptOf(id, id, { children: 1, gas: TRANSACTION_GAS });
  }

  #arrive({ id, root, run }: Relay): Uint8Array {
    if ('of' in run) return this.#call(run.of, { ...run, gas: run.gas - relayGas(run.scope) }, id, root);
    this.of(run.to).native += run.amount;
    return receiptOf(id, root, { gas: relayGas(SCOPE.account) });
  }

  /** One invocation. Its relays share what is left; without any all of it is burnt. */
  #call(of: MemoryContract, call: MemoryCall, id: Uint8Array, root: Uint8Array): Uint8Array {
    const intrinsic = call.isRelay ? relayGas(call.scope) : TRANSACTION_GAS;
    const { fault, gas, relays } = of.run(call);
    if (fault !== 0 || relays.length === 0) return receiptOf(id, root, { ...failed(fault), gas: intrinsic + call.gas });
    const group = this.#groupOf(call.scope, call.key);
    for (const [index, relay] of relays.entries()) {
      const share = (call.gas - gas) / BigInt(relays.length);
      this.#relay(group, { id: relayId(id, root, index), root, run: { ...relay, gas: share, of } });
    }
    return receiptOf(id, root, { children: relays.length, gas: intrinsic + gas });
  }

  #relay(from: number, relay: Omit<Relay, 'readyAtMs'>): void {
    const { run } = relay;
    const to = 'of' in run ? this.#groupOf(run.scope, run.key) : this.#ownerOf(run.to);
    const readyAtMs = this.#clock.nowMs() + (from === to ? BLOCK_MS : (CONFIRMATIONS + 1) * BLOCK_MS);
    this.#group(to).relays.push({ ...relay, readyAtMs });
  }

  #contract(name: string): MemoryContract | undefined {
    const known = this.#contracts.get(name);
    if (known !== undefined) return known;
    const { address } = deriveKey(SEED, 'alice');
    const made = MemoryContract.find(name, BigInt(this.#contracts.size + 1), address, PARTITIONS);
    if (made !== undefined) this.#contracts.set(name, made);
    return made;
  }

  #byId(id: bigint): MemoryContract {
    const found = [...this.#contracts.values()].find((one) => one.id === id);
    if (found === undefined) throw new Error(`no contract ${id}`);
    return found;
  }

  #groupOf(scope: number, key: Uint8Array): number {
    if (scope === SCOPE.address) return this.#ownerOf(key);
    return scope === SCOPE.shard ? (this.genesis.firstMap.owners[viewOf(key).getUint32(0, true)] ?? 0) : HOME_GROUP;
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

function failed(fault: number): { readonly status: number; readonly exception: number } {
  if (fault === 0) return { status: 0, exception: 0 };
  const known = [ASSERTION, GAS_USED_UP].find(({ exception }) => exception === fault);
  return known ?? { status: EXCEPTION_STATUS, exception: fault };
}

type Ran = { readonly status?: number; readonly exception?: number; readonly children?: number; readonly gas: bigint };

function receiptOf(
  id: Uint8Array,
  root: Uint8Array,
  { status = 0, exception = 0, children = 0, gas }: Ran,
): Uint8Array {
  const ran = { id, root, index: 0, status, exception, children, gas };
  const where = { kind: 0, scope: 1, op: 0, partition: 0, contract: 1n };
  const record = { self: new Uint8Array(36), counterpart: new Uint8Array(36), amountLow: 0n, amountHigh: 0n };
  return RECEIPT.encode({ ...ran, ...where, ...record });
}
