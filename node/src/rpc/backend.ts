// What the gRPC services need of a node: raw bytes and plain values in, raw bytes and plain values out.
// Knows neither gRPC nor threads; refusals are thrown as RpcError (errors.ts) or listed per transaction.
import type { Refusal } from './errors.ts';

/** Who asks: one TCP connection. Aborted when the call ends early, so that work for nobody can stop. */
export interface Caller {
  /** `address:port`, unique while the connection lives. */
  readonly connection: string;
  readonly signal: AbortSignal;
}

/** The newest block this node has executed and stored. */
export interface Tip {
  readonly height: number;
  readonly id: Uint8Array;
  readonly timestampMs: number;
}

/** What watchers of blocks receive. */
export interface BlockSummary extends Tip {
  readonly group: number;
  readonly header: Uint8Array;
  readonly transactions: number;
  readonly receipts: number;
  readonly gas: bigint;
}

/** What became of a batch: everything not listed is in a pool, here or in the group it was forwarded to. */
export interface BatchVerdict {
  readonly count: number;
  readonly refusals: readonly IndexedRefusal[];
}
export interface IndexedRefusal extends Refusal {
  readonly index: number;
}

export interface FeeEstimate {
  readonly gas: bigint;
  readonly gasPrice: bigint;
  /** gas · gasPrice, msat. */
  readonly fee: bigint;
  /** Status of the trial run (preda.md a.15), 0 = success. */
  readonly status: number;
  readonly exception: number;
}

export interface PlacedReceipt {
  /** RECEIPT bytes. */
  readonly receipt: Uint8Array;
  readonly height: number;
  readonly blockId: Uint8Array;
  readonly timestampMs: number;
}

/** What this group knows of a user transaction and the relays it caused. */
export interface TransactionView {
  readonly group: number;
  readonly tip: Tip;
  readonly place: 'unknown' | 'pool' | 'block';
  /** TRANSACTION bytes; empty when this group does not have them. */
  readonly transaction: Uint8Array;
  /** Of the user transaction and of its relays, as far as they ran here, in chain order. */
  readonly receipts: readonly PlacedReceipt[];
}

export interface AccountView {
  readonly nonce: bigint;
  /** The nonce a new transaction should carry: `nonce` plus what already waits in the pool. */
  readonly nextNonce: bigint;
  readonly balance: bigint;
  readonly partition: number;
  readonly group: number;
  readonly height: number;
}

export type ContractRef = { readonly id: bigint } | { readonly name: string };

export interface ContractView {
  readonly id: bigint;
  /** `DApp.Contract`. */
  readonly name: string;
  readonly source: string;
  /** JSON, the compiler's Abi. */
  readonly abi: string;
  readonly codeHash: Uint8Array;
  readonly address: Uint8Array;
  readonly height: number;
}

export interface CallRequest {
  readonly contract: bigint;
  readonly op: number;
  readonly scope: number;
  readonly key: Uint8Array;
  readonly args: Uint8Array;
  readonly sender: Uint8Array;
  readonly gas: bigint;
}
export interface CallResult {
  readonly status: number;
  readonly exception: number;
  readonly gas: bigint;
  /** Encoded return value. */
  readonly value: Uint8Array;
  readonly height: number;
}

export type BlockRef = { readonly height: number } | { readonly id: Uint8Array };

export interface BlockView {
  readonly id: Uint8Array;
  readonly header: Uint8Array;
  readonly witness: Uint8Array;
  readonly body: Uint8Array;
  /** RECEIPT records one after the other; empty when the node has not executed the block. */
  readonly receipts: Uint8Array;
}

export interface HeaderRecord {
  readonly header: Uint8Array;
  /** Witness record; empty at height 0. */
  readonly witness: Uint8Array;
}

export interface TotalsView {
  readonly height: number;
  readonly blockId: Uint8Array;
  /** TOTALS bytes. */
  readonly totals: Uint8Array;
}

/** Undefined fields do not filter. */
export interface LogFilter {
  readonly contract?: bigint;
  /** Self or counterpart. */
  readonly address?: Uint8Array;
}

/** Where a watcher of logs stands: the newest block it has seen. */
export interface Cursor {
  readonly height: number;
  readonly id: Uint8Array;
}

export type LogEvent =
  | {
      /** One block, also when nothing in it passes the filter, so that the cursor moves. */
      readonly kind: 'block';
      readonly height: number;
      readonly id: Uint8Array;
      readonly timestampMs: number;
      readonly tipHeight: number;
      /** RECEIPT records that pass the filter. */
      readonly receipts: Uint8Array;
    }
  /** A reorganisation: forget everything above this block, which is still on the chain. */
  | { readonly kind: 'undone'; readonly height: number; readonly id: Uint8Array };

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

export interface GroupStatus {
  readonly group: number;
  /** Tip of the chosen chain by headers, and how far this node's chain has read it. */
  readonly height: number;
  readonly id: Uint8Array;
  readonly readHeight: number;
  readonly timestampMs: number;
}

export interface NetworkConstants {
  readonly genesisId: Uint8Array;
  readonly networkId: Uint8Array;
  readonly partitions: number;
  readonly confirmations: number;
  readonly blockIntervalMs: number;
  readonly gasPriceFloor: bigint;
  readonly blockGas: bigint;
  /** Largest gas limit a user transaction may have. */
  readonly userGas: bigint;
}

export interface StatusView {
  readonly version: string;
  readonly network: NetworkConstants;
  readonly group: number;
  readonly tip: Tip;
  readonly stateRoot: Uint8Array;
  readonly epoch: number;
  /** The group of every partition. */
  readonly owners: readonly number[];
  readonly groups: readonly GroupStatus[];
  readonly poolTransactions: number;
  readonly queuedRelays: number;
  readonly peers: number;
  readonly inSync: boolean;
  readonly faucet: boolean;
  readonly bitcoinHeight: number;
  readonly parents: { readonly onChain: number; readonly orphan: number; readonly premature: number };
  readonly conditions: readonly Condition[];
  /** Periods of the processor its control group had, and in how many it was stopped; zeros without a limit. */
  readonly cpuPeriods: number;
  readonly cpuThrottled: number;
  /** Absent of a node of an older version. */
  readonly work?: Work;
}

/** What a node has executed since it started; blocks of a reorganisation count again. */
export interface Work {
  readonly blocks: number;
  /** User transactions, failed ones included. */
  readonly transactions: number;
  readonly invocations: number;
  readonly gas: number;
}

export interface FaucetGrant {
  readonly transactionId: Uint8Array;
  readonly amount: bigint;
}

/** Behind the Node service. */
export interface UserBackend {
  /** `batch`: u32 count, then u32 length and TRANSACTION bytes for each, as Body.transactions. The buffer is the callee's. */
  submitBatch(batch: Uint8Array, caller: Caller): Promise<BatchVerdict>;
  /** `transaction`: TRANSACTION bytes whose signature may be zeros. */
  estimateFee(transaction: Uint8Array, caller: Caller): Promise<FeeEstimate>;
  getTransaction(id: Uint8Array, caller: Caller): Promise<TransactionView>;
  /** Throws PARTITION_MOVED when another group holds the account. */
  getAccount(address: Uint8Array, caller: Caller): Promise<AccountView>;
  getContract(ref: ContractRef, caller: Caller): Promise<ContractView>;
  call(request: CallRequest, caller: Caller): Promise<CallResult>;
  getBlock(ref: BlockRef, caller: Caller): Promise<BlockView>;
  /** Of the chosen chain of any group this node knows, ascending from `fromHeight`, at most `limit`. */
  getHeaders(
    request: { readonly group: number; readonly fromHeight: number; readonly limit: number },
    caller: Caller,
  ): Promise<readonly HeaderRecord[]>;
  getTotals(height: number | 'tip', caller: Caller): Promise<TotalsView>;
  status(): Promise<StatusView>;
  faucet(
    request: { readonly address: Uint8Array; readonly amount: bigint | 'default' },
    caller: Caller,
  ): Promise<FaucetGrant>;
  /** Resolves with the newest block once its id differs from `seen`: a slow watcher skips, nothing is queued for it. */
  nextBlock(seen: Uint8Array | undefined, signal: AbortSignal): Promise<BlockSummary>;
  /**
   * Pulls what follows `cursor` from the store, at most about `maxBytes`; empty at the tip (then the service waits with nextBlock).
   * Throws CURSOR_GONE when the store no longer has it.
   */
  logsAfter(cursor: Cursor, filter: LogFilter, maxBytes: number): Promise<readonly LogEvent[]>;
}

export interface PeerHello {
  readonly protocol: number;
  readonly networkId: Uint8Array;
  readonly genesisId: Uint8Array;
  readonly group: number;
  readonly height: number;
  readonly tipId: Uint8Array;
  /** 16 random bytes per process: who dials himself notices. */
  readonly nodeId: Uint8Array;
  readonly software: string;
}

export type GossipMessage =
  /** Must be the first one in both directions. */
  | { readonly kind: 'hello'; readonly hello: PeerHello }
  /** `leaf`: PROVEN_LEAF bytes of the receiver's own outbox leaf, empty when it is not sent along. */
  | {
      readonly kind: 'announcement';
      readonly header: Uint8Array;
      readonly witness: Uint8Array;
      readonly leaf: Uint8Array;
    }
  /** Packed as in submitBatch; a forwarded batch is not forwarded again. */
  | { readonly kind: 'transactions'; readonly batch: Uint8Array; readonly forwarded: boolean };

/** The near end of a gossip stream, whoever opened it. */
export interface GossipLink {
  readonly connection: string;
  /** False when the peer reads too slowly: the message was not sent, send the newest one when it is due again. */
  send(message: GossipMessage): boolean;
  /** Ends the stream; with a code it is the peer's fault and its connection is dropped. */
  close(code?: string): void;
}

/** What a node does with a gossip stream. The next message is read when the promise of the last one settles. */
export interface GossipHandler {
  receive(message: GossipMessage): Promise<void>;
  closed(): void;
}

export interface PeerHeadersRequest {
  readonly group: number;
  /** Block ids of the asker's chosen chain, newest first. */
  readonly locator: readonly Uint8Array[];
  readonly limit: number;
  /** Blocks on any branch that the asker lacks, or lacks descendants of. */
  readonly branches: readonly Uint8Array[];
}

/** Behind the Peer service; headers of any group, bodies and batches of the own one or of blocks it has read. */
export interface PeerBackend {
  hello(theirs: PeerHello, caller: Caller): Promise<PeerHello>;
  /**
   * What follows the first locator id known on the chosen chain of `group`, ascending; from height 1 when none is. Then
   * each of `branches` with the line that leads to it and all known descendants, parents first.
   */
  peerHeaders(request: PeerHeadersRequest, caller: Caller): Promise<readonly HeaderRecord[]>;
  /** Undefined = this node does not have it. */
  peerBlock(id: Uint8Array, caller: Caller): Promise<BlockView | undefined>;
  /** PROVEN_LEAF bytes of block `id` for group `destination`. */
  peerBatch(id: Uint8Array, destination: number, caller: Caller): Promise<Uint8Array | undefined>;
  peerStateChunk(
    request: { readonly blockId: Uint8Array; readonly partition: number; readonly index: number },
    caller: Caller,
  ): Promise<{ readonly bytes: Uint8Array; readonly last: boolean } | undefined>;
  openGossip(link: GossipLink): GossipHandler;
}

export interface Template {
  readonly group: number;
  /** Grows with every template of this process. */
  readonly sequence: number;
  readonly header: Uint8Array;
  readonly blockId: Uint8Array;
  readonly height: number;
  /** Compact. */
  readonly target: number;
  /** Not to be mined before. */
  readonly notBeforeMs: number;
}

/** Behind the Mining service. */
export interface MiningBackend {
  /** The newest template once its sequence differs from `seen`; undefined = any. */
  nextTemplate(seen: number | undefined, signal: AbortSignal): Promise<Template>;
  /** Throws STALE_TEMPLATE or BAD_PROOF. */
  submitProof(
    proof: { readonly blockId: Uint8Array; readonly witness: Uint8Array },
    caller: Caller,
  ): Promise<{ readonly height: number }>;
  /** 80-byte headers one after the other; group 0 lists them in its blocks, others answer with what they know. */
  submitParentHeaders(
    headers: Uint8Array,
    caller: Caller,
  ): Promise<{ readonly accepted: number; readonly bestHeight: number }>;
}

export interface NodeBackend extends UserBackend, PeerBackend, MiningBackend {}
