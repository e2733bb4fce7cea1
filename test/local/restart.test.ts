// A node that was killed is back at once, however long its chain: same state root, nothing lost.
import { expect, test } from 'vitest';
import { COUNTS } from './counts.ts';
import { PlainNetwork } from './plain-network.ts';
import { until } from './until.ts';

const RESTART_MAX_MS = 3_000;
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
    const before = await plain.network.ask(NODE);
    plain.signal(NODE, 'SIGKILL');
    await until({
      what: `${NODE} to be gone`,
      withinMs: RESTART_MAX_MS,
      look: () => plain.network.ask(NODE),
      holds: (answer) => answer === undefined,
    });
    // The supervisor starts it again by itself, after its first pause.
    const killedMs = performance.now();
    const after = await until({
      what: `${NODE} to answer`,
      withinMs: 10 * RESTART_MAX_MS,
      look: () => plain.network.ask(NODE),
      holds: (answer) => answer !== undefined,
    });
    const tookMs = Math.round(performance.now() - killedMs);
    console.log(`restart: back at height ${after?.height} after ${tookMs} ms`);
    expect({ tipId: after?.tipId, stateRoot: after?.stateRoot }).toEqual({
      tipId: before?.tipId,
      stateRoot: before?.stateRoot,
    });
    expect(tookMs).toBeLessThan(RESTART_MAX_MS);
    await plain.startProcess('miner-0');
    await plain.grow(3);
    expect((await plain.network.audit()).problems).toEqual([]);
  } finally {
    await plain.close();
  }
});
