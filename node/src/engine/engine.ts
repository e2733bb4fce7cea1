// The thread that owns the chain: hands what arrives to the view, stores what came of it, and only then tells. Everything
// is synchronous; time comes in with each call.

import type { AppliedBlock, Followed } from '../chain/follower.ts';
import type { MapDesk } from '../chain/map-desk.ts';
import type { Pool } from '../chain/pool.ts';
import type { AcceptedHeaders } from '../chain/view.ts';
import type { HeaderEntry } from '../consensus/header-entry.ts';
import { toHex, ZERO_HASH } from '../core/bytes.ts';
import { DecodeError } from '../core/codec.ts';
import { BODY, type Body, PROVEN_LEAF, type ProvenLeaf } from '../core/layouts.ts';
import type { Condition, Template } from '../rpc/backend.ts';
import { RpcError } from '../rpc/errors.ts';
import { leavesInBody } from '../store/body-leaves.ts';
import type { Announced, HeadersIntake, Intake, OwnBlock, TimedWork, Want } from './api.ts';
import { Beat } from './beat.ts';
import { outcomesOf, receivedBy, sentBy, summaryOf } from './facts.ts';
import type { ParentCounts } from './parent-counts.ts';
import type { ParentHeaders } from './parent-headers.ts';
import { Replacement, type ReplacementModules } from './replacement.ts';
import type { Sums } from './sums.ts';
import { TipWatch } from './tip-watch.ts';

/** What one answer to `wants` may list. */
const WANTS_MAX = 256;
/** Parts of a state asked for at once. */
const PARTS_MAX = 16;
/** Blocks asked for by id in one question for headers; what they lead to shows what else is lacking. */
const BRANCHES_MAX = 64;
/** Headers below the newest that are kept decoded and with their witness. */
export const WHOLE_HEADERS = 64;
/** Faults of a header that are its sender's; the others say only that he or we are behind. */
const BLAMELESS: ReadonlySet<string> = new Set(['TOO_OLD', 'UNKNOWN_GROUP', 'KNOWN_INVALID', 'INVALID_PARENT']);

interface AppliedBody {
  readonly block: AppliedBlock;
  readonly body: Body;
}

export interface EngineModules extends ReplacementModules {
  readonly pool: Pool;
  readonly mapDesk: MapDesk;
  readonly parents: ParentHeaders;
  readonly parentCounts: ParentCounts;
  readonly sums: Sums;
  readonly miner: Uint8Array;
  readonly blockIntervalMs: number;
  /** Blocks between two snapshots. */
  readonly snapshotEvery: number;
  /** On disk, when the engine begins. */
  readonly newestSnapshot: { readonly height: number; readonly bytes: number };
  /** All state at the tip. */
  snapshot(): Uint8Array;
}

export class Engine {
  readonly #m: EngineModules;
  readonly #beat: Beat;
  readonly #tipWatch = new TipWatch();
  readonly #replacement: Replacement;
  /** Headers and leaves that are known but not stored yet; a block that rests on them is stored with them. */
  #pendingHeaders: HeaderEntry[] = [];
  #pendingLeaves: { readonly source: Uint8Array; readonly proven: ProvenLeaf }[] = [];
  #sequence = 0;
  /** Blocks taken back since the last one that was applied. */
  #undone = 0;
  #snapshot: { readonly height: number; readonly bytes: number };

  constructor(modules: EngineModules) {
    this.#m = modules;
    this.#beat = new Beat(modules.blockIntervalMs);
    this.#snapshot = modules.newestSnapshot;
    this.#replacement = new Replacement(modules, (write) =>
      this.#commit(() => {
        this.#writePending();
        write();
      }),
    );
  }

  /** Goes on at once where another engine left off. */
  resume(): void {
    this.#advance();
  }

  takeHeaders(headers: readonly Announced[], from: string): HeadersIntake {
    let accepted = 0;
    let known = 0;
    let fault: string | undefined;
    for (const { header, witness, leaf } of headers) {
      const intake = this.#m.view.addHeader(header.slice(), witness.slice(), from, this.#m.nowMs());
      accepted += this.#note(intake);
      const { outcome } = intake;
      // Some are known though memory has long let go of them.
      const isSettled = outcome.kind === 'refused' && outcome.code === 'TOO_OLD' && this.#m.history.isSettled(header);
      if (outcome.kind === 'known' || isSettled) known++;
      if (isSettled) continue;
      if (outcome.kind === 'refused') {
        if (outcome.code === 'TOO_OLD') this.#replacement.seeTooOld(header, witness);
        this.#m.sums.headerRefused(outcome.code);
        if (!BLAMELESS.has(outcome.code)) fault = outcome.code;
        break;
      }
      if (leaf.length > 0 && outcome.kind === 'accepted') fault ??= this.#leaf(outcome.entry.id, leaf).fault;
    }
    this.#advance();
    this.#replacement.widenWhenDue();
    return { fault, accepted, isAllKnown: known === headers.length };
  }

  takeBody(id: Uint8Array, body: Uint8Array, signaturesOk: boolean): Intake {
    const verdict = this.#m.view.addBody(id, body.slice());
    if (verdict === 'accepted' && !signaturesOk) {
      this.#m.view.condemn(id);
      this.#m.sums.blockInvalid('BAD_SIGNATURE');
      this.#m.store.commit(() => this.#m.store.putCondemned(id, 'BAD_SIGNATURE'));
    }
    for (const { source, proven } of this.#m.view.takeAdoptedLeaves())
      this.#pendingLeaves.push({ source: source.id, proven });
    this.#advance();
    const isFault = verdict === 'mismatch' || verdict === 'other-group';
    return { fault: isFault ? 'BAD_BODY' : undefined, accepted: verdict === 'accepted' ? 1 : 0 };
  }

  takeLeaf(sourceId: Uint8Array, leaf: Uint8Array): Intake {
    const intake = this.#leaf(sourceId, leaf);
    if (intake.accepted > 0) this.#advance();
    return intake;
  }

  /** A part of the state that is to take the place of ours. */
  takePart(block: Uint8Array, part: number, bytes: Uint8Array): Intake {
    const { isOver, ...intake } = this.#replacement.takePart(block, part, bytes);
    if (!isOver && intake.fault === undefined) this.#tellWants();
    return intake;
  }

  submitProof(blockId: Uint8Array, witness: Uint8Array): { readonly height: number } {
    const intake = this.#m.view.submit(blockId, witness.slice(), this.#m.nowMs());
    if (intake === undefined) throw new RpcError('STALE_TEMPLATE');
    this.#note(intake);
    const { outcome } = intake;
    if (outcome.kind === 'refused') throw new RpcError('BAD_PROOF', { message: outcome.code });
    this.#advance();
    const entry = this.#m.view.tree.get(blockId);
    if (entry === undefined) throw new RpcError('STALE_TEMPLATE', { message: 'its time has not come' });
    return { height: entry.height };
  }

  wants(): Want[] {
    const { nowMs, resync, view } = this.#m;
    const state = this.#replacement.look();
    const missing = view.missing();
    const branches = new Map<number, Uint8Array[]>();
    for (const { wait } of missing.headers) {
      if (wait.reason === 'future') continue;
      const ids = branches.get(wait.group) ?? [];
      if (ids.length < BRANCHES_MAX) ids.push(wait.id);
      branches.set(wait.group, ids);
    }
    const wants: Want[] = [...branches].map(([group, ids]) => ({ kind: 'headers', group, branches: ids }));
    for (const part of state?.parts.slice(0, PARTS_MAX) ?? []) wants.push({ kind: 'part', block: state!.block, part });
    if (resync.replacesBlocks(nowMs())) return wants.slice(0, WANTS_MAX);
    for (const { id } of missing.bodies) wants.push({ kind: 'body', id });
    for (const { id, group } of missing.leaves) wants.push({ kind: 'leaf', group, id });
    return wants.slice(0, WANTS_MAX);
  }

  /** To be called often: headers whose time has come, and the template when it is due. */
  tick(): void {
    const nowMs = this.#m.nowMs();
    let noted = 0;
    for (const intake of this.#m.view.tick(nowMs)) noted += this.#note(intake);
    if (noted > 0) this.#advance();
    if (this.#replacement.tick()) return;
    this.#offerTemplate(nowMs);
  }

  /** Writes what no block has carried to disk yet. */
  flush(): void {
    if (this.#pendingHeaders.length + this.#pendingLeaves.length > 0) this.#commit(() => this.#writePending());
  }

  get conditions(): Condition[] {
    const { view } = this.#m;
    if (!view.isBorn) {
      const message = `no map update that this node has read adopts group ${view.group}: it waits for the network to add it`;
      return [{ type: 'NotAdopted', status: 'True', reason: 'NotInShardMap', message }];
    }
    return this.#replacement.conditions;
  }

  /** The newest snapshot on disk. */
  get snapshot(): { readonly height: number; readonly bytes: number } {
    return this.#snapshot;
  }

  /** Our chain is at the newest header of its group we know, or was so a moment ago. */
  get inSync(): boolean {
    this.#lookAtTip();
    return this.#m.view.isBorn && !this.#replacement.deepReorg && this.#tipWatch.keepsUp(this.#m.nowMs());
  }

  #lookAtTip(): void {
    const { view, nowMs } = this.#m;
    this.#tipWatch.look(view.tip === view.tree.tip(view.group), nowMs());
  }

  #leaf(sourceId: Uint8Array, bytes: Uint8Array): Intake {
    let proven: ProvenLeaf;
    try {
      proven = PROVEN_LEAF.decode(bytes.slice());
    } catch (error) {
      if (error instanceof DecodeError) return { fault: 'BAD_FRAME', accepted: 0 };
      throw error;
    }
    const verdict = this.#m.view.addLeaf(sourceId, proven);
    if (verdict === 'accepted') this.#pendingLeaves.push({ source: sourceId.slice(), proven });
    return { fault: verdict === 'refused' ? 'BAD_LEAF' : undefined, accepted: verdict === 'accepted' ? 1 : 0 };
  }

  #note(intake: AcceptedHeaders): number {
    this.#pendingHeaders.push(...intake.accepted);
    for (const entry of intake.accepted) {
      this.#m.parentCounts.note(this.#m.history.witness(entry));
      this.#m.sums.header(entry.group);
    }
    for (const { source, proven } of intake.leaves) this.#pendingLeaves.push({ source: source.id, proven });
    return intake.accepted.length;
  }

  /** Follows the fork choice until our chain is where it can be; stores before it tells. */
  #advance(): void {
    for (;;) {
      const startedMs = performance.now();
      const followed = this.#m.view.follow();
      if (followed.undone.length + followed.applied.length + followed.condemned.length > 0) {
        const execute = secondsSince(startedMs);
        const applied = followed.applied.map((block) => ({ block, body: BODY.decode(block.bodyBytes) }));
        const executedMs = performance.now();
        this.#commit(() => this.#write(followed, applied));
        this.#settle(followed, applied, { execute, commit: secondsSince(executedMs) });
        if (followed.applied.length > 0) this.#putSnapshotWhenDue();
        this.#m.store.tidy();
      }
      this.#replacement.followed(followed);
      if (!followed.more) break;
    }
    this.#lookAtTip();
    this.#tellWants();
  }

  #tellWants(): void {
    const wants = this.wants();
    if (wants.length > 0) this.#m.emit('wants', wants);
  }

  /** What is durable need not be in memory as a whole. */
  #commit(write: () => void): void {
    const headers = this.#pendingHeaders;
    this.#m.store.commit(write);
    for (const entry of headers) entry.ancestorAt(entry.height - WHOLE_HEADERS)?.compact(this.#m.store);
  }

  #write(followed: Followed, applied: readonly AppliedBody[]): void {
    const { store, view } = this.#m;
    this.#writePending();
    for (const { block, body } of applied) {
      const { entry, bodyBytes, outcome } = block;
      const leaves = leavesInBody(bodyBytes, body, sourcesOf(entry));
      store.putExecuted({ height: entry.height, id: entry.id, body: bodyBytes, outcome, leaves });
      const settled = entry.ancestorAt(entry.height - this.#m.maxReorg);
      if (settled !== undefined) store.dropUndo(settled.id);
    }
    for (const { entry, code } of followed.condemned) store.putCondemned(entry.id, code);
    // Nothing to come back to before block 0: a restart finds it again among the headers.
    store.putTip(view.isBorn ? view.tip : { height: 0, id: ZERO_HASH });
  }

  /**
   * At checkpoints alone: only of those will a header say what the cells were, so that peers can be given them. In a commit
   * of its own: a chain without its newest snapshot only starts a little later.
   */
  #putSnapshotWhenDue(): void {
    const { view, store, snapshot } = this.#m;
    const { height, id } = view.tip;
    if (height % this.#m.snapshotEvery !== 0) return;
    const bytes = this.#timed('snapshot', snapshot);
    store.commit(() => store.putSnapshot({ height, id, bytes }));
    this.#snapshot = { height, bytes: bytes.length };
  }

  #timed<T>(work: TimedWork, act: () => T): T {
    const startedMs = performance.now();
    const made = act();
    this.#m.emit('timed', { work, seconds: secondsSince(startedMs) });
    return made;
  }

  #writePending(): void {
    for (const entry of this.#pendingHeaders) {
      const { group, height, id, bytes } = entry;
      this.#m.store.putHeader({ group, height, id, header: bytes, witness: this.#m.history.witness(entry) });
    }
    for (const { source, proven } of this.#pendingLeaves) this.#m.store.putLeaf(source, PROVEN_LEAF.encode(proven));
    this.#pendingHeaders = [];
    this.#pendingLeaves = [];
  }

  #settle(
    followed: Followed,
    applied: readonly AppliedBody[],
    seconds: { readonly execute: number; readonly commit: number },
  ): void {
    const { pool, history, sums, emit, store } = this.#m;
    const undone = followed.undone.flatMap((entry) => BODY.decode(store.body(entry.id)!.slice()).transactions);
    pool.settle(
      applied.flatMap(({ body }) => body.transactions),
      undone,
      this.#m.nowMs(),
    );
    for (const { code } of followed.condemned) sums.blockInvalid(code);
    this.#undone += followed.undone.length;
    const executed = applied.filter(({ block }) => !block.staged).length;
    for (const [i, { block, body }] of applied.entries()) {
      history.executed(block.entry, block.outcome.receipts);
      emit('announce', this.#ownBlock(block));
      const outcomes = outcomesOf(block.outcome.receipts);
      emit('block', {
        summary: summaryOf(block, body, outcomes),
        parentTimestampMs: block.entry.parent?.header.timestampMs,
        bodyBytes: block.bodyBytes.length,
        outcomes,
        sent: sentBy(block),
        received: receivedBy(block, body),
        executeSeconds: block.staged ? undefined : seconds.execute / executed,
        commitSeconds: i === 0 ? seconds.commit : undefined,
        undone: this.#undone,
      });
      this.#undone = 0;
    }
  }

  #ownBlock({ entry }: AppliedBlock): OwnBlock {
    const leaves = this.#m.view.tree.groups
      .filter((group) => group !== entry.group)
      .map((group) => ({ group, leaf: PROVEN_LEAF.encode(this.#m.view.leafFor(entry, group)!) }));
    return { height: entry.height, id: entry.id, header: entry.bytes, witness: this.#m.history.witness(entry), leaves };
  }

  #offerTemplate(nowMs: number): void {
    const { view, pool } = this.#m;
    if (!view.isBorn || this.#m.resync.replacesBlocks(nowMs)) return;
    const tip = { key: toHex(view.tip.id), timestampMs: view.tip.header.timestampMs };
    if (!this.#beat.isDue(tip, nowMs)) return;
    const bitcoinHeaders = this.#m.parents.forNextBlock();
    const content = {
      mapUpdate: this.#m.mapDesk.waiting,
      bitcoinHeaders,
      transactions: pool.candidates(nowMs),
      idOf: (transaction: Uint8Array) => pool.idOf(transaction),
    };
    const startedMs = performance.now();
    const made = view.template(nowMs, this.#m.miner, content);
    this.#beat.made(tip, nowMs);
    if (made === undefined) return;
    this.#m.emit('timed', { work: 'template', seconds: secondsSince(startedMs) });
    const template: Template = {
      group: view.group,
      sequence: ++this.#sequence,
      header: made.headerBytes,
      blockId: made.id,
      height: made.header.height,
      target: made.header.target,
      notBeforeMs: made.dueMs,
    };
    this.#m.emit('template', template);
  }
}

/** Ids of the blocks a block reads, in the order its body lists them. */
function sourcesOf({ readingOrder }: HeaderEntry): Uint8Array[] {
  return readingOrder.toSorted((a, b) => a.group - b.group || a.height - b.height).map(({ id }) => id);
}

function secondsSince(ms: number): number {
  return (performance.now() - ms) / 1_000;
}
