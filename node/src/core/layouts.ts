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
const MAX_READS = 4_096;
const MAX_BLOCK_TRANSACTIONS = 131_072;
const MAX_BATCHES_PER_BODY = 65_536;
export const MAX_BITCOIN_HEADERS_PER_BODY = 64;
export const MAX_BATCH_BYTES = 16 * 1024 * 1024;
const MAX_SYSTEM_MESSAGES = 4_096;
const MAX_OUTBOX_DEPTH = 16;
/** Of a list root over a map update, the Bitcoin headers and all transactions of a block. */
const MAX_LIST_DEPTH = 18;
const MAX_MAP_UPDATE_BYTES = 1 << 20;
/** 1,024 groups with their load accounts, and as many again of a person's own as one group has. */
export const MAX_GENESIS_ACCOUNTS = 1_026_000;
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
  networkId: doc(bytes(4), 'first 4 bytes of the genesis id'),
  group: doc(u32, 'whose chain it belongs to'),
  height: doc(uint, 'of the parent + 1'),
  parent: doc(hash32, 'block id; zeros at height 0'),
  timestampMs: doc(uint, 'since 1970'),
  target: doc(u32, 'compact target (nBits)'),
  epoch: doc(uint, 'of the shard map in force'),
  transactionsRoot: doc(hash32, 'list root of what the body brings besides batches'),
  outboxRoot: doc(hash32, 'slot tree over the batches this block sends'),
  receiptsRoot: doc(hash32, 'list root over chunks of receipts'),
  stateRoot: doc(hash32, 'of the state after this block'),
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
  mapUpdate: doc(blob(u32, MAX_MAP_UPDATE_BYTES), 'MapUpdate bytes, empty = none; group 0 only'),
  bitcoinHeaders: doc(list(u16, bytes(80), MAX_BITCOIN_HEADERS_PER_BODY), 'new parent headers; group 0 only'),
  batches: doc(list(u32, PROVEN_LEAF, MAX_BATCHES_PER_BODY), 'sources ascending, then heights ascending'),
  transactions: doc(list(u32, blob(u32, MAX_TRANSACTION_BYTES), MAX_BLOCK_TRANSACTIONS), 'Transaction bytes'),
});
export type Body = ReturnType<typeof BODY.decode>;

export const SYSTEM_MESSAGE = layout('SystemMessage', {
  kind: doc(u8, '1 credit, 2 global delta, 3 global state'),
  payload: doc(blob(u32, MAX_BATCH_BYTES), 'Credit, or Delta for both of the others'),
});
export type SystemMessage = ReturnType<typeof SYSTEM_MESSAGE.decode>;

export const CREDIT = layout('Credit', {
  to: doc(address, 'account of the destination group'),
  amount: doc(u64, 'msat'),
});
export type Credit = ReturnType<typeof CREDIT.decode>;

export const DELTA = layout('Delta', {
  version: doc(uint, 'last + 1'),
  cells: doc(blob(u32, MAX_BATCH_BYTES), 'diff entries of the global partition, ascending by cell id'),
});
export type Delta = ReturnType<typeof DELTA.decode>;

export const BATCH = layout('Batch', {
  source: doc(u32, 'group that sends it'),
  height: doc(uint, 'of the block that sends it'),
  system: doc(list(u16, SYSTEM_MESSAGE, MAX_SYSTEM_MESSAGES), 'take effect when read'),
  relays: doc(blob(u32, MAX_BATCH_BYTES), 'Relay records in emission order'),
});
export type Batch = ReturnType<typeof BATCH.decode>;

export const MAP_UPDATE = layout('MapUpdate', {
  networkId: doc(bytes(4), 'as in the header'),
  epoch: doc(uint, 'last + 1'),
  previous: doc(hash32, 'tagged hash of the map it replaces'),
  added: doc(list(u16, u32, 1_024), 'new groups'),
  removed: doc(list(u16, u32, 1_024), 'groups that end'),
  owners: doc(list(u16, u32, 4_096), 'the group of every partition'),
  signature: doc(bytes(64), 'governance key over "rexnet/map-update/1" ‖ all bytes before it'),
});
export type MapUpdate = ReturnType<typeof MAP_UPDATE.decode>;

export const PROVEN_UPDATE = layout('ProvenUpdate', {
  update: doc(blob(u32, MAX_MAP_UPDATE_BYTES), 'MapUpdate bytes'),
  leaves: doc(u32, 'of the transactions root it is the first leaf of'),
  path: doc(list(u8, hash32, MAX_LIST_DEPTH), 'Merkle path of leaf 0, bottom up'),
});
export type ProvenUpdate = ReturnType<typeof PROVEN_UPDATE.decode>;

const relayFixed = {
  size: doc(u32, 'of the whole record, a multiple of 8'),
  kind: doc(u8, '1 relay, 2 deferred, 3 value, 4 system credit'),
  scope: doc(u8, 'of the target'),
  op: doc(u16, 'function index; 0xffff for what runs no contract code'),
  contract: doc(u64, 'registry sequence; 0 the ledger'),
  gas: doc(u64, 'whole budget of the invocation'),
  price: doc(u64, 'msat per gas'),
  value: doc(u64, 'msat carried'),
  nonce: doc(u64, '0'),
  id: doc(hash32, 'of the invocation that emitted it; replaced by its own id when read'),
  root: doc(hash32, 'id of the user transaction'),
  initiator: doc(address, 'sender of the user transaction'),
  from: doc(address, 'key of the emitter, cut or padded'),
  partition: doc(u32, 'of the target'),
  index: doc(u32, 'child number'),
  argsLen: doc(u32, 'bytes of the arguments'),
  keyLen: doc(u8, 'bytes of the key'),
  zero: doc(u8, '0'),
  origin: doc(u16, 'partition of the emitter'),
};
/** The fixed part of a relay record; key and arguments follow, each padded with zeros to a multiple of 8. */
export const RELAY = layout('Relay', relayFixed);
export type RelayFields = ReturnType<typeof RELAY.decode>;
export const RELAY_FIXED_BYTES = 200;

export const RECEIPT = layout('Receipt', {
  id: doc(hash32, 'of the invocation: transaction id or relay id'),
  root: doc(hash32, 'id of the user transaction the tree began with'),
  index: doc(u32, 'in the block'),
  status: doc(u8, '0 success'),
  exception: doc(u8, '0 none'),
  children: doc(u16, 'relays it emitted'),
  gas: doc(u64, 'burnt here'),
  kind: doc(u8, 'of its record; 0 a user transaction'),
  scope: doc(u8, 'it ran in'),
  op: doc(u16, 'function index'),
  partition: doc(u32, 'it ran in'),
  contract: doc(u64, 'registry sequence; 0 the ledger'),
  self: doc(address, 'key it ran for, cut or padded'),
  counterpart: doc(address, 'the other side of the log record'),
  amountLow: doc(u64, 'of the log record, low half'),
  amountHigh: doc(u64, 'high half'),
});
export type Receipt = ReturnType<typeof RECEIPT.decode>;
export const RECEIPT_BYTES = 184;

export const GROUP_TOTAL = layout('GroupTotal', {
  group: doc(u32, 'the other group'),
  sent: doc(u64, 'msat sent to it, modulo 2^64'),
  received: doc(u64, 'msat received from it, modulo 2^64'),
});
export const TOTALS = layout('Totals', {
  held: doc(u64, 'account balances and everything queued here'),
  burnt: doc(u64, 'msat; nothing burns yet'),
  perGroup: doc(list(u32, GROUP_TOTAL, MAX_GROUPS), 'cumulative value, ascending by group, zero rows left out'),
});
export type Totals = ReturnType<typeof TOTALS.decode>;

export const CURSOR = layout('Cursor', {
  group: doc(u32, 'source group'),
  height: doc(uint, 'of the newest block of it read'),
  id: doc(hash32, 'its block id'),
  seen: doc(uint, 'height of the newest block of ours it had read'),
});
export type Cursor = ReturnType<typeof CURSOR.decode>;

export const SYSTEM = layout('System', {
  map: doc(hash32, 'hash of the shard map in force'),
  served: doc(u32, 'partition whose queue was served last'),
  deltas: doc(uint, 'version of the global replica'),
  replica: doc(hash32, 'accumulator of the global replica'),
  cursors: doc(list(u32, CURSOR, MAX_GROUPS), 'ascending by group; a group never read is left out'),
  totals: doc(TOTALS, 'of this group'),
});
export type System = ReturnType<typeof SYSTEM.decode>;

export const REGISTRY_ROW = layout('RegistryRow', {
  dapp: doc(text(u8, 63), 'name space'),
  name: doc(text(u8, 255), 'of the contract'),
  codeHash: doc(hash32, 'SHA-256 of the source'),
  deployer: doc(address, 'who owns the name space'),
  source: doc(text(u32, MAX_SOURCE_BYTES), 'what every node compiles'),
});
export type RegistryRow = ReturnType<typeof REGISTRY_ROW.decode>;

const cellsBlob = blob(u32, 0xffff_ffff);
const partitionCells = layout('PartitionCells', {
  partition: doc(u32, '65535 global, 65534 its replica'),
  cells: doc(cellsBlob, 'entries idLen u16 ‖ id ‖ present u8 ‖ (valueLen u32 ‖ value, when present)'),
});

export const BLOCK_DIFF = layout('BlockDiff', {
  height: doc(uint, 'of the block'),
  system: doc(blob(u32, 1 << 24), 'System after the block'),
  checkpoint: doc(hash32, 'of the cells after this block, in every checkpointEvery-th; else zeros'),
  parts: doc(
    list(u32, partitionCells, 8_192),
    'PartitionCells: partition u32 ‖ u32 length and diff entries; ascending by partition, entries in order of first write',
  ),
});
export type BlockDiff = ReturnType<typeof BLOCK_DIFF.decode>;

export const SNAPSHOT = layout('Snapshot', {
  height: doc(uint, 'of the block it stands at'),
  system: doc(blob(u32, 1 << 24), 'System after that block'),
  checkpoint: doc(hash32, 'of the newest checkpoint height up to here'),
  accumulators: doc(list(u16, hash32, 4_097), 'of every partition, the global one last'),
  parts: doc(
    list(u32, partitionCells, 8_192),
    'PartitionCells as in a BlockDiff: all cells, ascending by partition and cell id',
  ),
});
export type Snapshot = ReturnType<typeof SNAPSHOT.decode>;

export const CHECKPOINT_HEAD = layout('CheckpointHead', {
  system: doc(blob(u32, 1 << 24), 'System after the block'),
  accumulators: doc(list(u16, hash32, 4_097), 'of every partition, the global one last'),
  parts: doc(
    list(u32, layout('CheckpointPart', { partition: u32, leaf: hash32 }), 8_192),
    'CheckpointPart: partition u32 ‖ its leaf of the checkpoint root; those with cells, ascending',
  ),
});
export type CheckpointHead = ReturnType<typeof CHECKPOINT_HEAD.decode>;

export const GENESIS = layout('Genesis', {
  version: doc(u16, '1'),
  seed: doc(uint, 'of the public test keys'),
  governance: doc(hash32, 'Ed25519 public key that will sign map updates'),
  compilerHash: doc(hash32, 'of the PREDA compiler every node uses'),
  partitions: doc(u32, 'a power of two'),
  blockIntervalMs: doc(u32, 'least time between a block and its parent'),
  blockGas: doc(u64, 'what a block may burn'),
  userShareNumerator: doc(u32, 'share of blockGas that user transactions may ask for'),
  userShareDenominator: u32,
  difficulty: doc(u8, '0 Floor, 1 Asert'),
  floorTarget: doc(u32, 'compact'),
  halfLifeMs: doc(u32, 'of Asert'),
  confirmations: doc(u32, 'descendants a block needs to be read'),
  gasPriceFloor: doc(u64, 'msat per gas'),
  checkpointEvery: doc(u32, 'blocks'),
  maxBatchBytes: doc(u32, 'relay bytes one block sends to one group'),
  maxReadBytes: doc(u32, 'batch bytes one block reads'),
  maxQueue: doc(u32, 'waiting relays above which a block must not read'),
  maxRelays: doc(u32, 'relays of one invocation; a broadcast counts partitions'),
  maxStateBytes: doc(u64, 'canonical bytes of all cells of a group'),
  maxLag: doc(u32, 'blocks a destination may be behind before it is busy'),
  maxReorg: doc(u32, 'blocks a node can take back'),
  headerWindow: doc(u32, 'headers below the tip that a node may need'),
  blockReward: doc(u64, 'msat per block'),
  parentTarget: doc(u32, 'compact; harder than the parent chain’s own'),
  chainIdBase: doc(u32, 'merged-mining chain id of group 0'),
  compilerSteps: doc(uint, 'bound on compiling one source'),
  sourceBytes: doc(u32, 'bound on one source'),
  nesting: doc(u32, 'bound on nesting in a source'),
  owners: doc(list(u16, u32, 4_096), 'first owner of every partition'),
  accounts: doc(
    list(u32, layout('Funded', { address, amount: u64 }), MAX_GENESIS_ACCOUNTS),
    'Funded: address 36 bytes ‖ amount u64 in msat; ascending by address',
  ),
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
  PROVEN_UPDATE,
  TOTALS,
  GROUP_TOTAL,
  SYSTEM,
  CURSOR,
  REGISTRY_ROW,
  BLOCK_DIFF,
  SNAPSHOT,
] as unknown as readonly Layout<never>[];
