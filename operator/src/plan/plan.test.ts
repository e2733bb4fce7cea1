import { makeGenesis, readGenesis } from '@rexnet/node/chain/genesis.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTestnet } from '../api/parse.ts';
import { type Facts, type Plan, planTestnet } from './plan.ts';

const facts: Facts = {
  bitcoind: { kind: 'found' },
  governance: new Uint8Array(32).fill(7),
  compilerHash: new Uint8Array(32).fill(9),
};

function planned(spec: unknown, world: Facts = facts): Plan {
  const parsed = parseTestnet({ apiVersion: 'rexnet.dev/v1alpha1', kind: 'Testnet', metadata: { name: 'demo' }, spec });
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const result = planTestnet(parsed.testnet, world);
  if ('refusal' in result) throw new Error(result.refusal.message);
  return result.plan;
}

test('groups own every partition exactly once, in contiguous ranges whose sizes differ by at most one', () => {
  const shape = fc
    .integer({ min: 0, max: 8 })
    .chain((order) => fc.tuple(fc.constant(2 ** order), fc.integer({ min: 1, max: Math.min(12, 2 ** order) })));
  fc.assert(
    fc.property(shape, ([partitions, groups]) => {
      const ranges = planned({ groups, chain: { partitions } }).groups.map((group) => group.partitions);
      const counts = ranges.map((range) => range.count);
      expect(ranges).toHaveLength(groups);
      expect(ranges.map((range) => range.first)).toEqual(
        counts.map((_, index) => counts.slice(0, index).reduce((sum, count) => sum + count, 0)),
      );
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(partitions);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }),
    { numRuns: 10 },
  );
});

test('the four-group example', () => {
  const plan = planned({ groups: 4, contracts: [{ name: 'token' }], load: { tpsPerGroup: 100 } });
  expect(plan.groups.flatMap(({ nodes }) => nodes.map(({ name }) => name))).toEqual([
    'g0-n0',
    'g1-n0',
    'g2-n0',
    'g3-n0',
  ]);
  expect(plan).toMatchObject({
    name: 'demo',
    miners: [{ name: 'miner-0', cpuPercent: 10 }],
    bitcoin: { kind: 'regtest', blockIntervalMs: 10_000 },
    contracts: [{ name: 'token', source: { kind: 'shipped' } }],
    load: { workload: 'Token', tps: 400, generators: 1 },
    genesis: {
      groups: 4,
      seed: 1,
      bitcoinIntervalMs: 10_000,
      chain: { partitions: 256, blockIntervalMs: 1_000, blockGas: 4_000_000n, difficulty: 'Floor', confirmations: 2 },
    },
  });
});

test('without a bitcoind the plan mines on a toy parent and says why', () => {
  expect(planned({}, { ...facts, bitcoind: { kind: 'absent', reason: 'no bitcoind in PATH' } }).bitcoin).toEqual({
    kind: 'toy',
    reason: 'no bitcoind in PATH',
  });
  expect(planned({ bitcoin: { mode: 'None' } }).bitcoin).toEqual({ kind: 'toy' });
});

test('a plan is a function of its input', () => {
  expect(planned({ groups: 3, nodesPerGroup: 2 })).toEqual(planned({ groups: 3, nodesPerGroup: 2 }));
});

test('the genesis of the defaults is a network, and its owners are the planned ranges', () => {
  const { genesis, groups } = planned({ groups: 3 });
  const { owners } = readGenesis(makeGenesis(genesis)).genesis;
  expect(
    groups.map(({ group, partitions }) =>
      owners.slice(partitions.first, partitions.first + partitions.count).every((owner) => owner === group),
    ),
  ).toEqual([true, true, true]);
});

test('a block that cannot hold a broadcast is refused', () => {
  expect(() => planned({ chain: { blockGas: 4_000_000, partitions: 512 } })).toThrow('at least 4704001 is needed');
});
