// Rules with exactly one of them switched off. They exist to show that each rule is needed: a history run on one must
// fail a check within few seeds. Shipped code knows none of them.
import type { HeaderEntry } from '@rexnet/node/consensus/header-entry.ts';
import type { ReadingRule, ReadPlanner } from '@rexnet/node/consensus/reading.ts';
import { HONEST_RULES, type RulesFor } from './simulation.ts';

export type MutantName = 'reading rule' | 'fork choice by group id' | 'lowest id on ties' | 'fixed outbox leaves';

export const MUTANTS: Readonly<Record<MutantName, RulesFor>> = {
  /** Any confirmed block may be read, in any order of sources, whatever it has read itself. */
  'reading rule': (_, random) => ({
    ...HONEST_RULES,
    readingRule: readAnything,
    planReads: (input) => planAnything(input).filter(() => random.chance(0.6)),
  }),
  /** Every group decides for itself first. */
  'fork choice by group id': (group) => ({
    ...HONEST_RULES,
    forkChoice: {
      ...HONEST_RULES.forkChoice,
      rank: (groups) => [group, ...groups.filter((g) => g !== group)],
    },
  }),
  /** The first seen stays. */
  'lowest id on ties': () => ({
    ...HONEST_RULES,
    forkChoice: { ...HONEST_RULES.forkChoice, isBetter: (a, b) => a.work > b.work },
  }),
  /** Presence is proven, emptiness is believed. */
  'fixed outbox leaves': () => ({
    ...HONEST_RULES,
    verifyLeaf: (root, depth, group, proven) =>
      proven.leaf.length === 0 || HONEST_RULES.verifyLeaf(root, depth, group, proven),
  }),
};

const readAnything: ReadingRule = ({ parent, newest, confirmations }) => {
  const order: HeaderEntry[] = [];
  for (const target of newest) {
    const blocks = blocksAfterCursor(parent, target);
    if (blocks === undefined) return { kind: 'invalid', code: 'READ_NOT_DESCENDANT' };
    order.push(...blocks);
  }
  const unconfirmed = newest.filter((source) => source.descendants < confirmations);
  return unconfirmed.length > 0 ? { kind: 'wait', unconfirmed } : { kind: 'ok', order };
};

const planAnything: ReadPlanner = ({ parent, tips, confirmations, take }) =>
  tips.flatMap((tip) => {
    const blocks = blocksAfterCursor(parent, tip) ?? [];
    const usable = blocks.slice(0, Math.max(0, blocks.length - confirmations));
    const stop = usable.findIndex((block) => !take(block));
    const newest = usable.at(stop < 0 ? -1 : stop - 1);
    return newest === undefined || stop === 0 ? [] : [newest];
  });

function blocksAfterCursor(parent: HeaderEntry, target: HeaderEntry): HeaderEntry[] | undefined {
  const cursor = parent.cursor(target.group);
  const blocks: HeaderEntry[] = [];
  let entry: HeaderEntry | undefined = target;
  while (entry !== undefined && cursor !== undefined && entry.height > cursor.height) {
    blocks.push(entry);
    entry = entry.parent;
  }
  return entry === cursor ? blocks.reverse() : undefined;
}
