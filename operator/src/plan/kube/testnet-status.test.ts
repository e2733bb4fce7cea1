import { expect, test } from 'vitest';
import type { Condition } from '../../api/conditions.ts';
import type { Observed } from '../status.ts';
import { type ClusterObserved, judgeTestnet } from './testnet-status.ts';

const NODE = { name: 'g0-n0', process: 'Running', answer: { height: 5, tipAgeMs: 500, inSync: true } } as const;
const WELL: Observed = {
  groups: [{ group: 0, nodes: [NODE] }],
  blockIntervalMs: 1_000,
  miners: { wanted: 1, running: 1 },
  firstBlockMs: 9_000,
  contracts: [],
  bitcoin: { kind: 'none' },
  load: { wantedTps: 0, isRunning: false },
  isDataDurable: true,
  isSuspended: false,
};
const DOWN: Observed = { ...WELL, groups: [{ group: 0, nodes: [{ name: 'g0-n0', process: 'Restarting' }] }] };

function said(type: string, status: Condition['status'], reason: string): Condition {
  return { type, status, reason, message: `${reason} it is.`, lastTransitionTime: '2026-01-01T00:00:00Z' };
}

function judge(
  more: Partial<ClusterObserved>,
  conditions: readonly Condition[] = [said('Scheduled', 'True', 'AllPlaced')],
) {
  const judged = judgeTestnet({
    testnet: 'demo',
    observed: WELL,
    groups: [{ name: 'demo-g0', conditions }],
    image: 'rexnet:1',
    imagePullPolicy: 'IfNotPresent',
    idleGroups: [],
    requests: {},
    keptWorkloads: 0,
    ...more,
  });
  return (type: string): string => {
    const found = judged.conditions.find((one) => one.type === type);
    return `${found?.status} ${found?.reason}`;
  };
}

const STUCK = { reason: 'ObjectRefused', message: 'No.' };

test.each([
  ['all is well', {}, undefined, 'True BlocksGrow', 'False UpToDate', 'False Progressing'],
  [
    'a node restarts',
    { observed: DOWN },
    undefined,
    'False NodesNotRunning',
    'True NodesNotRunning',
    'False Progressing',
  ],
  [
    'a machine is lost',
    { observed: DOWN },
    [said('Scheduled', 'True', 'AllPlaced'), said('Degraded', 'True', 'NodeLost')],
    'False NodeLost',
    'True NodeLost',
    'False Progressing',
  ],
  [
    'a quota stops a pod',
    { observed: DOWN },
    [said('Scheduled', 'False', 'QuotaExceeded'), said('Stalled', 'True', 'QuotaExceeded')],
    'False QuotaExceeded',
    'False QuotaExceeded',
    'True QuotaExceeded',
  ],
  [
    'an object is refused while the chain grows',
    { stalled: STUCK },
    undefined,
    'True BlocksGrow',
    'False ObjectRefused',
    'True ObjectRefused',
  ],
  [
    'the miner has no machine',
    {
      observed: { ...WELL, miners: { wanted: 1, running: 0 } },
      unplaced: { reason: 'Unschedulable', message: 'No room.' },
    },
    undefined,
    'False Unschedulable',
    'True Unschedulable',
    'False Progressing',
  ],
  [
    'the server refuses the pod of the miner',
    {
      observed: { ...WELL, miners: { wanted: 1, running: 0 } },
      unplaced: { reason: 'PodForbidden', message: 'pods "demo-miner-1" is forbidden' },
    },
    undefined,
    'False PodForbidden',
    'False PodForbidden',
    'True PodForbidden',
  ],
  [
    'the image of the miner is not there',
    {
      observed: { ...WELL, miners: { wanted: 1, running: 0 } },
      failing: { reason: 'ImagePullBackOff', message: 'demo-miner-1 has no image.' },
    },
    undefined,
    'False ImagePullBackOff',
    'True ImagePullBackOff',
    'False Progressing',
  ],
  [
    'an earlier one is still going',
    { waiting: { reason: 'WaitingForPrevious', message: 'Wait.' } },
    undefined,
    'False WaitingForPrevious',
    'True WaitingForPrevious',
    'False Progressing',
  ],
  [
    'it is suspended',
    { observed: { ...DOWN, isSuspended: true } },
    undefined,
    'False Suspended',
    'True Stopping',
    'False Progressing',
  ],
] as const)('kstatus: %s', (_, more, conditions, ready, reconciling, stalled) => {
  const of = judge(more, conditions);
  expect([of('Ready'), of('Reconciling'), of('Stalled')]).toEqual([ready, reconciling, stalled]);
});

test('what was reached stays reached', () => {
  expect(judge({ observed: DOWN })('FirstBlock')).toBe('True AllGroups');
});

test('groups that own nothing are named', () => {
  expect(judge({ idleGroups: [1] })('Balanced')).toBe('False GroupsWithoutPartitions');
});

test('no more conditions than the schema takes', () => {
  const { conditions } = judgeTestnet({
    testnet: 'demo',
    observed: WELL,
    groups: [],
    image: 'a',
    imagePullPolicy: 'Always',
    idleGroups: [],
    requests: {},
    keptWorkloads: 0,
  });
  expect(conditions.length).toBeLessThanOrEqual(16);
  expect(new Set(conditions.map(({ type }) => type)).size).toBe(conditions.length);
});

test('groups that join keep a Testnet from being ready, unless something worse is to be said', () => {
  const joining = { groups: [1], reason: 'GroupsJoining', message: 'Group 0 is told.' };
  const unborn = { name: 'g1-n0', process: 'Running', answer: { height: 0, tipAgeMs: 0, inSync: false } } as const;
  const two = [...WELL.groups, { group: 1, nodes: [unborn] }];
  const joins = judge({ joining, observed: { ...WELL, groups: two } });
  expect(joins('Ready')).toBe('False GroupsJoining');
  expect(joins('Reconciling')).toBe('True GroupsJoining');
  expect(judge({ joining, observed: { ...DOWN, groups: [...DOWN.groups, two[1]!] } })('Ready')).toBe(
    'False NodesNotRunning',
  );
  expect(judge({ joining, observed: { ...WELL, isSuspended: true } })('Ready')).toMatch(/Suspended/);
});

test('sentences name the kubectl that shows more', () => {
  const sentence = (observed: Observed, type: string): string | undefined =>
    judgeTestnet({
      ...{ testnet: 'demo', observed, groups: [], image: 'a', imagePullPolicy: 'Always', idleGroups: [], requests: {} },
      keptWorkloads: 0,
    }).conditions.find((one) => one.type === type)?.message;
  expect(sentence(DOWN, 'Ready')).toBe('g0-n0 is not running; kubectl describe pod demo-g0-0 says why.');
  expect(sentence({ ...WELL, miners: { wanted: 1, running: 0 } }, 'Ready')).toBe(
    'No miner is running, so no block is made; kubectl describe pod demo-miner says why.',
  );
  expect(sentence({ ...WELL, bitcoin: { kind: 'regtest' } }, 'BitcoinReady')).toBe(
    'bitcoind does not answer yet; if this lasts, kubectl logs demo-bitcoind-0 says why.',
  );
  const silent = { name: 'g0-n0', process: 'Running', answer: { height: 5, tipAgeMs: 60_000, inSync: true } } as const;
  expect(sentence({ ...WELL, groups: [{ group: 0, nodes: [silent] }] }, 'Ready')).toBe(
    'Group 0 has been silent for 60s: relays from it wait; kubectl logs demo-g0-0 and kubectl logs deploy/demo-miner say why.',
  );
});
