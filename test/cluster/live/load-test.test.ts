// A LoadTest on real machines: the curve that is claimed, a node that is throttled, and what is left when one is deleted. It takes half an
// hour, so all of it waits for REXNET_FULL=1.
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { until } from '../../local/until.ts';
import { requireClusterWhenFull } from '../cluster.ts';
import { Namespace } from '../namespace.ts';
import { withOperator } from '../operator-here.ts';

const MACHINES = 3;
const NAMESPACE = 'rexnet-load-test';
const CURVE_MAX_MS = 2_700_000;
const SHORT_MAX_MS = 900_000;
const POLL_MS = 3_000;
const GONE_MAX_MS = 60_000;
const LOADED_MAX_MS = 240_000;

/** Of the 48 that are offered. */
const TPS = { min: 45, max: 51 } as const;

/** 50 transfers a second and group; suspended, because only its copies are measured. */
const testnet = (name: string, cpu: string, more = ''): string => `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: ${name}, namespace: ${NAMESPACE}}
spec:
  groups: 1
  suspend: true
  chain: {blockGas: 1900000, partitions: 64}
  bitcoin: {mode: None}
  contracts: [{name: token}]
  template: {resources: {cpu: ${cpu}, memory: 320Mi}}
${more}`;

/** Three generators that would spend each other's nonces if they had one owner. */
const LOADED = testnet('loaded', '150m', '  load: {tpsPerGroup: 24, generators: 3}\n')
  .replace('groups: 1', 'groups: 2')
  .replace('suspend: true', 'suspend: false');

const loadTest = (
  name: string,
  measured: string,
  groups: string,
  repeats: number,
  more = '',
): string => `apiVersion: rexnet.dev/v1alpha1
kind: LoadTest
metadata: {name: ${name}, namespace: ${NAMESPACE}}
spec: {testnet: ${measured}, groups: ${groups}, repeats: ${repeats}, duration: 30s, warmUp: 10s${more}}
`;

interface Status {
  readonly verdict?: string;
  readonly reason?: string;
  readonly points?: readonly {
    readonly groups: number;
    readonly tps?: string;
    readonly efficiency?: string;
    readonly crossGroupPercent?: string;
    readonly valid?: boolean;
  }[];
}

const cluster = await requireClusterWhenFull({ machines: MACHINES });
const here = new Namespace(cluster, NAMESPACE);

async function statusOf(name: string): Promise<Status> {
  const object = parse(await here.kubectl('get', 'loadtest', name, '-o', 'yaml')) as { readonly status?: Status };
  return object.status ?? {};
}

async function complete(name: string, withinMs: number): Promise<Status> {
  await until({
    what: `LoadTest ${name} to be complete`,
    withinMs,
    everyMs: POLL_MS,
    look: () => statusOf(name),
    holds: ({ verdict }) => verdict !== undefined,
  });
  return statusOf(name);
}

withOperator(cluster, NAMESPACE);

test('a capped sweep over 1, 2 and 4 groups is linear', { timeout: CURVE_MAX_MS }, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  await here.apply(testnet('demo', '150m'));
  await here.apply(loadTest('curve', 'demo', '[1, 2, 4]', 3));
  const { verdict, reason, points = [] } = await complete('curve', CURVE_MAX_MS);
  console.log(`load-test: ${verdict}: ${reason}`);
  for (const { groups, tps, efficiency, crossGroupPercent } of points) {
    console.log(`load-test: ${groups} groups ${tps} TPS, efficiency ${efficiency}, crossing ${crossGroupPercent} %`);
  }
  expect(`${verdict}: ${reason}`).toMatch(/^Linear: /);
  for (const { efficiency } of points) expect(Number(efficiency)).toBeGreaterThanOrEqual(0.97);
  const artefacts = await here.field('configmap/curve-loadtest', '{.data}');
  expect(Object.keys(JSON.parse(artefacts) as object)).toContain('report.svg');
});

test('a node that is throttled makes it Invalid, by name', { timeout: SHORT_MAX_MS }, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  await here.apply(testnet('slow', '50m'));
  await here.apply(loadTest('throttled', 'slow', '[1, 2]', 3));
  const { verdict, reason } = await complete('throttled', SHORT_MAX_MS);
  expect(`${verdict}: ${reason}`).toMatch(/^Invalid: 1 group: a node of group 0 was throttled/);
});

test('three generators load one Testnet, and its status says how much and what it asks for', {
  timeout: SHORT_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  await here.apply(LOADED);
  await until({
    what: 'what is offered to be in blocks',
    withinMs: LOADED_MAX_MS,
    everyMs: POLL_MS,
    look: () => here.field('testnet/loaded', '{.status.tps}'),
    holds: (tps) => Number(tps) >= TPS.min && Number(tps) <= TPS.max,
  });
  const wide = await here.kubectl('get', 'testnet', 'loaded', '-o', 'wide');
  expect(wide).toContain('1250m');
  expect(wide).toContain('1600Mi');
  const restarts = ['jsonpath={.items[*].status.containerStatuses[*].restartCount}', '-l', 'rexnet.dev/component=load'];
  expect(await here.kubectl('get', 'pods', '-o', ...restarts)).toBe('0 0 0');
  await here.kubectl('delete', 'testnet', 'loaded');
});

test('two generators measure together, and half of what they pay crosses groups', {
  timeout: SHORT_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  await here.apply(testnet('shared', '150m', '  load: {generators: 2}\n'));
  await here.apply(loadTest('halves', 'shared', '[1, 2]', 1, ', crossGroupPercent: 50'));
  const { points = [] } = await complete('halves', SHORT_MAX_MS);
  expect(points.map(({ groups, valid }) => [groups, valid])).toEqual([
    [1, true],
    [2, true],
  ]);
  for (const { efficiency } of points) expect(Number(efficiency)).toBeGreaterThanOrEqual(0.97);
  const crossing = points.map(({ crossGroupPercent }) => Number(crossGroupPercent));
  expect(crossing[0]).toBe(0);
  expect(crossing[1]).toBeGreaterThan(40);
  expect(crossing[1]).toBeLessThan(60);
});

test('deleting it stops everything it runs', { timeout: SHORT_MAX_MS }, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  await here.apply(testnet('demo', '150m'));
  await here.apply(loadTest('begun', 'demo', '[1, 2]', 3));
  const made = ['get', 'testnets,jobs,configmaps,pods', '-l', 'rexnet.dev/loadtest=begun', '-o', 'name'];
  const look = () => here.kubectl(...made);
  const common = { everyMs: POLL_MS, look };
  await until({ ...common, what: 'a generator', withinMs: SHORT_MAX_MS, holds: (names) => /pod\//.test(names) });
  await here.kubectl('delete', 'loadtest', 'begun');
  await until({ ...common, what: 'everything to be gone', withinMs: GONE_MAX_MS, holds: (names) => names === '' });
});
