// Histories in which blocks do not reach: splits deeper than undo, and nodes that begin with nothing long after the others.
// They take states from peers, some of which lie, and everything holds as in any other history.
import { expect, test } from 'vitest';
import { ChainModel } from './chain-model.ts';
import { type HistoryPlan, planHistory } from './history.ts';
import { type HistoryResult, HONEST_RULES, Simulation } from './simulation.ts';

const IS_FULL = process.env['REXNET_FULL'] === '1';
const HISTORIES = IS_FULL ? 60 : 2;
const FAR_HISTORIES = IS_FULL ? 60 : 1;
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

/** Both sides mine more than memory holds headers of; who restarts meanwhile has let go of all that it need not hold. */
function planFar(seed: number): HistoryPlan {
  return {
    ...planDeep(seed),
    activeMs: 70_000,
    splits: [{ atMs: 5_000, forMs: 40_000 }],
    crashes: [38, 40, 42, 43, 44].map((second) => ({ atMs: second * 1_000, forMs: 500 })),
    joiners: [{ atMs: 55_000, group: 1 }],
  };
}

const run = (plan: HistoryPlan): HistoryResult =>
  new Simulation(
    plan,
    () => HONEST_RULES,
    (drawn) => new ChainModel(drawn),
  ).run();

test(
  `${HISTORIES} histories with states from peers hold`,
  () => {
    let resyncs = 0;
    let deepest = 0;
    for (let seed = 1; seed <= HISTORIES; seed++) {
      const result = run(planDeep(seed));
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

test(
  `${FAR_HISTORIES} histories with splits deeper than what headers are held of hold`,
  () => {
    let widened = 0;
    let deepest = 0;
    for (let seed = 1; seed <= FAR_HISTORIES; seed++) {
      const result = run(planFar(seed));
      expect(result.failure, `seed ${seed}`).toBeUndefined();
      widened += result.widened;
      deepest = Math.max(deepest, result.deepestReorg);
    }
    console.log(`headers held further back ${widened} times, deepest ${deepest}`);
    expect(widened).toBeGreaterThan(0);
    expect(deepest).toBeGreaterThan(2 * MAX_REORG);
  },
  FAR_HISTORIES * HISTORY_TIMEOUT_MS,
);
