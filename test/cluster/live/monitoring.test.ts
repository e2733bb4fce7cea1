// What is made for Prometheus, held against the kinds its operator publishes, on a real API server: objects of the chart are taken, and
// each Testnet gets its PodMonitor where, and only where, there is such a kind. No operator runs here, and nothing scrapes.
import { TESTNETS, type TestnetObject } from '@rexnet/operator/controllers/collections.ts';
import type { Clients } from '@rexnet/operator/controllers/controller.ts';
import { Inputs } from '@rexnet/operator/controllers/inputs.ts';
import { POD_MONITORS, PodMonitorKeeper } from '@rexnet/operator/controllers/pod-monitors.ts';
import { loadAccess } from '@rexnet/operator/kube/access.ts';
import { systemClock } from '@rexnet/operator/kube/clock.ts';
import { RestClient } from '@rexnet/operator/kube/rest.ts';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { stringify } from 'yaml';
import { findHelm } from '../../../scripts/charts/helm.ts';
import { objectsOf, render } from '../../charts/rendering.ts';
import { requireClusterWhenFull } from '../cluster.ts';
import type { Cluster, Skip } from '../cluster-type.ts';
import { applyCrds } from '../crds-here.ts';
import { type ForeignKinds, installMonitoringKinds } from '../foreign-crds.ts';

const NAME = `monitoring-test-${process.pid}`;
const MAX_MS = 120_000;
const IMAGES = { image: 'rexnet:1', bitcoindImage: '', imagePullPolicy: 'Never' } as const;
const SCRAPING = { labels: { release: 'monitoring' }, interval: '5s' };
const MADE_FOR_PROMETHEUS = ['ServiceMonitor', 'PrometheusRule'];

type Place = { readonly cluster: Cluster; readonly kinds: ForeignKinds; readonly rest: RestClient };

const cluster: Cluster | Skip = await requireClusterWhenFull({ machines: 1 });
let place: Place | { readonly reason: string } = { reason: 'cluster: it was not prepared' };

beforeAll(async () => {
  if ('reason' in cluster) return;
  await applyCrds(cluster);
  const kinds = await installMonitoringKinds(cluster);
  if ('reason' in kinds) {
    place = kinds;
    return;
  }
  await cluster.kubectl(['create', 'namespace', NAME]);
  const access = await loadAccess({ kubeconfig: cluster.kubeconfig }, () => performance.now());
  const rest = new RestClient({ access, clock: systemClock, random: Math.random, userAgent: NAME });
  place = { cluster, kinds, rest };
}, MAX_MS);

afterAll(async () => {
  if ('reason' in place) return;
  place.rest.close();
  await place.cluster.kubectl(['delete', 'namespace', NAME, '--wait=false']);
  await place.kinds.removeAll();
}, MAX_MS);

function placeFor(context: TestContext): Place {
  if ('reason' in cluster) return context.skip(cluster.reason);
  return 'reason' in place ? context.skip(place.reason) : place;
}

test('what the chart makes for Prometheus is taken by a strict API server', { timeout: MAX_MS }, async (context) => {
  const { cluster: server } = placeFor(context);
  const helm = await findHelm();
  if ('reason' in helm) return context.skip(`cluster: ${helm.reason}`);
  const apis = MADE_FOR_PROMETHEUS.map((kind) => `monitoring.coreos.com/v1/${kind}`);
  const made = objectsOf(await render(helm, { chart: 'rexnet', apis }))
    .filter(({ kind }) => MADE_FOR_PROMETHEUS.includes(kind))
    .map((object) => stringify({ ...object, metadata: { ...object.metadata, namespace: NAME } }));
  expect(made).toHaveLength(MADE_FOR_PROMETHEUS.length);
  const dry = ['apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', '-'];
  expect((await server.kubectl(dry, made.join('---\n'))).match(/\(server dry run\)/g)).toHaveLength(made.length);
});

test('a Testnet has a PodMonitor as it asks, and says so where there can be none', {
  timeout: MAX_MS,
}, async (context) => {
  const { cluster: server, kinds, rest } = placeFor(context);
  const written = (podMonitor: string): string =>
    JSON.stringify({
      apiVersion: 'rexnet.dev/v1alpha1',
      kind: 'Testnet',
      metadata: { name: 'demo', namespace: NAME },
      spec: { suspend: true, bitcoin: { mode: 'None' }, monitoring: { podMonitor } },
    });
  const clients = { rest, fieldManager: NAME, clock: systemClock, signal: new AbortController().signal };
  const keep = async (podMonitor: string) => {
    await server.kubectl(['apply', '-f', '-'], written(podMonitor));
    const object = await rest.get<TestnetObject>(TESTNETS.resource, { namespace: NAME, name: 'demo' });
    const made = new Inputs(IMAGES).of(object!, { retiring: [], contractsDeployed: false });
    if ('trouble' in made) throw new Error(made.trouble.message);
    return new PodMonitorKeeper(SCRAPING).keep(made.input, clients as unknown as Clients);
  };
  const shown = () => rest.get(POD_MONITORS, { namespace: NAME, name: 'demo' });
  expect(await keep('Auto')).toBeUndefined();
  expect((await shown())?.metadata.labels).toMatchObject({ release: 'monitoring', 'rexnet.dev/testnet': 'demo' });
  expect(await keep('Never')).toBeUndefined();
  expect(await shown()).toBeUndefined();
  expect(await keep('Always')).toBeUndefined();
  expect(await shown()).toBeDefined();
  await kinds.remove('podmonitors');
  const crds = await server.kubectl(['get', 'crds', '-o', 'name']);
  if (crds.includes('podmonitors.monitoring.coreos.com')) return;
  expect(await keep('Always')).toMatchObject({ reason: 'NoPodMonitor' });
  expect(await keep('Auto')).toBeUndefined();
});
