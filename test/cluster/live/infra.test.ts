// What the Pulumi program would register, sent to a real API server as a dry run with strict validation: its own objects, and those that
// helm makes of our chart with the values it registers. The chart of Prometheus comes from the network and is left out.
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { stringify } from 'yaml';
import { readSettings } from '../../../infra/src/settings.ts';
import { type Registered, register } from '../../../infra/src/testing/register.ts';
import { HELM_MAX_MS, helmFor, objectsOf, render } from '../../charts/rendering.ts';
import { requireCluster } from '../cluster.ts';
import type { Cluster } from '../cluster-type.ts';
import { applyCrds } from '../crds-here.ts';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');
const NAMESPACE = `infra-test-${process.pid}`;
const KUBERNETES = /^kubernetes:(core\/v1|rexnet\.dev\/v1alpha1):/;
/** Of kinds that come with Prometheus' operator; monitoring.test.ts has them judged. */
const FOREIGN = ['ServiceMonitor', 'PrometheusRule'];

const cluster = await requireCluster({ machines: 1 });

beforeAll(async () => {
  if ('reason' in cluster) return;
  await applyCrds(cluster);
  await cluster.kubectl(['create', 'namespace', NAMESPACE]);
});

afterAll(async () => {
  if (!('reason' in cluster)) await cluster.kubectl(['delete', 'namespace', NAMESPACE, '--wait=false']);
});

function clusterFor(context: TestContext): Cluster {
  return 'reason' in cluster ? context.skip(cluster.reason) : cluster;
}

function registered(machinePerGroup: string): Promise<readonly Registered[]> {
  const values: Readonly<Record<string, string>> = {
    cluster: 'Given',
    kubeconfig: 'package.json',
    machinePerGroup,
    testnetNamespace: NAMESPACE,
  };
  const source = { keys: Object.keys(values), get: (key: string) => values[key], getObject: () => undefined };
  return register(readSettings(source, 'cloud', join(ROOT, 'infra')), join(ROOT, 'charts', 'rexnet'));
}

/** How many objects the API server would take. */
async function taken(server: Cluster, objects: readonly object[]): Promise<number> {
  const dry = ['apply', '--server-side', '--force-conflicts', '--dry-run=server', '--validate=strict', '-f', '-'];
  const said = await server.kubectl(dry, objects.map((object) => stringify(object, { version: '1.1' })).join('---\n'));
  return said.match(/\(server dry run\)/g)?.length ?? 0;
}

test('namespaces and Testnet of both stacks are taken', { timeout: 120_000 }, async (context) => {
  const server = clusterFor(context);
  for (const machinePerGroup of ['true', 'false']) {
    const all = await registered(machinePerGroup);
    const objects = all.filter(({ type }) => KUBERNETES.test(type)).map(({ inputs }) => inputs);
    expect(objects).toHaveLength(4);
    expect(await taken(server, objects)).toBe(4);
  }
});

test('what our chart makes of the values of a stack is taken', { timeout: HELM_MAX_MS }, async (context) => {
  const server = clusterFor(context);
  const helm = await helmFor(context);
  const release = (await registered('true')).find(({ name }) => name === 'rexnet');
  const values = release?.inputs['values'] as object;
  const made = objectsOf(await render(helm, { chart: 'rexnet', values, more: ['--namespace', NAMESPACE] }));
  const ours = made.filter(({ kind }) => !FOREIGN.includes(kind));
  // Nothing is left to what the cluster has: with monitoring all of it is made.
  expect(made.map(({ kind }) => kind)).toEqual(expect.arrayContaining(FOREIGN));
  expect(ours.length).toBeGreaterThan(10);
  expect(await taken(server, ours)).toBe(ours.length);
});
