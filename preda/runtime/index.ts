// The runtime module: owns memory, table, fuel and state. What contracts import and what the machine calls.
import { BLOCK, HINT_BYTES, HINTS, ID_BUFFER, KEY_BUFFER, NH_KEYS, WINDOW } from './layout';
import { setPartitionMask } from './hash';
import { initTable } from './table';
import { initHeap } from './heap';
import { initGroups } from './groups';
import { setMaxRelays } from './relay';
import { initRoutes } from './route';
import { initBlocks } from './block';
import { initCrc } from './address';
import { setMaxStateBytes } from './state';
import { allocRun, freeRun } from './memory';

// For contracts (docs/vm.md §3).
export { fault, fuel, len, stack } from './fault';
export { alloc, check } from './heap';
export { elem_erase, elem_read, elem_write, state_read, state_write } from './state';
export { relay } from './relay';
export { log_amount, ret } from './frame';
export { context, context_bytes, sha256 } from './context';
export { address_valid, parse_address, text_address, text_hash } from './address';
export { i128_div, i128_mul, i128_rem, text_i128, text_u128, u128_div, u128_mul, u128_rem } from './wide';

// For the machine.
export { code } from './fault';
export { returned, returnedBytes } from './frame';
export { burn, call, cursor, done, fees_kept, finish_call, gas_burnt, run, set_contract, set_input, settle } from './run';
export { get_room, get_sent, set_busy, set_owner, set_room, set_self } from './groups';
export { out, setOutput as set_output } from './relay';
export { route } from './route';
export { receiptOut, setReceipts as set_receipts } from './receipt';
export { abort_block, begin_block, commit_block, emit_diff, prepare_diff, rewind_diff } from './block';
export {
  apply_entries,
  bytes_of,
  cells_of,
  close_export,
  credit,
  drop_partition,
  emit_export,
  get_cell,
  open_export,
  put_cell,
  remove_cell,
} from './exchange';
export { read_account } from './ledger';
export { memoryUsed as memory_used } from './memory';
export { stateBytes as state_bytes } from './cells';

/** Where the host puts the index keys (320 bytes) before `init`. */
export function seed_at(): u32 {
  return NH_KEYS;
}
/** Where the host puts height, timestamp, parent id and miner before `begin_block`. */
export function block_at(): u32 {
  return BLOCK;
}
/** Where the host puts a cell id or an address, up to 256 bytes. */
export function id_at(): u32 {
  return ID_BUFFER;
}
export function account_at(): u32 {
  return KEY_BUFFER;
}

export function init(partitions: u32, guard: u32, maxRelays: u32, maxStateBytes: i64): void {
  memory.fill(HINTS, 0, WINDOW * HINT_BYTES);
  setPartitionMask(partitions - 1);
  initCrc();
  initTable(partitions);
  initHeap(guard != 0);
  initGroups();
  initRoutes();
  setMaxRelays(maxRelays);
  initBlocks();
  setMaxStateBytes(maxStateBytes);
}

/** A buffer of 2^order pages for the host. */
export function alloc_run(order: u32): u32 {
  return allocRun(order);
}
export function free_run(at: u32, order: u32): void {
  freeRun(at, order);
}
