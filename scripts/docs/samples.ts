// One value per layout, fixed for ever, from which the test vectors of docs/protocol.md are made.
import { encodeEntries, LEDGER_SCOPE, ledgerCellId } from '@rexnet/node/chain/cell-entries.ts';
import { UNDO } from '@rexnet/node/chain/undo.ts';
import { WITNESS, WORK_RECORD } from '@rexnet/node/consensus/auxpow-layouts.ts';
import { addressOf } from '@rexnet/node/core/address.ts';
import type { Layout } from '@rexnet/node/core/codec.ts';
import {
  BATCH,
  BLOCK_DIFF,
  BODY,
  CHECKPOINT_HEAD,
  CREDIT,
  CURSOR,
  DELTA,
  DEPLOY_ARGS,
  GENESIS,
  GROUP_TOTAL,
  HEADER,
  LAYOUTS,
  MAP_UPDATE,
  PROVEN_LEAF,
  PROVEN_UPDATE,
  READ,
  RECEIPT,
  REGISTRY_ROW,
  RELAY,
  SNAPSHOT,
  SYSTEM,
  SYSTEM_MESSAGE,
  TOTALS,
  TRANSACTION,
  TRANSACTION_BODY,
} from '@rexnet/node/core/layouts.ts';
import { SCOPE } from '@rexnet/node/core/scopes.ts';

/** Bytes that count up from `first`, so that a misplaced one shows. */
export function run(size: number, first: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (first + i) & 0xff);
}

export const ALICE: Uint8Array = addressOf(run(32, 1));
export const BOB: Uint8Array = addressOf(run(32, 101));

const account = { id: ledgerCellId(LEDGER_SCOPE.account, ALICE), value: run(16, 1) };
/** Entries of one partition: an account that is there and one that is gone. */
export const ENTRIES: Uint8Array = encodeEntries([
  account,
  { id: ledgerCellId(LEDGER_SCOPE.account, BOB), value: undefined },
]);

const groupTotal = { group: 1, sent: 5n, received: 6n };
const totals = { held: 1_000_000n, burnt: 0n, perGroup: [groupTotal] };
const cursor = { group: 1, height: 7, id: run(32, 3), seen: 5 };
export const SYSTEM_SAMPLE = {
  map: run(32, 1),
  served: 9,
  deltas: 2,
  replica: run(32, 2),
  cursors: [cursor],
  totals,
};
const read = { group: 1, height: 7, id: run(32, 3) };
const credit = { to: ALICE, amount: 12_345n };
const message = { kind: 1, payload: CREDIT.encode(credit) };
const batch = { source: 1, height: 7, system: [message], relays: new Uint8Array(0) };
const provenLeaf = { leaf: BATCH.encode(batch), path: [run(32, 4)] };
const transactionBody = {
  version: 1,
  kind: 0,
  networkId: run(4, 1),
  sender: run(32, 1),
  nonce: 3n,
  validUntilMs: 1_700_000_000_000,
  gasLimit: 40_000n,
  gasPrice: 1n,
  contract: 0n,
  op: 0,
  target: { scope: SCOPE.account, key: BOB },
  args: Uint8Array.of(0x39, 0x30, 0, 0, 0, 0, 0, 0),
};
const transaction = { ...transactionBody, signature: run(64, 1) };

export const HEADER_SAMPLE = {
  version: 1,
  networkId: run(4, 1),
  group: 2,
  height: 8,
  parent: run(32, 10),
  timestampMs: 1_700_000_001_000,
  target: 0x1f41_8937,
  epoch: 0,
  transactionsRoot: run(32, 11),
  outboxRoot: run(32, 12),
  receiptsRoot: run(32, 13),
  stateRoot: run(32, 14),
  checkpointRoot: new Uint8Array(32),
  miner: ALICE,
  reads: [read],
};

export const GENESIS_SAMPLE = {
  version: 1,
  seed: 7,
  governance: run(32, 1),
  compilerHash: run(32, 2),
  partitions: 4,
  blockIntervalMs: 1_000,
  blockGas: 4_000_000n,
  userShareNumerator: 7,
  userShareDenominator: 8,
  difficulty: 0,
  floorTarget: 0x1f41_8937,
  halfLifeMs: 60_000,
  confirmations: 2,
  gasPriceFloor: 1n,
  checkpointEvery: 256,
  maxBatchBytes: 1 << 20,
  maxReadBytes: 16 << 20,
  maxQueue: 65_536,
  maxRelays: 4_096,
  maxStateBytes: 1_610_612_736n,
  maxLag: 256,
  maxReorg: 1_024,
  headerWindow: 20_000,
  blockReward: 0n,
  parentTarget: 0x1f06_8db8,
  chainIdBase: 0x5258,
  compilerSteps: 4_000_000,
  sourceBytes: 60_000,
  nesting: 256,
  owners: [0, 0, 1, 1],
  accounts: [
    { address: ALICE, amount: 1_000_000n },
    { address: BOB, amount: 2_000_000n },
  ],
};

const mapUpdate = {
  networkId: run(4, 1),
  epoch: 1,
  previous: run(32, 6),
  added: [2],
  removed: [],
  owners: [0, 0, 1, 2],
  signature: run(64, 7),
};

const parentHeader = run(80, 1);
const coinbase = run(70, 2);

/** Any layout and a value of it; the pairs below are checked where they are written. */
export interface Sample {
  readonly layout: Layout<never>;
  readonly bytes: Uint8Array;
}

function sample<T>(layout: Layout<T>, value: T): Sample {
  return { layout: layout as unknown as Layout<never>, bytes: layout.encode(value) };
}

export const SAMPLES: readonly Sample[] = [
  sample(GENESIS, GENESIS_SAMPLE),
  sample(TRANSACTION_BODY, transactionBody),
  sample(TRANSACTION, transaction),
  sample(DEPLOY_ARGS, { dapp: 'cash', source: 'contract Cash {}', args: run(2, 1) }),
  sample(HEADER, HEADER_SAMPLE),
  sample(READ, read),
  sample(BODY, {
    mapUpdate: new Uint8Array(0),
    bitcoinHeaders: [],
    batches: [provenLeaf],
    transactions: [TRANSACTION.encode(transaction)],
  }),
  sample(PROVEN_LEAF, provenLeaf),
  sample(BATCH, batch),
  sample(SYSTEM_MESSAGE, message),
  sample(CREDIT, credit),
  sample(DELTA, { version: 1, cells: ENTRIES }),
  sample(RELAY, {
    size: 240,
    kind: 3,
    scope: SCOPE.account,
    op: 0xffff,
    contract: 0n,
    gas: 8_000n,
    price: 1n,
    value: 12_345n,
    nonce: 0n,
    id: run(32, 5),
    root: run(32, 5),
    initiator: ALICE,
    from: ALICE,
    partition: 3,
    index: 0,
    argsLen: 0,
    keyLen: 36,
    zero: 0,
    origin: 2,
  }),
  sample(RECEIPT, {
    id: run(32, 5),
    root: run(32, 5),
    index: 0,
    status: 0,
    exception: 0,
    children: 1,
    gas: 20_000n,
    kind: 0,
    scope: SCOPE.account,
    op: 0,
    partition: 2,
    contract: 0n,
    self: ALICE,
    counterpart: BOB,
    amountLow: 12_345n,
    amountHigh: 0n,
  }),
  sample(MAP_UPDATE, mapUpdate),
  sample(PROVEN_UPDATE, { update: MAP_UPDATE.encode(mapUpdate), leaves: 2, path: [run(32, 4)] }),
  sample(TOTALS, totals),
  sample(GROUP_TOTAL, groupTotal),
  sample(SYSTEM, SYSTEM_SAMPLE),
  sample(CURSOR, cursor),
  sample(REGISTRY_ROW, {
    dapp: 'cash',
    name: 'Cash',
    codeHash: run(32, 8),
    deployer: ALICE,
    source: 'contract Cash {}',
  }),
  sample(BLOCK_DIFF, {
    height: 8,
    system: SYSTEM.encode(SYSTEM_SAMPLE),
    checkpoint: new Uint8Array(32),
    parts: [{ partition: 3, cells: ENTRIES }],
  }),
  sample(SNAPSHOT, {
    height: 8,
    system: SYSTEM.encode(SYSTEM_SAMPLE),
    checkpoint: run(32, 9),
    accumulators: [run(32, 1), run(32, 2)],
    parts: [{ partition: 0, cells: encodeEntries([account]) }],
  }),
  sample(CHECKPOINT_HEAD, {
    system: SYSTEM.encode(SYSTEM_SAMPLE),
    accumulators: [run(32, 1), run(32, 2)],
    parts: [{ partition: 0, leaf: run(32, 3) }],
  }),
  sample(WITNESS, { parentHeader, coinbase, coinbaseBranch: [run(32, 1)], chainBranch: [run(32, 2)] }),
  sample(WORK_RECORD, {
    parentHeader,
    coinbase,
    coinbaseBranch: [],
    nonce: 1,
    leaves: [run(32, 1), new Uint8Array(32)],
  }),
  sample(UNDO, {
    system: SYSTEM.encode(SYSTEM_SAMPLE),
    checkpoint: run(32, 9),
    accumulators: [{ slot: 3, acc: run(32, 1) }],
    contracts: [1],
    headers: 0,
    cells: new Uint8Array(0),
  }),
];

/** Layouts that no sample shows. */
export function layoutsWithoutSample(): string[] {
  const shown = new Set(SAMPLES.map(({ layout }) => layout.name));
  return LAYOUTS.map(({ name }) => name).filter((name) => !shown.has(name));
}
