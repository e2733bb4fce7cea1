import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Clock } from '../kube/clock.ts';
import { systemClock } from '../kube/clock.ts';
import { type KubeObject, pathOf } from '../kube/resources.ts';
import { RestClient } from '../kube/rest.ts';
import { answer, FakeApi, statusBody } from '../kube/testing/fake-api.ts';
import { until } from '../kube/testing/things.ts';
import type { KubeInput } from '../plan/kube/input.ts';
import type { TestnetObject } from './collections.ts';
import type { Clients } from './controller.ts';
import { Inputs } from './inputs.ts';
import { POD_MONITORS, PodMonitorKeeper } from './pod-monitors.ts';
import { IMAGES, NAMESPACE, RESOURCE, smallCluster } from './testing/small-cluster.ts';

const SCRAPING = { labels: { release: 'monitoring' }, interval: '5s' };
const LONG_MS = 300_000;

let api: FakeApi;
let rest: RestClient;
let nowMs = 0;

beforeEach(async () => {
  api = await FakeApi.start();
  nowMs = 0;
  rest = new RestClient({ access: api.access, clock: systemClock, random: () => 0.5, userAgent: 'test' });
});

afterEach(async () => {
  rest.close();
  await api.stop();
});

function clients(): Clients {
  const clock: Clock = { ...systemClock, now: () => nowMs };
  // The rest of what controllers have is not used here.
  return { rest, fieldManager: 'test', clock, signal: new AbortController().signal } as unknown as Clients;
}

function inputOf(podMonitor: string, uid = 'uid-1'): KubeInput {
  const object: TestnetObject = {
    apiVersion: 'rexnet.dev/v1alpha1',
    kind: 'Testnet',
    metadata: { name: 'demo', namespace: NAMESPACE, uid, generation: 1 },
    spec: { monitoring: { podMonitor } },
  };
  const made = new Inputs(IMAGES).of(object, { retiring: [], contractsDeployed: false });
  if ('trouble' in made) throw new Error(made.trouble.message);
  return made.input;
}

function shown(): KubeObject | undefined {
  return api.object(POD_MONITORS, 'demo', NAMESPACE);
}

/** As a server without Prometheus' operator. */
function withoutKind(): void {
  api.fault = ({ path }, response) => {
    if (!path.startsWith(pathOf({ ...POD_MONITORS, namespaced: false }).replace(/\/podmonitors$/, ''))) return false;
    answer(response, 404, statusBody(404, 'NotFound', 'the server could not find the requested resource'));
    return true;
  };
}

test('where the kind is there, one is made, and asked for no oftener than needed', async () => {
  const keeper = new PodMonitorKeeper(SCRAPING);
  const input = inputOf('Auto');
  expect(await keeper.keep(input, clients())).toBeUndefined();
  expect(shown()?.metadata.labels).toMatchObject({ release: 'monitoring', 'rexnet.dev/testnet': 'demo' });
  expect(shown()?.metadata.ownerReferences).toMatchObject([{ kind: 'Testnet', uid: 'uid-1' }]);
  await keeper.keep(input, clients());
  expect(api.asked).toHaveLength(1);
  nowMs = LONG_MS;
  await keeper.keep(input, clients());
  // Nobody watches: that it is there, and whose it is, is found out.
  expect(api.asked.slice(1).map(({ method }) => method)).toEqual(['PATCH', 'GET', 'PATCH']);
});

test('where it is not, Auto goes without and Always says what to do; it is found when it comes', async () => {
  withoutKind();
  expect(await new PodMonitorKeeper(SCRAPING).keep(inputOf('Auto'), clients())).toBeUndefined();
  const keeper = new PodMonitorKeeper(SCRAPING);
  const trouble = { reason: 'NoPodMonitor', message: expect.stringContaining('this cluster has no PodMonitors') };
  expect(await keeper.keep(inputOf('Always'), clients())).toEqual(trouble);
  expect(await keeper.keep(inputOf('Always'), clients())).toEqual(trouble);
  api.fault = () => false;
  nowMs = LONG_MS;
  expect(await keeper.keep(inputOf('Always'), clients())).toBeUndefined();
  expect(shown()).toBeDefined();
});

test('an operator that is to make none says so to who insists, and asks for nothing', async () => {
  const keeper = new PodMonitorKeeper(undefined);
  expect(await keeper.keep(inputOf('Auto'), clients())).toBeUndefined();
  expect(await keeper.keep(inputOf('Always'), clients())).toMatchObject({ reason: 'NoPodMonitor' });
  expect(api.asked).toEqual([]);
});

test('Never takes away what was made for this Testnet, and nothing else of its name', async () => {
  const keeper = new PodMonitorKeeper(SCRAPING);
  await keeper.keep(inputOf('Auto'), clients());
  await keeper.keep(inputOf('Never'), clients());
  expect(shown()).toBeUndefined();
  await keeper.keep(inputOf('Auto'), clients());
  await new PodMonitorKeeper(SCRAPING).keep(inputOf('Never', 'uid-2'), clients());
  expect(shown()).toBeDefined();
});

test('one of that name that a person has made stays as it is', async () => {
  const metadata = { name: 'demo', namespace: NAMESPACE };
  api.put(POD_MONITORS, { apiVersion: 'monitoring.coreos.com/v1', kind: 'PodMonitor', metadata });
  const trouble = await new PodMonitorKeeper(SCRAPING).keep(inputOf('Auto'), clients());
  expect(trouble).toMatchObject({ reason: 'NameTaken', message: expect.stringContaining('belongs to nobody') });
  expect(shown()?.metadata.ownerReferences).toBeUndefined();
});

test('a refusal is told in the words of the server', async () => {
  api.fault = (_, response) => {
    answer(response, 403, statusBody(403, 'Forbidden', 'podmonitors is forbidden: no'));
    return true;
  };
  expect(await new PodMonitorKeeper(SCRAPING).keep(inputOf('Auto'), clients())).toMatchObject({
    reason: 'ObjectRefused',
    message: expect.stringContaining('podmonitors is forbidden: no'),
  });
});

test('a Testnet says in its status that it has none, and is made all the same', async () => {
  const cluster = await smallCluster();
  try {
    cluster.testnet('demo', { groups: 1, bitcoin: { mode: 'None' }, monitoring: { podMonitor: 'Always' } });
    await until('it is stalled', () => cluster.condition(RESOURCE.testnets, 'demo', 'Stalled') === 'True NoPodMonitor');
    await until('its group is there', () => cluster.show(RESOURCE.statefulSets, 'demo-g0') !== undefined);
    expect(cluster.failures).toEqual([]);
  } finally {
    await cluster.end();
  }
});
