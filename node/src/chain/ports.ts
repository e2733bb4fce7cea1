// What the view of a node asks of its group's state and of its disk: the seam between following the fork choice and
// executing blocks. It names shapes only and decides nothing.
import type { ShardMap } from '../consensus/shard-map.ts';
import type { Body, Header, ProvenLeaf, Read } from '../core/layouts.ts';

/** What a group that joins begins with: the map that names it, and what counts as read. */
export interface Birth {
  readonly map: ShardMap;
  readonly read: readonly Read[];
}

/** One block of another group that a block reads, with our own leaf of its outbox, already proven against `outboxRoot`. */
export interface SourceBlock {
  readonly group: number;
  readonly height: number;
  readonly id: Uint8Array;
  readonly epoch: number;
  /** Height of the newest block of our group that it or its ancestors had read: how far that group lags behind us. */
  readonly seen: number;
  readonly outboxRoot: Uint8Array;
  /** Batch bytes; empty is the zero leaf. */
  readonly leaf: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/** A block whose header is known valid and whose body matches it (see `ChainState.readBody`). */
export interface BlockInput {
  readonly id: Uint8Array;
  readonly header: Header;
  readonly headerBytes: Uint8Array;
  /** In force in this block. */
  readonly map: ShardMap;
  readonly body: Body;
  readonly bodyBytes: Uint8Array;
  /** In reading order, which is the order their messages take effect in. */
  readonly sources: readonly SourceBlock[];
}

/** What a miner would like in the next block; the state takes what fits, in this order. */
export interface BlockContent {
  /** MapUpdate bytes, empty = none; group 0 only, and left out where it cannot follow the map in force. */
  readonly mapUpdate: Uint8Array;
  /** 80 bytes each; group 0 only. */
  readonly bitcoinHeaders: readonly Uint8Array[];
  /** Transaction bytes whose signatures have been checked. */
  readonly transactions: Iterable<Uint8Array>;
  /** The id of the one handed out last, when it is known: it need not be computed again. */
  readonly idOf?: (transaction: Uint8Array) => Uint8Array | undefined;
}

/** Everything of the next header that is known before the block is executed. */
export interface BlockPlan {
  readonly group: number;
  readonly height: number;
  readonly parent: Uint8Array;
  readonly timestampMs: number;
  readonly target: number;
  /** In force in this block: the one its update leads to, when it has one. */
  readonly map: ShardMap;
  readonly miner: Uint8Array;
  readonly reads: readonly Read[];
  /** In reading order; the body lists them by (group, height). */
  readonly sources: readonly SourceBlock[];
  readonly content: BlockContent;
}

export interface BlockRoots {
  readonly transactionsRoot: Uint8Array;
  readonly outboxRoot: Uint8Array;
  readonly receiptsRoot: Uint8Array;
  readonly stateRoot: Uint8Array;
  readonly checkpointRoot: Uint8Array;
}

/** What executing one block leaves behind for the disk and for other groups. */
export interface BlockOutcome {
  readonly diff: Uint8Array;
  /** Takes the block back when given to `undo` while it is the tip; self-contained, so it may come from disk. */
  readonly undo: Uint8Array;
  /** Receipts one after the other, as `receiptsRoot` commits them. */
  readonly receipts: Uint8Array;
  /** Batch bytes per destination group, zero leaves left out, ascending by group. */
  readonly outbox: readonly { readonly group: number; readonly leaf: Uint8Array }[];
  /** Totals layout bytes, as the state root commits them. */
  readonly totals: Uint8Array;
}

export interface BuiltBlock {
  readonly bodyBytes: Uint8Array;
  readonly roots: BlockRoots;
  readonly outcome: BlockOutcome;
  /** What goes behind its witness: ProvenUpdate bytes, empty without a map update. */
  readonly shownUpdate: Uint8Array;
}

/** The header commits to a block that breaks a rule: the block and all its descendants are dead for every node. */
export class BlockInvalid extends Error {
  readonly code: string;

  constructor(code: string, detail = '') {
    super(detail === '' ? code : `${code}: ${detail}`);
    this.code = code;
  }
}

/** Executed to its end, the block leads to other roots than its header has. Nothing of it remains. */
export class RootsDiffer extends BlockInvalid {
  /** What executing it gave. */
  readonly outcome: BlockOutcome;

  constructor(code: string, outcome: BlockOutcome) {
    super(code);
    this.outcome = outcome;
  }
}

/**
 * The state of one group at its tip. Synchronous and deterministic. At any time it is either at a block or holds one
 * staged block on top of it; `apply`, `undo` and `build` require that nothing is staged.
 */
export interface ChainState {
  /** Relays waiting in queues after the tip, parked ones not counted (maxQueue forbids reading above it). */
  readonly queuedRelays: number;
  /**
   * Decodes a body and holds it against its header's transactions root. Undefined = not the body of this header, which
   * says nothing about the block. Batches are judged by the caller, against the source headers.
   */
  readBody(header: Header, bodyBytes: Uint8Array): Body | undefined;
  /** Executes a block on the tip. Throws BlockInvalid and leaves the state untouched when it breaks a rule or its roots differ. */
  apply(block: BlockInput): BlockOutcome;
  /** Executes a new block on the tip and leaves it staged. */
  build(plan: BlockPlan): BuiltBlock;
  /** The staged block becomes the tip. */
  commitStaged(): void;
  abortStaged(): void;
  /** Takes back the tip. */
  undo(record: Uint8Array): void;
  /** Of a group that joins: block 0 becomes the tip. Nothing came before it, and once it is taken back nothing is again. */
  begin(birth: Birth): void;
}

/** What the node stored earlier; read when a block must be undone or served and memory no longer has it. */
export interface BlockArchive {
  body(id: Uint8Array): Uint8Array | undefined;
  undo(id: Uint8Array): Uint8Array | undefined;
  outbox(id: Uint8Array): BlockOutcome['outbox'] | undefined;
  /** Our own outbox leaf of another group's block. */
  leaf(id: Uint8Array): ProvenLeaf | undefined;
}
