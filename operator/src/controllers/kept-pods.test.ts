// An operator over Testnets whose pods an earlier one made otherwise: nothing restarts before somebody asks for it.
import { afterEach, expect, test } from 'vitest';
import type { KubeObject } from '../kube/resources.ts';
import { FakeApi } from '../kube/testing/fake-api.ts';
import { until } from '../kube/testing/things.ts';
import { askedOfContracts, askedOfMiners, askedOfNodes } from '../plan/kube/asked.ts';
import { contractObjects } from '../plan/kube/contracts.ts';
import { RESTARTED_AT } from '../plan/kube/pod.ts';
import { inputOf } from '../plan/kube/testing/inputs.ts';
import { ELSEWHERE, leftBehind, type Workload } from '../plan/kube/testing/left-behind.ts';
import { grown, nodeOf, OWNERS, TWO_GROUPS } from './testing/grown.ts';
import { answerOf, controllersOver, IMAGES, RESOURCE, type Shown, type SmallCluster } from './testing/small-cluster.ts';

const INPUT = inputOf(TWO_GROUPS, 'demo', IMAGES);
const WORKLOADS = [
  { resource: RESOURCE.statefulSets, name: 'demo-g0', asked: askedOfNodes(INPUT) },
  { resource: RESOURCE.statefulSets, name: 'demo-g1', asked: askedOfNodes(INPUT) },
  { resource: RESOURCE.deployments, name: 'demo-miner', asked: askedOfMiners(INPUT) },
];

let cluster: SmallCluster | undefined;

afterEach(async () => {
  const failed = cluster?.failures.map(({ error }) => error);
  await cluster?.end();
  expect(failed).toEqual([]);
});

/** Over the Testnet of an earlier operator, and what that one left. */
async function newerOperator(
  spec: object = TWO_GROUPS,
  leave: (earlier: SmallCluster) => void = leaveWorkloads,
): Promise<SmallCluster> {
  const api = await FakeApi.start();
  const earlier = controllersOver(api);
  await grown(earlier, 'demo', spec);
  await earlier.kill();
  leave(earlier);
  cluster = controllersOver(api);
  for (const group of [0, 1]) cluster.answers.set(nodeOf('demo', group), answerOf(group, 3, OWNERS, [0, 1]));
  return cluster;
}

function leaveWorkloads({ api, show }: SmallCluster): void {
  for (const { resource, name, asked } of WORKLOADS) {
    const workload = show(resource, name) as unknown as Workload;
    api.put(resource, leftBehind(workload, asked) as unknown as KubeObject);
  }
}

function live(newer: SmallCluster): readonly (Shown | undefined)[] {
  return WORKLOADS.map(({ resource, name }) => newer.show(resource, name));
}

function isOfAnother(workload: Shown | undefined): boolean {
  return JSON.stringify(workload?.spec).includes(ELSEWHERE);
}

function reconciling(newer: SmallCluster, resource = RESOURCE.testnets, name = 'demo'): string | undefined {
  return newer.condition(resource, name, 'Reconciling');
}

test('pods are kept as they were made, and the status says so and how to get others', async () => {
  const newer = await newerOperator();
  const before = live(newer).map((one) => one?.spec);
  await until('it is said', () => reconciling(newer) === 'False PodsKept');
  expect(reconciling(newer, RESOURCE.groups, 'demo-g1')).toBe('False PodsKept');
  const after = live(newer);
  expect(after.map((one) => one?.spec)).toEqual(before);
  expect(after.every(isOfAnother)).toBe(true);
  const conditions = newer.show(RESOURCE.testnets, 'demo')?.status?.conditions;
  expect(conditions?.find(({ type }) => type === 'Reconciling')?.message).toMatch(
    /^Pods of \d workloads? are as an earlier operator made them\. .* kubectl annotate testnet demo --overwrite rexnet\.dev\/restartedAt=/,
  );
});

test('pods that somebody changes by hand become what the earlier operator made of them', async () => {
  const newer = await newerOperator();
  await until('it is said', () => reconciling(newer) === 'False PodsKept');
  const made = newer.show(RESOURCE.statefulSets, 'demo-g0');
  if (made === undefined) throw new Error('the group has no StatefulSet');
  const changed = { ...made, spec: { ...made.spec, template: { metadata: { labels: { by: 'hand' } } } } };
  newer.api.put(RESOURCE.statefulSets, changed);
  await until('it is put back', () => isOfAnother(newer.show(RESOURCE.statefulSets, 'demo-g0')));
});

test('a Job that deployed the contracts is not made again, and needs no word', async () => {
  const spec = { ...TWO_GROUPS, contracts: [{ name: 'token' }] };
  const input = inputOf(spec, 'demo', IMAGES);
  const [, planned] = contractObjects(input);
  const name = planned?.metadata?.name ?? '';
  const newer = await newerOperator(spec, ({ api, show }) => {
    const job = show(RESOURCE.jobs, name);
    if (job === undefined) throw new Error(`there is no Job ${name}`);
    api.remove(RESOURCE.jobs, job);
    const { uid: _, ...metadata } = job.metadata;
    const done = { ...job, metadata: { ...metadata, name: 'demo-contracts-before' }, status: { succeeded: 1 } };
    api.put(RESOURCE.jobs, leftBehind(done as unknown as Workload, askedOfContracts(input)) as unknown as KubeObject);
  });
  await until('all is said', () => reconciling(newer) === 'False UpToDate');
  expect(newer.show(RESOURCE.jobs, 'demo-contracts-before')).toBeDefined();
  expect(newer.show(RESOURCE.jobs, name)).toBeUndefined();
});

test.each([
  ['the annotation', { annotations: { [RESTARTED_AT]: '2026-11-21T22:00:00Z' } }, {}],
  ['another image', {}, { image: 'rexnet:2' }],
])('%s brings the pods of the newer operator', async (_, metadata, spec) => {
  const newer = await newerOperator();
  await until('it is said', () => reconciling(newer) === 'False PodsKept');
  const before = newer.show(RESOURCE.testnets, 'demo');
  if (before === undefined) throw new Error('there is no Testnet');
  const wished = { ...before, metadata: { ...before.metadata, ...metadata }, spec: { ...before.spec, ...spec } };
  newer.api.put(RESOURCE.testnets, wished);
  await until('all pods are its own', () => !live(newer).some(isOfAnother));
  await until('nothing more is said', () => reconciling(newer) === 'False UpToDate');
  const marked = live(newer).map((one) =>
    JSON.stringify(one?.spec).includes('"rexnet.dev/restartedAt":"2026-11-21T22:00:00Z"'),
  );
  expect(marked).toEqual(marked.map(() => 'annotations' in metadata));
});
