import { parseSummary, printSummary } from '@rexnet/load/verdict/summary.ts';
import { aReading } from '@rexnet/load/verdict/testing/readings.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Condition } from '../api/conditions.ts';
import type { Collection } from '../kube/caches.ts';
import { isRecord, KubeError } from '../kube/errors.ts';
import type { KubeObject } from '../kube/resources.ts';
import { RestClient } from '../kube/rest.ts';
import { fastClock } from '../kube/testing/clocks.ts';
import { answer, FakeApi, statusBody } from '../kube/testing/fake-api.ts';
import { until } from '../kube/testing/things.ts';
import { LOAD_TEST_LABEL, resultsName } from '../plan/load-test-names.ts';
import { RESULT } from '../plan/load-test-results.ts';
import { CONFIG_MAPS, JOBS, LOAD_TESTS, PODS, TESTNETS } from './collections.ts';
import { loadTestController } from './load-test.ts';
import { Runtime } from './runtime.ts';

const NAMESPACE = 'lab';
const IMAGES = {
  image: 'ghcr.io/acme/rexnet@sha256:1111',
  bitcoindImage: '',
  imagePullPolicy: 'IfNotPresent',
} as const;
const TIMES_FASTER = 10;

let api: FakeApi;
let rest: RestClient;
let stop: AbortController;
let running: Promise<void>;
let errors: unknown[];

beforeEach(async () => {
  api = await FakeApi.start();
  // The server dates what it makes.
  api.fault = ({ method, path, body }) => {
    if (method !== 'PATCH' || path.endsWith('/status') || !isRecord(body) || !isRecord(body['metadata'])) return false;
    body['metadata']['creationTimestamp'] = new Date().toISOString();
    return false;
  };
  const clock = fastClock(TIMES_FASTER);
  const random = () => 0.5;
  rest = new RestClient({ access: api.access, clock, random, userAgent: 'test' });
  stop = new AbortController();
  errors = [];
  const runtime = new Runtime([loadTestController({ images: IMAGES })], {
    ...{ rest, clock, random, namespaces: [], instance: 'test' },
    onPass: ({ error }) => {
      // A busy machine may answer late, and is asked again.
      if (error !== undefined && !(error instanceof KubeError)) errors.push(error);
    },
  });
  running = runtime.run(stop.signal);
});

afterEach(async () => {
  stop.abort();
  await running;
  rest.close();
  await api.stop();
});

function put(collection: Collection<never>, name: string, more: object): KubeObject {
  const { resource } = collection;
  const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
  const metadata = { name, namespace: NAMESPACE, generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' };
  return api.put(resource, { apiVersion, kind: resource.kind, metadata, ...more });
}

function get(collection: Collection<never>, name: string): KubeObject & { readonly [field: string]: unknown } {
  return api.object(collection.resource, name, NAMESPACE) as KubeObject & { readonly [field: string]: unknown };
}

const loadTest = (name: string, spec: object = {}): KubeObject =>
  put(LOAD_TESTS, name, { spec: { testnet: 'demo', groups: [1, 2], repeats: 1, ...spec } });

function statusOf(name: string): {
  readonly verdict?: string;
  readonly reason?: string;
  readonly conditions: readonly Condition[];
} {
  const status = get(LOAD_TESTS, name)?.['status'] as { readonly conditions: readonly Condition[] } | undefined;
  return status ?? { conditions: [] };
}

const complete = (name: string): Condition | undefined =>
  statusOf(name).conditions.find(({ type }) => type === 'Complete');

function points(): readonly string[] {
  const asked = api.asked.filter(({ method, path }) => method === 'PATCH' && path.includes('/testnets/'));
  return [...new Set(asked.map(({ path }) => path.split('/').at(-1) ?? ''))];
}

/** Brings up what is asked for, lets generators end with what `left` says, and removes what belongs to what was deleted. */
async function play(left: (groups: number, turn: number) => string, isOver: () => boolean): Promise<void> {
  const loaded = new Map<string, number>();
  await until('the cluster has nothing more to do', () => {
    let alive = 0;
    for (const [turn, name] of points().entries()) {
      const point = get(TESTNETS, name);
      if (point !== undefined) alive++;
      if (point !== undefined && point['status'] === undefined) {
        const conditions = ['Ready', 'ContractsReady'].map((type) => ({ type, status: 'True', observedGeneration: 1 }));
        api.put(TESTNETS.resource, { ...point, status: { conditions } } as KubeObject);
      }
      const job = get(JOBS, `${name}-run-0`);
      if (point !== undefined && job !== undefined && !loaded.has(name)) {
        loaded.set(name, turn);
        end(name, job, left(Number(/x(\d+)/.exec(name)?.[1]), turn));
      }
      if (point === undefined && job !== undefined) {
        for (const [collection, own] of [
          [JOBS, `${name}-run-0`],
          [PODS, `${name}-run-0-abc`],
          [CONFIG_MAPS, `${name}-run`],
        ] as const) {
          api.remove(collection.resource, { apiVersion: '', kind: '', metadata: { name: own, namespace: NAMESPACE } });
        }
      }
    }
    expect(alive).toBeLessThanOrEqual(1);
    return isOver();
  });
}

function end(point: string, job: KubeObject, message: string): void {
  const { uid = '' } = job.metadata;
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: job.metadata.name, uid, controller: true };
  const labels = {
    'rexnet.dev/testnet': point,
    [LOAD_TEST_LABEL.loadTest]: job.metadata.labels?.[LOAD_TEST_LABEL.loadTest] ?? '',
  };
  const isWell = message.startsWith('{');
  const terminated = {
    exitCode: isWell ? 0 : 137,
    reason: isWell ? 'Completed' : 'OOMKilled',
    message,
    finishedAt: new Date().toISOString(),
  };
  api.put(PODS.resource, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${point}-run-0-abc`, namespace: NAMESPACE, labels, ownerReferences: [owner] },
    status: { phase: isWell ? 'Succeeded' : 'Failed', containerStatuses: [{ state: { terminated } }] },
  } as KubeObject);
  const type = isWell ? 'Complete' : 'Failed';
  api.put(JOBS.resource, { ...job, status: { conditions: [{ type, status: 'True' }] } } as KubeObject);
}

test('a sweep goes from point to point, keeps its readings, and leaves nothing behind', async () => {
  put(TESTNETS, 'demo', { spec: { contracts: [{ name: 'token' }], ttl: '2h' } });
  loadTest('curve');
  await play(
    (groups) => printSummary(aReading(groups)),
    () => complete('curve')?.status === 'True' && points().every((name) => get(TESTNETS, name) === undefined),
  );
  expect(points().map((name) => name.split('-').at(-1))).toEqual(['r1x1', 'r1x2']);
  expect(statusOf('curve')).toMatchObject({
    verdict: 'Invalid',
    reason: 'nothing speaks against a line, but 1 of at least 3 repeats cannot prove one',
    points: [
      { groups: 1, tps: '120.0', valid: true },
      { groups: 2, tps: '240.0', efficiency: '1.000', valid: true },
    ],
    pointText: '2/2',
  });
  const results = get(CONFIG_MAPS, resultsName('curve'));
  const data = results['data'] as Readonly<Record<string, string>>;
  expect(Object.keys(data)).toEqual(Object.values(RESULT));
  const kept = JSON.parse(data[RESULT.readings] ?? '') as readonly { readonly summary: unknown }[];
  expect(kept.map(({ summary }) => parseSummary(JSON.stringify(summary)).tps)).toEqual([120, 240]);
  expect(results.metadata.ownerReferences?.[0]).toMatchObject({ kind: 'LoadTest', name: 'curve', controller: true });
  expect(errors).toEqual([]);
});

test('a second one of the same Testnet waits, and goes on when the first is deleted', async () => {
  put(TESTNETS, 'demo', { spec: { contracts: [{ name: 'token' }] } });
  const first = loadTest('first');
  await until('the first runs', () => points().length === 1);
  loadTest('second');
  await until('the second waits', () => complete('second')?.reason === 'WaitingForLoadTest');
  expect(complete('second')?.message).toBe('LoadTest first measures the same Testnet; waits until it is over.');
  api.remove(LOAD_TESTS.resource, first);
  await until('the second waits for what the first leaves', () => complete('second')?.reason === 'ClearingAway');
  const [point = ''] = points();
  api.remove(TESTNETS.resource, get(TESTNETS, point));
  await until('the second runs', () => points().length === 2);
  expect(points()[1]).toMatch(/^second-/);
});

test('a generator that an earlier operator began is not written again', async () => {
  put(TESTNETS, 'demo', { spec: { contracts: [{ name: 'token' }] } });
  loadTest('curve', { groups: [1] });
  const written = () => api.asked.filter(({ method, path }) => method === 'PATCH' && path.includes('/jobs/'));
  await play(
    (groups) => {
      const [name = ''] = points();
      const job = get(JOBS, `${name}-run-0`);
      api.put(JOBS.resource, { ...job, spec: { template: 'of an earlier operator' } } as KubeObject);
      return printSummary(aReading(groups));
    },
    () => complete('curve')?.status === 'True',
  );
  expect(written()).toHaveLength(1);
});

test('what a crash leaves is tried once more, and then said', async () => {
  put(TESTNETS, 'demo', { spec: { contracts: [{ name: 'token' }] } });
  loadTest('curve');
  await play(
    () => 'load: out of memory',
    () => complete('curve')?.status === 'True',
  );
  expect(points().map((name) => name.split('-').at(-1))).toEqual(['r1x1', 'r1x1a1']);
  expect(statusOf('curve')).toMatchObject({
    verdict: 'Invalid',
    reason: '1 group: the generator: OOMKilled, exit code 137: load: out of memory',
  });
});

test('what cannot be measured says so, and a stored object that makes no sense crashes nothing', async () => {
  loadTest('early');
  put(LOAD_TESTS, 'odd', { spec: { testnet: 'demo', groups: ['many'] } });
  await until('both are judged', () => complete('early') !== undefined && complete('odd') !== undefined);
  expect(complete('early')?.reason).toBe('TestnetNotFound');
  expect(complete('odd')).toMatchObject({ reason: 'InvalidSpec', observedGeneration: 1 });
  put(TESTNETS, 'demo', { spec: { contracts: [{ name: 'token' }] } });
  await until('it begins', () => points().length === 1);
  expect(errors).toEqual([]);
});

test('what the cluster refuses is said in its own words, and tried again', async () => {
  const date = api.fault;
  let isFull = true;
  api.fault = (asked, response) => {
    if (!isFull || asked.method !== 'PATCH' || !asked.path.includes('/testnets/')) return date(asked, response);
    answer(response, 403, statusBody(403, 'Forbidden', 'exceeded quota: testnets, used: 1, limited: 1'));
    return true;
  };
  put(TESTNETS, 'demo', { spec: { contracts: [{ name: 'token' }] } });
  loadTest('curve');
  await until('it says so', () => complete('curve')?.reason === 'ObjectRefused');
  expect(complete('curve')?.message).toMatch(/exceeded quota: testnets, used: 1, limited: 1$/);
  expect(statusOf('curve').conditions.find(({ type }) => type === 'Stalled')?.status).toBe('True');
  isFull = false;
  await until('it goes on', () => complete('curve')?.reason === 'Starting');
  expect(errors).toEqual([]);
});
