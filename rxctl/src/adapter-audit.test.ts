// The quick audit against chains in memory: how few headers it asks for, and that it closes cuts over groups out of step.
import { World } from '@rexnet/node/chain/testing/world.ts';
import type { Connection } from '@rexnet/node/client/connection.ts';
import { TOTALS } from '@rexnet/node/core/layouts.ts';
import type { NodeRpc } from '@rexnet/node/rpc/node-client.ts';
import { beforeAll, expect, test } from 'vitest';
import { auditNetwork } from './adapter-audit.ts';

const GROUPS = [0, 1, 2];
const ROUNDS = 150;
const FROZEN_AT = 5;
let world: World;

/** Money moves in every round; group 2 stands still early on. */
beforeAll(() => {
  world = new World({ groups: GROUPS.length, bare: true, chain: { confirmations: 0 } });
  for (let round = 0; round < ROUNDS; round++) {
    for (const group of GROUPS) {
      if (group === 2 && round >= FROZEN_AT) continue;
      const user = world.users.find((each) => each.group === group)!;
      const to = world.users[round % world.users.length]!;
      world.mine(group, { transactions: [world.transfer(user, to.address, 77n)] });
    }
  }
});

class Asked {
  headers = 0;
  statuses = 0;
  /** By so many blocks a node of the group is behind the newest. */
  readonly behind = new Map<number, number>();
  /** msat that the totals of group 1 are off. */
  off = 0n;

  get connection(): Connection {
    const ask = async <T>(group: number, run: (node: NodeRpc) => Promise<T>): Promise<T> =>
      run(this.#node(group) as unknown as NodeRpc);
    return { ask } as unknown as Connection;
  }

  #node(group: number): Pick<NodeRpc, 'getHeaders' | 'getTotals'> & { status(): Promise<unknown> } {
    const { blocks, genesis } = world.lines[group]!;
    const chain = blocks.slice(0, blocks.length - (this.behind.get(group) ?? 0));
    return {
      status: async () => {
        this.statuses++;
        const readHeight = (other: number): number =>
          chain.flatMap(({ header }) => header.reads).findLast((read) => read.group === other)?.height ?? 0;
        const tip = { height: chain.length, id: chain.at(-1)?.id ?? genesis.id };
        return { tip, groups: GROUPS.map((other) => ({ group: other, readHeight: readHeight(other) })) };
      },
      getHeaders: async ({ fromHeight, limit }) => {
        const asked = chain.slice(fromHeight - 1, fromHeight - 1 + limit);
        this.headers += asked.length;
        return asked.map(({ headerBytes }) => ({ header: headerBytes, witness: new Uint8Array(0) }));
      },
      getTotals: async (height) => {
        const block = chain[Number(height) - 1]!;
        const totals = TOTALS.decode(block.outcome.totals);
        const held = totals.held + (group === 1 ? this.off : 0n);
        return { height: Number(height), blockId: block.id, totals: TOTALS.encode({ ...totals, held }) };
      },
    };
  }
}

test('groups in step: no header is asked for', async () => {
  const asked = new Asked();
  // Group 0 comes first in every round and has not read what the others brought after it.
  asked.behind.set(1, 1);
  const report = await auditNetwork(asked.connection, GROUPS, world.network.genesis);
  expect(report).toMatchObject({ clean: true, problems: [] });
  expect(report.cut[2]).toEqual({ group: 2, height: FROZEN_AT });
  expect(asked.headers).toBe(0);
});

test('groups out of step: the cut is closed some blocks below, by a few headers', async () => {
  const asked = new Asked();
  asked.behind.set(0, 7);
  const report = await auditNetwork(asked.connection, GROUPS, world.network.genesis);
  expect(report).toMatchObject({ clean: true, problems: [] });
  expect(report.cut).toEqual([
    { group: 0, height: ROUNDS - 7 },
    { group: 1, height: ROUNDS - 7 },
    { group: 2, height: FROZEN_AT },
  ]);
  expect(asked.headers).toBeLessThanOrEqual(64);
});

test('1 msat too much is found, also after looking again', async () => {
  const asked = new Asked();
  asked.off = 1n;
  const report = await auditNetwork(asked.connection, GROUPS, world.network.genesis);
  expect(report.clean).toBe(false);
  expect(report.problems).toEqual([expect.stringMatching(/there is .* but there should be \d+ msat/)]);
  expect(asked.statuses).toBe(3 * GROUPS.length);
});
