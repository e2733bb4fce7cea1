// The reading rule: which blocks of other groups a block may read, and in which order it does. It sees headers alone,
// and tells "not yet provable" (wait) from "never" (invalid).
import { type HeaderEntry, isAncestor } from './header-entry.ts';

export type ReadingProblem =
  /** An entry is not above the cursor or does not descend from it. */
  | 'READ_NOT_DESCENDANT'
  /** No source has a next block whose own past is read already. */
  | 'READ_OUT_OF_ORDER'
  /** A source block has read a block of this group that is not an ancestor. */
  | 'READ_OF_OTHER_BRANCH'
  /** A source block is later than the block reading it. */
  | 'READ_FROM_LATER';

export type Reading =
  | { readonly kind: 'ok'; readonly order: readonly HeaderEntry[] }
  /** These have fewer known descendants than confirmations ask for. */
  | { readonly kind: 'wait'; readonly unconfirmed: readonly HeaderEntry[] }
  | { readonly kind: 'invalid'; readonly code: ReadingProblem };

export interface ReadingInput {
  readonly parent: HeaderEntry;
  readonly timestampMs: number;
  /** Newest block read per source, ascending by group. */
  readonly newest: readonly HeaderEntry[];
  readonly confirmations: number;
}

export type ReadingRule = (input: ReadingInput) => Reading;

export const judgeReading: ReadingRule = ({ parent, timestampMs, newest, confirmations }) => {
  const queues: HeaderEntry[][] = [];
  for (const target of newest) {
    const queue = unread(parent, target);
    if (queue === undefined) return { kind: 'invalid', code: 'READ_NOT_DESCENDANT' };
    // Cursors and timestamps grow along a chain, so what holds for the newest holds for those before it.
    if (target.header.timestampMs > timestampMs) return { kind: 'invalid', code: 'READ_FROM_LATER' };
    if (!readsOnlyAncestors(target, parent)) return { kind: 'invalid', code: 'READ_OF_OTHER_BRANCH' };
    queues.push(queue);
  }
  const order = orderReads(parent, queues);
  if (order === undefined) return { kind: 'invalid', code: 'READ_OUT_OF_ORDER' };
  const unconfirmed = newest.filter((target) => target.descendants < confirmations);
  return unconfirmed.length === 0 ? { kind: 'ok', order } : { kind: 'wait', unconfirmed };
};

/** Repeatedly the lowest source whose next block satisfies rule (2). Undefined when some block can never be read. */
function orderReads(
  parent: HeaderEntry,
  queues: readonly (readonly HeaderEntry[])[],
): readonly HeaderEntry[] | undefined {
  const order: HeaderEntry[] = [];
  const moved = new Map<number, HeaderEntry>();
  const at = queues.map(() => 0);
  let left = queues.reduce((sum, queue) => sum + queue.length, 0);
  while (left > 0) {
    let progress = false;
    for (let i = 0; i < queues.length && !progress; i++) {
      const next = queues[i]![at[i]!];
      if (next === undefined || !pastIsRead(next, parent, moved)) continue;
      at[i]!++;
      moved.set(next.group, next);
      order.push(next);
      left--;
      progress = true;
    }
    if (!progress) return undefined;
  }
  return order;
}

/** Rule (2). Only what `source` read itself needs a look: its parent was read before it and satisfied the rule then. */
function pastIsRead(source: HeaderEntry, parent: HeaderEntry, moved: ReadonlyMap<number, HeaderEntry>): boolean {
  for (const read of source.reads) {
    if (read.group === parent.group) continue;
    const cursor = moved.get(read.group) ?? parent.cursor(read.group);
    if (cursor === undefined || !isAncestor(read, cursor)) return false;
  }
  return true;
}

/** Rule (3). */
function readsOnlyAncestors(source: HeaderEntry, parent: HeaderEntry): boolean {
  const read = source.cursor(parent.group);
  return read === undefined || isAncestor(read, parent);
}

/** The blocks between the cursor of `parent` (left out) and `target`, oldest first; undefined when target does not descend from it. */
function unread(parent: HeaderEntry, target: HeaderEntry): HeaderEntry[] | undefined {
  const cursor = parent.cursor(target.group);
  if (cursor === undefined || target.height <= cursor.height) return undefined;
  const blocks: HeaderEntry[] = [];
  let entry: HeaderEntry | undefined = target;
  while (entry !== undefined && entry.height > cursor.height) {
    blocks.push(entry);
    entry = entry.parent;
  }
  return entry === cursor ? blocks.reverse() : undefined;
}

export interface ReadPlanInput {
  readonly parent: HeaderEntry;
  readonly timestampMs: number;
  readonly confirmations: number;
  /** The chosen tips of the other groups, ascending by group. */
  readonly tips: readonly HeaderEntry[];
  /** Whether this block may be read too (its leaf is here, the block has room); once false, its source rests. */
  readonly take: (source: HeaderEntry) => boolean;
  /** At most so many source blocks. */
  readonly blocksMax: number;
}

export type ReadPlanner = (input: ReadPlanInput) => readonly HeaderEntry[];

/** What an honest miner reads: everything it may, as soon as it may. The newest per source, ascending by group. */
export const planReads: ReadPlanner = (input) => {
  const { parent, tips, take } = input;
  const queues = tips.map((tip) => readable(input, tip));
  const moved = new Map<number, HeaderEntry>();
  const at = tips.map(() => 0);
  let taken = 0;
  let progress = true;
  while (progress && taken < input.blocksMax) {
    progress = false;
    for (let i = 0; i < queues.length && !progress; i++) {
      const next = queues[i]![at[i]!];
      if (next === undefined || !pastIsRead(next, parent, moved)) continue;
      if (!take(next)) {
        at[i] = Number.POSITIVE_INFINITY;
        continue;
      }
      at[i]!++;
      moved.set(next.group, next);
      taken++;
      progress = true;
    }
  }
  return [...moved.values()].sort((a, b) => a.group - b.group);
};

/** Blocks of one source that rules (1), (3) and time allow, oldest first, at most `blocksMax`. */
function readable(input: ReadPlanInput, tip: HeaderEntry): HeaderEntry[] {
  const { parent, timestampMs, confirmations, blocksMax } = input;
  const cursor = parent.cursor(tip.group);
  if (cursor === undefined) return [];
  const newest = tip.ancestorAt(Math.min(tip.height - confirmations, cursor.height + blocksMax));
  if (newest === undefined || newest.height <= cursor.height) return [];
  const blocks = unread(parent, newest) ?? [];
  const stop = blocks.findIndex((b) => b.header.timestampMs > timestampMs || !readsOnlyAncestors(b, parent));
  return stop < 0 ? blocks : blocks.slice(0, stop);
}
