// What the engine's thread answers and tells: the seam between the thread that owns the chain and the one that talks.
// Everything here crosses a MessagePort, so it is plain data.
import type { ResyncProgress } from '../chain/resync.ts';
import type {
  AccountView,
  BlockRef,
  BlockSummary,
  BlockView,
  CallRequest,
  CallResult,
  ContractRef,
  ContractView,
  Cursor,
  FeeEstimate,
  HeaderRecord,
  IndexedRefusal,
  LogEvent,
  LogFilter,
  PeerHeadersRequest,
  StatusView,
  Template,
  TotalsView,
  TransactionView,
} from '../rpc/backend.ts';
import type { StateChunk } from './checkpoint-shelf.ts';

/** Handed to the worker when it starts. */
export interface EngineOptions {
  readonly genesis: Uint8Array;
  readonly group: number;
  readonly dataDir: string;
  /** 36 bytes: who the blocks of this node pay. */
  readonly miner: Uint8Array;
  readonly checkState: boolean;
}

/** A peer's header, and our own leaf of its block when it came along. */
export interface Announced extends HeaderRecord {
  /** PROVEN_LEAF bytes, or empty. */
  readonly leaf: Uint8Array;
}

/** What a peer sent, judged: a fault is his and costs him the connection. */
export interface Intake {
  readonly fault: string | undefined;
  /** How many were new. */
  readonly accepted: number;
}

/** Headers, judged; some may wait for others. */
export interface HeadersIntake extends Intake {
  readonly isAllKnown: boolean;
}

export type Want =
  /** Headers of a group beyond what is known, and blocks on any branch that are lacking or lack descendants. */
  | { readonly kind: 'headers'; readonly group: number; readonly branches: readonly Uint8Array[] }
  /** A body of the own group. */
  | { readonly kind: 'body'; readonly id: Uint8Array }
  /** The own leaf of a block of another group. */
  | { readonly kind: 'leaf'; readonly group: number; readonly id: Uint8Array }
  /** A part of the state of the own group after a block, a checkpoint. */
  | { readonly kind: 'part'; readonly block: Uint8Array; readonly part: number };

/** A block of our own, stored, as other nodes are told of it. */
export interface OwnBlock extends HeaderRecord {
  readonly height: number;
  readonly id: Uint8Array;
  /** PROVEN_LEAF bytes per group. */
  readonly leaves: readonly { readonly group: number; readonly leaf: Uint8Array }[];
}

/** What the chain knows of a node's status; the rest is the talking thread's. Parents are zeros but in group 0. */
export interface EngineStatus
  extends Omit<
    StatusView,
    'version' | 'network' | 'group' | 'peers' | 'faucet' | 'cpuPeriods' | 'cpuThrottled' | 'work'
  > {
  readonly poolBytes: number;
}

/** What one submitted batch became; `foreign` are to be forwarded, by group. */
export interface PoolVerdict {
  readonly refusals: readonly IndexedRefusal[];
  readonly accepted: readonly number[];
  readonly foreign: readonly { readonly index: number; readonly group: number }[];
}

export interface EngineApi {
  /** Packed transactions whose signatures are right, and their ids one after the other. */
  submit(batch: Uint8Array, ids: Uint8Array): PoolVerdict;
  takeHeaders(headers: readonly Announced[], from: string): HeadersIntake;
  /** `signaturesOk`: whether all signatures of its transactions are right; a false one kills the block, not the peer. */
  takeBody(id: Uint8Array, body: Uint8Array, signaturesOk: boolean): Intake;
  takeLeaf(sourceId: Uint8Array, leaf: Uint8Array): Intake;
  takePart(block: Uint8Array, part: number, bytes: Uint8Array): Intake;
  takeParentHeaders(headers: Uint8Array): { readonly accepted: number; readonly bestHeight: number };
  submitProof(blockId: Uint8Array, witness: Uint8Array): { readonly height: number };
  locator(group: number): Uint8Array[];
  wants(): Want[];
  status(): EngineStatus;
  figures(): EngineFigures;
  transaction(id: Uint8Array): TransactionView;
  account(address: Uint8Array): AccountView;
  contract(ref: ContractRef): ContractView;
  call(request: CallRequest): CallResult;
  estimate(transaction: Uint8Array): FeeEstimate;
  block(ref: BlockRef): BlockView;
  /** Of a block of ours on any branch, however old. */
  bodyOf(id: Uint8Array): Uint8Array | undefined;
  headers(group: number, from: number, limit: number): HeaderRecord[];
  headersAfter(request: PeerHeadersRequest): HeaderRecord[];
  /** PROVEN_LEAF bytes of one of our blocks. */
  leafOf(id: Uint8Array, destination: number): Uint8Array | undefined;
  /** Of the state after one of our blocks, a checkpoint; undefined when it is not here. */
  stateChunk(id: Uint8Array, part: number, index: number): StateChunk | undefined;
  totals(height: number | 'tip'): TotalsView;
  logsAfter(cursor: Cursor | undefined, filter: LogFilter, maxBytes: number): LogEvent[];
  /** Writes what is pending and closes the store. */
  stop(): Promise<void>;
}

/** How the invocations of one block ended. */
export interface Outcomes {
  readonly gas: bigint;
  /** By kind of record (docs/vm.md §1). */
  readonly receipts: readonly { readonly kind: number; readonly succeeded: number; readonly failed: number }[];
  /** By exception id. */
  readonly faults: readonly { readonly exception: number; readonly count: number }[];
}

/** What went to one group, or came from it, in one block. */
export interface Traffic {
  readonly group: number;
  readonly relays: number;
  readonly bytes: number;
}

/** What came from one group in one block. */
export interface Received extends Traffic {
  /** Of each batch with relays: time stamp of the block that read it minus that of the block it is of. */
  readonly delaysMs: readonly number[];
}

/** Figures of one applied block, for the metrics of the main thread. */
export interface BlockFacts {
  readonly summary: BlockSummary;
  readonly parentTimestampMs: number | undefined;
  readonly bodyBytes: number;
  readonly outcomes: Outcomes;
  readonly sent: readonly Traffic[];
  readonly received: readonly Received[];
  /** Absent for our own template: it was executed while it was built. */
  readonly executeSeconds: number | undefined;
  /** Of the commit it came with; absent for all but the first block of one. */
  readonly commitSeconds: number | undefined;
  /** Blocks taken back on the way to this one. */
  readonly undone: number;
}

/** Work of the engine that is worth timing beside blocks. */
export type TimedWork = 'template' | 'snapshot' | 'compile';

/** Sums since the engine was opened. */
export interface EngineSums {
  readonly headers: readonly { readonly group: number; readonly count: number }[];
  readonly headersRefused: readonly { readonly code: string; readonly count: number }[];
  readonly blocksInvalid: readonly { readonly code: string; readonly count: number }[];
  readonly expired: number;
  readonly batches: number;
  readonly writtenBytes: number;
}

/** Conditions an engine may report. */
export const CONDITIONS = ['DeepReorg', 'NotAdopted', 'Resyncing'] as const;

/** Why known headers are not blocks of the chain yet. */
export type Lack = 'parent' | 'source' | 'unconfirmed' | 'future' | 'body' | 'leaf';

/** What only a scrape asks for. */
export interface EngineFigures {
  /** 99th percentile since the last call. */
  readonly loopDelaySeconds: number;
  readonly sums: EngineSums;
  readonly waiting: readonly { readonly reason: Lack; readonly count: number }[];
  readonly state: { readonly bytes: number; readonly cells: number };
  /** msat, cumulative, at the tip. */
  readonly money: { readonly held: bigint; readonly burnt: bigint; readonly sent: bigint; readonly received: bigint };
  readonly vm: { readonly memoryBytes: number; readonly usedBytes: number; readonly modules: number };
  readonly snapshot: { readonly height: number; readonly bytes: number };
  readonly storeBytes: number;
  readonly start: { readonly replayedBlocks: number; readonly seconds: number };
}

export type EngineEvents = {
  /** The store is open and the chain restored. */
  ready: EngineStatus;
  /** Executed, stored and durable. */
  block: BlockFacts;
  announce: OwnBlock;
  template: Template;
  timed: { readonly work: TimedWork; readonly seconds: number };
  wants: readonly Want[];
  /** How much of a state has come from peers; `installed`: it has taken the place of the one that was here. */
  resync: ResyncProgress & { readonly installed: boolean };
  /** Nobody gave a state: it begins again at this height, where its chain left the chosen one. */
  rewound: { readonly from: number; readonly to: number };
  /** A peer's chain left ours long ago: so many blocks of headers are held to compare them. */
  widened: { readonly blocks: number };
  /** The engine cannot go on; the process must end. */
  fatal: { readonly code: string; readonly message: string };
};
