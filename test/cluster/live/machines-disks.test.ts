// What happens to machines happens to nodes that have disks of a network: they come back elsewhere with what they had. And a disk is gone.
// It takes minutes, so all of it waits for REXNET_FULL=1.
import { beforeAll, expect, type TestContext, test } from 'vitest';
import { expectNoDeletedPods } from '../audit.ts';
import { NETWORK_CLASS } from '../built/volumes.ts';
import { requireClusterWhenFull } from '../cluster.ts';
import type { Cluster, Skip } from '../cluster-type.ts';
import { MachineTrial } from '../machine-trial.ts';
import { Namespace } from '../namespace.ts';
import type { NodePod } from '../nodes-watch.ts';
import { doubleOperator, SETUP_MAX_MS, withOperator } from '../operator-here.ts';

const MACHINES = 3;
const NAMESPACE = 'rexnet-disks-test';
const GROUPS = 2;
/** What must hold. */
const REPLACED_MAX_MS = 60_000;
const AWAY_MAX = 1;
const TEST_MAX_MS = 420_000;
/** The first lines of a log are enough. */
const LOG_BYTES = 32_768;

const DISKS = `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: disks, namespace: ${NAMESPACE}}
spec:
  groups: ${GROUPS}
  nodesPerGroup: 2
  bitcoin: {mode: None}
  load: {workload: Transfer, tpsPerGroup: 20}
  template: {resources: {memory: 320Mi}, storage: {size: 1Gi, className: ${NETWORK_CLASS}}}
`;

const found = await requireClusterWhenFull({ machines: MACHINES });
const cluster: Cluster | Skip =
  'reason' in found || found.kind === 'built' ? found : { reason: 'its disks stay on their machines' };
const here = new Namespace(cluster, NAMESPACE);
const startedAt = Date.now();

withOperator(cluster, NAMESPACE);
beforeAll(async () => {
  if (!('reason' in cluster)) await doubleOperator(cluster);
}, SETUP_MAX_MS);

async function begin(from: Cluster, context: TestContext): Promise<MachineTrial> {
  await here.apply(DISKS);
  return MachineTrial.begin(context, { cluster: from, here, testnet: 'disks', groups: GROUPS });
}

/** How high its chain was when a node had read its disk. */
async function restoredAt(pod: string): Promise<number> {
  const log = await here.kubectl('logs', pod, `--limit-bytes=${LOG_BYTES}`);
  const line = log.split('\n').find((each) => each.includes('"chain restored"')) ?? '{}';
  return (JSON.parse(line) as { readonly height?: number }).height ?? Number.NaN;
}

/** Of the nodes that were made anew, each went on where it had been. */
async function expectRestored(trial: MachineTrial, before: readonly NodePod[]): Promise<void> {
  const known = new Set(before.map(({ uid }) => uid));
  const moved = trial.watch.pods().filter(({ uid }) => !known.has(uid));
  expect(moved.length).toBeGreaterThan(0);
  for (const { name, group } of moved) {
    const height = await restoredAt(name);
    console.log(`disks: ${name} began at ${height}; ${trial.final(group)} was final before`);
    expect(height, name).toBeGreaterThanOrEqual(trial.final(group));
  }
}

test('a machine is drained under load, and its nodes take their disks along', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  const trial = await begin(cluster, context);
  const machine = trial.busiest();
  const before = trial.watch.pods();
  try {
    expect(await trial.drained(machine)).toBeLessThan(REPLACED_MAX_MS);
    expect(trial.watch.mostAway).toBe(AWAY_MAX);
    await trial.expectWell();
    await expectRestored(trial, before);
  } finally {
    await trial.close();
    await cluster.kubectl(['uncordon', machine]);
  }
});

test('a machine that is out of service for good leaves its disks to others', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  const trial = await begin(cluster, context);
  const before = trial.watch.pods();
  try {
    expect(await trial.outOfService(trial.busiest())).toBeLessThan(REPLACED_MAX_MS);
    expect(trial.watch.mostAway).toBe(AWAY_MAX);
    await trial.expectWell();
    await expectRestored(trial, before);
  } finally {
    await trial.close();
  }
});

test('a node whose disk is gone has its chain from its peer', { timeout: TEST_MAX_MS }, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  const trial = await begin(cluster, context);
  const [lost] = trial.watch.pods().filter(({ name }) => name === 'disks-g0-1');
  const volume = () => here.field('pvc/data-disks-g0-1', '{.spec.volumeName}');
  const old = await volume();
  try {
    const startedMs = performance.now();
    await here.kubectl('delete', 'pvc', 'data-disks-g0-1', '--wait=false');
    await here.kubectl('delete', 'pod', 'disks-g0-1', '--wait=false');
    const tookMs = await trial.back(startedMs, ({ name, uid }) => name !== 'disks-g0-1' || uid !== lost?.uid);
    console.log(`lost disk: back in sync after ${(tookMs / 1_000).toFixed(1)} s`);
    expect(await volume()).not.toBe(old);
    expect(await restoredAt('disks-g0-1')).toBe(0);
    expect(trial.watch.mostAway).toBe(AWAY_MAX);
    await trial.expectWell();
  } finally {
    await trial.close();
  }
});

test('in all of this the operator ended no pod', async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  expectNoDeletedPods(cluster.auditLog ?? '', startedAt);
});
