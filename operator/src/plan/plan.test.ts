import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTestnet } from '../api/parse.ts';
import { evenRanges, formatRanges, ownersOf } from './partitions.ts';
import { type Facts, type Plan, planTestnet } from './plan.ts';

const facts: Facts = { bitcoind: { kind: 'found' } };

function planned(spec: unknown, world: Facts = facts): Plan {
  const parsed = parseTestnet({ apiVersion: 'rexnet.dev/v1alpha1', kind: 'Testnet', metadata: { name: 'demo' }, spec });
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const result = planTestnet(parsed.testnet, world);
  if ('refusal' in result) throw new Error(result.refusal.message);
  return result.plan;
}

test('ranges cover every partition exactly once, in order, sizes differing by at most one', () => {
  const shape = fc
    .integer({ min: 0, max: 12 })
    .chain((order) => fc.tuple(fc.constant(2 ** order), fc.integer({ min: 1, max: Math.min(1024, 2 ** order) })));
  fc.assert(
    fc.property(shape, ([partitions, groups]) => {
      const ranges = evenRanges(partitions, groups);
      const counts = ranges.map((range) => range.count);
      expect(ranges.map((range) => range.group)).toEqual(Array.from({ length: groups }, (_, group) => group));
      expect(
        ranges.every((range, index) => range.first === counts.slice(0, index).reduce((sum, count) => sum + count, 0)),
      ).toBe(true);
      expect(ownersOf(ranges)).toHaveLength(partitions);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }),
    { numRuns: 50 },
  );
});

test('ranges as one string', () => {
  expect(formatRanges(evenRanges(4, 3))).toBe('0:0,1:1,2-3:2');
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
      partitions: 256,
      blockIntervalMs: 1_000,
      blockGas: 4_000_000,
      confirmations: 2,
      parentHashes: 10_000,
      loadAccounts: 4_000,
    },
  });
});

test('without a bitcoind the plan mines on a toy parent and says why', () => {
  expect(planned({}, { bitcoind: { kind: 'absent', reason: 'no bitcoind in PATH' } }).bitcoin).toEqual({
    kind: 'toy',
    reason: 'no bitcoind in PATH',
  });
  expect(planned({ bitcoin: { mode: 'None' } }).bitcoin).toEqual({ kind: 'toy' });
});

test('a plan is a function of its input', () => {
  expect(planned({ groups: 3, nodesPerGroup: 2 })).toEqual(planned({ groups: 3, nodesPerGroup: 2 }));
});

test('under Asert the parent target is fixed', () => {
  expect(planned({ chain: { difficulty: 'Asert' } }).genesis.parentHashes).toBe(1_500_000);
});

test('a block that cannot hold a broadcast is refused', () => {
  expect(() => planned({ chain: { blockGas: 4_000_000, partitions: 512 } })).toThrow('at least 4704000 is needed');
});
