// Two nodes and two miners a group: one that was away catches up, and two halves that mined apart become one again, both by
// themselves.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openNetwork } from '../../../rxctl/src/adapter.ts';
import type { Network } from '../../../rxctl/src/network.ts';
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
      const network = await openNetwork({ ...plain.folders, peers: peersFile(plain.folders, `miner-${ordinal}`) });
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

type Standing = readonly { readonly node: string; readonly height: number; readonly root: string }[];

/** The nodes of every group stand at one block with one state. */
async function agree(): Promise<void> {
  await until({
    what: 'one state in all nodes of each group',
    withinMs: RECOVER_MAX_MS,
    look: standings,
    holds: (groups) =>
      groups.every((nodes) => new Set(nodes.map(({ height, root }) => `${height} ${root}`)).size === 1),
  });
  await plain.grow(2);
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

async function standings(): Promise<readonly Standing[]> {
  const answers = await plain.answers();
  return plain.plan.groups.map(({ nodes }) =>
    nodes.map(({ name }) => {
      const answer = answers.find((each) => each?.node === name);
      return {
        node: name,
        height: answer?.height ?? -1,
        root: answer === undefined ? name : `${answer.tipId.slice(0, 12)} ${answer.stateRoot}`,
      };
    }),
  );
}
