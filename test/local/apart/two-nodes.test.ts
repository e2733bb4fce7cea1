// Two nodes and two miners a group: one that was away catches up, and two halves that mined apart become one again, both by
// themselves.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openNetwork } from '../../../rxctl/src/adapter.ts';
import type { Network } from '../../../rxctl/src/network.ts';
import { placeOfFiles } from '../../../rxctl/src/network-place.ts';
import { COUNTS } from '../counts.ts';
import { PlainNetwork, peersFile } from '../plain-network.ts';
import { AMOUNT_MSAT, Transfers } from '../transfers.ts';
import { until } from '../until.ts';

const BLOCKS_PER_SECOND = 2;
const BLOCKS = COUNTS.awaySeconds * BLOCKS_PER_SECOND;
const TOGETHER_BLOCKS = 3;
const TRANSFERS = 10;
const RECOVER_MAX_MS = 90_000;
const APART_MAX_MS = 3 * COUNTS.awaySeconds * 1_000;

let plain: PlainNetwork;

beforeAll(async () => {
  plain = await PlainNetwork.start({
    name: 'pairs',
    groups: 2,
    nodesPerGroup: 2,
    miners: 2,
    blockInterval: `${1_000 / BLOCKS_PER_SECOND}ms`,
  });
  // What one node alone has would go with it.
  await plain.grow(TOGETHER_BLOCKS);
});

afterAll(() => plain?.close());

test(`a node stopped for ${COUNTS.awaySeconds} s joins again with the same state`, { timeout: 600_000 }, async () => {
  const away = 'g1-n1';
  const others = plain.nodes.filter((node) => node !== away);
  const transfers = new Transfers(plain.network, plain.folders, 0, 1);
  await plain.stopProcess(away);
  const ids = await transfers.send(TRANSFERS);
  await plain.grow(BLOCKS, others, APART_MAX_MS);
  await plain.startProcess(away);
  await agree();
  await transfers.reach(ids, ['Completed'], RECOVER_MAX_MS);
  expect(await transfers.balances(ids)).toEqual(ids.map(() => AMOUNT_MSAT));
  expect(plain.restarts()).toBe(0);
});

test(`halves that mined apart for ${COUNTS.awaySeconds} s agree again`, { timeout: 600_000 }, async () => {
  const halves = [0, 1].map((ordinal) => plain.nodes.filter((node) => node.endsWith(`-n${ordinal}`)));
  for (const [ordinal, half] of halves.entries()) {
    for (const name of [...half, `miner-${ordinal}`]) plain.setPeers(name, (node) => half.includes(node));
  }
  const sides = await Promise.all(
    [0, 1].map(async (ordinal) => {
      const network = await openNetwork(
        placeOfFiles({ ...plain.folders, peers: peersFile(plain.folders, `miner-${ordinal}`) }),
      );
      return { network, transfers: new Transfers(network, plain.folders, ordinal, 1 - ordinal) };
    }),
  );
  try {
    await apart(sides.map(({ network }) => network));
    const sent = await Promise.all(sides.map(({ transfers }) => transfers.send(TRANSFERS)));
    await Promise.all(halves.map((half) => plain.grow(BLOCKS, half, APART_MAX_MS)));
    // Each half has carried out what it was told, and knows nothing of the other.
    for (const [i, { transfers }] of sides.entries())
      await transfers.reach(sent[i] ?? [], ['Completed'], RECOVER_MAX_MS);
    const heights = await plain.heights();
    for (const name of [...plain.nodes, 'miner-0', 'miner-1']) plain.setPeers(name, () => true);
    await agree();
    console.log(`apart: nodes at ${heights.join(' ')} agreed again at ${(await plain.heights()).join(' ')}`);
    for (const [i, { transfers }] of sides.entries()) {
      const ids = sent[i] ?? [];
      await transfers.reach(ids, ['Completed'], RECOVER_MAX_MS);
      expect(await transfers.balances(ids)).toEqual(ids.map(() => AMOUNT_MSAT));
    }
    expect((await plain.network.audit()).problems).toEqual([]);
    expect(plain.restarts()).toBe(0);
  } finally {
    for (const { network } of sides) await network.close();
  }
});

/**
 * The nodes of every group have the same block, and so the same state, at a height none of them had yet. Where each stands
 * at one moment says nothing: a look at several nodes takes longer than a beat on a busy machine.
 */
async function agree(): Promise<void> {
  const from = Math.max(...(await plain.heights()));
  await until({
    what: `one block above ${from} in all nodes of each group`,
    withinMs: RECOVER_MAX_MS,
    look: () =>
      Promise.all(
        plain.plan.groups.map(async ({ nodes }) => {
          const names = nodes.map(({ name }) => name);
          const height = Math.min(...(await plain.heights(names)));
          return { height, ids: await Promise.all(names.map((name) => plain.blockId(name, height))) };
        }),
      ),
    holds: (groups) =>
      groups.every(({ height, ids }) => height > from && !ids.includes(undefined) && new Set(ids).size === 1),
  });
}

/** The halves have different blocks at one height of every group. */
async function apart(halves: readonly Network[]): Promise<void> {
  await until({
    what: 'halves without a common block',
    withinMs: RECOVER_MAX_MS,
    look: async () => {
      const height = Math.min(...(await plain.heights()));
      const groups = plain.plan.groups.map(({ group }) => group);
      return Promise.all(
        groups.map((group) => Promise.all(halves.map(async (half) => (await half.block(group, height))?.id))),
      );
    },
    holds: (groups) => groups.every((ids) => new Set(ids).size === ids.length && !ids.includes(undefined)),
  });
}
