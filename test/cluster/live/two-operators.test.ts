// Two operators of one version, both at work because nobody gave them a Lease: they wish for the same, so nothing that is made moves.
// Statuses that carry heights move, once in five seconds for each of the two; those of a suspended Testnet stand still.
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../local/until.ts';
import { requireClusterWhenFull } from '../cluster.ts';
import type { Cluster } from '../cluster-type.ts';
import { type Live, liveObjects, livePods } from '../dump.ts';
import { installOperator, removeOperator, SETUP_MAX_MS } from '../operator-here.ts';
import { OperatorProcess, stopOperatorsOf } from '../operator-process.ts';
import { type Asked, isWrite } from '../proxy.ts';

const MACHINES = 3;
const RUNNING = 'rexnet-two-running';
const SUSPENDED = 'rexnet-two-suspended';
const STILL_MS = 60_000;
const SETTLED_MAX_MS = 120_000;
const TEST_MAX_MS = 420_000;
/** Figures of a status are written once in so long. */
const FIGURES_EVERY_MS = 5_000;

const TESTNET = `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: demo}
spec:
  groups: 2
  nodesPerGroup: 2
  contracts: [{name: token}]
  template: {resources: {cpu: 100m, memory: 320Mi}, storage: {size: 1Gi}}
`;

const cluster = await requireClusterWhenFull({ machines: MACHINES });
const skip =
  'reason' in cluster ? cluster.reason : cluster.kind === 'built' ? undefined : 'pods are not reached from here';
const operators: OperatorProcess[] = [];

beforeAll(async () => {
  if ('reason' in cluster || skip !== undefined) return;
  await installOperator(cluster, RUNNING);
  await cluster.kubectl(['create', 'namespace', SUSPENDED]);
  await stopOperatorsOf(cluster);
  for (let i = 0; i < 2; i++) operators.push(await OperatorProcess.prepare({ cluster }));
}, SETUP_MAX_MS);

afterAll(async () => {
  if ('reason' in cluster || skip !== undefined) return;
  await Promise.all(operators.map((operator) => operator.close()));
  await cluster.kubectl(['delete', 'namespace', SUSPENDED, '--ignore-not-found']);
  await removeOperator(cluster, RUNNING);
}, SETUP_MAX_MS);

test('two operators without a Lease make one Testnet, and then leave it alone', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in cluster || skip !== undefined) return context.skip(skip ?? '');
  context.onTestFailed(() => {
    for (const operator of operators) operator.tellLog();
  });
  for (const operator of operators) operator.start();
  for (const namespace of [RUNNING, SUSPENDED]) {
    await cluster.kubectl(['-n', namespace, 'apply', '-f', '-'], TESTNET);
    for (const condition of ['Ready', 'ContractsReady']) await waitFor(cluster, namespace, condition);
    if (namespace === RUNNING) continue;
    await cluster.kubectl([
      '-n',
      namespace,
      'patch',
      'testnet/demo',
      '--type=merge',
      '-p',
      '{"spec":{"suspend":true}}',
    ]);
    await until({
      what: 'no pod to be left',
      withinMs: SETTLED_MAX_MS,
      everyMs: 500,
      look: async () => (await livePods(cluster, namespace)).map(({ metadata }) => metadata.name),
      holds: (names) => names.every((name) => name.includes('contracts')),
    });
  }
  await delay(2 * FIGURES_EVERY_MS);

  const askedBefore = operators.map(({ proxy }) => proxy.asked.length);
  const before = await versions(cluster);
  await delay(STILL_MS);
  const after = await versions(cluster);
  expect(after).toEqual(before);
  expect(Object.keys(before).length).toBeGreaterThan(40);

  for (const [i, operator] of operators.entries()) {
    const writes = operator.proxy.asked.slice(askedBefore[i]).filter(isWrite);
    expect(writes.filter((asked) => !isStatus(asked)).map(({ method, path }) => `${method} ${path}`)).toEqual([]);
    const perObject = Object.groupBy(writes, ({ path }) => path);
    for (const [path, all = []] of Object.entries(perObject))
      expect(all.length, path).toBeLessThanOrEqual(STILL_MS / FIGURES_EVERY_MS + 1);
    process.stderr.write(`two operators: ${writes.length} statuses written in ${STILL_MS / 1_000} s by number ${i}\n`);
    expect([operator.crashes, operator.defects]).toEqual([0, []]);
  }
});

function waitFor(here: Cluster, namespace: string, condition: string): Promise<string> {
  const seconds = SETTLED_MAX_MS / 1_000;
  return here.kubectl([
    '-n',
    namespace,
    'wait',
    'testnet/demo',
    `--for=condition=${condition}`,
    `--timeout=${seconds}s`,
  ]);
}

/**
 * Of everything that is made for both Testnets. Where pods run, Kubernetes' own controllers write statuses, and ours tell of chains:
 * of the former what is asked for counts, the latter are left out.
 */
async function versions(here: Cluster): Promise<Readonly<Record<string, string>>> {
  const found: [string, string][] = [];
  for (const namespace of [RUNNING, SUSPENDED])
    for (const object of await liveObjects(here, namespace)) {
      const { kind, metadata } = object;
      const isRunning = namespace === RUNNING;
      if (isRunning && isOurs(object)) continue;
      const isGeneration = isRunning && metadata.generation !== undefined;
      const version = isGeneration ? `generation ${metadata.generation}` : metadata.resourceVersion;
      found.push([`${namespace} ${kind} ${metadata.name}`, version]);
    }
  return Object.fromEntries(found);
}

function isOurs({ apiVersion }: Live): boolean {
  return apiVersion.startsWith('rexnet.dev/');
}

function isStatus({ path }: Asked): boolean {
  return path.endsWith('/status');
}
