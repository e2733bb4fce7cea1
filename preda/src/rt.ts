// What a contract module may import from the runtime, as a table: docs/vm.md section 3. It names things and does nothing.
import type { Global, ImportedFunc } from './ir.ts';
import type { ValType } from './wasm.ts';

export const RUNTIME_MODULE = 'rt';

const func = (name: string, params: readonly ValType[], results: readonly ValType[] = []): ImportedFunc => ({
  kind: 'import',
  name,
  params,
  results,
});
const imported = (name: string, type: ValType): Global => ({ name, type, imported: true });
const ints = (count: number): ValType[] => Array<ValType>(count).fill('i32');

export const RT = {
  fault: func('fault', ints(1)),
  alloc: func('alloc', ints(1), ints(1)),
  stateRead: func('state_read', ints(1), ints(1)),
  stateWrite: func('state_write', ints(2), ints(1)),
  elemRead: func('elem_read', ints(4), ints(1)),
  elemWrite: func('elem_write', ints(5), ints(1)),
  elemErase: func('elem_erase', ints(4)),
  relay: func('relay', ints(7)),
  context: func('context', ints(1), ['i64']),
  contextBytes: func('context_bytes', ints(2)),
  logAmount: func('log_amount', ['i64', 'i64']),
  ret: func('ret', ints(2)),
  check: func('check', ints(2)),
  u128Mul: func('u128_mul', ints(3)),
  u128Div: func('u128_div', ints(3)),
  u128Rem: func('u128_rem', ints(3)),
  i128Mul: func('i128_mul', ints(3)),
  i128Div: func('i128_div', ints(3)),
  i128Rem: func('i128_rem', ints(3)),
  sha256: func('sha256', ints(3)),
  addressValid: func('address_valid', ints(1), ints(1)),
  textU128: func('text_u128', ints(2), ints(1)),
  textI128: func('text_i128', ints(2), ints(1)),
  textAddress: func('text_address', ints(2), ints(1)),
  textHash: func('text_hash', ints(2), ints(1)),
  parseAddress: func('parse_address', ints(3), ints(1)),
} as const;

export const FUEL: Global = imported('fuel', 'i64');
export const STACK: Global = imported('stack', 'i32');
export const LEN: Global = imported('len', 'i32');

/** What one invocation may ask of its heap. */
export const MAX_HEAP_BYTES = 16 * 1024 * 1024;

/** Exception ids of preda.md a.15. */
export const FAULT = {
  overflow: 1,
  underflow: 2,
  dividedByZero: 3,
  outOfRange: 8,
  popEmptyArray: 9,
  constMapMissingKey: 11,
  deserialization: 12,
  memory: 15,
  functionNotFound: 16,
  assertion: 21,
  stringLength: 26,
  contextUnavailable: 27,
  badAddressText: 28,
  gasUsedUp: 30,
} as const;

/** Context ids of docs/vm.md section 5. */
export const CONTEXT = {
  height: 0,
  partition: 1,
  order: 2,
  timestamp: 3,
  random: 4,
  type: 5,
  gasLeft: 6,
  contract: 7,
  originPartition: 8,
  verifySigner: 9,
} as const;
/** What context 5 answers. */
export const TRANSACTION = { normal: 0, relay: 1, system: 2 } as const;
export const CONTEXT_BYTES = { miner: 2, contract: 3 } as const;

/** Offsets in an invocation record, docs/vm.md section 1. */
export const RECORD = { kind: 4, scope: 5, initiator: 112, argsLen: 192, key: 200 } as const;
export const RECORD_KIND = { user: 0 } as const;
export const RELAY_KIND = { key: 1, shards: 2, global: 3, next: 4 } as const;

/** Scope numbers of an invocation record. */
export const SCOPE_CODE = {
  address: 1,
  shard: 2,
  global: 3,
  uint32: 4,
  uint64: 5,
  uint128: 6,
  uint256: 7,
  uint512: 8,
} as const;
/** Key bytes of each scope. */
export const KEY_BYTES = {
  address: 36,
  shard: 0,
  global: 0,
  uint32: 4,
  uint64: 8,
  uint128: 16,
  uint256: 32,
  uint512: 64,
} as const;
/** How `state_read` and its kin name an instance: the running key's, the partition's, the global one. */
export const INSTANCE = { keyed: 0, shard: 1, global: 2 } as const;
