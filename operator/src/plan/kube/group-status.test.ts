import type { V1PodStatus } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { type GroupObserved, judgeGroup } from './group-status.ts';
import { labelsOf } from './labels.ts';
import { type HeardNode, nodesSeen, observedNodes, ratesOf, ratesTogether } from './node-seen.ts';
import { podSeenOf } from './pod-seen.ts';

const WALL_MS = 1_000_000;
const MOMENT = { nowMs: 1, wallMs: WALL_MS };
const IN_SYNC: HeardNode = { answer: { height: 40, tipTimestampMs: WALL_MS - 700, inSync: true }, atMs: 1 };
const SILENT: HeardNode = { atMs: 1 };

type Shown = {
  readonly machine?: string;
  readonly isReady?: boolean;
  readonly isTerminating?: boolean;
  readonly waiting?: string;
  readonly restarts?: number;
  readonly unscheduled?: string;
  readonly ended?: { readonly reason: string; readonly exitCode: number; readonly message?: string };
};

function pod(
  ordinal: number,
  { machine, isReady = true, isTerminating, waiting, restarts = 0, unscheduled, ended }: Shown,
) {
  const conditions: V1PodStatus['conditions'] = [
    { type: 'Ready', status: isReady ? 'True' : 'False' },
    ...(unscheduled === undefined ? [] : [{ type: 'PodScheduled', status: 'False', message: unscheduled }]),
  ];
  return podSeenOf({
    metadata: {
      name: `demo-g1-${ordinal}`,
      uid: `uid-${ordinal}`,
      labels: labelsOf('demo', 'node', 1),
      ...(isTerminating === true ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    spec: { containers: [{ name: 'rxd', image: 'rexnet:1' }], ...(machine === undefined ? {} : { nodeName: machine }) },
    status: {
      phase: machine === undefined ? 'Pending' : 'Running',
      podIP: `10.0.0.${ordinal}`,
      conditions,
      containerStatuses: [
        {
          name: 'rxd',
          image: 'rexnet:1',
          imageID: '',
          ready: isReady,
          restartCount: restarts,
          ...(waiting === undefined ? {} : { state: { waiting: { reason: waiting, message: `${waiting} of old.` } } }),
          ...(ended === undefined ? {} : { lastState: { terminated: ended } }),
        },
      ],
    },
  });
}

function judge(
  shown: readonly (Shown | undefined)[],
  heard: readonly (HeardNode | undefined)[],
  more: Partial<GroupObserved> & { readonly lost?: string } = {},
) {
  const pods = shown.flatMap((one, ordinal) => (one === undefined ? [] : [pod(ordinal, one)]));
  const nodes = nodesSeen({
    group: 1,
    wanted: shown.length,
    pods,
    heard: new Map(heard.flatMap((said, ordinal) => (said === undefined ? [] : [[ordinal, said] as const]))),
    lostMachines: new Set(more.lost === undefined ? [] : [more.lost]),
    moment: MOMENT,
  });
  const judged = judgeGroup({
    testnet: 'demo',
    group: 1,
    isSuspended: false,
    isKept: false,
    isStored: true,
    nodes,
    outdated: [],
    pods: pods.length,
    blockIntervalMs: 1_000,
    ...more,
  });
  return { ...judged, nodes, of: (type: string) => judged.conditions.find((one) => one.type === type) };
}

test.each([
  ['both in sync', [{ machine: 'a' }, { machine: 'b' }], [IN_SYNC, undefined], 'True', 'InSync', '2/2'],
  ['one not made yet', [{ machine: 'a' }, undefined], [IN_SYNC], 'False', 'NodesStarting', '1/2'],
  [
    'one catches up',
    [{ machine: 'a' }, { machine: 'b', isReady: false }],
    [IN_SYNC, IN_SYNC],
    'False',
    'CatchingUp',
    '1/2',
  ],
  ['ready and silent', [{ machine: 'a' }], [SILENT], 'Unknown', 'Unreachable', '0/1'],
  ['no machine takes it', [{ unscheduled: '0/3 nodes are available.' }], [], 'False', 'Unschedulable', '0/1'],
  [
    'its image is not there',
    [{ machine: 'a', isReady: false, waiting: 'ImagePullBackOff' }],
    [],
    'False',
    'ImagePullBackOff',
    '0/1',
  ],
  ['it begins', [{ machine: 'a', isReady: false, waiting: 'ContainerCreating' }], [], 'False', 'NodesStarting', '0/1'],
] as const)('Ready of a group: %s', (_, shown, heard, status, reason, text) => {
  const { of, fields } = judge(shown, heard);
  expect(of('Ready')).toMatchObject({ status, reason });
  expect(fields.readyText).toBe(text);
});

test('a machine that is lost is named, with the three cures', () => {
  const { of, fields } = judge([{ machine: 'a' }, { machine: 'b', isReady: false }], [IN_SYNC], { lost: 'b' });
  const degraded = of('Degraded');
  expect(degraded).toMatchObject({ status: 'True', reason: 'NodeLost' });
  expect(degraded?.message).toContain('Bring b back');
  expect(degraded?.message).toContain('kubectl delete node b');
  expect(degraded?.message).toContain('kubectl taint node b node.kubernetes.io/out-of-service=nodeshutdown:NoExecute');
  expect(fields.nodes?.map(({ state }) => state)).toEqual(['InSync', 'Gone']);
});

test('a roll that waits for a machine is told with it', () => {
  const away = [{ machine: 'a' }, { machine: 'b', isReady: false }];
  const told = (outdated: readonly string[]) => judge(away, [IN_SYNC], { lost: 'b', outdated }).of('Degraded')?.message;
  expect(told(['g1-n0'])).toContain('NoExecute. The roll of group 1 waits for that: g1-n0 has an old pod.');
  expect(told(['g1-n0', 'g1-n1'])).toContain('The roll of group 1 waits for that: g1-n0, g1-n1 have old pods.');
  expect(told([])).not.toContain('roll');
});

test.each<[string, Shown, string, string]>([
  [
    'its image is not there',
    { waiting: 'ErrImagePull' },
    'ImagePullBackOff',
    'g1-n0 has no image: ErrImagePull of old.; correct spec.image, or name a Secret for its registry in spec.imagePullSecrets.',
  ],
  [
    'it takes too much memory',
    { restarts: 3, ended: { reason: 'OOMKilled', exitCode: 137 } },
    'OOMKilled',
    'g1-n0 was killed because it took more memory than its limit, 3 times so far; raise spec.template.resources.memory.',
  ],
  [
    'it ends again and again',
    { waiting: 'CrashLoopBackOff', restarts: 2, ended: { reason: 'Error', exitCode: 1, message: 'no genesis\n' } },
    'CrashLoopBackOff',
    'g1-n0 has ended 2 times, last with exit code 1 (no genesis); kubectl logs demo-g1-0 --previous says why.',
  ],
  [
    'it cannot be made',
    { waiting: 'CreateContainerConfigError' },
    'CreateContainerConfigError',
    'g1-n0: CreateContainerConfigError of old.; kubectl describe pod demo-g1-0 says more.',
  ],
])('why a container does not run: %s', (_, shown, reason, message) => {
  const { of } = judge([{ machine: 'a', isReady: false, ...shown }], []);
  for (const [type, status] of [
    ['Degraded', 'True'],
    ['Ready', 'False'],
  ] as const)
    expect(of(type)).toEqual({ type, status, reason, message });
});

test('a node that was killed once and is ready again is no trouble', () => {
  const { of } = judge([{ machine: 'a', restarts: 1, ended: { reason: 'OOMKilled', exitCode: 137 } }], [IN_SYNC]);
  expect(of('Degraded')).toMatchObject({ status: 'False' });
});

test.each([
  [
    'pods "demo-g1-0" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2',
    'QuotaExceeded',
  ],
  ['pods "demo-g1-0" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true', 'PodForbidden'],
  ['pods "demo-g1-0" is forbidden: maximum cpu usage per Container is 100m, but limit is 250m', 'PodForbidden'],
])('what the server refuses is passed on: %s', (refused, reason) => {
  const { of } = judge([undefined], [], { refused });
  expect(of('Scheduled')).toEqual({ type: 'Scheduled', status: 'False', reason, message: refused });
  expect(of('Stalled')).toMatchObject({ status: 'True', reason });
});

test('an old refusal counts no more once the pod is there', () => {
  expect(judge([{ machine: 'a' }], [IN_SYNC], { refused: 'exceeded quota' }).of('Scheduled')).toMatchObject({
    status: 'True',
  });
});

test('a suspended group is neither ready nor stalled, and settled when its pods are gone', () => {
  const { of } = judge([undefined], [], { isSuspended: true });
  expect(of('Ready')).toMatchObject({ status: 'False', reason: 'Suspended' });
  expect(of('Reconciling')).toMatchObject({ status: 'False' });
  expect(of('Stalled')).toMatchObject({ status: 'False' });
});

test('a node that was not asked yet is spoken for by another of its group', () => {
  const { nodes } = judge([{ machine: 'a' }, { machine: 'b' }], [IN_SYNC, undefined]);
  expect(observedNodes(nodes).map(({ answer }) => answer)).toEqual([
    { height: 40, tipAgeMs: 700, inSync: true },
    { height: 40, tipAgeMs: 700, inSync: true },
  ]);
});

test('blocks made since a node was asked are no lag', () => {
  const before: HeardNode = { answer: { height: 36, tipTimestampMs: WALL_MS, inSync: true }, atMs: 1_000 };
  const now: HeardNode = { answer: { height: 41, tipTimestampMs: WALL_MS, inSync: true }, atMs: 5_000 };
  expect(judge([{ machine: 'a' }, { machine: 'b' }], [before, now]).fields.maxLag).toBe(1);
});

test('rates are those of a node in sync, the one that was heard last', () => {
  const heard = (atMs: number, tps: number, inSync = true): HeardNode => ({
    answer: { height: 40, tipTimestampMs: WALL_MS, inSync },
    rates: { tps, utps: 2 * tps, gasPerBlock: 100 * tps },
    atMs,
  });
  const nodes = (...all: readonly HeardNode[]) =>
    nodesSeen({
      group: 1,
      wanted: all.length,
      pods: all.map((_, ordinal) => pod(ordinal, { machine: 'machine' })),
      heard: new Map(all.entries()),
      lostMachines: new Set(),
      moment: MOMENT,
    });
  expect(ratesOf(nodes(heard(1, 10), heard(2, 20), heard(3, 900, false)))).toEqual({
    tps: 20,
    utps: 40,
    gasPerBlock: 2_000,
  });
  expect(ratesOf(nodes(IN_SYNC, SILENT))).toBeUndefined();
  expect(ratesTogether([nodes(heard(1, 10)), nodes(heard(1, 20)), nodes(SILENT)])).toEqual({
    tps: 30,
    utps: 60,
    gasPerBlock: 1_500,
  });
  expect(ratesTogether([nodes(SILENT)])).toBeUndefined();
});

test('how old a tip is counts from when its group was last heard, not from when it is looked at', () => {
  const tipAges = (nowMs: number, ...heard: readonly HeardNode[]) =>
    nodesSeen({
      group: 1,
      wanted: heard.length,
      pods: heard.map((_, ordinal) => pod(ordinal, { machine: 'machine' })),
      heard: new Map(heard.entries()),
      lostMachines: new Set(),
      moment: { nowMs, wallMs: WALL_MS + nowMs },
    }).map(({ tipAgeMs }) => tipAgeMs);
  const heard = (atMs: number, tipMs: number): HeardNode => ({
    answer: { height: 40, tipTimestampMs: WALL_MS + tipMs, inSync: true },
    atMs,
  });
  expect(tipAges(50_000, heard(1_000, 400))).toEqual([600]);
  // One that was heard since then says that there is nothing newer.
  expect(tipAges(50_000, heard(1_000, 400), heard(41_000, 400))).toEqual([40_600, 40_600]);
});
