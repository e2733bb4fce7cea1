// What the chain and the virtual machine say to each other. Byte layouts are docs/vm.md's; nothing here runs.

export interface MachineOptions {
  /** P, a power of two ≤ 4096. */
  readonly partitions: number;
  /** ≥ 32 random bytes keying the private index. Never consensus: any seed gives the same blocks. */
  readonly seed: Uint8Array;
  /** Contracts built with `check` calls: a store outside what they may write stops the node. */
  readonly guard?: boolean;
  /** Genesis `maxStateBytes`: canonical bytes of all cells; growth of contract state past it is fault 15. */
  readonly maxStateBytes?: bigint;
  /** Genesis `maxRelays`: relays of one invocation (a broadcast counts P); more is fault 22. */
  readonly maxRelays?: number;
}

/** Facts of the block being built or judged. */
export interface BlockContext {
  readonly height: number;
  readonly timestampMs: number;
  /** 32 bytes. */
  readonly parentId: Uint8Array;
  /** 36 bytes. */
  readonly minerAddress: Uint8Array;
  /** What this block's invocations may burn in all. */
  readonly blockGas: bigint;
}

/**
 * Why a run ended (docs/vm.md §7). In every case but `end` the record at `bytes` did not run and changed nothing:
 * `gas`: its budget exceeds what is left of the block; `room`: a relay of it does not fit its destination group's room;
 * `invalid`: a user transaction with a wrong nonce, without funds, or with gas · price ≥ 2^64.
 */
export type Stop = 'end' | 'gas' | 'room' | 'invalid';

/** The arrays are views of VM memory, valid until the next call on the machine: copy what is kept. */
export interface RunResult {
  /** Records that ran, failed ones included. */
  readonly done: number;
  /** Offset in the input of the first record that did not run; the input's length when all did. */
  readonly bytes: number;
  readonly stop: Stop;
  /** RECEIPT layouts, one per record that ran but system credits (kind 4). `index` counts receipts since beginBlock. */
  readonly receipts: Uint8Array;
  /** Wire records (id = the emitter's) in emission order, for all destinations: own partitions and kind 2 included. */
  readonly relays: Uint8Array;
  /** The same records without kind 2, put together per owner of their partition; ascending by group. */
  routes(): readonly Route[];
}

/** Relays of one run to one group, in emission order. A view like the rest of a RunResult. */
export interface Route {
  readonly group: number;
  readonly records: Uint8Array;
}

export interface Account {
  readonly nonce: bigint;
  /** msat */
  readonly balance: bigint;
}

/** New values of one partition's cells, in order of first write: entries of docs/vm.md §6. A copy. */
export interface PartitionDiff {
  readonly partition: number;
  readonly diff: Uint8Array;
}

export interface BlockChanges {
  /** Ascending by partition, none empty. 65535 is the global partition, 65534 its replica. */
  readonly diffs: readonly PartitionDiff[];
  /** Old values: what `undo` takes. */
  readonly undo: Uint8Array;
}

export interface CallResult {
  /** preda.md a.15 status, 0 = success. */
  readonly status: number;
  /** preda.md a.15 exception id, 0 = none. */
  readonly exception: number;
  /** What it burnt itself: budget minus what is left; relays' prices count. */
  readonly gas: bigint;
  /** Encoded return value, a copy; empty when the function returns none. */
  readonly ret: Uint8Array;
}

/** A defect of compiler, runtime or machine, or real memory running out: the node must stop with a report. The machine refuses all work afterwards. */
export class VmInternalFault extends Error {
  readonly code = 'vm-internal-fault';
}

/**
 * One group's state and the code that runs on it. Records: docs/vm.md §1, concatenated. Kind 0 carries its own id; all
 * other kinds are *wire* records (id = the emitter's): the machine derives their ids itself, in its own copy.
 *
 * Cells change only between `beginBlock` and `endBlock`/`abortBlock`, except by `undo`, `applyDiff` and `dropPartition`,
 * which are for outside of a block.
 */
export interface VirtualMachine {
  /** `id` = registry sequence, below 2^20. Modules are instantiated on first use, once per module. */
  installContract(id: number, module: WebAssembly.Module): void;
  /** Later invocations of it fail with status 8. */
  removeContract(id: number): void;

  /** `owners[p]` = group of partition p; `self` = own group. The global partition belongs to group 0. */
  setOwners(owners: Uint16Array, self: number): void;
  /** Bytes of relays that may still be emitted to `group`. Unlimited (2^31 − 1) until set; beginBlock does not touch it. */
  setRoom(group: number, bytes: number): void;
  room(group: number): number;
  /** A user transaction's own relay to a busy group fails with DestinationBusy (34), gas paid. */
  setBusy(group: number, busy: boolean): void;

  beginBlock(context: BlockContext): void;
  run(records: Uint8Array): RunResult;
  /** Counts gas the chain charged itself (installing a contract): `gasUsed` and `fees` grow by it. Never stops; the caller has checked the block's rest. */
  burn(gas: bigint, price: bigint): void;
  /** Gas burnt since beginBlock. */
  gasUsed(): bigint;
  /** msat kept for the block's miner since beginBlock: Σ gas burnt · price. Not yet on any account. */
  fees(): bigint;
  /** Σ (value + gas · price) of all records emitted to `group` since beginBlock, own group and kind 2 included. */
  sent(group: number): bigint;

  /** Adds to an account, creating it. Cannot fail. */
  credit(address: Uint8Array, msat: bigint): void;
  /** Zeros for an account that does not exist. Also outside of a block. */
  account(address: Uint8Array): Account;
  /** Cell by partition and cell id; a copy. Also outside of a block. */
  get(partition: number, id: Uint8Array): Uint8Array | undefined;
  put(partition: number, id: Uint8Array, value: Uint8Array): void;
  /** No effect when absent. */
  remove(partition: number, id: Uint8Array): void;

  /** What `endBlock` would answer now as the diff of one partition: new values since beginBlock, in order of first write. A copy. */
  changesOf(partition: number): Uint8Array;
  endBlock(): BlockChanges;
  /** Undoes everything since beginBlock. */
  abortBlock(): void;
  /** Takes back the newest block not yet taken back. */
  undo(undo: Uint8Array): void;
  applyDiff(partition: number, diff: Uint8Array): void;

  /** All cells in canonical order, as diff entries. A copy. */
  exportPartition(partition: number): Uint8Array;
  dropPartition(partition: number): void;
  /** Canonical bytes: Σ size of the cells' diff entries. */
  bytesOf(partition: number): number;
  cellsOf(partition: number): number;

  /**
   * Runs one record read-only at the tip, outside of a block, in the partition it names; the context is that of the last
   * block begun. No nonce, funds or fees are looked at; nothing it does remains.
   */
  call(record: Uint8Array, gasCap: bigint): CallResult;
}
