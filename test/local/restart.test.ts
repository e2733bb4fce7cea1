// A node that was killed is back at once, however long its chain: same state root, nothing lost.
import { expect, test } from 'vitest';
import type { NodeAnswer } from '../../rxctl/src/network.ts';
import { COUNTS } from './counts.ts';
import { PlainNetwork } from './plain-network.ts';
import { until } from './until.ts';

const RESTART_MAX_MS = 3_000;
const BACK_MAX_MS = 60_000;
const REST_MS = 300;
const TRIES = 3;
const INTERVAL_MS = 100;
const NODE = 'g1-n0';

test(`a node with a chain of ${COUNTS.longChainBlocks} blocks is back within ${RESTART_MAX_MS} ms`, {
  timeout: 600_000,
}, async () => {
  const plain = await PlainNetwork.start({
    name: 'long',
    groups: 2,
    nodesPerGroup: 1,
    miners: 1,
    blockInterval: `${INTERVAL_MS}ms`,
  });
  try {
    await plain.reach(COUNTS.longChainBlocks, plain.nodes, 10 * COUNTS.longChainBlocks * INTERVAL_MS);
    // Without a miner nothing is added meanwhile: what comes back must be what went.
    await plain.stopProcess('miner-0');
    const times: number[] = [];
    // A machine that is taken away for a moment makes one try slow, not each of them.
    while (times.length < TRIES && !times.some((ms) => ms < RESTART_MAX_MS)) times.push(await restart(plain));
    expect(Math.min(...times)).toBeLessThan(RESTART_MAX_MS);
    await plain.startProcess('miner-0');
    await plain.grow(3);
    expect((await plain.network.audit()).problems).toEqual([]);
  } finally {
    await plain.close();
  }
});

/** Kills the node, sees that it comes back as it was, and answers how long that took, the supervisor's pause included. */
async function restart(plain: PlainNetwork): Promise<number> {
  const before = await atRest(plain);
  await plain.kill(NODE);
  const killedMs = performance.now();
  const after = await until({
    what: `${NODE} to answer`,
    withinMs: BACK_MAX_MS,
    look: () => plain.network.ask(NODE),
    holds: (answer) => answer !== undefined,
  });
  const tookMs = Math.round(performance.now() - killedMs);
  console.log(`restart: back at height ${after?.height} after ${tookMs} ms`);
  expect({ tipId: after?.tipId, stateRoot: after?.stateRoot }).toEqual({
    tipId: before.tipId,
    stateRoot: before.stateRoot,
  });
  return tookMs;
}

/** What the miner had proven last may still be on its way to disk. */
async function atRest(plain: PlainNetwork): Promise<NodeAnswer> {
  let last: NodeAnswer | undefined;
  const answer = await until({
    what: `${NODE} to stand still`,
    withinMs: BACK_MAX_MS,
    everyMs: REST_MS,
    look: async () => {
      const before = last;
      last = await plain.network.ask(NODE);
      return before !== undefined && before.tipId === last?.tipId ? before : undefined;
    },
    holds: (still) => still !== undefined,
  });
  if (answer === undefined) throw new Error(`${NODE} does not answer`);
  return answer;
}
