import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseChains, FORK_CHOICE_RULES, ForkChoice } from './fork-choice.ts';
import { type HeaderEntry, isAncestor } from './header-entry.ts';
import { planReads } from './reading.ts';
import { HeaderWorld, TEST_PARAMS } from './testing/header-world.ts';

const NOW_MS = Number.MAX_SAFE_INTEGER;

/** One mined block: whose, on which known block, reading towards which tips and how much. */
interface Step {
  readonly group: number;
  readonly parent: number;
  readonly tips: readonly number[];
  readonly reads: number;
}

/** Values below 64 pick among the newest blocks, so that chains grow instead of bushes. */
const step: fc.Arbitrary<Step> = fc.record({
  group: fc.nat(2),
  parent: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(63) }),
  tips: fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(63)), { minLength: 3, maxLength: 3 }),
  reads: fc.constantFrom(0, 1, 99),
});

function newest(world: HeaderWorld, group: number, back: number): HeaderEntry {
  const known = world.tree.known(group);
  return known[Math.max(0, known.length - 1 - back)]!;
}

/** A random history of three groups, in an order in which every block was valid. */
function mineHistory(steps: readonly Step[], confirmations: number): HeaderEntry[] {
  const world = new HeaderWorld(3, { ...TEST_PARAMS, confirmations });
  return steps.map(({ group, parent, tips, reads }, salt) => {
    const on = newest(world, group, parent);
    const others = [0, 1, 2].filter((g) => g !== group).map((g) => newest(world, g, tips[g]!));
    const plan = { parent: on, timestampMs: NOW_MS, confirmations, tips: others, take: () => true, blocksMax: reads };
    return world.mine(on, planReads(plan), salt);
  });
}

function keys(chosen: ReadonlyMap<number, HeaderEntry>): string[] {
  return [...chosen].sort(([a], [b]) => a - b).map(([, tip]) => tip.key);
}

/** Feeds headers in the given order, again and again what had to wait, as a node would. */
function feed(
  order: readonly HeaderEntry[],
  confirmations: number,
): { slow: string[]; fast: string[]; world: HeaderWorld } {
  const world = new HeaderWorld(3, { ...TEST_PARAMS, confirmations });
  const choice = new ForkChoice(world.tree, FORK_CHOICE_RULES);
  let left = order;
  while (left.length > 0) {
    const waiting = left.filter(({ bytes }) => {
      const verdict = world.offer(bytes, NOW_MS);
      if (verdict.kind === 'valid') choice.added(verdict.entry);
      return verdict.kind === 'wait';
    });
    if (waiting.length === left.length) break;
    left = waiting;
  }
  const fast = new Map(world.tree.groups.map((group) => [group, world.tree.tip(group)]));
  return { slow: keys(chooseChains(world.tree, FORK_CHOICE_RULES)), fast: keys(fast), world };
}

test('incremental equals definition, and neither knows the order of arrival', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 5, maxLength: 60 }),
      fc.constantFrom(0, 1, 2),
      fc.infiniteStream(fc.nat()),
      (steps, confirmations, random) => {
        const history = mineHistory(steps, confirmations);
        const inOrder = feed(history, confirmations);
        expect(inOrder.fast).toEqual(inOrder.slow);
        const shuffled = history
          .map((entry) => ({ entry, at: random.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ entry }) => entry);
        const other = feed(shuffled, confirmations);
        expect(other.fast).toEqual(other.slow);
        expect(other.world.tree.size).toBe(inOrder.world.tree.size);
        expect(other.slow).toEqual(inOrder.slow);
      },
    ),
    { numRuns: 300 },
  );
});

test('a view is a closed cut: whatever a chosen chain has read is chosen', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), fc.constantFrom(0, 1, 2), (steps, confirmations) => {
      const { world } = feed(mineHistory(steps, confirmations), confirmations);
      for (const group of world.tree.groups) {
        for (const [source, read] of world.tree.tip(group).cursors()) {
          expect(isAncestor(read, world.tree.tip(source))).toBe(true);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('group 0 is plain most work; equal work goes to the lowest id', () => {
  const world = new HeaderWorld(2, TEST_PARAMS);
  const choice = new ForkChoice(world.tree, FORK_CHOICE_RULES);
  const root = world.tree.root(0);
  const blocks = [1, 2, 3, 4].map((salt) => world.mine(root, [], salt));
  for (const block of blocks) choice.added(block);
  const lowest = blocks.map((b) => b.key).sort()[0];
  expect(world.tree.tip(0).key).toBe(lowest);
  const heavier = world.mine(blocks.find((b) => b.key !== lowest)!, [], 9);
  choice.added(heavier);
  expect(world.tree.tip(0)).toBe(heavier);
});

test('a lower group that has read a branch pins it, and lets go when it is rolled back itself', () => {
  const world = new HeaderWorld(2, TEST_PARAMS);
  const choice = new ForkChoice(world.tree, FORK_CHOICE_RULES);
  const mine = (parent: HeaderEntry, reads: HeaderEntry[], salt: number) => {
    const entry = world.mine(parent, reads, salt);
    choice.added(entry);
    return entry;
  };
  const root = world.tree.root(1);
  const pinned = mine(root, [], 1);
  const confirming = mine(pinned, [], 1);
  const reader = mine(world.tree.root(0), [pinned], 1);
  let rival = root;
  for (let i = 0; i < 5; i++) rival = mine(rival, [], 2);
  expect(world.tree.tip(1)).toBe(confirming);
  // A heavier branch of group 0 that has not read it frees group 1.
  let other = world.tree.root(0);
  for (let i = 0; i < 2; i++) other = mine(other, [], 3);
  expect(world.tree.tip(0)).toBe(other);
  expect(world.tree.tip(0)).not.toBe(reader);
  expect(world.tree.tip(1)).toBe(rival);
});

test('what execution refuses is left, with its descendants', () => {
  const world = new HeaderWorld(1, TEST_PARAMS);
  const choice = new ForkChoice(world.tree, FORK_CHOICE_RULES);
  const good = world.mine(world.tree.root(0), [], 1);
  choice.added(good);
  const bad = world.mine(good, [], 2);
  choice.added(bad);
  choice.added(world.mine(bad, [], 3));
  world.tree.markDead(bad);
  expect(choice.decideFrom(0)).toEqual([{ group: 0, tip: good, depth: 2 }]);
  expect(chooseChains(world.tree, FORK_CHOICE_RULES).get(0)).toBe(good);
});
