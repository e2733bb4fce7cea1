// The three fates of a parent header, on a real bitcoind: each proves L2 blocks, each is counted.
import { expect, test } from 'vitest';
import { findBitcoind, sharedTestnet, type Testnet } from './testnet.ts';
import { until } from './until.ts';

const FORK_DEPTH = 2;
const GROW_MAX_MS = 120_000;

test('on-chain, orphan and premature parents prove blocks that the groups accept', {
  timeout: 300_000,
}, async (context) => {
  const found = await findBitcoind();
  if ('reason' in found) return context.skip(found.reason);
  const testnet = sharedTestnet();
  await testnet.up();
  const before = await until({
    what: 'on-chain and premature parents',
    withinMs: GROW_MAX_MS,
    look: () => parents(testnet),
    holds: ({ onChain, premature }) => onChain > FORK_DEPTH && premature > 0,
  });
  const forked = await testnet.forkParent(FORK_DEPTH);
  expect(forked.orphaned).toHaveLength(FORK_DEPTH);
  const after = await until({
    what: 'the parents the fork made orphans',
    withinMs: GROW_MAX_MS,
    look: () => parents(testnet),
    holds: ({ orphan }) => orphan > before.orphan,
  });
  await testnet.grows(3, GROW_MAX_MS);
  console.log(`parents before the fork ${JSON.stringify(before)}, after it ${JSON.stringify(after)}`);
  expect((await (await testnet.network()).audit()).problems).toEqual([]);
});

/** Blocks of all groups by the kind of parent that proved them. */
async function parents(testnet: Testnet): Promise<{ onChain: number; orphan: number; premature: number }> {
  const sum = { onChain: 0, orphan: 0, premature: 0 };
  for (const answer of await testnet.answers()) {
    sum.onChain += answer?.parents.onChain ?? 0;
    sum.orphan += answer?.parents.orphan ?? 0;
    sum.premature += answer?.parents.premature ?? 0;
  }
  return sum;
}
