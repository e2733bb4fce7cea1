// Two halves of a network that mined apart for longer than headers are held of and undo reaches: when they hear of each
// other, the one with less work takes the state of the other, by itself.
import { expect, test } from 'vitest';
import { IS_FULL } from '../counts.ts';
import { PlainNetwork } from '../plain-network.ts';
import { until } from '../until.ts';

/** Memory holds headers of 16 blocks. */
const constants = { checkpointEvery: 4, maxReorg: 8, headerWindow: 10_000 };
const TOGETHER_BLOCKS = 5;
/** So many that an answer with headers does not reach from the fork to the tip. */
const STRONG_BLOCKS = 1_200;
const WEAK_BLOCKS = 40;
const APART_MAX_MS = 240_000;
const RECOVER_MAX_MS = 90_000;

test('a split deeper than what headers are held of heals', { timeout: 600_000 }, async (context) => {
  if (!IS_FULL) return context.skip('it takes two minutes: REXNET_FULL=1 runs it');
  const plain = await PlainNetwork.start({
    name: 'deep',
    groups: 1,
    nodesPerGroup: 2,
    miners: 2,
    blockInterval: '100ms',
    constants,
  });
  try {
    const [strong, weak] = ['g0-n0', 'g0-n1'] as const;
    await plain.grow(TOGETHER_BLOCKS);
    for (const [ordinal, node] of [strong, weak].entries()) {
      for (const name of [node, `miner-${ordinal}`]) plain.setPeers(name, (peer) => peer === node);
    }
    await plain.grow(WEAK_BLOCKS, [weak], APART_MAX_MS);
    await plain.stopProcess(weak);
    await plain.grow(STRONG_BLOCKS, [strong], APART_MAX_MS);
    const [of] = await plain.heights([strong]);
    for (const name of [strong, weak, 'miner-0', 'miner-1']) plain.setPeers(name, () => true);
    await plain.startProcess(weak);
    await until({
      what: 'one state in both nodes',
      withinMs: RECOVER_MAX_MS,
      look: () => plain.answers(),
      holds: ([one, other]) =>
        one !== undefined && one.height >= of! && one.stateRoot === other?.stateRoot && one.tipId === other.tipId,
      tell: (answers) => answers.map((answer) => `${answer?.node} at ${answer?.height}`).join(', '),
    });
    await plain.grow(TOGETHER_BLOCKS);
    expect(plain.restarts()).toBe(0);
  } finally {
    await plain.close();
  }
});
