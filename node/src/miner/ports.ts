// What the miner needs from the world: templates of groups, a parent chain, hashing, and somebody to count. Declares, implements nothing.

/** A block of one group that wants work. */
export interface Template {
  readonly group: number;
  /** L2 header bytes; the block id is their SHA-256d. */
  readonly header: Uint8Array;
  readonly blockId: Uint8Array;
  readonly targetBits: number;
  readonly timestampMs: number;
  /** The proof may be searched before this moment, but must not be sent. */
  readonly notBeforeMs: number;
}

export interface TemplateSource {
  /** The newest template of a group whenever there is another one; undefined while the group has none to give. */
  watch(group: number, signal: AbortSignal): AsyncIterable<Template | undefined>;
  submit(group: number, blockId: Uint8Array, witness: Uint8Array): Promise<{ accepted: boolean; reason?: string }>;
  /** Bitcoin headers for group 0 to record, oldest first; ones it knows already are harmless. */
  submitParentHeaders(headers: Uint8Array[]): Promise<void>;
}

export interface ParentTransaction {
  readonly data: Uint8Array;
  /** Internal byte order. */
  readonly txid: Uint8Array;
}

/** What a block on the parent's tip must contain. Hashes are in internal byte order. */
export interface ParentTemplate {
  readonly prevHash: Uint8Array;
  readonly height: number;
  readonly version: number;
  readonly bits: number;
  readonly timeMinSeconds: number;
  readonly rewardSat: bigint;
  /** Script of the output that commits to the witnesses, where the parent wants one. */
  readonly witnessCommitment?: Uint8Array;
  readonly transactions: readonly ParentTransaction[];
}

export type ParentSubmission =
  /** It is the parent's new tip. */
  | { readonly kind: 'on-chain' }
  /** Valid, but a sibling was first. */
  | { readonly kind: 'orphan' }
  | { readonly kind: 'refused'; readonly reason: string };

export interface ParentSource {
  /** The newest template whenever there is another one. Outages end nothing: it goes on when the parent is back. */
  watch(signal: AbortSignal): AsyncIterable<ParentTemplate>;
  submit(header: Uint8Array, block: Uint8Array): Promise<ParentSubmission>;
  /** At most `countMax` headers of the best chain that end with `hash`, oldest first; stops below a header that `isKnown`. */
  headersUpTo(hash: Uint8Array, isKnown: (hash: Uint8Array) => boolean, countMax: number): Promise<Uint8Array[]>;
  isOnBestChain(hash: Uint8Array): Promise<boolean>;
}

export interface GrindJob {
  readonly id: number;
  /** 80 bytes; the nonce in them is ignored. */
  readonly header: Uint8Array;
  /** 32 bytes, little-endian. */
  readonly target: Uint8Array;
  readonly firstNonce: number;
}

export interface GrindListener {
  /** The job's first nonce that meets its target; the job is over. */
  onHit(jobId: number, nonce: number): void;
  /** All 2^32 nonces missed; the job is over. */
  onExhausted(jobId: number): void;
  onHashes(count: number): void;
}

export interface Grinder {
  /** Starts a job in place of the one before. */
  start(job: GrindJob): void;
  rest(): void;
  close(): Promise<void>;
}

export type ParentKind = 'on-chain' | 'orphan' | 'premature';

/** What happened, for logs and metrics. A miner that is not listened to mines just the same. */
export interface MinerEvents {
  hashes(count: number): void;
  /** A parent header that was solved, or one that changed its standing after a reorganisation of the parent. */
  parent(fact: { readonly hash: Uint8Array; readonly kind: ParentKind; readonly was?: ParentKind }): void;
  proof(fact: {
    readonly group: number;
    readonly blockId: Uint8Array;
    readonly accepted: boolean;
    readonly reason?: string;
    readonly lateMs: number;
  }): void;
  /** The parent's tip as the miner sees it. */
  parentHeight(height: number): void;
  /** Something that mends itself but is worth a line. */
  trouble(fact: { readonly where: string; readonly error: unknown }): void;
}
