// One group of four stands still: the others go on as if nothing were, what goes to it waits, and when it wakes all arrives.
import { expect, test } from 'vitest';
import { CarriedRate } from './carried-rate.ts';
import { COUNTS } from './counts.ts';
import { Generator } from './generator.ts';
import { sharedTestnet } from './testnet.ts';
import { AMOUNT_MSAT, Transfers } from './transfers.ts';

const FROZEN_GROUP = 3;
const FROZEN = `g${FROZEN_GROUP}-n0`;
const TPS = 200;
/** A debit and its credit. */
const INVOCATIONS_PER_TRANSFER = 2;
const RATE_MIN = 0.95;
const TRANSFERS = 10;
const RECOVER_MAX_MS = 90_000;

test(`a group frozen for ${COUNTS.freezeSeconds} s stops nobody else`, { timeout: 900_000 }, async () => {
  const testnet = sharedTestnet();
  await testnet.up();
  const network = await testnet.network();
  const transfers = new Transfers(network, testnet.folders, 0, FROZEN_GROUP);
  const generator = await Generator.start(testnet, { workload: 'Token', tps: TPS, crossGroupPercent: 0 });
  try {
    const ids: string[] = [];
    expect(testnet.signal(FROZEN, 'SIGSTOP')).toBe(true);
    try {
      ids.push(...(await transfers.send(TRANSFERS)));
      const others = await CarriedRate.start({
        groups: testnet.groups.filter((group) => group !== FROZEN_GROUP),
        invocationsPerSecond: (TPS * INVOCATIONS_PER_TRANSFER) / testnet.groups.length,
        block: (group, which) => network.block(group, which),
      });
      const rate = await others.over(COUNTS.freezeSeconds, RATE_MIN);
      console.log(
        `freeze: the others carried out ${rate.toFixed(3)} of what they were offered for ${others.seconds} s`,
      );
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
  } finally {
    await generator.end();
  }
});
