// What happens to machines happens to nodes: a machine is drained, its kubelet dies and comes back, it is switched off for good, and is lost
// in the middle of a roll. Two nodes a group, nothing on disks, payments all the while. It takes minutes, so all of it waits for REXNET_FULL=1.
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { imageArchive } from '../../../scripts/image/archives.ts';
import { until } from '../../local/until.ts';
import { expectNoDeletedPods } from '../audit.ts';
import { OPERATOR_USER } from '../built/audit-policy.ts';
import { requireClusterWhenFull } from '../cluster.ts';
import type { Cluster } from '../cluster-type.ts';
import { MachineTrial } from '../machine-trial.ts';
import { Namespace } from '../namespace.ts';
import { doubleOperator, installOperator, removeOperator, SETUP_MAX_MS } from '../operator-here.ts';
import { importAs } from '../second-tag.ts';

const MACHINES = 3;
const NAMESPACE = 'rexnet-machines-test';
const GROUPS = 2;
/** What must hold. */
const REPLACED_MAX_MS = 60_000;
const LOSS_TOLD_MAX_MS = 20_000;
const BACK_MAX_MS = 45_000;
const AWAY_MAX = 1;
/** A roll that goes on would be well under way. */
const HELD_MS = 15_000;
const TEST_MAX_MS = 420_000;
const NEXT_IMAGE = 'ghcr.io/rexnet/rexnet:next';

const PAIRS = `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: pairs, namespace: ${NAMESPACE}}
spec:
  groups: ${GROUPS}
  nodesPerGroup: 2
  bitcoin: {mode: None}
  load: {workload: Transfer, tpsPerGroup: 20}
  template: {resources: {memory: 320Mi}}
`;

const cluster = await requireClusterWhenFull({ machines: MACHINES });
const here = new Namespace(cluster, NAMESPACE);
const startedAt = Date.now();

beforeAll(async () => {
  if ('reason' in cluster) return;
  await installOperator(cluster, NAMESPACE);
  await doubleOperator(cluster);
  await here.apply(PAIRS);
}, SETUP_MAX_MS);

afterAll(async () => {
  if ('reason' in cluster) return;
  await removeOperator(cluster, NAMESPACE);
}, SETUP_MAX_MS);

function begin(from: Cluster, context: TestContext): Promise<MachineTrial> {
  return MachineTrial.begin(context, { cluster: from, here, testnet: 'pairs', groups: GROUPS });
}

function expectOneAway({ watch }: MachineTrial, what: string): void {
  console.log(`${what}: at most ${watch.mostAway} of a group away, ${watch.mostBack} blocks back`);
  expect(watch.mostAway).toBe(AWAY_MAX);
}

/** The kubelet of a machine, dead while something is done. */
async function withoutKubelet(from: Cluster, machine: string, act: () => Promise<void>): Promise<void> {
  await from.stopKubelet(machine);
  try {
    await act();
  } finally {
    await from.startKubelet(machine);
  }
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

test('a machine is drained under load: one node of a group away at a time, and all back elsewhere', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  const trial = await begin(cluster, context);
  const machine = trial.busiest();
  try {
    const tookMs = await trial.drained(machine);
    expect(tookMs).toBeLessThan(REPLACED_MAX_MS);
    expectOneAway(trial, 'drain');
    await trial.expectWell();
  } finally {
    await trial.close();
    await cluster.kubectl(['uncordon', machine]);
  }
});

test('a machine whose kubelet is dead is named, the chains go on, and all is well soon after it is back', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  const trial = await begin(cluster, context);
  const machine = trial.busiest();
  const stoppedMs = performance.now();
  try {
    await withoutKubelet(cluster, machine, async () => {
      const sentence = await trial.told('Degraded', (said) => said.startsWith('True NodeLost: '));
      const toldMs = performance.now() - stoppedMs;
      console.log(`kubelet dead: ${machine} named after ${seconds(toldMs)}`);
      expect(toldMs).toBeLessThan(LOSS_TOLD_MAX_MS);
      expect(sentence).toContain(`Machine ${machine} does not report`);
      await trial.grown();
    });
    const backMs = performance.now();
    await trial.told('Degraded', (said) => said.startsWith('False '));
    await trial.told('Ready', (said) => said.startsWith('True '));
    const tookMs = await trial.back(backMs, () => true);
    console.log(`kubelet back: Ready after ${seconds(tookMs)}`);
    expect(tookMs).toBeLessThan(BACK_MAX_MS);
    expectOneAway(trial, 'kubelet dead and back');
    await trial.expectWell();
  } finally {
    await trial.close();
  }
});

test('a machine that is out of service for good gives its nodes to others', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  const trial = await begin(cluster, context);
  try {
    const tookMs = await trial.outOfService(trial.busiest());
    expect(tookMs).toBeLessThan(REPLACED_MAX_MS);
    expectOneAway(trial, 'out of service');
    await trial.expectWell();
  } finally {
    await trial.close();
  }
});

test('another image rolls one node of a group at a time, the next when the one before is in sync', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  const { archive } = await imageArchive('rexnet', { env: process.env, say: () => undefined });
  await importAs(cluster, archive, NEXT_IMAGE);
  const trial = await begin(cluster, context);
  try {
    const startedMs = performance.now();
    await here.patch(trial.object, { spec: { image: NEXT_IMAGE } });
    const tookMs = await trial.back(startedMs, (pod) => pod.image === NEXT_IMAGE);
    console.log(`rolling image: ${trial.watch.pods().length} nodes after ${seconds(tookMs)}`);
    expectOneAway(trial, 'rolling image');
    await trial.expectWell();
  } finally {
    await trial.close();
  }
});

test('a machine that is lost in the middle of a roll holds it until it is back, and that is said', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  const trial = await begin(cluster, context);
  const { image } = await imageArchive('rexnet', { env: process.env, say: () => undefined });
  const outdated = () => trial.watch.pods().filter((pod) => pod.image !== image);
  try {
    await here.patch(trial.object, { spec: { image } });
    await until({
      what: 'the roll to begin',
      withinMs: REPLACED_MAX_MS,
      look: outdated,
      holds: (pods) => pods.some(({ isTerminating }) => isTerminating),
    });
    // The node of the other ordinal is next, and where it is the machine is lost.
    const [next] = outdated().filter(({ group, isTerminating }) => group === 0 && !isTerminating);
    const machine = next?.machine ?? '';
    await withoutKubelet(cluster, machine, async () => {
      const sentence = await trial.told('Degraded', (said) => said.includes('The roll'));
      console.log(`roll held: ${sentence}`);
      expect(sentence).toContain(`True NodeLost: Machine ${machine} does not report`);
      await delay(HELD_MS);
      expect(outdated().map(({ uid }) => uid)).toContain(next?.uid);
      await trial.grown();
    });
    const backMs = performance.now();
    const tookMs = await trial.back(backMs, (pod) => pod.image === image);
    console.log(`roll held: goes on, and is over ${seconds(tookMs)} after the machine is back`);
    await trial.expectWell();
  } finally {
    await trial.close();
  }
});

test('in all of this the operator ended no pod', async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  for (const verb of ['delete', 'deletecollection']) expect(await mayOperator(cluster, verb)).toBe('false');
  if (cluster.auditLog === undefined) return context.skip('what its API server was asked nobody wrote down for us');
  expectNoDeletedPods(cluster.auditLog, startedAt);
});

function mayOperator(from: Cluster, verb: string): Promise<string> {
  const review = `apiVersion: authorization.k8s.io/v1
kind: SubjectAccessReview
spec:
  user: ${OPERATOR_USER}
  resourceAttributes: {namespace: ${NAMESPACE}, verb: ${verb}, resource: pods}
`;
  return from.kubectl(['create', '-f', '-', '-o', 'jsonpath={.status.allowed}'], review);
}
