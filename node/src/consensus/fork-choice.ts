// Which chain of every group to follow: a pure function of the set of known valid headers, group 0 first. The slow form
// is the definition; the incremental form must always agree with it.
import { compareBytes } from '../core/bytes.ts';
import { type HeaderEntry, isAncestor, onOneLine } from './header-entry.ts';
import type { HeaderTree } from './header-tree.ts';

export interface ForkChoiceRules {
  /** The groups in the order they are decided. */
  rank(groups: readonly number[]): readonly number[];
  /** Whether `a` is to be followed rather than `b`. */
  isBetter(a: HeaderEntry, b: HeaderEntry): boolean;
}

/** Ascending ids; most work, ties to the lowest block id. */
export const FORK_CHOICE_RULES: ForkChoiceRules = {
  rank: (groups) => groups,
  isBetter: (a, b) => (a.work === b.work ? compareBytes(a.id, b.id) < 0 : a.work > b.work),
};

/** Decided chains and what they have read of the others. */
class Decision {
  readonly tips = new Map<number, HeaderEntry>();
  readonly #groups: readonly number[];
  readonly #pins: Map<number, HeaderEntry>;

  constructor(tree: HeaderTree) {
    this.#groups = tree.knownGroups;
    this.#pins = new Map(tree.knownGroups.map((group) => [group, tree.root(group)]));
  }

  /** The newest block of a group that a decided chain has read. */
  pin(group: number): HeaderEntry {
    return this.#pins.get(group)!;
  }

  decide(tip: HeaderEntry): void {
    this.tips.set(tip.group, tip);
    for (const [group, read] of tip.cursors()) {
      const pin = this.#pins.get(group);
      if (pin !== undefined && !this.tips.has(group) && isAncestor(pin, read)) this.#pins.set(group, read);
    }
  }

  /** Conditions (i) to (iii) of the fork choice. */
  agrees(block: HeaderEntry): boolean {
    if (block.dead || !isAncestor(this.pin(block.group), block)) return false;
    for (const group of this.#groups) {
      const read = block.cursor(group);
      if (read === undefined) continue;
      const tip = this.tips.get(group);
      if (tip !== undefined ? !isAncestor(read, tip) : !onOneLine(read, this.pin(group))) return false;
    }
    return true;
  }
}

/**
 * The definition: every group's best block among all that agree. A group that the chosen tip of group 0 has not adopted
 * comes out at its root: its blocks 0 have read a block of group 0 that is not chosen.
 */
export function chooseChains(tree: HeaderTree, rules: ForkChoiceRules): ReadonlyMap<number, HeaderEntry> {
  const decision = new Decision(tree);
  for (const group of rules.rank(tree.knownGroups)) {
    let best: HeaderEntry | undefined;
    for (const block of tree.known(group)) {
      if (decision.agrees(block) && (best === undefined || rules.isBetter(block, best))) best = block;
    }
    decision.decide(best ?? lastLiving(decision.pin(group)));
  }
  return decision.tips;
}

export interface ChoiceChange {
  readonly group: number;
  readonly tip: HeaderEntry;
  /** Chosen blocks left behind. */
  readonly depth: number;
}

export class ForkChoice {
  readonly #tree: HeaderTree;
  readonly #rules: ForkChoiceRules;

  constructor(tree: HeaderTree, rules: ForkChoiceRules) {
    this.#tree = tree;
    this.#rules = rules;
  }

  /** After a header entered the tree. */
  added(entry: HeaderEntry): readonly ChoiceChange[] {
    const tip = this.#tree.tip(entry.group);
    // Nothing known has read a block that was unknown, so a block that is not better moves no other group either.
    if (!this.#rules.isBetter(entry, tip)) return [];
    if (entry.parent === tip && this.#readsAreChosen(entry)) {
      return [{ group: entry.group, tip: entry, depth: this.#tree.choose(entry) }];
    }
    return this.decideFrom(entry.group);
  }

  /** After blocks of a group changed their standing. Groups decided before it cannot change. */
  decideFrom(group: number): readonly ChoiceChange[] {
    const ranked = this.#rules.rank(this.#tree.knownGroups);
    const from = ranked.indexOf(group);
    const decision = new Decision(this.#tree);
    for (const lower of ranked.slice(0, from)) decision.decide(this.#tree.tip(lower));
    const changes: ChoiceChange[] = [];
    for (const next of ranked.slice(from)) {
      const tip = this.#best(decision, next);
      decision.decide(tip);
      if (tip !== this.#tree.tip(next)) changes.push({ group: next, tip, depth: this.#tree.choose(tip) });
    }
    return changes;
  }

  #readsAreChosen(entry: HeaderEntry): boolean {
    for (const read of entry.reads) if (!this.#tree.isChosen(read)) return false;
    return true;
  }

  /**
   * Below the pin nothing agrees, from the pin on agreeing ends once along a line and stays ended: so each leaf offers
   * the newest block of its line that agrees.
   */
  #best(decision: Decision, group: number): HeaderEntry {
    const pin = decision.pin(group);
    let best: HeaderEntry | undefined;
    for (const leaf of this.#tree.leaves(group)) {
      if (!isAncestor(pin, leaf)) continue;
      let block: HeaderEntry | undefined = leaf;
      while (block !== undefined && block.height >= pin.height && !decision.agrees(block)) {
        // Lighter than what is found already: nothing further down this line can win.
        if (best !== undefined && block.work < best.work) break;
        block = block.parent;
      }
      if (block === undefined || block.height < pin.height || !decision.agrees(block)) continue;
      if (best === undefined || this.#rules.isBetter(block, best)) best = block;
    }
    return best ?? lastLiving(pin);
  }
}

/** When a decided chain has read a block we found invalid, we stand on its last ancestor that is not. */
function lastLiving(pin: HeaderEntry): HeaderEntry {
  let entry = pin;
  while (entry.dead && entry.parent !== undefined) entry = entry.parent;
  return entry;
}
