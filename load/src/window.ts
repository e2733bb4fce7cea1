// The measured window: in each group from the block that was newest when the warm-up ended to the one that was newest when the
// offering ended. A transaction counts when its relay tree ran to its end inside. Counts; judges nothing.
import { build, type Histogram } from 'hdr-histogram-js';
import { clampMs, percentiles, round } from './measure.ts';
import type { GroupFigures, WindowFigures } from './report.ts';
import type { Finished, Leaf } from './tracker.ts';

/** The newest block of a group as it was seen. */
export interface Tip {
  readonly height: number;
  readonly timestampMs: number;
  readonly seenMs: number;
}

/** Tips of all groups at one moment, and what had been offered to each by then. */
export interface Cut {
  readonly tips: ReadonlyMap<number, Tip>;
  readonly offered: ReadonlyMap<number, number>;
}

interface Count {
  completed: number;
  failed: number;
  included: number;
  invocations: number;
  gasUsed: number;
  relays: number;
  crossed: number;
  readonly latency: Histogram;
}

function histogram(digits: 2 | 3): Histogram {
  const bounds = { lowestDiscernibleValue: 1, highestTrackableValue: 3_600_000 };
  return build({ ...bounds, numberOfSignificantValueDigits: digits });
}

export class MeasuredWindow {
  readonly #counts = new Map<number, Count>();
  readonly #latency = histogram(3);
  #start: Cut | undefined;
  #end: Cut | undefined;

  get isOpen(): boolean {
    return this.#start !== undefined;
  }

  get isClosed(): boolean {
    return this.#end !== undefined;
  }

  /** The warm-up is over. */
  open(cut: Cut): void {
    this.#start = cut;
    for (const group of cut.tips.keys()) this.#counts.set(group, newCount());
  }

  /** The offering is over. What ends after these blocks is followed, and not counted. */
  close(cut: Cut): void {
    this.#end = cut;
  }

  finished({ leaves, failed, relays, crossed, completedMs, intendedMs }: Omit<Finished, 'subject'>): void {
    const [root] = leaves;
    if (this.#start === undefined || root === undefined) return;
    this.#ran(leaves);
    if (!leaves.some((leaf) => this.#isAfterStart(leaf)) || !leaves.every((leaf) => this.#isBeforeEnd(leaf))) return;
    const count = this.#counts.get(root.group);
    if (count === undefined) return;
    count.relays += relays;
    count.crossed += crossed;
    if (failed) {
      count.failed++;
      return;
    }
    count.completed++;
    const ms = clampMs(completedMs - intendedMs);
    count.latency.recordValue(ms);
    this.#latency.recordValue(ms);
  }

  /** Of a tree that is not whole when everything ends: its invocations ran all the same. */
  unfinished(leaves: readonly Leaf[], isIncluded: boolean): void {
    if (this.#start !== undefined) this.#ran(leaves, isIncluded);
  }

  /** Undefined until it is closed, and when some group had no block inside. */
  figures(): WindowFigures | undefined {
    const { tips } = this.#end ?? { tips: new Map<number, Tip>() };
    const groups = [...tips.keys()].sort((a, b) => a - b).map((group) => this.#figuresOf(group));
    if (groups.length === 0 || groups.some((one) => one === undefined || one.blocks < 1 || one.windowMs <= 0))
      return undefined;
    const all = groups.filter((one) => one !== undefined);
    const sum = (of: (one: GroupFigures) => number): number => all.reduce((total, one) => total + of(one), 0);
    const relays = [...this.#counts.values()].reduce((total, count) => total + count.relays, 0);
    const crossed = [...this.#counts.values()].reduce((total, count) => total + count.crossed, 0);
    return {
      offered: sum(({ offered }) => offered),
      completed: sum(({ completed }) => completed),
      failed: sum(({ failed }) => failed),
      included: sum(({ included }) => included),
      tps: round(sum(({ tps }) => tps)),
      utps: round(sum(({ utps }) => utps)),
      crossGroupShare: relays === 0 ? 0 : round(crossed / relays),
      ...percentiles(this.#latency),
      windowMs: Math.round(sum(({ windowMs }) => windowMs) / all.length),
      groups: all,
    };
  }

  #figuresOf(group: number): GroupFigures | undefined {
    const [start, end] = [this.#start, this.#end];
    const [from, to] = [start?.tips.get(group), end?.tips.get(group)];
    const count = this.#counts.get(group);
    if (from === undefined || to === undefined || count === undefined) return undefined;
    const windowMs = to.timestampMs - from.timestampMs;
    const per = (n: number): number => (windowMs > 0 ? round((n * 1_000) / windowMs) : 0);
    const { completed, failed, included, invocations, gasUsed, relays, crossed, latency } = count;
    const { p50Ms, p95Ms } = percentiles(latency);
    return {
      group,
      offered: (end?.offered.get(group) ?? 0) - (start?.offered.get(group) ?? 0),
      ...{ completed, failed, included, invocations, gasUsed },
      tps: per(completed),
      utps: per(invocations),
      crossGroupShare: relays === 0 ? 0 : round(crossed / relays),
      ...{ p50Ms, p95Ms },
      startHeight: from.height,
      endHeight: to.height,
      blocks: to.height - from.height,
      windowMs,
      observedMs: Math.round(to.seenMs - from.seenMs),
    };
  }

  #ran(leaves: readonly Leaf[], isIncluded = true): void {
    for (const [index, leaf] of leaves.entries()) {
      const count = this.#counts.get(leaf.group);
      if (count === undefined || !this.#isAfterStart(leaf) || !this.#isBeforeEnd(leaf)) continue;
      count.invocations++;
      count.gasUsed += leaf.gas;
      if (index === 0 && isIncluded) count.included++;
    }
  }

  #isAfterStart({ group, height }: Leaf): boolean {
    return height > (this.#start?.tips.get(group)?.height ?? Number.POSITIVE_INFINITY);
  }

  #isBeforeEnd({ group, height }: Leaf): boolean {
    return height <= (this.#end?.tips.get(group)?.height ?? Number.POSITIVE_INFINITY);
  }
}

function newCount(): Count {
  const none = { completed: 0, failed: 0, included: 0, invocations: 0, gasUsed: 0, relays: 0, crossed: 0 };
  return { ...none, latency: histogram(2) };
}
