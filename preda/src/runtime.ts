// The runtime module every contract links to: its bytes, compiled once per process, and its exports as types. Runs nothing.
import { RUNTIME_BASE64 } from './runtime-bytes.ts';

type Int = WebAssembly.Global<number>;
type Long = WebAssembly.Global<bigint>;

/** What the machine calls. What contracts import is docs/vm.md §3. */
export interface Runtime {
  readonly memory: WebAssembly.Memory;
  readonly table: WebAssembly.Table;
  readonly fuel: Long;
  readonly stack: Int;
  readonly len: Int;
  readonly code: Int;
  readonly cursor: Int;
  readonly done: Int;
  readonly out: Int;
  readonly receiptOut: Int;
  readonly returned: Int;
  readonly returnedBytes: Int;

  init(partitions: number, guard: number, maxRelays: number, maxStateBytes: bigint): void;
  seed_at(): number;
  block_at(): number;
  id_at(): number;
  account_at(): number;
  alloc_run(order: number): number;
  free_run(at: number, order: number): void;
  memory_used(): number;

  set_contract(id: number, slot: number): void;
  set_owner(partition: number, group: number): void;
  set_self(group: number): void;
  set_room(group: number, bytes: number): void;
  get_room(group: number): number;
  set_busy(group: number, busy: number): void;
  get_sent(group: number): bigint;

  begin_block(blockGas: bigint): void;
  abort_block(): void;
  commit_block(): void;
  burn(gas: bigint, price: bigint): void;
  gas_burnt(): bigint;
  fees_kept(): bigint;

  set_input(from: number, to: number): void;
  set_output(at: number, end: number): void;
  set_receipts(at: number): void;
  run(): number;
  settle(): number;
  call(): number;
  finish_call(): void;
  route(from: number, end: number, to: number): number;

  credit(address: number, msat: bigint): void;
  read_account(address: number, out: number): void;
  get_cell(partition: number, id: number, size: number): number;
  put_cell(partition: number, id: number, size: number, length: number): number;
  remove_cell(partition: number, id: number, size: number): void;

  prepare_diff(): number;
  rewind_diff(old: number, from: number, to: number): void;
  emit_diff(out: number, end: number): number;
  apply_entries(partition: number, from: number, end: number): number;
  open_export(partition: number): void;
  emit_export(out: number, end: number): number;
  close_export(): void;
  drop_partition(partition: number): void;
  cells_of(partition: number): number;
  bytes_of(partition: number): bigint;
}

let compiled: WebAssembly.Module | undefined;

/** Shared by all machines of a process. */
function runtimeModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Buffer.from(RUNTIME_BASE64, 'base64'));
  return compiled;
}

/** A runtime of its own, with its own memory; contracts link to the same object under the name `rt`. */
export function createRuntime(): Runtime {
  return new WebAssembly.Instance(runtimeModule()).exports as unknown as Runtime;
}
