// Seeded histories of many groups over the real view code. A failing line names its seed:
// REXNET_SIM_SEED=n replays that one history; REXNET_FULL=1 runs ten times as many.
import { expect, test } from 'vitest';
import { planHistory } from './history.ts';
import { type HistoryResult, HONEST_RULES, type RulesFor, Simulation } from './simulation.ts';
import { TinyModel } from './tiny-model.ts';

const FULL = process.env['REXNET_FULL'] === '1';
const ONLY_SEED = process.env['REXNET_SIM_SEED'];
const HISTORIES = FULL ? 5_000 : 500;
const HISTORY_TIMEOUT_MS = 1_000;

const SEEDS = ONLY_SEED === undefined ? Array.from({ length: HISTORIES }, (_, i) => i + 1) : [Number(ONLY_SEED)];

const honest: RulesFor = () => HONEST_RULES;

function runSeed(seed: number, rules: RulesFor): HistoryResult {
  return new Simulation(planHistory(seed), rules, (plan) => new TinyModel(plan)).run();
}

test(
  ONLY_SEED === undefined ? `${HISTORIES} histories hold` : `history ${ONLY_SEED} holds`,
  () => {
    const total = { blocks: 0, relays: 0, crossed: 0, condemned: 0, deepest: 0 };
    const startedMs = performance.now();
    for (const seed of SEEDS) {
      const result = runSeed(seed, honest);
      expect(result.failure, `REXNET_SIM_SEED=${seed} replays it`).toBeUndefined();
      total.blocks += result.blocks;
      total.relays += result.relaysExecuted;
      total.crossed += result.crossGroupRelays;
      total.condemned += result.condemned;
      total.deepest = Math.max(total.deepest, result.deepestReorg);
    }
    const perSecond = (SEEDS.length * 1_000) / (performance.now() - startedMs);
    console.log(`${perSecond.toFixed(1)} histories/s ${JSON.stringify(total)}`);
    if (ONLY_SEED !== undefined) return;
    // The histories must contain what they are there to survive.
    expect(total.deepest).toBeGreaterThanOrEqual(30);
    expect(total.condemned).toBeGreaterThan(HISTORIES / 4);
    expect(total.crossed).toBeGreaterThan(HISTORIES * 20);
  },
  HISTORIES * HISTORY_TIMEOUT_MS,
);
