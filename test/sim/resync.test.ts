// Histories in which blocks do not reach: splits deeper than undo, and nodes that begin with nothing long after the others.
// They take states from peers, some of which lie, and everything holds as in any other history.
import { expect, test } from 'vitest';
import { ChainModel } from './chain-model.ts';
import { type HistoryPlan, planHistory } from './history.ts';
import { type HistoryResult, HONEST_RULES, Simulation } from './simulation.ts';

const HISTORIES = process.env['REXNET_FULL'] === '1' ? 60 : 2;
const HISTORY_TIMEOUT_MS = 20_000;
const MAX_REORG = 8;

/** Both sides mine more than can be undone, and less than headers are kept for. */
function planDeep(seed: number): HistoryPlan {
  return {
    ...planHistory(seed),
    groups: 2,
    nodesPerGroup: 2,
    maxReorg: MAX_REORG,
    maxQueue: 1_000,
    activeMs: 50_000,
    latencyMs: [5, 200],
    omission: 0.05,
    grindMs: 150,
    splits: [{ atMs: 10_000, forMs: 11_000 }],
    crashes: [{ atMs: 26_000, forMs: 3_000 }],
    joiners: [
      { atMs: 38_000, group: 0 },
      { atMs: 42_000, group: 1 },
    ],
    attacks: [],
    forgeries: [],
  };
}

const run = (seed: number): HistoryResult =>
  new Simulation(
    planDeep(seed),
    () => HONEST_RULES,
    (plan) => new ChainModel(plan),
  ).run();

test(
  `${HISTORIES} histories with states from peers hold`,
  () => {
    let resyncs = 0;
    let deepest = 0;
    for (let seed = 1; seed <= HISTORIES; seed++) {
      const result = run(seed);
      expect(result.failure, `seed ${seed}`).toBeUndefined();
      resyncs += result.resyncs;
      deepest = Math.max(deepest, result.deepestReorg);
    }
    // Joiners take one, if blocks are not there first; and somebody left a branch that nothing could undo.
    console.log(`${resyncs} states taken, deepest ${deepest}`);
    expect(resyncs).toBeGreaterThan(HISTORIES / 2);
    expect(deepest).toBeGreaterThan(MAX_REORG);
  },
  HISTORIES * HISTORY_TIMEOUT_MS,
);
