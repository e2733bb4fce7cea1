// An HPA that scales a Testnet by what the operator serves, with nothing else in the cluster: chart, aggregated API, certificate, rights.
// The operator runs in a pod, and the API server passes on what the autoscaler asks.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { stringify } from 'yaml';
import { findOrBuildHelm, type Helm, helmOutput } from '../../../scripts/charts/helm.ts';
import { imageArchive } from '../../../scripts/image/archives.ts';
import { until } from '../../local/until.ts';
import { requireClusterWhenFull } from '../cluster.ts';
import type { Cluster, Skip } from '../cluster-type.ts';
import { reasonOf } from '../errors.ts';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');
const NAME = `autoscaler-${process.pid}`;
const SETUP_MAX_MS = 600_000;
const TEST_MAX_MS = 300_000;
const SCALED_MAX_MS = 120_000;
const API = '/apis/external.metrics.k8s.io/v1beta1';
const OFFERED_TPS = 15;
const GROUPS = 3;
const OPERATOR_VALUES = {
  watchNamespaces: [NAME],
  image: { pullPolicy: 'Never' },
  externalMetrics: { enabled: true },
  limits: { defaultTtl: '2h' },
};
const TESTNET_VALUES = {
  chain: { partitions: 16 },
  bitcoin: { mode: 'None' },
  load: { tpsPerGroup: OFFERED_TPS, workload: 'Transfer' },
  template: { resources: { cpu: '150m', memory: '320Mi' } },
  // It begins with two groups, of which each is offered twice of what one is for.
  autoscaling: { enabled: true, minGroups: 1, maxGroups: GROUPS, targetPerGroup: String(OFFERED_TPS / 2) },
};

const cluster: Cluster | Skip = await requireClusterWhenFull({ machines: 1 });
const folder = mkdtempSync(join(tmpdir(), 'rexnet-autoscaler-'));
let helm: Helm | Skip = { reason: 'cluster: it was not prepared' };

beforeAll(async () => {
  if ('reason' in cluster) return;
  helm = await findOrBuildHelm();
  if ('reason' in helm) return;
  const world = { env: process.env, say: (line: string) => process.stderr.write(`image: ${line}\n`) };
  await cluster.importImage((await imageArchive('rexnet', world)).archive);
  await cluster.kubectl(['create', 'namespace', NAME]);
  await helmHere('install', 'operator', join(ROOT, 'charts', 'rexnet'), '--values', file('operator', OPERATOR_VALUES), [
    '--take-ownership',
    '--force-conflicts',
  ]);
  await cluster.kubectl(['-n', NAME, 'rollout', 'status', 'deployment', '--timeout=120s']);
}, SETUP_MAX_MS);

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  if ('reason' in cluster || 'reason' in helm) return;
  for (const release of ['net', 'operator']) await helmHere('uninstall', release, '--ignore-not-found', '--wait');
  await cluster.kubectl(['delete', 'namespace', NAME, '--ignore-not-found']);
}, SETUP_MAX_MS);

function file(name: string, values: object): string {
  const path = join(folder, `${name}.yaml`);
  writeFileSync(path, stringify(values));
  return path;
}

async function helmHere(...args: readonly (string | readonly string[])[]): Promise<string> {
  if ('reason' in cluster || 'reason' in helm) throw new Error('there is no cluster');
  return helmOutput(helm, [...args.flat(), '--namespace', NAME], { KUBECONFIG: cluster.kubeconfig });
}

function placeFor(context: TestContext): Cluster {
  if ('reason' in cluster) return context.skip(cluster.reason);
  return 'reason' in helm ? context.skip(`cluster: ${helm.reason}`) : cluster;
}

/** As kubectl says it, also when it refuses. */
function raw(here: Cluster, path: string, ...more: readonly string[]): Promise<string> {
  return here.kubectl(['get', '--raw', `${API}${path}`, ...more]).catch(reasonOf);
}

test('the API is there, for those who may read it', { timeout: TEST_MAX_MS }, async (context) => {
  const here = placeFor(context);
  const service = 'apiservice/v1beta1.external.metrics.k8s.io';
  await here.kubectl(['wait', service, '--for=condition=Available', '--timeout=60s']);
  const { resources } = JSON.parse(await raw(here, '')) as { resources: { name: string }[] };
  expect(resources.map(({ name }) => name)).toEqual([
    'rexnet_tps',
    'rexnet_utps',
    'rexnet_gas_used_ratio',
    'rexnet_groups',
  ]);
  expect(JSON.parse(await raw(here, `/namespaces/${NAME}/rexnet_tps`))).toMatchObject({ items: [] });
  expect(await raw(here, `/namespaces/${NAME}/rexnet_tps`, '--as=nobody')).toContain('Forbidden');
  expect(await raw(here, `/namespaces/${NAME}/rexnet_speed`)).toContain('there is no metric rexnet_speed');
});

test('an HPA reads the load of a Testnet and gives it another group', { timeout: TEST_MAX_MS }, async (context) => {
  const here = placeFor(context);
  const startedAt = performance.now();
  await helmHere('install', 'net', join(ROOT, 'charts', 'testnet'), '--values', file('net', TESTNET_VALUES));
  const get = (what: string, path: string) => here.kubectl(['-n', NAME, 'get', what, '-o', `jsonpath=${path}`]);
  const seen = await until({
    what: 'the autoscaler to ask for another group',
    withinMs: SCALED_MAX_MS,
    everyMs: 1_000,
    look: async () => ({
      groups: await get('testnet/net', '{.spec.groups}'),
      hpa: await get('hpa/net', '{.status}'),
      testnet: await get('testnet/net', '{.status.tps} {.status.conditions[?(@.type=="Ready")].message}'),
    }),
    holds: ({ groups }) => groups === String(GROUPS),
  });
  console.log(
    `${GROUPS} groups ${((performance.now() - startedAt) / 1_000).toFixed(1)} s after the Testnet: ${seen.hpa}`,
  );
  expect(JSON.parse(seen.hpa)).toMatchObject({
    currentMetrics: [{ type: 'External', external: { metric: { name: 'rexnet_tps' } } }],
  });
  const { spec, status } = JSON.parse(await here.kubectl(['-n', NAME, 'get', 'testnet', 'net', '-o', 'json']));
  // What the operator gives to a Testnet without spec.ttl, on a server that writes nothing into specs.
  expect(spec.ttl).toBeUndefined();
  expect(status.defaultTtl).toBe('2h');
  expect(Date.parse(status.expiresAt)).toBeGreaterThan(Date.now());
});
