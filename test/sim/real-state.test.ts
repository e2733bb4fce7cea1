// The same histories with the real state behind the port: signed transfers on the real machine.
import { expect, test } from 'vitest';
import { ChainModel } from './chain-model.ts';
import { planHistory } from './history.ts';
import { HONEST_RULES, Simulation } from './simulation.ts';

/** Each costs ten of the tiny model's. */
const HISTORIES = process.env['REXNET_FULL'] === '1' ? 250 : 25;
const HISTORY_TIMEOUT_MS = 5_000;

test(
  `${HISTORIES} histories of the real state hold`,
  () => {
    let relays = 0;
    for (let seed = 1; seed <= HISTORIES; seed++) {
      const result = new Simulation(
        planHistory(seed),
        () => HONEST_RULES,
        (plan) => new ChainModel(plan),
      ).run();
      expect(result.failure, `seed ${seed}`).toBeUndefined();
      relays += result.crossGroupRelays;
    }
    expect(relays).toBeGreaterThan(HISTORIES * 10);
  },
  HISTORIES * HISTORY_TIMEOUT_MS,
);
