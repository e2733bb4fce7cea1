// Learns heights and maps by asking one node of each group in turn: every two seconds, more seldom when there are many
// groups, and never more than twenty times a second in all. Silence is remembered as silence; nothing is concluded from it
// here.
import { type Clock, type Random, sleep } from '../kube/clock.ts';
import type { NodeAnswer, NodeSource, Whose } from './answer.ts';
import { type BlockRates, RateWindow } from './rates.ts';

export interface AskerOptions {
  readonly source: NodeSource;
  readonly clock: Clock;
  readonly random: Random;
  /** A node of the group has answered or kept silent. No news: nothing but heights and times differs from its last word. */
  readonly onHeard: (group: string, isNews: boolean) => void;
}

export interface AskedNode {
  readonly ordinal: number;
  /** `host:port` of its Node service. */
  readonly address: string;
}

/** What was last heard of one node; `answer` is absent when it kept silent. */
export interface Heard {
  readonly answer?: NodeAnswer;
  /** Out of this answer and those before; absent until there are two. */
  readonly rates?: BlockRates;
  readonly atMs: number;
}

/** What controllers see of it. Groups are named by the keys of their ConsensusGroups. */
export interface Knowledge {
  /** Whom to ask from now on; nobody when the list is empty. */
  follow(group: string, nodes: readonly AskedNode[], whose?: Whose): void;
  /** By ordinal. */
  of(group: string): ReadonlyMap<number, Heard>;
}

const EVERY_MS = 2_000;
const EVERY_MS_PER_GROUP = 50;
const PAUSE_MS = 50;
const JITTER = 0.1;
const DEADLINE_MS = 2_000;
const IDLE_MS = 60_000;
/** Rates are of so long and of so many beats, because blocks fall between looks as they like. */
const RATE_WINDOW_MS = 10_000;
const RATE_BEATS = 4;
const NOBODY: ReadonlyMap<number, Heard> = new Map();

interface Followed {
  nodes: readonly AskedNode[];
  whose: Whose;
  readonly heard: Map<number, Heard>;
  /** By ordinal: each node counts for itself. */
  readonly windows: Map<number, RateWindow>;
  turn: number;
  nextAt: number;
  isAsked: boolean;
}

export class Asker implements Knowledge {
  readonly #options: AskerOptions;
  readonly #groups = new Map<string, Followed>();
  #wake = new AbortController();

  constructor(options: AskerOptions) {
    this.#options = options;
  }

  follow(group: string, nodes: readonly AskedNode[], whose: Whose = {}): void {
    const followed = this.#groups.get(group);
    if (nodes.length === 0) {
      this.#groups.delete(group);
      return;
    }
    if (followed === undefined) {
      const nextAt = this.#options.clock.now();
      this.#groups.set(group, { nodes, whose, heard: new Map(), windows: new Map(), turn: 0, nextAt, isAsked: false });
      this.#wake.abort();
      return;
    }
    for (const { ordinal, address } of followed.nodes) {
      if (nodes.some((node) => node.ordinal === ordinal && node.address === address)) continue;
      followed.heard.delete(ordinal);
      followed.windows.delete(ordinal);
    }
    followed.nodes = nodes;
    followed.whose = whose;
  }

  of(group: string): ReadonlyMap<number, Heard> {
    return this.#groups.get(group)?.heard ?? NOBODY;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, source } = this.#options;
    while (!signal.aborted) {
      const next = this.#next();
      const waitMs = next === undefined ? IDLE_MS : next.followed.nextAt - clock.now();
      if (next !== undefined && waitMs <= 0) {
        this.#begin(next.group, next.followed, signal);
        await sleep(clock, PAUSE_MS, signal);
        continue;
      }
      this.#wake = new AbortController();
      await sleep(clock, waitMs, AbortSignal.any([signal, this.#wake.signal]));
    }
    source.close();
  }

  #next(): { readonly group: string; readonly followed: Followed } | undefined {
    let best: { readonly group: string; readonly followed: Followed } | undefined;
    for (const [group, followed] of this.#groups) {
      if (followed.isAsked) continue;
      if (best === undefined || followed.nextAt < best.followed.nextAt) best = { group, followed };
    }
    return best;
  }

  #begin(group: string, followed: Followed, signal: AbortSignal): void {
    const { clock, random } = this.#options;
    const everyMs = Math.max(EVERY_MS, this.#groups.size * EVERY_MS_PER_GROUP);
    followed.nextAt = clock.now() + everyMs * (1 - JITTER + 2 * JITTER * random());
    const node = followed.nodes[followed.turn % followed.nodes.length];
    followed.turn += 1;
    if (node === undefined) return;
    followed.isAsked = true;
    void this.#ask(group, followed, node, signal);
  }

  async #ask(group: string, followed: Followed, { ordinal, address }: AskedNode, signal: AbortSignal): Promise<void> {
    const { clock, source, onHeard } = this.#options;
    const limit = new AbortController();
    const cancel = clock.after(DEADLINE_MS, () => limit.abort());
    const answer = await source.ask(address, AbortSignal.any([signal, limit.signal]), followed.whose);
    cancel();
    followed.isAsked = false;
    this.#wake.abort();
    const isStill = followed.nodes.some((node) => node.ordinal === ordinal && node.address === address);
    if (signal.aborted || !isStill || this.#groups.get(group) !== followed) return;
    const atMs = clock.now();
    const rates = answer === undefined ? undefined : ratesOf(followed.windows, ordinal, answer, atMs);
    const said = { ...(answer === undefined ? {} : { answer }), ...(rates === undefined ? {} : { rates }) };
    // A node of which nothing was heard yet is taken to be as the others of its group.
    const before = followed.heard.get(ordinal) ?? [...followed.heard.values()].at(-1);
    followed.heard.set(ordinal, { ...said, atMs });
    onHeard(group, before === undefined || !isSame(before.answer, answer));
  }
}

function isSame(before: NodeAnswer | undefined, now: NodeAnswer | undefined): boolean {
  if (before === undefined || now === undefined) return before === now;
  return (
    before.inSync === now.inSync &&
    before.epoch === now.epoch &&
    before.groups.length === now.groups.length &&
    before.height > 0 === now.height > 0
  );
}

function ratesOf(
  windows: Map<number, RateWindow>,
  ordinal: number,
  { height, tipTimestampMs, work }: NodeAnswer,
  atMs: number,
): BlockRates | undefined {
  if (work === undefined) return undefined;
  const { beatMs, ...counters } = work;
  const window = windows.get(ordinal) ?? new RateWindow(Math.max(RATE_WINDOW_MS, RATE_BEATS * beatMs));
  windows.set(ordinal, window);
  return window.look({ atMs, node: String(ordinal), height, tipMs: tipTimestampMs, ...counters });
}
