// Every byte layout that leaves a process, as tables. docs/protocol.md is generated from here.
import {
  blob,
  bytes,
  DecodeError,
  doc,
  type Field,
  type Layout,
  layout,
  list,
  type RecordOf,
  text,
  u8,
  u16,
  u32,
  u64,
  uint,
} from './codec.ts';
import { SCOPES } from './scopes.ts';

export const MAX_TRANSACTION_BYTES = 65_536;
export const MAX_GROUPS = 65_536;
export const MAX_READS = 4_096;
export const MAX_BLOCK_TRANSACTIONS = 131_072;
export const MAX_BATCHES_PER_BODY = 65_536;
export const MAX_BITCOIN_HEADERS_PER_BODY = 64;
export const MAX_BATCH_BYTES = 16 * 1024 * 1024;
export const MAX_SYSTEM_MESSAGES = 4_096;
export const MAX_OUTBOX_DEPTH = 16;
export const MAX_GENESIS_ACCOUNTS = 1_000_000;
export const MAX_SOURCE_BYTES = 60_000;

const hash32 = bytes(32);
const address = bytes(36);

export interface Target {
  /** Index into SCOPES. */
  readonly scope: number;
  readonly key: Uint8Array;
}

/** A scope and as many key bytes as that scope's target has. */
export const target: Field<Target> = {
  type: 'u8 scope, key of that scope (0, 4, 8, 16, 32, 36 or 64 bytes)',
  read: (r, name) => {
    const scope = u8.read(r, name);
    const known = SCOPES[scope];
    if (known === undefined) throw new DecodeError('out-of-range', name, `scope ${scope}`);
    return { scope, key: r.take(known.targetBytes, name) };
  },
  write: (w, value, name) => {
    const known = SCOPES[value.scope];
    if (known === undefined || value.key.length !== known.targetBytes) throw new DecodeError('out-of-range', name);
    u8.write(w, value.scope, name);
    w.put(value.key);
  },
};

const transactionBody = {
  version: doc(u8, '1'),
  kind: doc(u8, '0 transfer, 1 call, 2 deploy, 3 reserved, 4 map update'),
  networkId: doc(bytes(4), 'first 4 bytes of the genesis id'),
  sender: doc(hash32, 'Ed25519 public key'),
  nonce: doc(u64, 'consecutive per sender, from 0'),
  validUntilMs: doc(uint, 'the block time after which it is invalid'),
  gasLimit: doc(u64, 'the whole budget; all of it is charged'),
  gasPrice: doc(u64, 'msat per gas'),
  contract: doc(u64, 'registry sequence; 0 for transfer and deploy'),
  op: doc(u16, 'function index; 0 for transfer and deploy'),
  target: doc(target, 'the scope instance it runs in'),
  args: doc(blob(u32, MAX_TRANSACTION_BYTES), 'arguments: u64 amount for a transfer, DeployArgs for a deploy'),
};

/** What is signed: every byte of a transaction before its signature. */
export const TRANSACTION_BODY = layout('TransactionBody', transactionBody);

export const TRANSACTION = layout('Transaction', {
  ...transactionBody,
  signature: doc(bytes(64), 'Ed25519 (ZIP-215) over "rexnet/transaction/1" ‖ all bytes before it'),
});
export type Transaction = RecordOf<{ [K in keyof typeof transactionBody]: (typeof transactionBody)[K] }> & {
  signature: Uint8Array;
};

export const DEPLOY_ARGS = layout('DeployArgs', {
  dapp: doc(text(u8, 63), 'name space; its first deployer owns it'),
  source: doc(text(u32, MAX_SOURCE_BYTES), 'PREDA source of one contract'),
  args: doc(blob(u32, MAX_TRANSACTION_BYTES), 'encoded arguments of on_deploy'),
});
export type DeployArgs = ReturnType<typeof DEPLOY_ARGS.decode>;

export const READ = layout('Read', {
  group: doc(u32, 'source group'),
  height: doc(uint, 'of the newest block of it read here'),
  id: doc(hash32, 'its block id'),
});
export type Read = ReturnType<typeof READ.decode>;

export const HEADER = layout('Header', {
  version: doc(u16, '1'),
  networkId: bytes(4),
  group: u32,
  height: uint,
  parent: doc(hash32, 'block id; zeros at height 0'),
  timestampMs: uint,
  target: doc(u32, 'compact target (nBits)'),
  epoch: doc(uint, 'of the shard map in force'),
  transactionsRoot: hash32,
  outboxRoot: hash32,
  receiptsRoot: hash32,
  stateRoot: hash32,
  checkpointRoot: doc(hash32, 'zeros but every checkpointEvery blocks'),
  miner: doc(address, 'who is paid'),
  reads: doc(list(u16, READ, MAX_READS), 'newest block read per source group, ascending by group'),
});
export type Header = ReturnType<typeof HEADER.decode>;

export const PROVEN_LEAF = layout('ProvenLeaf', {
  leaf: doc(blob(u32, MAX_BATCH_BYTES), 'Batch bytes; empty = the zero leaf'),
  path: doc(list(u8, hash32, MAX_OUTBOX_DEPTH), 'Merkle path, bottom up'),
});
export type ProvenLeaf = ReturnType<typeof PROVEN_LEAF.decode>;

export const BODY = layout('Body', {
  mapUpdate: doc(blob(u32, 1 << 20), 'MapUpdate bytes, empty = none; group 0 only'),
  bitcoinHeaders: doc(list(u16, bytes(80), MAX_BITCOIN_HEADERS_PER_BODY), 'new parent headers; group 0 only'),
  batches: doc(list(u32, PROVEN_LEAF, MAX_BATCHES_PER_BODY), 'sources ascending, then heights ascending'),
  transactions: doc(list(u32, blob(u32, MAX_TRANSACTION_BYTES), MAX_BLOCK_TRANSACTIONS), 'Transaction bytes'),
});
export type Body = ReturnType<typeof BODY.decode>;

export const SYSTEM_MESSAGE = layout('SystemMessage', {
  kind: doc(u8, '1 credit, 2 global delta'),
  payload: doc(blob(u32, MAX_BATCH_BYTES), 'Credit or Delta'),
});
export type SystemMessage = ReturnType<typeof SYSTEM_MESSAGE.decode>;

export const CREDIT = layout('Credit', { to: address, amount: doc(u64, 'msat') });
export type Credit = ReturnType<typeof CREDIT.decode>;

export const DELTA = layout('Delta', {
  version: doc(uint, 'last + 1'),
  cells: doc(blob(u32, MAX_BATCH_BYTES), 'diff entries of the global partition, ascending by cell id'),
});
export type Delta = ReturnType<typeof DELTA.decode>;

export const BATCH = layout('Batch', {
  source: u32,
  height: uint,
  system: doc(list(u16, SYSTEM_MESSAGE, MAX_SYSTEM_MESSAGES), 'take effect when read'),
  relays: doc(blob(u32, MAX_BATCH_BYTES), 'Relay records in emission order'),
});
export type Batch = ReturnType<typeof BATCH.decode>;

export const MAP_UPDATE = layout('MapUpdate', {
  networkId: bytes(4),
  epoch: doc(uint, 'last + 1'),
  previous: doc(hash32, 'tagged hash of the map it replaces'),
  added: list(u16, u32, 1_024),
  removed: list(u16, u32, 1_024),
  owners: doc(list(u16, u32, 4_096), 'the group of every partition'),
  signature: doc(bytes(64), 'governance key over "rexnet/map-update/1" ‖ all bytes before it'),
});
export type MapUpdate = ReturnType<typeof MAP_UPDATE.decode>;

const relayFixed = {
  size: doc(u32, 'of the whole record, a multiple of 8'),
  kind: doc(u8, '1 relay, 2 deferred, 3 value, 4 system credit'),
  scope: doc(u8, 'of the target'),
  op: u16,
  contract: u64,
  gas: u64,
  price: u64,
  value: doc(u64, 'msat carried'),
  nonce: doc(u64, '0'),
  id: doc(hash32, 'of the invocation that emitted it; replaced by its own id when read'),
  root: doc(hash32, 'id of the user transaction'),
  initiator: address,
  from: doc(address, 'key of the emitter, cut or padded'),
  partition: u32,
  index: doc(u32, 'child number'),
  argsLen: u32,
  keyLen: u8,
  zero: u8,
  origin: doc(u16, 'partition of the emitter'),
};
/** The fixed part of a relay record; key and arguments follow, each padded with zeros to a multiple of 8. */
export const RELAY = layout('Relay', relayFixed);
export type RelayFields = ReturnType<typeof RELAY.decode>;
export const RELAY_FIXED_BYTES = 200;

export const RECEIPT = layout('Receipt', {
  id: hash32,
  root: hash32,
  index: u32,
  status: u8,
  exception: u8,
  children: u16,
  gas: u64,
  kind: u8,
  scope: u8,
  op: u16,
  partition: u32,
  contract: u64,
  self: address,
  counterpart: address,
  amountLow: u64,
  amountHigh: u64,
});
export type Receipt = ReturnType<typeof RECEIPT.decode>;
export const RECEIPT_BYTES = 184;

export const GROUP_TOTAL = layout('GroupTotal', { group: u32, sent: u64, received: u64 });
export const TOTALS = layout('Totals', {
  held: doc(u64, 'account balances and everything queued here'),
  burnt: u64,
  perGroup: doc(list(u32, GROUP_TOTAL, MAX_GROUPS), 'cumulative value, ascending by group, zero rows left out'),
});
export type Totals = ReturnType<typeof TOTALS.decode>;

export const CURSOR = layout('Cursor', {
  group: u32,
  height: doc(uint, 'of the newest block of it read'),
  id: hash32,
  seen: doc(uint, 'height of the newest block of ours it had read'),
});
export type Cursor = ReturnType<typeof CURSOR.decode>;

export const SYSTEM = layout('System', {
  map: doc(hash32, 'hash of the shard map in force'),
  served: doc(u32, 'partition whose queue was served last'),
  deltas: doc(uint, 'version of the global replica'),
  replica: doc(hash32, 'accumulator of the global replica'),
  cursors: doc(list(u32, CURSOR, MAX_GROUPS), 'ascending by group; a group never read is left out'),
  totals: TOTALS,
});
export type System = ReturnType<typeof SYSTEM.decode>;

export const REGISTRY_ROW = layout('RegistryRow', {
  dapp: text(u8, 63),
  name: doc(text(u8, 255), 'of the contract'),
  codeHash: hash32,
  deployer: address,
  source: text(u32, MAX_SOURCE_BYTES),
});
export type RegistryRow = ReturnType<typeof REGISTRY_ROW.decode>;

const cellsBlob = blob(u32, 0xffff_ffff);
const partitionCells = layout('PartitionCells', {
  partition: doc(u32, '65535 global, 65534 its replica'),
  cells: doc(cellsBlob, 'entries idLen u16 ‖ id ‖ present u8 ‖ (valueLen u32 ‖ value, when present)'),
});

export const BLOCK_DIFF = layout('BlockDiff', {
  height: uint,
  system: doc(blob(u32, 1 << 24), 'System after the block'),
  checkpoint: doc(hash32, 'of the cells after this block, in every checkpointEvery-th; else zeros'),
  parts: doc(list(u32, partitionCells, 8_192), 'new values, ascending by partition, entries in order of first write'),
});
export type BlockDiff = ReturnType<typeof BLOCK_DIFF.decode>;

export const SNAPSHOT = layout('Snapshot', {
  height: uint,
  system: blob(u32, 1 << 24),
  checkpoint: doc(hash32, 'of the newest checkpoint height up to here'),
  accumulators: doc(list(u16, hash32, 4_097), 'of every partition, the global one last'),
  parts: doc(list(u32, partitionCells, 8_192), 'all cells, ascending by partition and cell id'),
});
export type Snapshot = ReturnType<typeof SNAPSHOT.decode>;

export const GENESIS = layout('Genesis', {
  version: doc(u16, '1'),
  seed: uint,
  governance: doc(hash32, 'Ed25519 public key'),
  compilerHash: hash32,
  partitions: doc(u32, 'a power of two'),
  blockIntervalMs: u32,
  blockGas: u64,
  userShareNumerator: u32,
  userShareDenominator: u32,
  difficulty: doc(u8, '0 Floor, 1 Asert'),
  floorTarget: doc(u32, 'compact'),
  halfLifeMs: u32,
  confirmations: u32,
  gasPriceFloor: u64,
  checkpointEvery: u32,
  maxBatchBytes: u32,
  maxReadBytes: u32,
  maxQueue: u32,
  maxRelays: u32,
  maxStateBytes: u64,
  maxLag: u32,
  maxReorg: u32,
  headerWindow: u32,
  blockReward: u64,
  parentTarget: doc(u32, 'compact; harder than the parent chain’s own'),
  chainIdBase: u32,
  compilerSteps: uint,
  sourceBytes: u32,
  nesting: u32,
  owners: doc(list(u16, u32, 4_096), 'first owner of every partition'),
  accounts: doc(list(u32, layout('Funded', { address, amount: u64 }), MAX_GENESIS_ACCOUNTS), 'ascending by address'),
});
export type Genesis = ReturnType<typeof GENESIS.decode>;

/** Everything docs/protocol.md describes, in its order. */
export const LAYOUTS: readonly Layout<never>[] = [
  GENESIS,
  TRANSACTION,
  DEPLOY_ARGS,
  HEADER,
  READ,
  BODY,
  PROVEN_LEAF,
  BATCH,
  SYSTEM_MESSAGE,
  CREDIT,
  DELTA,
  RELAY,
  RECEIPT,
  MAP_UPDATE,
  TOTALS,
  GROUP_TOTAL,
  SYSTEM,
  CURSOR,
  REGISTRY_ROW,
  BLOCK_DIFF,
  SNAPSHOT,
] as unknown as readonly Layout<never>[];
