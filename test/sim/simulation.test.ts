// Seeded histories of many groups over the real view code. A failing line names its seed:
// REXNET_SIM_SEED=n replays that one history; REXNET_FULL=1 runs ten times as many.
import { expect, test } from 'vitest';
import { ChainModel } from './chain-model.ts';
import { type HistoryPlan, planHistory } from './history.ts';
import { MUTANTS } from './mutants.ts';
import { type HistoryResult, HONEST_RULES, type RulesFor, Simulation } from './simulation.ts';
import { TinyModel } from './tiny-model.ts';

const FULL = process.env['REXNET_FULL'] === '1';
const ONLY_SEED = process.env['REXNET_SIM_SEED'];
const HISTORIES = FULL ? 5_000 : 500;
/** Each costs ten of the tiny model's. */
const REAL_HISTORIES = FULL ? 250 : 25;
/** Seeds within which a missing rule must show. */
const MUTANT_SEEDS_MAX = 40;
const HISTORY_TIMEOUT_MS = 400;

const honest: RulesFor = () => HONEST_RULES;

function runSeed(seed: number, rules: RulesFor): HistoryResult {
  return new Simulation(planHistory(seed), rules, (plan) => new TinyModel(plan)).run();
}

test.runIf(ONLY_SEED !== undefined)('one history', () => {
  const result = runSeed(Number(ONLY_SEED), honest);
  console.log(JSON.stringify({ seed: Number(ONLY_SEED), ...result }));
  expect(result.failure).toBeUndefined();
});

test.skipIf(ONLY_SEED !== undefined)(
  `${HISTORIES} histories hold`,
  () => {
    const total = { blocks: 0, relays: 0, crossed: 0, condemned: 0, deepest: 0 };
    const startedMs = performance.now();
    for (let seed = 1; seed <= HISTORIES; seed++) {
      const result = runSeed(seed, honest);
      expect(result.failure, `REXNET_SIM_SEED=${seed} replays it`).toBeUndefined();
      total.blocks += result.blocks;
      total.relays += result.relaysExecuted;
      total.crossed += result.crossGroupRelays;
      total.condemned += result.condemned;
      total.deepest = Math.max(total.deepest, result.deepestReorg);
    }
    const perSecond = (HISTORIES * 1_000) / (performance.now() - startedMs);
    console.log(`${perSecond.toFixed(1)} histories/s ${JSON.stringify(total)}`);
    // The histories must contain what they are there to survive.
    expect(total.deepest).toBeGreaterThanOrEqual(30);
    expect(total.condemned).toBeGreaterThan(HISTORIES / 4);
    expect(total.crossed).toBeGreaterThan(HISTORIES * 20);
  },
  HISTORIES * HISTORY_TIMEOUT_MS,
);

test.skipIf(ONLY_SEED !== undefined)(
  `${REAL_HISTORIES} histories of the real state hold`,
  () => {
    let relays = 0;
    for (let seed = 1; seed <= REAL_HISTORIES; seed++) {
      const result = new Simulation(planHistory(seed), honest, (plan) => new ChainModel(plan)).run();
      expect(result.failure, `seed ${seed}`).toBeUndefined();
      relays += result.crossGroupRelays;
    }
    expect(relays).toBeGreaterThan(REAL_HISTORIES * 10);
  },
  REAL_HISTORIES * 5_000,
);

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
