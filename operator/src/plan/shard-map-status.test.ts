import { evenOwners } from '@rexnet/node/chain/shard-map.ts';
import { expect, test } from 'vitest';
import { check, type Problem } from '../api/check.ts';
import { SHARD_MAP } from '../api/shard-map.ts';
import { type Placement, planMoves } from './shard-map.ts';
import { proposalId, type ShardMapObserved, shardMapStatus, summaryOf } from './shard-map-status.ts';

const loads = { measured: Array.from({ length: 256 }, () => 1), idle: 0 };
const policy = { pins: [], maxImbalancePercent: 20, maxConcurrentMoves: 8, isUnderWay: false };
const placement = (from: number, to: number): Placement => {
  return { owners: evenOwners(256, from), groups: Array.from({ length: to }, (_, group) => group) };
};
const observed = (from: number, to: number, more: Partial<ShardMapObserved> = {}): ShardMapObserved => ({
  name: 'demo',
  approval: 'Auto',
  map: { epoch: 7, ...placement(from, to), hash: new Uint8Array(32) },
  proposal: planMoves(placement(from, to), loads, policy),
  maxConcurrentMoves: 8,
  moveMs: 5_000,
  ...more,
});

/** 'Phase Reason | Ready Reconciling Stalled | message' */
function told(seen: ShardMapObserved): string {
  const { phase, conditions } = shardMapStatus(seen);
  const [first] = conditions;
  return `${phase} ${first?.reason} | ${conditions.map(({ status }) => status[0]).join('')} | ${first?.message}`;
}

const what = 'Moving 124 of 256 partitions takes the imbalance from 100% to 3.1%, in about 1m20s';
const annotate = 'kubectl annotate --overwrite shardmap/demo rexnet.dev/rebalance=approve';
const run = {
  moves: 124,
  movesDone: 76,
  inFlight: [{ partition: 17, from: 0, to: 4, state: 'group 3 to reach epoch 7' }],
};
const { proposal: _, ...unknown } = observed(4, 8);

test.each<[string, ShardMapObserved, string]>([
  [
    'even',
    observed(4, 4),
    'Balanced Balanced | TFF | 256 partitions lie on 4 groups, no group farther than 0% from the mean.',
  ],
  [
    'load is not known',
    unknown,
    'PendingProposal LoadUnknown | FTF | The load of the partitions is not known yet; a proposal follows when nodes have told it.',
  ],
  ['automatic', observed(4, 8), `ProposalReady Approved | FTF | ${what}; it begins now, at epoch 7.`],
  [
    'for a person',
    observed(4, 8, { approval: 'Manual' }),
    `ProposalReady WaitingForApproval | FFF | ${what}; ${annotate} begins it.`,
  ],
  [
    'approved by a person',
    observed(4, 8, { approval: 'Manual', wish: 'approve' }),
    `ProposalReady Approved | FTF | ${what}; it begins now, at epoch 7.`,
  ],
  [
    'moves that cannot be made',
    observed(4, 8, { obstacle: 'The chain cannot move partitions yet; groups 4 to 7 stay idle.' }),
    `ProposalReady CannotMove | FFF | ${what}. The chain cannot move partitions yet; groups 4 to 7 stay idle.`,
  ],
  [
    'under way',
    observed(4, 8, { run }),
    'Rebalancing Rebalancing | FTF | 76 of 124 partitions have moved, 1 are under way, about 30s left. Partition 17 waits for group 3 to reach epoch 7.',
  ],
  [
    'stopping',
    observed(4, 8, { run, wish: 'stop' }),
    'Rebalancing Rebalancing | FTF | Stopping: 1 moves are still under way and will be finished. Partition 17 waits for group 3 to reach epoch 7.',
  ],
  [
    'stopped',
    observed(4, 8, { run: { ...run, inFlight: [] }, wish: 'stop' }),
    `Stopped StoppedByAnnotation | FFF | Stopped after 76 of 124 moves, no partition is under way; ${annotate} goes on.`,
  ],
  [
    'failed',
    observed(4, 8, { failure: 'Group 3 lost its data; restore it.' }),
    'Failed MovesFailed | FFT | Group 3 lost its data; restore it.',
  ],
  [
    'a pin that cannot be met',
    observed(4, 4, {
      proposal: planMoves(placement(4, 4), loads, { ...policy, pins: [{ partition: 3, group: 9 }] }),
    }),
    'Balanced Balanced | TFF | 256 partitions lie on 4 groups, no group farther than 0% from the mean. Partition 3 is pinned to group 9, which is not there; correct spec.shardMap.pins.',
  ],
])('%s', (_what, seen, text) => {
  expect(told(seen)).toBe(text);
});

test('the figures of a proposal and its progress', () => {
  const partitionBytes = Array.from({ length: 256 }, () => 348_400);
  expect(shardMapStatus(observed(4, 8, { run, partitionBytes }))).toMatchObject({
    epoch: 7,
    groups: 8,
    imbalance: '100%',
    table: '0-63:0,64-127:1,128-191:2,192-255:3',
    tableHash: '00'.repeat(32),
    proposal: {
      moves: 124,
      bytes: '41.2MiB',
      imbalanceBefore: '100%',
      imbalanceAfter: '3.1%',
      estimatedDuration: '1m20s',
      summary: 'g0..g3: 64 -> 33 each; g4..g7: 0 -> 31 each',
    },
    progress: { text: '61%', eta: '30s', movesDone: 76, inFlight: run.inFlight },
  });
});

test('the schema takes what is written, at its largest too', () => {
  const owners = Array.from({ length: 4_096 }, (_, partition) => 1_022 + (partition % 2));
  const groups = Array.from({ length: 1_024 }, (_, group) => group);
  const measured = owners.map(() => 1);
  const proposal = planMoves({ owners, groups }, { measured, idle: 0 }, policy);
  const large = observed(4, 8, { map: { epoch: 1, owners, groups, hash: new Uint8Array(32) }, proposal });
  for (const seen of [observed(4, 4), observed(4, 8, { run, failure: 'x'.repeat(2_000) }), large]) {
    const problems: Problem[] = [];
    const { conditions, ...status } = shardMapStatus(seen);
    const written = {
      ...status,
      conditions: conditions.map((one) => ({ ...one, lastTransitionTime: '2025-01-01T00:00:00Z' })),
    };
    check(SHARD_MAP.status, written, ['status'], { kind: 'ShardMap', add: (problem) => problems.push(problem) });
    expect(problems).toEqual([]);
  }
});

test('the id of a proposal changes with epoch and table', () => {
  const ids = [proposalId(1, [0, 1]), proposalId(2, [0, 1]), proposalId(1, [1, 0])];
  expect(new Set(ids).size).toBe(3);
  expect(proposalId(1, [0, 1])).toBe(ids[0]);
});

test.each([
  [[0, 0, 1, 1], [0, 0, 1, 1], 'g0..g1: 2 each'],
  [[0, 0, 1, 1], [0, 2, 1, 1], 'g0: 2 -> 1; g1: 2; g2: 0 -> 1'],
])('from %j to %j', (before, after, text) => {
  expect(summaryOf(before, after)).toBe(text);
});
