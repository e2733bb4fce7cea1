// A node whose data folder was removed: it takes a state from the other node of its group instead of all blocks, and ends
// with the same one.
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ChainStore } from '../../../node/src/store/chain-store.ts';
import { identityOf } from '../../../node/src/store/database.ts';
import { verifyChain } from '../../../rxctl/src/verify/verify-chain.ts';
import { PlainNetwork } from '../plain-network.ts';
import { Transfers } from '../transfers.ts';
import { until } from '../until.ts';

const LOST = 'g0-n1';
/** A state is taken when it saves maxReorg blocks: so few that a slow machine falls behind as far would make it take another. */
const constants = { checkpointEvery: 4, maxReorg: 24 };
/** Further behind than maxReorg, and far enough for a checkpoint to be buried. */
const BLOCKS = 34;
const TRANSFERS = 10;
const RECOVER_MAX_MS = 90_000;

test('a node without its data folder takes a state from its peer', { timeout: 300_000 }, async () => {
  const plain = await PlainNetwork.start({
    name: 'lost',
    groups: 1,
    nodesPerGroup: 2,
    miners: 1,
    blockInterval: '150ms',
    constants,
  });
  try {
    const transfers = new Transfers(plain.network, plain.folders, 0, 0);
    const ids = await transfers.send(TRANSFERS);
    await transfers.reach(ids, ['Completed'], RECOVER_MAX_MS);
    await plain.stopProcess(LOST);
    rmSync(plain.folders.node(LOST), { recursive: true });
    await plain.reach(BLOCKS, ['g0-n0']);
    await plain.startProcess(LOST);
    await until({
      what: 'one state in both nodes',
      withinMs: RECOVER_MAX_MS,
      look: () => plain.answers(),
      holds: ([one, other]) => one !== undefined && one.stateRoot === other?.stateRoot && one.tipId === other.tipId,
      tell: (answers) => answers.map((answer) => `${answer?.node} at ${answer?.height}`).join(', '),
    });
    // It takes part: its blocks are everybody's.
    await plain.grow(3);
    expect(plain.restarts()).toBe(0);
    await plain.stopProcess(LOST);
    const dir = plain.folders.node(LOST);
    const store = ChainStore.toRead(dir, identityOf(dir));
    try {
      expect(store.base()?.height).toBeGreaterThanOrEqual(constants.checkpointEvery);
    } finally {
      await store.close();
    }
    const report = await verifyChain(dir, { genesis: plain.folders.genesis });
    expect(report.problems).toEqual([]);
    expect(report.notes.join()).toContain('came from a peer');
  } finally {
    await plain.close();
  }
});
