// The chart installed as the version before, upgraded, uninstalled and installed again under a Testnet that runs: what runs is touched
// when its spec says so and at no other time. It takes minutes, so all of it waits for REXNET_FULL=1.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findOrBuildHelm, type Helm, helmOutput } from '../../../scripts/charts/helm.ts';
import { imageArchive } from '../../../scripts/image/archives.ts';
import { ROOT } from '../../../scripts/setup.mjs';
import { until } from '../../local/until.ts';
import { requireClusterWhenFull } from '../cluster.ts';
import type { Cluster } from '../cluster-type.ts';
import { earlierImage } from '../earlier-image.ts';
import { reasonOf } from '../errors.ts';
import { printEvidence } from '../evidence.ts';
import { Namespace } from '../namespace.ts';
import { NodeDoor } from '../node-door.ts';
import { SETUP_MAX_MS } from '../operator-here.ts';

const NAMESPACE = 'rexnet-upgrade-test';
const OPERATORS = 'rexnet-upgrade-operator';
const RELEASE = 'rexnet';
const CHART = join(ROOT, 'charts', 'rexnet');
const REPOSITORY = 'ghcr.io/rexnet/rexnet';
const EARLIER = '0.0.9';
/** What the operator of the version before makes otherwise: a probe of every pod. */
const BUILDER = 'operator/src/plan/kube/pod.ts';
const LIVENESS = { now: 'const LIVENESS = { periodSeconds: 10, failureThreshold: 6,', before: 'failureThreshold: 5,' };
/** Another test of the run may have left the CRDs. */
const BESIDE_OTHERS = ['--take-ownership', '--force-conflicts'];
const KINDS = ['testnets', 'loadtests', 'consensusgroups', 'shardmaps'];
const OPERATOR_PORT = 8080;
const TEST_MAX_MS = 480_000;
const SETTLED_MAX_MS = 90_000;
const GROWN_MAX_MS = 60_000;
const ROLLED_MAX_MS = 180_000;
const MORE_BLOCKS = 3;
const POLL_MS = 500;

const TESTNET = `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: demo, namespace: ${NAMESPACE}}
spec:
  groups: 2
  bitcoin: {mode: None}
  contracts: [{name: token}]
  load: {tpsPerGroup: 5, workload: Transfer}
  template: {resources: {cpu: 150m, memory: 320Mi}, storage: {size: 1Gi}}
`;
const NODES = ['demo-g0-0', 'demo-g1-0'];
/** Nodes, miner and generator. */
const PODS = 4;

type Place = { readonly cluster: Cluster; readonly helm: Helm; readonly image: string; readonly door: NodeDoor };

const found = await requireClusterWhenFull({ machines: 3 });
const net = new Namespace(found, NAMESPACE);
const operators = new Namespace(found, OPERATORS);
const folder = mkdtempSync(join(tmpdir(), 'rexnet-upgrade-'));
const earlierChart = join(folder, 'rexnet');
let place: Place | { readonly reason: string } = 'reason' in found ? found : { reason: 'it was not prepared' };

beforeAll(async () => {
  if ('reason' in found) return;
  const helm = await findOrBuildHelm();
  if ('reason' in helm) {
    place = { reason: `cluster: ${helm.reason}` };
    return;
  }
  const world = { env: process.env, say: (line: string) => process.stderr.write(`image: ${line}\n`) };
  const { image, archive } = await imageArchive('rexnet', world);
  const earlier = await earlierImage(archive, `${REPOSITORY}:${EARLIER}`, {
    [`opt/rexnet/${BUILDER}`]: earlierBuilder(),
  });
  try {
    await found.importImage(archive);
    await found.importImage(earlier.archive);
  } finally {
    earlier.remove();
  }
  cpSync(CHART, earlierChart, { recursive: true });
  const about = join(earlierChart, 'Chart.yaml');
  const text = readFileSync(about, 'utf8');
  writeFileSync(about, text.replace(/^(version|appVersion): .*$/gm, `$1: ${EARLIER}`));
  for (const name of [NAMESPACE, OPERATORS]) await found.kubectl(['create', 'namespace', name]);
  place = { cluster: found, helm, image, door: await NodeDoor.open(found, NAMESPACE) };
}, SETUP_MAX_MS);

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  if ('reason' in found) return;
  await found.kubectl(['delete', 'namespace', NAMESPACE, '--ignore-not-found']);
  if ('reason' in place) return;
  await helmIn(place, 'uninstall', RELEASE, '--ignore-not-found');
  await found.kubectl(['delete', 'namespace', OPERATORS]);
  await found.kubectl(['delete', 'crds', '--ignore-not-found', ...KINDS.map((kind) => `${kind}.rexnet.dev`)]);
  await place.door.close();
}, SETUP_MAX_MS);

function earlierBuilder(): string {
  const text = readFileSync(join(ROOT, BUILDER), 'utf8');
  const { now, before } = LIVENESS;
  if (!text.includes(now)) throw new Error(`${BUILDER} has no line ${now}`);
  return text.replace(now, now.replace(/failureThreshold: \d+,/, before));
}

function helmIn({ cluster, helm }: Place, ...args: readonly string[]): Promise<string> {
  return helmOutput(helm, [...args, '--namespace', OPERATORS], { KUBECONFIG: cluster.kubeconfig });
}

async function printAll({ cluster }: Place): Promise<void> {
  await printEvidence(cluster, NAMESPACE);
  const words = ['-n', OPERATORS, 'logs', 'deployment/rexnet-operator', '--tail=80'];
  console.log(await cluster.kubectl(words).catch(reasonOf));
}

/** Of all pods that go on: name and image. */
function imagesOf(): Promise<readonly string[]> {
  const labels = 'rexnet.dev/testnet=demo,rexnet.dev/component!=contracts';
  return net.lines('pods', '{.metadata.name} {.spec.containers[*].image}', '-l', labels);
}

/** Of the same pods: how often their program may be silent before it is begun again, which tells who made them. */
function livenessOf(): Promise<readonly string[]> {
  const labels = 'rexnet.dev/testnet=demo,rexnet.dev/component!=contracts';
  return net.lines('pods', '{.spec.containers[0].livenessProbe.failureThreshold}', '-l', labels);
}

/** Why nothing more is done for the Testnet. */
async function settledAs(reason: string): Promise<void> {
  await until({
    what: `the Testnet to say ${reason}`,
    withinMs: SETTLED_MAX_MS,
    everyMs: POLL_MS,
    look: () => net.condition('testnet/demo', 'Reconciling'),
    holds: (said) => said.startsWith(`False ${reason}: `),
  });
}

/** All that runs, and all that it is made from, with what changes when somebody touches it. */
async function untouched(): Promise<readonly string[]> {
  const all = (kinds: string, fields: string) =>
    net.lines(kinds, `{.kind} {.metadata.name} {.metadata.uid} ${fields}`, '-l', 'rexnet.dev/testnet=demo');
  const containers = '{.spec.nodeName} {.spec.containers[*].image} {.status.containerStatuses[*].imageID}';
  const kept = await Promise.all([
    all('pods', `${containers} {.status.containerStatuses[*].restartCount}`),
    all('statefulsets,deployments,jobs,networkpolicies,consensusgroups,shardmaps', '{.metadata.generation}'),
    all('configmaps,secrets,services', '{.metadata.resourceVersion}'),
  ]);
  return kept.flat().sort();
}

async function heights({ door }: Place): Promise<readonly number[]> {
  const name = 'rexnet_chain_executed_height_blocks';
  const figures = await Promise.all(NODES.map((pod) => door.figures(pod, new Set([name]))));
  return figures.map((one) => one?.get(name) ?? Number.NaN);
}

async function grown(where: Place, since: readonly number[], what: string): Promise<readonly number[]> {
  return until({
    what,
    withinMs: GROWN_MAX_MS,
    everyMs: POLL_MS,
    look: () => heights(where),
    holds: (now) => now.every((height, index) => height >= (since[index] ?? Number.NaN) + MORE_BLOCKS),
  });
}

/** The one pod of the operator: its name, image and level of logging. */
async function operatorNow(): Promise<{ readonly pod: string; readonly told: string }> {
  await operators.kubectl('rollout', 'status', 'deployment', '--timeout=120s');
  const path = '{.metadata.name}={.spec.containers[0].image} {.spec.containers[0].args}';
  const pods = await until({
    what: 'one pod of the operator',
    withinMs: SETTLED_MAX_MS,
    everyMs: POLL_MS,
    look: () => operators.lines('pods', path),
    holds: (names) => names.length === 1,
  });
  const [pod = '', ...told] = (pods[0] ?? '').split('=');
  return { pod, told: told.join('=') };
}

/** Until an operator leads and has gone through every Testnet and every group with nothing left to do. */
async function reconciled({ cluster }: Place, pod: string): Promise<void> {
  const names = new Set(['rexnet_operator_reconciles_total', 'rexnet_operator_queue_keys', 'rexnet_operator_leading']);
  const door = await NodeDoor.open(cluster, OPERATORS);
  try {
    await until({
      what: `${pod} to lead, and to have looked at everything`,
      withinMs: SETTLED_MAX_MS,
      everyMs: POLL_MS,
      look: async () => [...((await door.figures(pod, names, OPERATOR_PORT)) ?? [])],
      holds: (series) => {
        const sum = (...parts: readonly string[]) =>
          series.reduce(
            (total, [key, value]) => (parts.every((part) => key.includes(part)) ? total + value : total),
            0,
          );
        const passes = (controller: string) => sum('reconciles_total', `controller="${controller}"`);
        const isLeading = sum('leading') === 1;
        return isLeading && passes('testnet') >= 2 && passes('consensusgroup') >= NODES.length * 2;
      },
    });
  } finally {
    await door.close();
  }
}

test('an upgrade brings a new operator and touches nothing that runs', { timeout: TEST_MAX_MS }, async (context) => {
  if ('reason' in place) return context.skip(place.reason);
  const here = place;
  context.onTestFailed(() => printAll(here));
  await helmIn(here, 'install', RELEASE, earlierChart, ...BESIDE_OTHERS);
  const before = await operatorNow();
  expect(before.told).toContain(`${REPOSITORY}:${EARLIER} `);
  await net.apply(TESTNET);
  for (const condition of ['FirstBlock', 'ContractsReady', 'LoadRunning', 'Ready'])
    await net.wait('testnet/demo', condition);
  const image = () => net.field('testnet/demo', '{.status.image}');
  expect(await image()).toBe(`${REPOSITORY}:${EARLIER}`);
  expect(await livenessOf()).toEqual(Array.from({ length: PODS }, () => '5'));
  const kept = await untouched();
  const high = await heights(here);

  const startedAt = performance.now();
  await helmIn(here, 'upgrade', RELEASE, CHART, ...BESIDE_OTHERS, '--set', 'logLevel=debug');
  const after = await operatorNow();
  expect(after.pod).not.toBe(before.pod);
  expect(after.told).toContain(`${here.image} `);
  expect(after.told).toContain('--log-level=debug');
  await reconciled(here, after.pod);
  const tookMs = performance.now() - startedAt;
  const higher = await grown(here, await grown(here, high, 'chains to grow'), 'chains to grow under the new operator');
  await net.wait('testnet/demo', 'Ready');
  // It would make other pods, and says so.
  await settledAs('PodsKept');
  expect(await untouched()).toEqual(kept);
  expect(await image()).toBe(`${REPOSITORY}:${EARLIER}`);
  const pods = await imagesOf();
  expect(pods.filter((pod) => pod.endsWith(` ${REPOSITORY}:${EARLIER}`))).toHaveLength(PODS);
  expect(await here.cluster.kubectl(['diff', '-f', '-'], TESTNET)).toBe('');
  process.stderr.write(
    `upgrade: the new operator had looked at all ${(tookMs / 1_000).toFixed(1)} s after helm upgrade; ${kept.length} objects kept; heights ${high} to ${higher}\n`,
  );
});

test('whoever asks for it gets the pods of the new operator, of the same image', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in place) return context.skip(place.reason);
  const here = place;
  context.onTestFailed(() => printAll(here));
  const high = await heights(here);
  const startedAt = performance.now();
  await net.kubectl('annotate', 'testnet', 'demo', '--overwrite', 'rexnet.dev/restartedAt=2026-11-21T22:00:00Z');
  await until({
    what: 'all pods to be made anew',
    withinMs: ROLLED_MAX_MS,
    everyMs: POLL_MS,
    look: () => livenessOf(),
    holds: (pods) => pods.length === PODS && pods.every((failures) => failures === '6'),
  });
  await net.wait('testnet/demo', 'Ready');
  await settledAs('UpToDate');
  await grown(here, high, 'chains to go on where they were');
  expect((await imagesOf()).every((pod) => pod.endsWith(` ${REPOSITORY}:${EARLIER}`))).toBe(true);
  process.stderr.write(`upgrade: made anew in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s\n`);
});

test('spec.image is what rolls a Testnet', { timeout: TEST_MAX_MS }, async (context) => {
  if ('reason' in place) return context.skip(place.reason);
  const here = place;
  context.onTestFailed(() => printAll(here));
  const high = await heights(here);
  const startedAt = performance.now();
  await net.patch('testnet/demo', { spec: { image: here.image } });
  await until({
    what: `all to run ${here.image}`,
    withinMs: ROLLED_MAX_MS,
    everyMs: POLL_MS,
    look: () => imagesOf(),
    holds: (pods) => pods.length === PODS && pods.every((pod) => pod.endsWith(` ${here.image}`)),
  });
  await net.wait('testnet/demo', 'Ready');
  await grown(here, high, 'chains to go on where they were');
  process.stderr.write(`upgrade: rolled in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s\n`);
});

test('an uninstall leaves CRDs and what runs, and the next install takes it on', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in place) return context.skip(place.reason);
  const here = place;
  context.onTestFailed(() => printAll(here));
  await net.wait('testnet/demo', 'LoadRunning');
  // Another image is another Job.
  const job = ['job', '-l', 'rexnet.dev/component=contracts', '--for=condition=Complete', '--timeout=120s'];
  await net.kubectl('wait', ...job);
  const kept = await untouched();
  await helmIn(here, 'uninstall', RELEASE, '--wait');
  await until({
    what: 'the operator to be gone',
    withinMs: SETTLED_MAX_MS,
    everyMs: POLL_MS,
    look: () => operators.kubectl('get', 'deployments,pods,serviceaccounts', '-o', 'name'),
    holds: (names) => names.trim() === 'serviceaccount/default',
  });
  const crds = await here.cluster.kubectl(['get', 'crds', '-o', 'name']);
  for (const kind of KINDS) expect(crds).toContain(`customresourcedefinition.apiextensions.k8s.io/${kind}.rexnet.dev`);
  await grown(here, await heights(here), 'chains to grow without an operator');
  expect(await untouched()).toEqual(kept);

  await helmIn(here, 'install', RELEASE, CHART);
  await reconciled(here, (await operatorNow()).pod);
  await net.wait('testnet/demo', 'Ready');
  expect(await untouched()).toEqual(kept);
});
