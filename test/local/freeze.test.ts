// One group of four stands still: the others go on as if nothing were, what goes to it waits, and when it wakes all arrives.
import { expect, test } from 'vitest';
import { COUNTS } from './counts.ts';
import { Generator } from './generator.ts';
import { sharedTestnet } from './testnet.ts';
import { AMOUNT_MSAT, Transfers } from './transfers.ts';
import { until } from './until.ts';

const FROZEN_GROUP = 3;
const FROZEN = `g${FROZEN_GROUP}-n0`;
const TPS = 200;
const RATE_MIN = 0.95;
/** Of every second's transfers: three groups of four. */
const OTHERS_SHARE = 0.75;
const TRANSFERS = 10;
const RECOVER_MAX_MS = 90_000;

test(`a group frozen for ${COUNTS.freezeSeconds} s stops nobody else`, { timeout: 600_000 }, async () => {
  const testnet = sharedTestnet();
  await testnet.up();
  const network = await testnet.network();
  const transfers = new Transfers(network, testnet.folders, 0, FROZEN_GROUP);
  const generator = await Generator.start(testnet, { workload: 'Token', tps: TPS, crossGroupPercent: 0 });
  const ids: string[] = [];
  expect(testnet.signal(FROZEN, 'SIGSTOP')).toBe(true);
  try {
    ids.push(...(await transfers.send(TRANSFERS)));
    const before = generator.progress;
    const after = await until({
      what: `${COUNTS.freezeSeconds} s of load`,
      withinMs: (COUNTS.freezeSeconds + 10) * 1_000,
      look: () => generator.progress,
      holds: ({ offered }) => offered - before.offered >= TPS * COUNTS.freezeSeconds,
    });
    const expected = (after.offered - before.offered) * OTHERS_SHARE;
    // The window begins and ends between blocks, which complete a second's worth each.
    const rate = (after.completed - before.completed + TPS * OTHERS_SHARE) / expected;
    console.log(`freeze: the others completed ${after.completed - before.completed} of ${expected} offered meanwhile`);
    expect(rate).toBeGreaterThanOrEqual(RATE_MIN);
    const waiting = await transfers.reports(ids);
    expect(waiting.map((report) => report?.state)).toEqual(ids.map(() => 'Included'));
  } finally {
    testnet.signal(FROZEN, 'SIGCONT');
  }
  await transfers.reach(ids, ['Completed'], RECOVER_MAX_MS);
  expect(await transfers.balances(ids)).toEqual(ids.map(() => AMOUNT_MSAT));
  const report = await generator.stop();
  expect(report).toMatchObject({ failed: 0, lost: 0, doubled: 0, balances: 'match' });
  expect((await network.audit()).problems).toEqual([]);
});
