// Brings the state of our group to the chosen tip: takes blocks back, executes blocks forward, and condemns what turns
// out wrong. It chooses nothing itself and does a bounded amount per call.
import type { HeaderEntry } from '../consensus/header-entry.ts';
import { isAncestor } from '../consensus/header-entry.ts';
import type { HeaderTree } from '../consensus/header-tree.ts';
import { equalBytes } from '../core/bytes.ts';
import type { Genesis } from '../core/layouts.ts';
import { type BlockStore, RECENT_BLOCKS, type ReadyBody } from './block-store.ts';
import { birthOf } from './genesis-block.ts';
import { BlockInvalid, type BlockOutcome, type BuiltBlock, type ChainState } from './ports.ts';

/** Blocks undone or executed by one call: the caller stores them before it calls again. */
const FOLLOW_BLOCKS_MAX = RECENT_BLOCKS;

export type FollowParams = Pick<Genesis, 'maxReorg' | 'maxQueue' | 'maxReadBytes' | 'checkpointEvery'>;

export interface AppliedBlock {
  readonly entry: HeaderEntry;
  readonly bodyBytes: Uint8Array;
  readonly outcome: BlockOutcome;
  /** It was our own template: not executed a second time. */
  readonly staged: boolean;
}

export interface Followed {
  /** Newest first. */
  readonly undone: readonly HeaderEntry[];
  /** Oldest first. */
  readonly applied: readonly AppliedBlock[];
  readonly condemned: readonly { readonly entry: HeaderEntry; readonly code: string }[];
  /** Bodies without which the chosen tip cannot be reached. */
  readonly missing: readonly HeaderEntry[];
  /** Call again once these are stored. */
  readonly more: boolean;
  /** The chosen tip left our chain below what can be undone, or builds on what nobody remembers: only its state helps. */
  readonly deepReorg: boolean;
}

interface Staged {
  readonly id: Uint8Array;
  readonly built: BuiltBlock;
}

export interface FollowerModules {
  readonly params: FollowParams;
  readonly tree: HeaderTree;
  readonly state: ChainState;
  readonly blocks: BlockStore;
  /** Makes a stored body ready again; undefined when it is damaged. */
  recheck(entry: HeaderEntry, bytes: Uint8Array): ReadyBody | undefined;
  condemn(entry: HeaderEntry): void;
}

export class Follower {
  readonly #m: FollowerModules;
  #tip: HeaderEntry;
  #staged: Staged | undefined;

  constructor(modules: FollowerModules, tip: HeaderEntry) {
    this.#m = modules;
    this.#tip = tip;
  }

  /** The block the state stands at. */
  get tip(): HeaderEntry {
    return this.#tip;
  }

  stage(id: Uint8Array, built: BuiltBlock): void {
    this.#staged = { id, built };
  }

  /** Takes the state back to the tip when a template stands on it. */
  unstage(): void {
    if (this.#staged === undefined) return;
    this.#m.state.abortStaged();
    this.#staged = undefined;
  }

  follow(): Followed {
    const undone: HeaderEntry[] = [];
    const applied: AppliedBlock[] = [];
    const condemned: { entry: HeaderEntry; code: string }[] = [];
    let missing: readonly HeaderEntry[] = [];
    let deepReorg = false;
    let atCheckpoint = false;
    let steps = 0;
    for (; steps < FOLLOW_BLOCKS_MAX && !atCheckpoint; steps++) {
      const target = this.#m.tree.tip(this.#tip.group);
      if (target === this.#tip) break;
      if (!isAncestor(this.#tip, target)) {
        const fork = commonAncestor(this.#tip, target);
        deepReorg = fork === undefined || !this.#canUndoTo(fork);
        if (deepReorg || fork === undefined) break;
        missing = this.#missingBodies(fork, target);
        if (missing.length > 0) break;
        // A block 0 had no body and left nothing behind: its group is in the map no longer.
        if (this.#tip.height > 0) undone.push(this.#undo());
        else {
          this.unstage();
          this.#tip = fork;
        }
        continue;
      }
      const next = target.ancestorAt(this.#tip.height + 1)!;
      if (next.height === 0) {
        this.#m.state.begin(birthOf(next.map, next.cursors()));
        this.#tip = next;
        continue;
      }
      const verdict = this.#advance(next);
      if (verdict === undefined) {
        const lacking = this.#missingBodies(this.#tip, target);
        // A stored body that is damaged counts as lacking too.
        missing = lacking.length > 0 ? lacking : [next];
        break;
      }
      if (verdict instanceof BlockInvalid) {
        condemned.push({ entry: next, code: verdict.code });
        this.#m.condemn(next);
      } else {
        applied.push(verdict);
        // The caller keeps the state a header will commit: it must find it before the next block changes it.
        atCheckpoint = next.height % this.#m.params.checkpointEvery === 0;
      }
    }
    const more = steps === FOLLOW_BLOCKS_MAX || atCheckpoint;
    return { undone, applied, condemned, missing, more, deepReorg };
  }

  #undo(): HeaderEntry {
    this.unstage();
    const left = this.#tip;
    const record = this.#m.blocks.undo(left);
    const parent = left.parent;
    if (record === undefined || parent === undefined) throw new Error(`nothing to undo ${left.key} with`);
    this.#m.state.undo(record);
    this.#tip = parent;
    return left;
  }

  /** Undo records reach down to it: not below maxReorg blocks, nor below a state that came from a peer. */
  #canUndoTo(fork: HeaderEntry): boolean {
    if (this.#tip.height - fork.height > this.#m.params.maxReorg) return false;
    // A block 0 has none and needs none.
    const last = Math.max(1, fork.height + 1);
    if (last > this.#tip.height) return true;
    const entry = this.#tip.ancestorAt(last);
    return entry !== undefined && this.#m.blocks.undo(entry) !== undefined;
  }

  /** Undefined when the body is not here. */
  #advance(next: HeaderEntry): AppliedBlock | BlockInvalid | undefined {
    if (this.#staged !== undefined && equalBytes(this.#staged.id, next.id)) {
      const { built } = this.#staged;
      this.#m.state.commitStaged();
      this.#staged = undefined;
      return this.#arrive(next, built.bodyBytes, built.outcome, true);
    }
    const ready = this.#ready(next);
    if (ready === undefined) return undefined;
    this.unstage();
    try {
      this.#judgeReads(next, ready);
      const outcome = this.#m.state.apply({
        id: next.id,
        header: next.header,
        headerBytes: next.bytes,
        map: next.map,
        body: ready.body,
        bodyBytes: ready.bytes,
        sources: ready.sources,
      });
      return this.#arrive(next, ready.bytes, outcome, false);
    } catch (error) {
      if (error instanceof BlockInvalid) return error;
      throw error;
    }
  }

  #arrive(entry: HeaderEntry, bodyBytes: Uint8Array, outcome: BlockOutcome, staged: boolean): AppliedBlock {
    this.#tip = entry;
    this.#m.blocks.executed(entry, bodyBytes, outcome);
    return { entry, bodyBytes, outcome, staged };
  }

  /** The limits on reading that headers cannot show. */
  #judgeReads(next: HeaderEntry, ready: ReadyBody): void {
    if (next.reads.length === 0) return;
    if (this.#m.state.queuedRelays >= this.#m.params.maxQueue) throw new BlockInvalid('READS_WHILE_FULL');
    const bytes = ready.sources.reduce((sum, source) => sum + source.leaf.length, 0);
    if (bytes > this.#m.params.maxReadBytes) throw new BlockInvalid('READS_TOO_MUCH', `${bytes} bytes`);
  }

  #ready(entry: HeaderEntry): ReadyBody | undefined {
    const ready = this.#m.blocks.ready(entry);
    if (ready !== undefined) return ready;
    const stored = this.#m.blocks.body(entry);
    return stored === undefined ? undefined : this.#m.recheck(entry, stored);
  }

  #has(entry: HeaderEntry): boolean {
    if (this.#staged !== undefined && equalBytes(this.#staged.id, entry.id)) return true;
    return this.#m.blocks.ready(entry) !== undefined || this.#m.blocks.body(entry) !== undefined;
  }

  /**
   * Bodies lacking above `from` on the way to `target`, oldest first, at most one call's worth. Leaving a branch asks
   * only for what outweighs it: a target that runs away while we fetch must not hold us for ever.
   */
  #missingBodies(from: HeaderEntry, target: HeaderEntry): HeaderEntry[] {
    const missing: HeaderEntry[] = [];
    // A block 0 has no body.
    for (
      let height = Math.max(1, from.height + 1);
      height <= target.height && missing.length < FOLLOW_BLOCKS_MAX;
      height++
    ) {
      const entry = target.ancestorAt(height)!;
      if (!this.#has(entry)) missing.push(entry);
      if (missing.length === 0 && from !== this.#tip && entry.work > this.#tip.work) break;
    }
    return missing;
  }
}

export function commonAncestor(a: HeaderEntry, b: HeaderEntry): HeaderEntry | undefined {
  const height = Math.min(a.height, b.height);
  let x = a.ancestorAt(height);
  let y = b.ancestorAt(height);
  while (x !== undefined && y !== undefined && x !== y) {
    x = x.parent;
    y = y.parent;
  }
  return x === y ? x : undefined;
}
