// All known valid headers of all groups, as trees. It keeps what it is given and answers questions about it; which
// branch is followed is the fork choice's affair, recorded here by height.
import { textOf, ZERO_HASH } from '../core/bytes.ts';
import { HeaderEntry } from './header-entry.ts';
import { Levels } from './levels.ts';

/** Height of what stands before block 0 of a group that joins. */
const UNBORN_HEIGHT = -1;

/** The chosen chain of one group, `entries[i]` standing at height `base + i`. */
interface Chain {
  /** Block 0 of a first group; of one that joins what stands before its block 0, of which every adopting block makes another. */
  readonly root: HeaderEntry;
  base: number;
  entries: HeaderEntry[];
  /** Blocks nothing known builds on. */
  readonly leaves: Set<HeaderEntry>;
  /** Everything known; what pruning walks. */
  readonly levels: Levels;
}

export class HeaderTree {
  /** By `textOf` of their ids. */
  readonly #entries = new Map<string, HeaderEntry>();
  readonly #chains = new Map<number, Chain>();
  #known: readonly number[] = [];
  #groups: readonly number[] = [];

  constructor(genesis: readonly HeaderEntry[]) {
    const sorted = genesis.slice().sort((a, b) => a.group - b.group);
    for (const entry of sorted) {
      entry.setCursors(sorted.filter((g) => g !== entry));
      this.#entries.set(entry.idText, entry);
      this.#plant(entry).levels.add(entry);
    }
  }

  /** The groups of the map at the chosen tip of group 0, ascending. */
  get groups(): readonly number[] {
    return this.#groups;
  }

  /** Every group any branch of group 0 has adopted, ascending: what the fork choice decides on. */
  get knownGroups(): readonly number[] {
    return this.#known;
  }

  has(group: number): boolean {
    return this.#chains.has(group);
  }

  /** Where the chain of a group that joins is rooted; its blocks 0 are added on top like any other block. */
  rootOf(group: number): HeaderEntry {
    return (this.#chains.get(group) ?? this.#plant(unborn(group))).root;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(id: Uint8Array): HeaderEntry | undefined {
    return this.#entries.get(textOf(id));
  }

  /** The oldest height held in memory. */
  baseHeight(group: number): number {
    return this.#chain(group).base;
  }

  /** What a group's chain is rooted in: block 0, or what stands before it (height −1) in a group that joins. */
  root(group: number): HeaderEntry {
    return this.#chain(group).root;
  }

  /** Takes a valid header whose parent stands in the tree. */
  add(entry: HeaderEntry): void {
    const chain = this.#chain(entry.group);
    const parent = entry.parent;
    if (parent === undefined) throw new Error(`${entry.key} has no parent in the tree`);
    this.#entries.set(entry.idText, entry);
    chain.leaves.delete(parent);
    chain.leaves.add(entry);
    chain.levels.add(entry);
  }

  /** Every known block of a group at a height. */
  at(group: number, height: number): readonly HeaderEntry[] {
    return this.#chain(group).levels.at(height);
  }

  leaves(group: number): ReadonlySet<HeaderEntry> {
    return this.#chain(group).leaves;
  }

  /** Everything known of a group, in no order. */
  known(group: number): HeaderEntry[] {
    return this.#chain(group).levels.all();
  }

  /** The newest block of the chosen chain. */
  tip(group: number): HeaderEntry {
    return this.#chain(group).entries.at(-1)!;
  }

  /** The chosen block at a height that is still in memory. */
  chosenAt(group: number, height: number): HeaderEntry | undefined {
    const chain = this.#chain(group);
    return height < chain.base ? undefined : chain.entries[height - chain.base];
  }

  isChosen(entry: HeaderEntry): boolean {
    return entry.settled || this.chosenAt(entry.group, entry.height) === entry;
  }

  /** Records the fork choice. Answers how many chosen blocks were left behind. */
  choose(tip: HeaderEntry): number {
    const chain = this.#chain(tip.group);
    const before = chain.base + chain.entries.length - 1;
    const path: HeaderEntry[] = [];
    let entry: HeaderEntry | undefined = tip;
    while (entry !== undefined && this.chosenAt(tip.group, entry.height) !== entry) {
      path.push(entry);
      entry = entry.parent;
    }
    if (entry === undefined) throw new Error(`the chosen tip ${tip.key} does not descend from what the tree holds`);
    chain.entries.length = entry.height - chain.base + 1;
    for (const next of path.reverse()) chain.entries.push(next);
    if (Math.min(tip.height, before) === UNBORN_HEIGHT)
      this.#groups = this.#known.filter((group) => this.#isLive(group));
    return before - entry.height;
  }

  /** Marks a block and its descendants as never to be followed. */
  markDead(entry: HeaderEntry): void {
    const chain = this.#chain(entry.group);
    entry.dead = true;
    for (let height = entry.height + 1; ; height++) {
      const level = chain.levels.at(height);
      if (level.length === 0) return;
      for (const block of level) if (block.parent?.dead === true) block.dead = true;
    }
  }

  /**
   * Forgets blocks below `floor`, which must lie on the chosen chain, and every branch that left it there. Answers the
   * keys forgotten. The caller sees to it that no cursor still in use lies below.
   */
  prune(group: number, floor: number): readonly string[] {
    const chain = this.#chain(group);
    const root = this.chosenAt(group, floor);
    if (root === undefined || floor <= chain.base) return [];
    const forgotten: string[] = [];
    this.#forgetBranchesBeside(chain, root, forgotten);
    root.cut();
    // What stands before a block 0 is on no level: nothing but this line would say that it was on the chosen chain.
    chain.root.leave(true);
    for (let height = chain.base; height < floor; height++) {
      for (const entry of chain.levels.at(height)) this.#forget(chain, entry, forgotten);
    }
    chain.levels.dropBelow(floor);
    chain.entries.splice(0, floor - chain.base);
    chain.base = floor;
    return forgotten;
  }

  #plant(root: HeaderEntry): Chain {
    const { group, height } = root;
    const chain: Chain = {
      root,
      base: height,
      entries: [root],
      leaves: new Set([root]),
      levels: new Levels(Math.max(height, 0)),
    };
    this.#chains.set(group, chain);
    this.#known = [...this.#chains.keys()].sort((a, b) => a - b);
    this.#groups = this.#known.filter((known) => this.#isLive(known));
    return chain;
  }

  #isLive(group: number): boolean {
    return this.tip(group).height !== UNBORN_HEIGHT;
  }

  #forgetBranchesBeside(chain: Chain, root: HeaderEntry, forgotten: string[]): void {
    for (let height = root.height; ; height++) {
      const level = chain.levels.at(height);
      if (level.length === 0) return;
      const kept = level.filter((e) => e.ancestorAt(root.height) === root);
      if (kept.length === level.length && height > root.height) {
        // Every branch that left below the root has ended.
        return;
      }
      for (const entry of level) if (!kept.includes(entry)) this.#forget(chain, entry, forgotten);
      chain.levels.keep(height, kept);
    }
  }

  #forget(chain: Chain, entry: HeaderEntry, forgotten: string[]): void {
    this.#entries.delete(entry.idText);
    chain.leaves.delete(entry);
    entry.leave(this.chosenAt(chain.root.group, entry.height) === entry);
    forgotten.push(entry.key);
  }

  #chain(group: number): Chain {
    const chain = this.#chains.get(group);
    if (chain === undefined) throw new Error(`group ${group} is not known`);
    return chain;
  }
}

/** Stands where a group is not in the map: older than all its blocks 0, better than none of them. */
function unborn(group: number): HeaderEntry {
  const id = new Uint8Array(32).fill(0xff);
  new DataView(id.buffer).setUint32(28, group, true);
  const header = {
    version: 0,
    networkId: ZERO_HASH.subarray(0, 4),
    group,
    height: UNBORN_HEIGHT,
    parent: ZERO_HASH,
    timestampMs: 0,
    target: 0,
    epoch: 0,
    transactionsRoot: ZERO_HASH,
    outboxRoot: ZERO_HASH,
    receiptsRoot: ZERO_HASH,
    stateRoot: ZERO_HASH,
    checkpointRoot: ZERO_HASH,
    miner: new Uint8Array(36),
    reads: [],
  };
  const none = new Uint8Array(0);
  return new HeaderEntry({
    id,
    header,
    bytes: none,
    witness: none,
    parent: undefined,
    ownWork: 0n,
    reads: [],
    readingOrder: [],
  });
}
