// What takes the place of an engine's state or headers, and when: a state from peers, its own state at the fork, headers
// further back. Each is one commit at most, and ends the engine. What is wanted is decided by chain/resync and far-splits.
import { commonAncestor } from '../chain/follower.ts';
import type { Resync, WholeState } from '../chain/resync.ts';
import type { View } from '../chain/view.ts';
import { ZERO_HASH } from '../core/bytes.ts';
import type { Condition } from '../rpc/backend.ts';
import type { ChainStore } from '../store/chain-store.ts';
import type { EngineEvents, Intake } from './api.ts';
import { type FarSplits, WIDE_MS } from './far-splits.ts';
import type { History } from './history.ts';

/** Least time between two tellings of how far a state has come. */
const TELL_EVERY_MS = 1_000;

export interface ReplacementModules {
  readonly view: View;
  readonly store: ChainStore;
  readonly history: History;
  readonly resync: Resync;
  readonly farSplits: FarSplits;
  readonly maxReorg: number;
  readonly headerWindow: number;
  /** This engine is over, and another begins from what is on disk; it holds headers headerWindow deep until a time that is given. */
  reopen(wideUntilMs?: number): void;
  nowMs(): number;
  emit<K extends keyof EngineEvents>(name: K, payload: EngineEvents[K]): void;
}

/** Stores what is pending, and what `write` puts, in one commit. */
export type Commit = (write: () => void) => void;

export class Replacement {
  readonly #m: ReplacementModules;
  readonly #commit: Commit;
  #deepReorg = false;
  /** Until when headers are to be held further back, once what is at hand was settled. */
  #wideUntilMs: number | undefined;
  /** When it was told last how far a state has come. */
  #toldMs = 0;

  constructor(modules: ReplacementModules, commit: Commit) {
    this.#m = modules;
    this.#commit = commit;
  }

  /** Undo does not lead to the chosen chain. */
  get deepReorg(): boolean {
    return this.#deepReorg;
  }

  followed({ deepReorg }: { readonly deepReorg: boolean }): void {
    this.#deepReorg = deepReorg;
  }

  /** Parts of a state to ask for; `look` decides anew whether there are any. */
  look(): ReturnType<Resync['wants']> {
    const { resync, view, nowMs } = this.#m;
    resync.look({ tip: view.tip, chosen: view.tree.tip(view.group), deepReorg: this.#deepReorg }, nowMs());
    return resync.wants();
  }

  /** True when the engine is over: the state has taken the place of ours. */
  takePart(block: Uint8Array, part: number, bytes: Uint8Array): Intake & { readonly isOver: boolean } {
    const { resync } = this.#m;
    const verdict = resync.take(block, part, bytes, this.#m.nowMs());
    const isOver = verdict === 'accepted' && resync.isWhole;
    if (isOver) this.#install();
    else if (verdict !== 'refused') this.#tell();
    return { fault: verdict === 'refused' ? 'BAD_STATE' : undefined, accepted: verdict === 'accepted' ? 1 : 0, isOver };
  }

  /** A header is too old to be placed: real work, done on a block that our chain had settled, is not garbage but another chain. */
  seeTooOld(header: Uint8Array, witness: Uint8Array): void {
    const { farSplits, history, nowMs, view } = this.#m;
    const depth = history.depthOfSplit(header);
    if (depth === undefined || !view.isWorked(header.slice(), witness.slice())) return;
    this.#wideUntilMs = farSplits.see(depth, nowMs());
  }

  /** The tree grows at its tips alone: to hold older headers it is made anew, of all that is on disk. */
  widenWhenDue(): void {
    const { emit, headerWindow, nowMs, reopen, resync } = this.#m;
    const untilMs = this.#wideUntilMs;
    this.#wideUntilMs = undefined;
    if (untilMs === undefined || resync.isComing(nowMs())) return;
    this.#commit(() => undefined);
    emit('widened', { blocks: headerWindow });
    reopen(untilMs);
  }

  /** To be called often. True when the engine is over. */
  tick(): boolean {
    const { farSplits, nowMs, resync, view } = this.#m;
    if (!this.#deepReorg && farSplits.takeOver(nowMs())) view.narrow();
    return resync.mustRewind(nowMs()) && this.#rewind();
  }

  get conditions(): Condition[] {
    const { farSplits, maxReorg, nowMs, resync } = this.#m;
    const { progress } = resync;
    if (progress !== undefined) {
      const { height, have, of } = progress;
      const parts = of === 0 ? 'it waits for a peer that has it' : `${have} of ${of} parts are here`;
      const message = `this node takes the state after block ${height} from its peers: ${parts}`;
      return [{ type: 'Resyncing', status: 'True', reason: this.#deepReorg ? 'BeyondUndo' : 'FarBehind', message }];
    }
    const farSplit = farSplits.condition(nowMs());
    if (farSplit !== undefined) return [farSplit];
    if (!this.#deepReorg) return [];
    const message = `the chosen chain left ours more than ${maxReorg} blocks ago, which is as far as undo data reaches; it begins again where they part, or takes a state when there is one`;
    return [{ type: 'DeepReorg', status: 'True', reason: 'BeyondUndo', message }];
  }

  #tell(): void {
    const { emit, nowMs, resync } = this.#m;
    const { progress } = resync;
    if (progress === undefined || nowMs() - this.#toldMs < TELL_EVERY_MS) return;
    this.#toldMs = nowMs();
    emit('resync', { ...progress, installed: false });
  }

  /** Begins again where our chain left the chosen one, from snapshot and diffs; false where nothing was executed here. */
  #rewind(): boolean {
    const { view, store, emit, reopen } = this.#m;
    const fork = commonAncestor(view.tip, view.tree.tip(view.group));
    if (fork === undefined || fork.height < (store.base()?.height ?? 0)) return false;
    this.#commit(() => store.rewindTo(fork.height > 0 ? fork : { height: 0, id: ZERO_HASH }));
    emit('rewound', { from: view.tip.height, to: fork.height });
    reopen(this.#wideAfterSwitch());
    return true;
  }

  /** The old state, the parts and the new state are not all in memory at the same time: what is stored is let go of first. */
  #install(): void {
    const { resync, emit, reopen } = this.#m;
    const progress = resync.progress!;
    this.#store(resync.takeWhole());
    emit('resync', { ...progress, installed: true });
    reopen(this.#wideAfterSwitch());
  }

  /** While sides of a deep split find out who has more work, the one that was left must stay comparable: it may be the better one in a moment. */
  #wideAfterSwitch(): number | undefined {
    return this.#deepReorg ? this.#m.nowMs() + WIDE_MS : undefined;
  }

  /** Until this commit a restart finds the old state, from then on the new one. */
  #store({ base, snapshot }: WholeState): void {
    const { height, id } = base;
    this.#commit(() => this.#m.store.putBase({ height, id, bytes: snapshot }));
  }
}
