// The byte layouts of docs/protocol.md, read a second time: by hand from that document, not from the tables that made it.
import { Cursor, decodeAll, FormatError } from './bytes.ts';

export interface Genesis {
  readonly version: number;
  /** Public key that signs map updates. */
  readonly governance: Uint8Array;
  readonly partitions: number;
  readonly blockIntervalMs: number;
  readonly blockGas: bigint;
  readonly userShareNumerator: number;
  readonly userShareDenominator: number;
  readonly difficulty: number;
  readonly floorTarget: number;
  readonly halfLifeMs: number;
  readonly confirmations: number;
  readonly gasPriceFloor: bigint;
  readonly checkpointEvery: number;
  readonly maxReadBytes: number;
  readonly maxQueue: number;
  readonly maxReorg: number;
  readonly blockReward: bigint;
  readonly parentTarget: number;
  readonly chainIdBase: number;
  readonly owners: readonly number[];
  readonly accounts: readonly { readonly address: Uint8Array; readonly amount: bigint }[];
}

export function decodeGenesis(bytes: Uint8Array): Genesis {
  return decodeAll(bytes, (c) => {
    const version = c.u16();
    c.uint();
    const governance = c.take(32);
    c.take(32);
    const partitions = c.u32();
    const blockIntervalMs = c.u32();
    const blockGas = c.u64();
    const userShareNumerator = c.u32();
    const userShareDenominator = c.u32();
    const difficulty = c.u8();
    const floorTarget = c.u32();
    const halfLifeMs = c.u32();
    const confirmations = c.u32();
    const gasPriceFloor = c.u64();
    const checkpointEvery = c.u32();
    c.u32();
    const maxReadBytes = c.u32();
    const maxQueue = c.u32();
    c.u32();
    c.u64();
    c.u32();
    const maxReorg = c.u32();
    c.u32();
    const blockReward = c.u64();
    const parentTarget = c.u32();
    const chainIdBase = c.u32();
    c.uint();
    c.u32();
    c.u32();
    const owners = c.list(c.u16(), 4_096, () => c.u32());
    const accounts = c.list(c.u32(), 1_026_000, () => ({ address: c.take(36), amount: c.u64() }));
    return {
      version,
      governance,
      partitions,
      blockIntervalMs,
      blockGas,
      userShareNumerator,
      userShareDenominator,
      difficulty,
      floorTarget,
      halfLifeMs,
      confirmations,
      gasPriceFloor,
      checkpointEvery,
      maxReadBytes,
      maxQueue,
      maxReorg,
      blockReward,
      parentTarget,
      chainIdBase,
      owners,
      accounts,
    };
  });
}

export interface Read {
  readonly group: number;
  readonly height: number;
  readonly id: Uint8Array;
}

export interface Header {
  readonly version: number;
  readonly networkId: Uint8Array;
  readonly group: number;
  readonly height: number;
  readonly parent: Uint8Array;
  readonly timestampMs: number;
  readonly target: number;
  readonly epoch: number;
  readonly transactionsRoot: Uint8Array;
  readonly outboxRoot: Uint8Array;
  readonly receiptsRoot: Uint8Array;
  readonly stateRoot: Uint8Array;
  readonly checkpointRoot: Uint8Array;
  readonly miner: Uint8Array;
  readonly reads: readonly Read[];
}

export function decodeHeader(bytes: Uint8Array): Header {
  return decodeAll(bytes, (c) => ({
    version: c.u16(),
    networkId: c.take(4),
    group: c.u32(),
    height: c.uint(),
    parent: c.take(32),
    timestampMs: c.uint(),
    target: c.u32(),
    epoch: c.uint(),
    transactionsRoot: c.take(32),
    outboxRoot: c.take(32),
    receiptsRoot: c.take(32),
    stateRoot: c.take(32),
    checkpointRoot: c.take(32),
    miner: c.take(36),
    reads: c.list(c.u16(), 4_096, () => ({ group: c.u32(), height: c.uint(), id: c.take(32) })),
  }));
}

export interface Witness {
  readonly parentHeader: Uint8Array;
  readonly coinbase: Uint8Array;
  readonly coinbaseBranch: readonly Uint8Array[];
  readonly chainBranch: readonly Uint8Array[];
}

export function decodeWitness(bytes: Uint8Array): Witness {
  return decodeAll(bytes, readWitness);
}

function readWitness(c: Cursor): Witness {
  return {
    parentHeader: c.take(80),
    coinbase: c.blob(16 * 1024),
    coinbaseBranch: c.list(c.u8(), 30, () => c.take(32)),
    chainBranch: c.list(c.u8(), 16, () => c.take(32)),
  };
}

/** A witness and what is shown behind it; all of it is the witness when it cannot be read. */
export function splitWitness(bytes: Uint8Array): { readonly witness: Uint8Array; readonly shown: Uint8Array } {
  const cursor = new Cursor(bytes);
  try {
    readWitness(cursor);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return { witness: bytes, shown: bytes.subarray(bytes.length) };
  }
  return { witness: bytes.subarray(0, cursor.at), shown: bytes.subarray(cursor.at) };
}

export interface ProvenLeaf {
  readonly leaf: Uint8Array;
  readonly path: readonly Uint8Array[];
}

const BATCH_BYTES = 16 * 1024 * 1024;

function provenLeaf(c: Cursor): ProvenLeaf {
  return { leaf: c.blob(BATCH_BYTES), path: c.list(c.u8(), 16, () => c.take(32)) };
}

export function decodeProvenLeaf(bytes: Uint8Array): ProvenLeaf {
  return decodeAll(bytes, provenLeaf);
}

export interface Body {
  readonly mapUpdate: Uint8Array;
  readonly bitcoinHeaders: readonly Uint8Array[];
  readonly batches: readonly ProvenLeaf[];
  readonly transactions: readonly Uint8Array[];
}

export function decodeBody(bytes: Uint8Array): Body {
  return decodeAll(bytes, (c) => ({
    mapUpdate: c.blob(1 << 20),
    bitcoinHeaders: c.list(c.u16(), 64, () => c.take(80)),
    batches: c.list(c.u32(), 65_536, () => provenLeaf(c)),
    transactions: c.list(c.u32(), 131_072, () => c.blob(65_536)),
  }));
}

export interface Batch {
  readonly source: number;
  readonly height: number;
  readonly system: readonly { readonly kind: number; readonly payload: Uint8Array }[];
  readonly relays: Uint8Array;
}

export function decodeBatch(bytes: Uint8Array): Batch {
  return decodeAll(bytes, (c) => ({
    source: c.u32(),
    height: c.uint(),
    system: c.list(c.u16(), 4_096, () => ({ kind: c.u8(), payload: c.blob(BATCH_BYTES) })),
    relays: c.blob(BATCH_BYTES),
  }));
}

export interface Totals {
  readonly held: bigint;
  readonly burnt: bigint;
  readonly perGroup: readonly { readonly group: number; readonly sent: bigint; readonly received: bigint }[];
}

function totals(c: Cursor): Totals {
  return {
    held: c.u64(),
    burnt: c.u64(),
    perGroup: c.list(c.u32(), 65_536, () => ({ group: c.u32(), sent: c.u64(), received: c.u64() })),
  };
}

export function decodeTotals(bytes: Uint8Array): Totals {
  return decodeAll(bytes, totals);
}

export interface SystemCursor {
  readonly group: number;
  readonly height: number;
  readonly id: Uint8Array;
  readonly seen: number;
}

export interface System {
  readonly map: Uint8Array;
  readonly served: number;
  readonly deltas: number;
  readonly replica: Uint8Array;
  readonly cursors: readonly SystemCursor[];
  readonly totals: Totals;
}

export function decodeSystem(bytes: Uint8Array): System {
  return decodeAll(bytes, (c) => ({
    map: c.take(32),
    served: c.u32(),
    deltas: c.uint(),
    replica: c.take(32),
    cursors: c.list(c.u32(), 65_536, () => ({
      group: c.u32(),
      height: c.uint(),
      id: c.take(32),
      seen: c.uint(),
    })),
    totals: totals(c),
  }));
}

/** Bytes of a target's key, by scope: account, address, shard, global, uint32 … uint512. */
export const TARGET_BYTES: readonly number[] = [36, 36, 4, 0, 4, 8, 16, 32, 64];
/** The same in a record: a shard's key is its partition, which stands in a field of its own. */
export const KEY_BYTES: readonly number[] = [36, 36, 0, 0, 4, 8, 16, 32, 64];

export interface Transaction {
  readonly version: number;
  readonly kind: number;
  readonly networkId: Uint8Array;
  readonly sender: Uint8Array;
  readonly nonce: bigint;
  readonly validUntilMs: number;
  readonly gasLimit: bigint;
  readonly gasPrice: bigint;
  readonly contract: bigint;
  readonly op: number;
  readonly scope: number;
  readonly key: Uint8Array;
  readonly args: Uint8Array;
  readonly signature: Uint8Array;
}

export function decodeTransaction(bytes: Uint8Array): Transaction {
  return decodeAll(bytes, (c) => {
    const head = {
      version: c.u8(),
      kind: c.u8(),
      networkId: c.take(4),
      sender: c.take(32),
      nonce: c.u64(),
      validUntilMs: c.uint(),
      gasLimit: c.u64(),
      gasPrice: c.u64(),
      contract: c.u64(),
      op: c.u16(),
    };
    const scope = c.u8();
    const size = TARGET_BYTES[scope];
    if (size === undefined) throw new FormatError(`there is no scope ${scope}`);
    return { ...head, scope, key: c.take(size), args: c.blob(65_536), signature: c.take(64) };
  });
}

/** Throws FormatError unless these are the arguments of a deploy. */
export function checkDeployArguments(bytes: Uint8Array): void {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  decodeAll(bytes, (c) => {
    const name = c.take(c.u8());
    if (name.length > 63) throw new FormatError('a DApp name of more than 63 bytes');
    try {
      utf8.decode(name);
      utf8.decode(c.blob(60_000));
    } catch (error) {
      if (error instanceof FormatError) throw error;
      throw new FormatError('text that is not UTF-8');
    }
    c.blob(65_536);
  });
}

export const RECEIPT_BYTES = 184;

export interface Receipt {
  readonly id: Uint8Array;
  readonly root: Uint8Array;
  readonly index: number;
  readonly children: number;
  readonly gas: bigint;
  readonly kind: number;
}

/** Fields of one receipt that a verifier without a machine can use. */
export function decodeReceipt(bytes: Uint8Array): Receipt {
  return decodeAll(bytes, (c) => {
    const [id, root, index] = [c.take(32), c.take(32), c.u32()];
    c.take(2);
    const [children, gas, kind] = [c.u16(), c.u64(), c.u8()];
    c.take(103);
    return { id, root, index, children, gas, kind };
  });
}
