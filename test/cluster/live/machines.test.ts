// What happens to machines happens to nodes: a machine is drained, lost for good, or its image changed, and a disk is gone. Two nodes a
// group, nothing on disks that would tie a pod to its machine, payments all the while. It takes minutes, so all of it waits for REXNET_FULL=1.
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { imageArchive } from '../../../scripts/image/archives.ts';
import { until } from '../../local/until.ts';
import { requireClusterWhenFull } from '../cluster.ts';
import type { Cluster } from '../cluster-type.ts';
import { printEvidence } from '../evidence.ts';
import { Namespace } from '../namespace.ts';
import { type NodePod, NodesWatch } from '../nodes-watch.ts';
import { installOperator, removeOperator, SETUP_MAX_MS } from '../operator-here.ts';
import { importAs } from '../second-tag.ts';

const MACHINES = 3;
const NAMESPACE = 'rexnet-machines-test';
const GROUPS = 2;
const NODES_PER_GROUP = 2;
/** What must hold. */
const BACK_MAX_MS = 60_000;
const AWAY_MAX = 1;
/** Blocks are made while two nodes are asked one after the other. */
const IN_SYNC_BLOCKS = 4;
/** Far beyond what must hold: a failure shall say how long it took. */
const PATIENCE_MS = 180_000;
const TEST_MAX_MS = 420_000;
/** Deep enough that no block there is ever taken back. */
const FINAL_DEPTH = 6;
const NEXT_IMAGE = 'ghcr.io/rexnet/rexnet:next';
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

const PAIRS = `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: pairs, namespace: ${NAMESPACE}}
spec:
  groups: ${GROUPS}
  nodesPerGroup: ${NODES_PER_GROUP}
  bitcoin: {mode: None}
  load: {workload: Transfer, tpsPerGroup: 20}
  template: {resources: {memory: 320Mi}}
`;
const DISKS = `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: disks, namespace: ${NAMESPACE}}
spec:
  groups: 1
  nodesPerGroup: ${NODES_PER_GROUP}
  bitcoin: {mode: None}
  template: {resources: {memory: 320Mi}, storage: {size: 1Gi}}
`;

const cluster = await requireClusterWhenFull({ machines: MACHINES });
const here = new Namespace(cluster, NAMESPACE);

/** Until every node is in sync again, as the machines want it. */
async function back(watch: NodesWatch, sinceMs: number, holds: (pod: NodePod) => boolean): Promise<number> {
  await until({
    what: 'every node to be in sync where it should be',
    withinMs: PATIENCE_MS,
    everyMs: 100,
    look: () => watch.areAll(holds),
    holds: (all) => all,
    tell: () => `\n${watch.story.join('\n')}`,
  });
  return performance.now() - sinceMs;
}

/** A block of each group that no reorganisation reaches, as its first node has it. */
async function finals(watch: NodesWatch): Promise<readonly (readonly [group: number, height: number, id: string])[]> {
  const first = (group: number) => watch.pods().find((pod) => pod.group === group && pod.isReady)?.name ?? '';
  return Promise.all(
    [...watch.heights()].map(async ([group, best]) => {
      const height = Math.max(1, best - FINAL_DEPTH);
      return [group, height, await watch.door.blockId(first(group), height)] as const;
    }),
  );
}

/** Every node has them still, wherever it is now and whatever it began with. */
async function expectKept(watch: NodesWatch, before: Awaited<ReturnType<typeof finals>>): Promise<void> {
  for (const [group, height, id] of before)
    for (const { name } of watch.pods().filter((pod) => pod.group === group))
      expect([name, await watch.door.blockId(name, height)]).toEqual([name, id]);
  expect(watch.falls).toEqual([]);
}

async function expectInSyncWhenReady(watch: NodesWatch): Promise<void> {
  for (const { pod, height, best } of await watch.arrivals())
    expect(best - height, `${pod} came at ${height} of ${best}`).toBeLessThanOrEqual(IN_SYNC_BLOCKS);
}

/** Settled, watched, and high enough that there is something to lose. */
async function begin(from: Cluster, context: TestContext, testnet: string, groups: number): Promise<NodesWatch> {
  context.onTestFailed(() => printEvidence(from, NAMESPACE));
  await here.wait(`testnet/${testnet}`, 'Ready');
  const options = { cluster: from, namespace: NAMESPACE, testnet, groups, nodesPerGroup: NODES_PER_GROUP };
  const watch = await NodesWatch.open(options);
  context.onTestFailed(() => console.log(watch.story.join('\n')));
  await until({
    what: 'some blocks of every group',
    withinMs: PATIENCE_MS,
    everyMs: 500,
    look: () => [...watch.heights().values()],
    holds: (heights) => heights.length === groups && heights.every((height) => height > 2 * FINAL_DEPTH),
  });
  return watch;
}

function busiest(watch: NodesWatch): string {
  const machines = watch.pods().flatMap(({ machine }) => machine ?? []);
  const count = (machine: string) => machines.filter((each) => each === machine).length;
  return [...new Set(machines)].sort((a, b) => count(b) - count(a) || (a < b ? -1 : 1))[0] ?? '';
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

beforeAll(async () => {
  if ('reason' in cluster) return;
  await installOperator(cluster, NAMESPACE);
  await here.apply(PAIRS);
}, SETUP_MAX_MS);

afterAll(async () => {
  if ('reason' in cluster) return;
  await removeOperator(cluster, NAMESPACE);
}, SETUP_MAX_MS);

test('a machine is drained under load: one node of a group away at a time, and all back elsewhere', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  const watch = await begin(cluster, context, 'pairs', GROUPS);
  const machine = busiest(watch);
  const kept = await finals(watch);
  try {
    const startedMs = performance.now();
    await cluster.kubectl(['drain', machine, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=120s']);
    const drainedMs = performance.now() - startedMs;
    const tookMs = await back(watch, startedMs, (pod) => pod.machine !== machine);
    console.log(`drain: ${machine} empty after ${seconds(drainedMs)}, all in sync elsewhere after ${seconds(tookMs)}`);
    expect(tookMs).toBeLessThan(BACK_MAX_MS);
    expect(watch.mostAway).toBe(AWAY_MAX);
    await here.wait('testnet/pairs', 'Ready');
    await expectKept(watch, kept);
    await expectInSyncWhenReady(watch);
  } finally {
    await watch.close();
    await cluster.kubectl(['uncordon', machine]);
  }
});

test('a machine that is out of service for good gives its nodes to others, and the operator deletes no pod', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  for (const verb of ['delete', 'deletecollection']) expect(await mayOperator(cluster, verb)).toBe('false');
  const watch = await begin(cluster, context, 'pairs', GROUPS);
  const machine = busiest(watch);
  const kept = await finals(watch);
  const before = watch.pods().filter((pod) => pod.machine === machine);
  const heights = new Map(watch.heights());
  await cluster.stopKubelet(machine);
  try {
    await here.wait('testnet/pairs', 'Degraded', 60);
    const left = new Set(watch.pods().map(({ uid }) => uid));
    expect(before.every(({ uid }) => left.has(uid))).toBe(true);
    for (const [group, height] of watch.heights()) expect(height).toBeGreaterThan(heights.get(group) ?? 0);
    const taintedMs = performance.now();
    await cluster.kubectl(['taint', 'node', machine, `${OUT_OF_SERVICE}=nodeshutdown:NoExecute`]);
    const tookMs = await back(watch, taintedMs, (pod) => pod.machine !== machine);
    console.log(`out of service: ${before.length} nodes of ${machine} in sync elsewhere after ${seconds(tookMs)}`);
    expect(tookMs).toBeLessThan(BACK_MAX_MS);
    expect(watch.mostAway).toBe(AWAY_MAX);
    await here.wait('testnet/pairs', 'Ready');
    await expectKept(watch, kept);
    await expectInSyncWhenReady(watch);
  } finally {
    await watch.close();
    await cluster.startKubelet(machine);
    await cluster.kubectl(['wait', `node/${machine}`, '--for=condition=Ready', '--timeout=60s']);
    await cluster.kubectl(['taint', 'node', machine, `${OUT_OF_SERVICE}-`]);
  }
});

test('another image rolls one node of a group at a time, the next when the one before is in sync', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  const { archive } = await imageArchive('rexnet', { env: process.env, say: () => undefined });
  await importAs(cluster, archive, NEXT_IMAGE);
  const watch = await begin(cluster, context, 'pairs', GROUPS);
  const kept = await finals(watch);
  try {
    const startedMs = performance.now();
    await here.patch('testnet/pairs', { spec: { image: NEXT_IMAGE } });
    const tookMs = await back(watch, startedMs, (pod) => pod.image === NEXT_IMAGE);
    console.log(`rolling image: ${watch.pods().length} nodes after ${seconds(tookMs)}`);
    expect(watch.mostAway).toBe(AWAY_MAX);
    await here.wait('testnet/pairs', 'Ready');
    await expectKept(watch, kept);
    await expectInSyncWhenReady(watch);
  } finally {
    await watch.close();
  }
});

test('a node whose disk is gone has its chain from its peer', { timeout: TEST_MAX_MS }, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  await here.kubectl('delete', 'testnet', 'pairs');
  await here.apply(DISKS);
  const watch = await begin(cluster, context, 'disks', 1);
  const kept = await finals(watch);
  const [lost] = watch.pods().filter(({ name }) => name === 'disks-g0-1');
  const volume = () => here.field('pvc/data-disks-g0-1', '{.spec.volumeName}');
  const old = await volume();
  try {
    const startedMs = performance.now();
    await here.kubectl('delete', 'pvc', 'data-disks-g0-1', '--wait=false');
    await here.kubectl('delete', 'pod', 'disks-g0-1', '--wait=false');
    const tookMs = await back(watch, startedMs, ({ name, uid }) => name !== 'disks-g0-1' || uid !== lost?.uid);
    console.log(`lost disk: back in sync after ${seconds(tookMs)}`);
    expect(await volume()).not.toBe(old);
    expect(watch.mostAway).toBe(AWAY_MAX);
    await here.wait('testnet/disks', 'Ready');
    await expectKept(watch, kept);
    await expectInSyncWhenReady(watch);
  } finally {
    await watch.close();
    await here.kubectl('delete', 'testnet', 'disks');
  }
});

/** Pods it may not delete, it does not delete, by force or otherwise. */
function mayOperator(from: Cluster, verb: string): Promise<string> {
  const review = `apiVersion: authorization.k8s.io/v1
kind: SubjectAccessReview
spec:
  user: system:serviceaccount:rexnet-system:rexnet-operator
  resourceAttributes: {namespace: ${NAMESPACE}, verb: ${verb}, resource: pods}
`;
  return from.kubectl(['create', '-f', '-', '-o', 'jsonpath={.status.allowed}'], review);
}
