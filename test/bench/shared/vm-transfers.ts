// Token transfers through a virtual machine of its own: blocks of user transactions from funded accounts, debit, relay through
// outbox bytes, credit; both journals, gas, receipts and log records on. Signatures and hashing of blocks are not in it.

import { readFileSync } from 'node:fs';
import { partitionOf } from '../../../node/src/core/address.ts';
import { viewOf } from '../../../node/src/core/bytes.ts';
import { Machine } from '../../../node/src/vm/machine.ts';
import { cellId, entry, record, testAddress, u64, u128 } from '../../../node/src/vm/testing/records.ts';
import { TOKEN_OP, tokenModule } from '../../../node/src/vm/testing/token.ts';
import { compile } from '../../../preda/src/index.ts';
import { generator } from './figures.ts';
import { Stopwatch } from './own-time.ts';

export const FUNDS = 1_000_000_000_000n;
const PARTITIONS = 256;
const GROUPS = 8;
const CONTRACT = 7;
const BLOCK_TRANSACTIONS = 8_192;
/** As many as admission hands to the machine at once. */
const BATCH_TRANSACTIONS = 1_024;
const GAS = 60_000n;

interface Contract {
  readonly module: WebAssembly.Module;
  readonly transfer: number;
}

/** contracts/token.prd as it is deployed; `--hand` takes one written in WebAssembly text, to tell compiler and machine apart. */
function contract(): Contract {
  if (process.argv.includes('--hand')) return { module: tokenModule(), transfer: TOKEN_OP.transfer };
  const compiled = compile(readFileSync(new URL('../../../contracts/token.prd', import.meta.url), 'utf8'));
  if (!compiled.ok) throw new Error('contracts/token.prd does not compile');
  const transfer = compiled.abi.functions.find((f) => f.name === 'transfer')!.op;
  return { module: new WebAssembly.Module(compiled.wasm as Uint8Array<ArrayBuffer>), transfer };
}

function addresses(count: number): Uint8Array {
  const all = new Uint8Array(count * 36);
  for (let i = 0; i < count; i++) all.set(testAddress(i), i * 36);
  return all;
}

function fund(vm: Machine, all: Uint8Array, count: number): void {
  const parts: Uint8Array[][] = Array.from({ length: PARTITIONS }, () => []);
  for (let i = 0; i < count; i++) {
    const address = all.subarray(i * 36, i * 36 + 36);
    const list = parts[partitionOf(address, PARTITIONS)]!;
    list.push(entry(cellId(0, 0, address), Uint8Array.from([...u64(0n), ...u64(FUNDS)])));
    list.push(entry(cellId(CONTRACT, 1, address), u128(FUNDS)));
  }
  for (let p = 0; p < PARTITIONS; p++) vm.applyDiff(p, Buffer.concat(parts[p]!));
}

/** Offsets of a record's fields in words of four bytes (docs/vm.md §1). */
const WORD = { nonce: 10, id: 12, root: 20, initiator: 28, partition: 46, key: 50, to: 60, amount: 69 } as const;
const ADDRESS_WORDS = 9;

/** Accounts as words: making a transaction must not cost several times what running it does. */
interface Accounts {
  readonly addresses: Uint32Array;
  readonly partitions: Uint16Array;
  readonly nonces: Uint32Array;
}

function copyAddress(words: Uint32Array, at: number, { addresses }: Accounts, account: number): void {
  for (let i = 0; i < ADDRESS_WORDS; i++) words[at + i] = addresses[account * ADDRESS_WORDS + i]!;
}

/** A whole block of signed-and-checked transactions, as the pool would hand them over. */
function makeBlock(template: Uint8Array, accounts: Accounts, random: (n: number) => number): Uint8Array {
  const bytes = new Uint8Array(template.length * BLOCK_TRANSACTIONS);
  const words = new Uint32Array(bytes.buffer);
  const count = accounts.nonces.length;
  for (let i = 0; i < BLOCK_TRANSACTIONS; i++) {
    bytes.set(template, i * template.length);
    const at = (i * template.length) / 4;
    const from = random(count);
    const nonce = accounts.nonces[from]!;
    accounts.nonces[from] = nonce + 1;
    for (const id of [WORD.id, WORD.root]) {
      words[at + id] = from;
      words[at + id + 1] = nonce;
    }
    words[at + WORD.nonce] = nonce;
    words[at + WORD.partition] = accounts.partitions[from]!;
    copyAddress(words, at + WORD.initiator, accounts, from);
    copyAddress(words, at + WORD.key, accounts, from);
    copyAddress(words, at + WORD.to, accounts, random(count));
    words[at + WORD.amount] = 1 + random(1_000);
  }
  return bytes;
}

/** Outbox bytes per group, written by the block before and read back in this one. */
class Outboxes {
  readonly #bytes: Uint8Array[] = Array.from({ length: GROUPS }, () => new Uint8Array(4 << 20));
  readonly #sizes = new Array<number>(GROUPS).fill(0);

  put(group: number, records: Uint8Array): void {
    this.#bytes[group]!.set(records, this.#sizes[group]);
    this.#sizes[group]! += records.length;
  }

  take(group: number): Uint8Array {
    const size = this.#sizes[group]!;
    this.#sizes[group] = 0;
    return this.#bytes[group]!.subarray(0, size);
  }
}

function execute(vm: Machine, height: number, transactions: Uint8Array, batchBytes: number, outboxes: Outboxes): void {
  vm.beginBlock({
    height,
    timestampMs: height * 1000,
    parentId: new Uint8Array(32),
    minerAddress: new Uint8Array(36),
    blockGas: 1n << 60n,
  });
  for (let g = 1; g < GROUPS; g++) {
    const inbound = outboxes.take(g);
    if (inbound.length === 0) continue;
    const result = vm.run(inbound);
    if (result.stop !== 'end') throw new Error(`inbound stopped: ${result.stop}`);
  }
  for (let at = 0; at < transactions.length; at += batchBytes) {
    const result = vm.run(transactions.subarray(at, at + batchBytes));
    if (result.stop !== 'end') throw new Error(`transactions stopped: ${result.stop}`);
    for (const { group, records } of result.routes()) outboxes.put(group, records);
  }
  vm.run(outboxes.take(0));
}

function sumOf(vm: Machine, all: Uint8Array, count: number): bigint {
  let sum = 0n;
  for (let i = 0; i < count; i++) {
    const address = all.subarray(i * 36, i * 36 + 36);
    const value = vm.get(partitionOf(address, PARTITIONS), cellId(CONTRACT, 1, address))!;
    const view = viewOf(value);
    sum += view.getBigUint64(0, true) + (view.getBigUint64(8, true) << 64n);
  }
  return sum;
}

export interface VmTimes {
  readonly transfers: number;
  readonly executing: Stopwatch;
  readonly committing: Stopwatch;
}

export class VmTransfers {
  readonly #vm: Machine;
  readonly #all: Uint8Array;
  readonly #accounts: number;
  readonly #template: Uint8Array;
  readonly #made: Accounts;
  readonly #random = generator(7);
  readonly #outboxes = new Outboxes();
  #height = 1;

  constructor(accounts: number) {
    this.#vm = Machine.create({ partitions: PARTITIONS, seed: new Uint8Array(32).fill(5) });
    const { module, transfer } = contract();
    this.#vm.installContract(CONTRACT, module);
    const owners = Uint16Array.from({ length: PARTITIONS }, (_, p) => p % GROUPS);
    this.#vm.setOwners(owners, 0);
    this.#accounts = accounts;
    this.#all = addresses(accounts);
    fund(this.#vm, this.#all, accounts);
    this.#made = {
      addresses: new Uint32Array(this.#all.buffer),
      partitions: Uint16Array.from({ length: accounts }, (_, i) =>
        partitionOf(this.#all.subarray(i * 36, i * 36 + 36), PARTITIONS),
      ),
      nonces: new Uint32Array(accounts),
    };
    const fields = {
      op: transfer,
      contract: CONTRACT,
      gas: GAS,
      key: this.#all.subarray(0, 36),
      args: new Uint8Array(52),
    };
    this.#template = record(fields, PARTITIONS);
  }

  /** Makes blocks, then runs and commits them. */
  run(blocks: number): VmTimes {
    const made = Array.from({ length: blocks }, () => makeBlock(this.#template, this.#made, this.#random));
    const executing = new Stopwatch();
    const committing = new Stopwatch();
    for (const transactions of made) {
      executing.time(() => this.#execute(transactions));
      committing.time(() => this.#vm.endBlock());
    }
    return { transfers: blocks * BLOCK_TRANSACTIONS, executing, committing };
  }

  /** Credits what is under way; throws when the sum of balances is not what it was. */
  check(): void {
    this.#execute(new Uint8Array(0));
    this.#vm.endBlock();
    const sum = sumOf(this.#vm, this.#all, this.#accounts);
    if (sum !== FUNDS * BigInt(this.#accounts)) throw new Error('the sum of balances changed');
  }

  #execute(transactions: Uint8Array): void {
    execute(this.#vm, this.#height++, transactions, this.#template.length * BATCH_TRANSACTIONS, this.#outboxes);
  }
}
