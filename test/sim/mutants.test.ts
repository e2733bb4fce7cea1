// The simulator itself: it repeats, it forgets what it may, and it notices a missing rule.
import { expect, test } from 'vitest';
import { type HistoryPlan, planHistory } from './history.ts';
import { MUTANTS } from './mutants.ts';
import { type HistoryResult, HONEST_RULES, type RulesFor, Simulation } from './simulation.ts';
import { TinyModel } from './tiny-model.ts';

/** Seeds within which a missing rule must show. */
const MUTANT_SEEDS_MAX = 40;

const honest: RulesFor = () => HONEST_RULES;

function runSeed(seed: number, rules: RulesFor): HistoryResult {
  return new Simulation(planHistory(seed), rules, (plan) => new TinyModel(plan)).run();
}

test('headers below the window are forgotten without harm', () => {
  const plan: HistoryPlan = {
    ...planHistory(2),
    groups: 3,
    nodesPerGroup: 2,
    maxReorg: 8,
    activeMs: 150_000,
    splits: [],
    attacks: [],
    joiners: [],
  };
  const simulation = new Simulation(plan, honest, (p) => new TinyModel(p));
  expect(simulation.run().failure).toBeUndefined();
  const { tree } = simulation.nodes[0]!.view;
  for (const group of tree.groups) expect(tree.baseHeight(group)).toBeGreaterThan(50);
  expect(tree.size).toBeLessThan(300);
});

test('the same seed gives the same history', () => {
  for (const seed of [3, 8]) {
    const first = runSeed(seed, honest);
    expect(runSeed(seed, honest)).toEqual(first);
    expect(runSeed(seed + 1, honest).traceHash).not.toBe(first.traceHash);
  }
});

test.each(Object.entries(MUTANTS))('without "%s" a history fails', (_, rules) => {
  const failures: string[] = [];
  for (let seed = 1; seed <= MUTANT_SEEDS_MAX && failures.length === 0; seed++) {
    const { failure } = runSeed(seed, rules);
    if (failure !== undefined) failures.push(failure.code);
  }
  expect(failures).not.toEqual([]);
  // By what the rule protects, not by an accident of the double.
  expect(failures[0]).not.toBe('THROWN');
});
