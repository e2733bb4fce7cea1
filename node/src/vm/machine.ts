// The virtual machine of one group: state and code in one linear memory. Pure: it reads no clock, no disk and no network.

import { createRuntime, type Runtime } from '@rexnet/preda/runtime.ts';
import { sha256 } from '../core/hash.ts';
import { Batches } from './batch.ts';
import { Cells } from './cells.ts';
import { Contracts } from './contracts.ts';
import { Linear } from './linear.ts';
import {
  type Account,
  type BlockChanges,
  type BlockContext,
  type CallResult,
  type MachineOptions,
  type RunResult,
  type VirtualMachine,
  VmInternalFault,
} from './types.ts';

const MAX_PARTITIONS = 4096;
const MAX_GROUPS = 65_536;
/** Room of a group that was given none. */
const NO_LIMIT = 2 ** 31 - 1;
const MIN_SEED_BYTES = 32;
const INDEX_KEY_BYTES = 320;
const DEFAULT_MAX_RELAYS = 4096;
const DEFAULT_MAX_STATE_BYTES = 3n * 2n ** 29n;

export class Machine implements VirtualMachine {
  readonly #runtime: Runtime;
  readonly #linear: Linear;
  readonly #contracts: Contracts;
  readonly #batches: Batches;
  readonly #cells: Cells;
  #owners: Uint16Array;
  #inBlock = false;
  #runs = 0;
  /** Set once something happened that must not: the node stops, and until it has, nothing more is done here. */
  #defect: VmInternalFault | undefined;

  private constructor(options: MachineOptions) {
    const { partitions, seed } = options;
    const isPower = partitions > 0 && (partitions & (partitions - 1)) === 0;
    if (!isPower || partitions > MAX_PARTITIONS) throw new RangeError(`${partitions} partitions`);
    if (seed.length < MIN_SEED_BYTES) throw new RangeError('the seed is too short');
    const runtime = createRuntime();
    this.#runtime = runtime;
    this.#linear = new Linear(runtime.memory);
    const keys = runtime.seed_at();
    for (let i = 0; i < INDEX_KEY_BYTES / 32; i++) {
      this.#linear.bytes.set(sha256(Uint8Array.of(...seed, i)), keys + i * 32);
    }
    const { maxRelays = DEFAULT_MAX_RELAYS, maxStateBytes = DEFAULT_MAX_STATE_BYTES } = options;
    runtime.init(partitions, options.guard === true ? 1 : 0, maxRelays, maxStateBytes);
    this.#owners = new Uint16Array(partitions);
    this.#contracts = new Contracts(runtime);
    this.#batches = new Batches(runtime, this.#linear, this.#contracts, (p) => this.#owners[p] ?? 0);
    this.#cells = new Cells(runtime, this.#linear, partitions);
  }

  static create(options: MachineOptions): Machine {
    return new Machine(options);
  }

  installContract(id: number, module: WebAssembly.Module): void {
    this.#guarded(() => this.#contracts.install(id, module));
  }

  removeContract(id: number): void {
    this.#guarded(() => this.#contracts.remove(id));
  }

  setOwners(owners: Uint16Array, self: number): void {
    if (owners.length !== this.#owners.length) throw new RangeError(`${owners.length} owners`);
    this.#owners = owners.slice();
    for (let p = 0; p < owners.length; p++) this.#runtime.set_owner(p, owners[p]!);
    this.#runtime.set_self(checkGroup(self));
  }

  setRoom(group: number, bytes: number): void {
    this.#runtime.set_room(checkGroup(group), Math.min(Math.max(0, bytes), NO_LIMIT));
  }

  room(group: number): number {
    return this.#runtime.get_room(checkGroup(group));
  }

  setBusy(group: number, busy: boolean): void {
    this.#runtime.set_busy(checkGroup(group), busy ? 1 : 0);
  }

  beginBlock(context: BlockContext): void {
    if (this.#inBlock) throw new Error('a block is open');
    this.#guarded(() => {
      const at = this.#runtime.block_at();
      const { bytes, view } = this.#linear;
      view.setBigUint64(at, BigInt(context.height), true);
      view.setBigUint64(at + 8, BigInt(context.timestampMs), true);
      bytes.set(context.parentId.subarray(0, 32), at + 16);
      bytes.set(context.minerAddress.subarray(0, 36), at + 48);
      this.#runtime.begin_block(context.blockGas);
      this.#inBlock = true;
    });
  }

  run(records: Uint8Array): RunResult {
    this.#requireBlock();
    this.#runs++;
    return this.#guarded(() => withoutStackTraces(() => this.#batches.run(records)));
  }

  burn(gas: bigint, price: bigint): void {
    this.#requireBlock();
    this.#runtime.burn(gas, price);
  }

  gasUsed(): bigint {
    return BigInt.asUintN(64, this.#runtime.gas_burnt());
  }

  fees(): bigint {
    return BigInt.asUintN(64, this.#runtime.fees_kept());
  }

  sent(group: number): bigint {
    return BigInt.asUintN(64, this.#runtime.get_sent(checkGroup(group)));
  }

  credit(address: Uint8Array, msat: bigint): void {
    this.#requireBlock();
    this.#guarded(() => this.#cells.credit(address, msat));
  }

  account(address: Uint8Array): Account {
    return this.#guarded(() => this.#cells.account(address));
  }

  get(partition: number, id: Uint8Array): Uint8Array | undefined {
    return this.#guarded(() => this.#cells.get(partition, id));
  }

  put(partition: number, id: Uint8Array, value: Uint8Array): void {
    this.#requireBlock();
    this.#guarded(() => this.#cells.put(partition, id, value));
  }

  remove(partition: number, id: Uint8Array): void {
    this.#requireBlock();
    this.#guarded(() => this.#cells.remove(partition, id));
  }

  changesOf(partition: number): Uint8Array {
    this.#requireBlock();
    return this.#guarded(() => this.#cells.changesOf(partition));
  }

  endBlock(): BlockChanges {
    this.#requireBlock();
    return this.#guarded(() => {
      const changes = this.#cells.changes();
      this.#runtime.commit_block();
      this.#inBlock = false;
      return changes;
    });
  }

  abortBlock(): void {
    this.#requireBlock();
    this.#guarded(() => this.#runtime.abort_block());
    this.#inBlock = false;
  }

  undo(undo: Uint8Array): void {
    this.#requireNoBlock();
    this.#guarded(() => this.#cells.undo(undo));
  }

  applyDiff(partition: number, diff: Uint8Array): void {
    this.#requireNoBlock();
    this.#guarded(() => this.#cells.apply(partition, diff));
  }

  exportPartition(partition: number): Uint8Array {
    return this.#guarded(() => this.#cells.exportPartition(partition));
  }

  dropPartition(partition: number): void {
    this.#requireNoBlock();
    this.#guarded(() => this.#cells.drop(partition));
  }

  bytesOf(partition: number): number {
    return this.#cells.bytesOf(partition);
  }

  cellsOf(partition: number): number {
    return this.#cells.cellsOf(partition);
  }

  call(record: Uint8Array, gasCap: bigint): CallResult {
    this.#requireNoBlock();
    return this.#guarded(() => withoutStackTraces(() => this.#batches.call(record, gasCap)));
  }

  /** All of linear memory: what it once needed it keeps. */
  get memoryBytes(): number {
    return this.#linear.bytes.length;
  }

  /** Distinct codes that have an instance. */
  get moduleCount(): number {
    return this.#contracts.instanceCount;
  }

  /** Runs since it was made. */
  get runCount(): number {
    return this.#runs;
  }

  /** Bytes of linear memory in use or kept for reuse. */
  memoryUsed(): number {
    return this.#runtime.memory_used() >>> 0;
  }

  /** What escapes from WebAssembly is a defect; refusals of arguments (RangeError of ours) are not. */
  #guarded<T>(act: () => T): T {
    if (this.#defect !== undefined) throw this.#defect;
    try {
      return act();
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) {
        this.#defect = new VmInternalFault('the virtual machine failed', { cause: error });
      } else if (error instanceof VmInternalFault) this.#defect = error;
      else throw error;
      throw this.#defect;
    }
  }

  #requireBlock(): void {
    if (!this.#inBlock) throw new Error('no block is open');
  }

  #requireNoBlock(): void {
    if (this.#inBlock) throw new Error('a block is open');
  }
}

function checkGroup(group: number): number {
  if (!Number.isInteger(group) || group < 0 || group >= MAX_GROUPS) throw new RangeError(`no group ${group}`);
  return group;
}

/** A trap costs a third without a stack trace, and nobody reads it. */
function withoutStackTraces<T>(act: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return act();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
