// A LoadTest on real machines: the curve that is claimed, a node that is throttled, and what is left when one is deleted. It takes half an
// hour, so all of it waits for REXNET_FULL=1.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { IS_FULL } from '../../local/counts.ts';
import { until } from '../../local/until.ts';
import { requireCluster } from '../cluster.ts';
import type { Cluster } from '../cluster-type.ts';
import { installOperator, removeOperator, SETUP_MAX_MS } from '../operator-here.ts';

const MACHINES = 3;
const NAMESPACE = 'rexnet-load-test';
const SKIPPED = 'a sweep takes half an hour: REXNET_FULL=1 runs it';
const CURVE_MAX_MS = 2_700_000;
const SHORT_MAX_MS = 900_000;
const POLL_MS = 3_000;
const GONE_MAX_MS = 60_000;

/** 50 transfers a second and group; suspended, because only its copies are measured. */
const testnet = (name: string, cpu: string): string => `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: ${name}, namespace: ${NAMESPACE}}
spec:
  groups: 1
  suspend: true
  chain: {blockGas: 1900000, partitions: 64}
  bitcoin: {mode: None}
  contracts: [{name: token}]
  template: {resources: {cpu: ${cpu}, memory: 320Mi}}
`;

const loadTest = (
  name: string,
  measured: string,
  groups: string,
  repeats: number,
): string => `apiVersion: rexnet.dev/v1alpha1
kind: LoadTest
metadata: {name: ${name}, namespace: ${NAMESPACE}}
spec: {testnet: ${measured}, groups: ${groups}, repeats: ${repeats}, duration: 30s, warmUp: 10s}
`;

interface Status {
  readonly verdict?: string;
  readonly reason?: string;
  readonly points?: readonly { readonly groups: number; readonly efficiency?: string }[];
}

const cluster = IS_FULL ? await requireCluster({ machines: MACHINES }) : { reason: SKIPPED };

function inNamespace(here: Cluster, ...args: readonly string[]): Promise<string> {
  return here.kubectl(['-n', NAMESPACE, ...args]);
}

async function statusOf(here: Cluster, name: string): Promise<Status> {
  const object = parse(await inNamespace(here, 'get', 'loadtest', name, '-o', 'yaml')) as { readonly status?: Status };
  return object.status ?? {};
}

async function complete(here: Cluster, name: string, withinMs: number): Promise<Status> {
  await until({
    what: `LoadTest ${name} to be complete`,
    withinMs,
    everyMs: POLL_MS,
    look: () => statusOf(here, name),
    holds: ({ verdict }) => verdict !== undefined,
  });
  return statusOf(here, name);
}

beforeAll(async () => {
  if ('reason' in cluster) return;
  await installOperator(cluster, NAMESPACE);
}, SETUP_MAX_MS);

afterAll(async () => {
  if ('reason' in cluster) return;
  await removeOperator(cluster, NAMESPACE);
}, SETUP_MAX_MS);

test('a capped sweep over 1, 2 and 4 groups is linear', { timeout: CURVE_MAX_MS }, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  await cluster.kubectl(['apply', '-f', '-'], testnet('demo', '150m'));
  await cluster.kubectl(['apply', '-f', '-'], loadTest('curve', 'demo', '[1, 2, 4]', 3));
  const { verdict, reason, points = [] } = await complete(cluster, 'curve', CURVE_MAX_MS);
  expect(`${verdict}: ${reason}`).toMatch(/^Linear: /);
  for (const { efficiency } of points) expect(Number(efficiency)).toBeGreaterThanOrEqual(0.97);
  const artefacts = await inNamespace(cluster, 'get', 'configmap', 'curve-loadtest', '-o', 'jsonpath={.data}');
  expect(Object.keys(JSON.parse(artefacts) as object)).toContain('report.svg');
});

test('a node that is throttled makes it Invalid, by name', { timeout: SHORT_MAX_MS }, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  await cluster.kubectl(['apply', '-f', '-'], testnet('slow', '50m'));
  await cluster.kubectl(['apply', '-f', '-'], loadTest('throttled', 'slow', '[1, 2]', 3));
  const { verdict, reason } = await complete(cluster, 'throttled', SHORT_MAX_MS);
  expect(`${verdict}: ${reason}`).toMatch(/^Invalid: 1 group: a node of group 0 was throttled/);
});

test('deleting it stops everything it runs', { timeout: SHORT_MAX_MS }, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  await cluster.kubectl(['apply', '-f', '-'], testnet('demo', '150m'));
  await cluster.kubectl(['apply', '-f', '-'], loadTest('begun', 'demo', '[1, 2]', 3));
  const made = ['get', 'testnets,jobs,configmaps,pods', '-l', 'rexnet.dev/loadtest=begun', '-o', 'name'];
  const look = () => inNamespace(cluster, ...made);
  const common = { everyMs: POLL_MS, look };
  await until({ ...common, what: 'a generator', withinMs: SHORT_MAX_MS, holds: (names) => /pod\//.test(names) });
  await inNamespace(cluster, 'delete', 'loadtest', 'begun');
  await until({ ...common, what: 'everything to be gone', withinMs: GONE_MAX_MS, holds: (names) => names === '' });
});
