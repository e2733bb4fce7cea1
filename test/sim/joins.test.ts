// Histories in which groups join: adoption, reorganised adoption, nodes that are early or late, splits and crashes. A failing
// line names its seed. REXNET_FULL=1 runs many times as many.
import { expect, test } from 'vitest';
import { ChainModel } from './chain-model.ts';
import { type HistoryPlan, planHistory, planJoins } from './history.ts';
import { type HistoryResult, HONEST_RULES, type RulesFor, Simulation } from './simulation.ts';
import type { MakeModel } from './state-model.ts';
import { TinyModel } from './tiny-model.ts';

const FULL = process.env['REXNET_FULL'] === '1';
const HISTORIES = FULL ? 1_000 : 10;
const REAL_HISTORIES = FULL ? 100 : 2;
/** Even on a machine that gives it a tenth of a core. */
const HISTORY_TIMEOUT_MS = 30_000;
/** Seeds within which a missing rule must show. */
const MUTANT_SEEDS_MAX = 20;

const tiny: MakeModel = (plan) => new TinyModel(plan);
const honest: RulesFor = () => HONEST_RULES;

function runSeed(seed: number, makeModel: MakeModel, rules: RulesFor = honest): HistoryResult {
  return new Simulation(planJoins(seed), rules, makeModel).run();
}

test(
  `${HISTORIES} histories with joining groups hold`,
  () => {
    let adoptions = 0;
    let wanted = 0;
    for (let seed = 1; seed <= HISTORIES; seed++) {
      const result = runSeed(seed, tiny);
      expect(result.failure, `seed ${seed}`).toBeUndefined();
      adoptions += result.adoptions;
      wanted += planJoins(seed).joins.length;
    }
    // Some adoptions must have been reorganised away and come again.
    expect(adoptions).toBeGreaterThan(wanted);
  },
  HISTORIES * HISTORY_TIMEOUT_MS,
);

test(
  `${REAL_HISTORIES} of them hold with the real state`,
  () => {
    for (let seed = 1; seed <= REAL_HISTORIES; seed++) {
      expect(runSeed(seed, (plan) => new ChainModel(plan)).failure, `seed ${seed}`).toBeUndefined();
    }
  },
  REAL_HISTORIES * HISTORY_TIMEOUT_MS,
);

test('headers of a group that joined are forgotten like all others', () => {
  const plan: HistoryPlan = {
    ...planHistory(2),
    groups: 2,
    nodesPerGroup: 1,
    maxReorg: 8,
    activeMs: 120_000,
    splits: [],
    attacks: [],
    joiners: [],
    joins: [{ atMs: 2_000, nodesAfterMs: 0 }],
  };
  const simulation = new Simulation(plan, honest, tiny);
  expect(simulation.run().failure).toBeUndefined();
  const { tree } = simulation.nodes[0]!.view;
  expect(tree.groups).toEqual([0, 1, 2]);
  for (const group of tree.groups) expect(tree.baseHeight(group)).toBeGreaterThan(8);
});

test('the same seed gives the same history', () => {
  const first = runSeed(3, tiny);
  expect(runSeed(3, tiny)).toEqual(first);
});

/** As if outboxes had always had the leaves of the largest map. */
const depthOfNewest: RulesFor = () => {
  let deepest = 0;
  return {
    ...HONEST_RULES,
    verifyLeaf: (root, depth, group, proven) => {
      deepest = Math.max(deepest, depth);
      return HONEST_RULES.verifyLeaf(root, deepest, group, proven);
    },
  };
};

test.each<[string, MakeModel, RulesFor]>([
  ['newcomers are told the global state', (plan) => new TinyModel(plan, { tellsNewcomers: false }), honest],
  ['outboxes are as deep as the map of their epoch', tiny, depthOfNewest],
])('without "%s" a history fails', (_, makeModel, rules) => {
  const failures: string[] = [];
  for (let seed = 1; seed <= MUTANT_SEEDS_MAX && failures.length === 0; seed++) {
    const { failure } = runSeed(seed, makeModel, rules);
    if (failure !== undefined) failures.push(failure.code);
  }
  expect(failures).not.toEqual([]);
  expect(failures[0]).not.toBe('THROWN');
});
