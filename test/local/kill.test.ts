// kill -9 of anything at any moment under load: the chains go on, and in the end nothing is lost, doubled or off.
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Random } from '../../load/src/random.ts';
import { COUNTS, SEED } from './counts.ts';
import { Generator } from './generator.ts';
import { findBitcoind, sharedTestnet, type Testnet } from './testnet.ts';
import { until } from './until.ts';

const BLOCKS_AFTER = 3;
const RECOVER_MAX_MS = 60_000;
/** The moment of a kill lies somewhere in two blocks, so that every step of making one is met. */
const MOMENT_MS = 2_000;
const TPS = 200;

test(`${COUNTS.kills} kills leave the chains growing and the money right`, { timeout: 1_200_000 }, async () => {
  const testnet = sharedTestnet();
  await testnet.up();
  const generator = await Generator.start(testnet, { workload: 'Token', tps: TPS });
  try {
    const random = new Random(SEED);
    const seconds: string[] = [];
    for (const [i, victim] of (await victims(testnet, random)).entries()) {
      await delay(random.below(MOMENT_MS));
      try {
        seconds.push(`${victim} ${(await killOnce(testnet, victim)).toFixed(1)}`);
      } catch (error) {
        throw new Error(`kill ${i + 1}, of ${victim} (seed ${SEED}): ${testnet.logTail(victim)}`, { cause: error });
      }
    }
    const report = await generator.stop();
    console.log(
      `kills, seconds to ${BLOCKS_AFTER} more blocks of every group: ${seconds.join(', ')}; ${report.completed} of ${report.offered} completed, ${report.resent} sent again`,
    );
    expect(report).toMatchObject({ failed: 0, lost: 0, doubled: 0, balances: 'match' });
    expect(report.balancesChecked).toBeGreaterThan(0);
    expect((await (await testnet.network()).audit()).problems).toEqual([]);
  } finally {
    await generator.end();
  }
});

/** Answers after how many seconds every group had more blocks. */
async function killOnce(testnet: Testnet, victim: string): Promise<number> {
  // What an earlier kill took may still be on its way back.
  await until({
    what: `${victim} to run`,
    withinMs: RECOVER_MAX_MS,
    look: () => testnet.kill(victim),
    holds: (isKilled) => isKilled,
  });
  const killedMs = performance.now();
  // What an ended rxctl left runs on; the next one goes on with it.
  if (victim === 'rxctl') await testnet.up();
  await testnet.grows(BLOCKS_AFTER, RECOVER_MAX_MS);
  return (performance.now() - killedMs) / 1_000;
}

/** Each kind of process at least once, the rest by chance. */
async function victims(testnet: Testnet, random: Random): Promise<readonly string[]> {
  const others = ['miner-0', 'rxctl', ...('command' in (await findBitcoind()) ? ['bitcoind'] : [])];
  const node = (): string => testnet.nodes[random.below(testnet.nodes.length)] ?? 'g0-n0';
  const drawn = [node(), ...others];
  while (drawn.length < COUNTS.kills)
    drawn.push(random.below(2) === 0 ? node() : (others[random.below(others.length)] ?? node()));
  // Fisher–Yates.
  for (let i = drawn.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [drawn[i], drawn[j]] = [drawn[j] ?? '', drawn[i] ?? ''];
  }
  return drawn;
}
