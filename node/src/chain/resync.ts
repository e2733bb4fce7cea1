// When a node takes the state of its group from peers instead of executing blocks, which one, and how far it has come.
// It asks nobody and installs nothing; what it answers with is whole and committed by headers, or nothing.
import type { HeaderEntry } from '../consensus/header-entry.ts';
import { equalBytes } from '../core/bytes.ts';
import type { Genesis } from '../core/layouts.ts';
import { CheckpointAssembly, newestCheckpointHeight, type PartVerdict } from './checkpoint.ts';

/** Without a part for so long, blocks are asked for as well: perhaps nobody has a state to give. */
const PATIENCE_MS = 20_000;
/** Without a part for so long, a newer checkpoint is better: peers keep a few. */
const RETARGET_MS = 5_000;
/** Who has executed more than maxReorg blocks has a history that is lost with a state of others: it must save so many times as much. */
const HISTORY_WORTH = 16;
/** A chain that undo does not lead to may lose again in a moment, or get its first checkpoint. */
const REWIND_MS = 5_000;

export type ResyncParams = Pick<Genesis, 'checkpointEvery' | 'maxReorg' | 'partitions'>;

/** Where following the fork choice has come to. */
export interface Standing {
  /** The block the state stands at. */
  readonly tip: HeaderEntry;
  /** The tip of the chosen chain. */
  readonly chosen: HeaderEntry;
  /** The chosen chain left ours below what can be undone. */
  readonly deepReorg: boolean;
}

export interface ResyncProgress {
  readonly height: number;
  readonly have: number;
  /** 0 while it is not known. */
  readonly of: number;
}

/** A state to put in place of what is there. */
export interface WholeState {
  readonly base: HeaderEntry;
  readonly snapshot: Uint8Array;
}

interface Attempt {
  readonly base: HeaderEntry;
  readonly committedBy: HeaderEntry;
  readonly assembly: CheckpointAssembly;
  /** When a part came last. */
  progressMs: number;
}

export class Resync {
  readonly #params: ResyncParams;
  #attempt: Attempt | undefined;
  /** Since when undo has not led to the chosen chain. */
  #deepSinceMs: number | undefined;

  constructor(params: ResyncParams) {
    this.#params = params;
  }

  /** Parts are here, and the last came a moment ago: to begin anew would cost them. */
  isComing(nowMs: number): boolean {
    return this.#attempt !== undefined && isBegun(this.#attempt, nowMs);
  }

  /** Blocks are of no use, or would only be in the way of a state that is coming. */
  replacesBlocks(nowMs: number): boolean {
    if (this.#attempt === undefined) return false;
    return this.#deepSinceMs !== undefined || nowMs - this.#attempt.progressMs < PATIENCE_MS;
  }

  /**
   * Nobody gives a state of the chain that undo does not lead to: perhaps all nodes of the group stood where this one stands.
   * What was executed here up to where the chains part must do.
   */
  mustRewind(nowMs: number): boolean {
    if (this.#deepSinceMs === undefined || nowMs - this.#deepSinceMs < REWIND_MS) return false;
    return this.#attempt === undefined || nowMs - this.#attempt.progressMs >= PATIENCE_MS;
  }

  get progress(): ResyncProgress | undefined {
    if (this.#attempt === undefined) return undefined;
    const { base, assembly } = this.#attempt;
    return { height: base.height, have: assembly.parts?.have ?? 0, of: assembly.parts?.of ?? 0 };
  }

  /** To be called whenever the state or the chosen chain may have moved, and now and then. */
  look({ tip, chosen, deepReorg }: Standing, nowMs: number): void {
    this.#deepSinceMs = deepReorg ? (this.#deepSinceMs ?? nowMs) : undefined;
    const newest = this.#newest(chosen);
    const isOffered = newest !== undefined && (deepReorg || newest.base.height - tip.height >= this.#leastSaved(tip));
    if (!isOffered) {
      this.#attempt = undefined;
      return;
    }
    const now = this.#attempt;
    const isChosen = now !== undefined && chosen.ancestorAt(now.committedBy.height) === now.committedBy;
    // While headers are still coming in, or nobody gives what was chosen first, the newest is as good.
    if (now !== undefined && isChosen && (isBegun(now, nowMs) || now.base === newest.base)) return;
    const { base, committedBy } = newest;
    const checkpoint = { id: base.id, header: base.header, committedBy: committedBy.header };
    const assembly = new CheckpointAssembly(checkpoint, this.#params.partitions, now?.assembly);
    this.#attempt = { base, committedBy, assembly, progressMs: now?.progressMs ?? nowMs };
  }

  /** Parts to ask for, of the state after a block. */
  wants(): { readonly block: Uint8Array; readonly parts: readonly number[] } | undefined {
    if (this.#attempt === undefined) return undefined;
    return { block: this.#attempt.base.id, parts: this.#attempt.assembly.missing() };
  }

  /** Keeps `bytes`. What was meant for another attempt is not judged. */
  take(block: Uint8Array, part: number, bytes: Uint8Array, nowMs: number): PartVerdict {
    const attempt = this.#attempt;
    if (attempt === undefined || !equalBytes(attempt.base.id, block)) return 'known';
    const verdict = attempt.assembly.take(part, bytes);
    if (verdict === 'accepted') attempt.progressMs = nowMs;
    return verdict;
  }

  get isWhole(): boolean {
    return this.#attempt?.assembly.isWhole === true;
  }

  /** The state, once nothing is missing; it is the caller's from now on, and no part of it is kept here. */
  takeWhole(): WholeState {
    if (this.#attempt === undefined) throw new Error('no state was asked for');
    const { base, assembly } = this.#attempt;
    this.#attempt = undefined;
    return { base, snapshot: assembly.snapshot() };
  }

  /** From a state on the network goes ahead too: to fetch one after the other leads nowhere. */
  #leastSaved({ height }: HeaderEntry): number {
    const { maxReorg } = this.#params;
    return height < maxReorg ? maxReorg : HISTORY_WORTH * maxReorg;
  }

  #newest(chosen: HeaderEntry): { readonly base: HeaderEntry; readonly committedBy: HeaderEntry } | undefined {
    const height = newestCheckpointHeight(chosen.height, this.#params);
    if (height === 0) return undefined;
    const base = chosen.ancestorAt(height);
    const committedBy = chosen.ancestorAt(height + this.#params.checkpointEvery);
    return base === undefined || committedBy === undefined ? undefined : { base, committedBy };
  }
}

function isBegun({ assembly, progressMs }: Attempt, nowMs: number): boolean {
  return assembly.parts !== undefined && nowMs - progressMs < RETARGET_MS;
}
