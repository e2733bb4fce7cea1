// An API server that refuses, keeps silent and cuts connections for a minute, while a Testnet is made and another one changes: the operator
// asks little, comes back when it is told to, and has caught up soon after.
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Random } from '../../../load/src/random.ts';
import { SEED } from '../../local/counts.ts';
import { until } from '../../local/until.ts';
import { requireClusterWhenFull } from '../cluster.ts';
import type { Cluster } from '../cluster-type.ts';
import { installOperator, removeOperator, SETUP_MAX_MS } from '../operator-here.ts';
import { OperatorProcess, stopOperatorsOf } from '../operator-process.ts';
import { Faults, mostPerSecond } from '../proxy-faults.ts';

const MACHINES = 3;
const NAMESPACE = 'rexnet-faulty-test';
const FAULTY_MS = 60_000;
const CHANGE_AFTER_MS = 5_000;
const PER_SECOND_MAX = 20;
/** Until the first failures are noticed it asks as it did when all was well. */
const NOTICED_MS = 1_000;
/** Requests that were on their way when the server asked for a pause. */
const ON_THE_WAY_MS = 250;
const CONVERGED_MAX_MS = 30_000;
const SETTLED_MAX_MS = 120_000;
const QUIET_AFTER_MS = 30_000;
const TEST_MAX_MS = 420_000;

const FIRST = testnet('first', 1);
const SECOND = testnet('second', 2);

function testnet(name: string, groups: number): string {
  return `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: ${name}, namespace: ${NAMESPACE}}
spec:
  groups: ${groups}
  chain: {partitions: 16}
  bitcoin: {mode: None}
  template: {resources: {cpu: 150m, memory: 320Mi}}
`;
}

const cluster = await requireClusterWhenFull({ machines: MACHINES });
const skip =
  'reason' in cluster ? cluster.reason : cluster.kind === 'built' ? undefined : 'pods are not reached from here';
const operators: OperatorProcess[] = [];

beforeAll(async () => {
  if ('reason' in cluster || skip !== undefined) return;
  await installOperator(cluster, NAMESPACE);
  await stopOperatorsOf(cluster);
  operators.push(await OperatorProcess.prepare({ cluster }));
}, SETUP_MAX_MS);

afterAll(async () => {
  if ('reason' in cluster || skip !== undefined) return;
  await Promise.all(operators.map((operator) => operator.close()));
  await removeOperator(cluster, NAMESPACE);
}, SETUP_MAX_MS);

test('a minute of a failing API server is outlasted, asking little', { timeout: TEST_MAX_MS }, async (context) => {
  if ('reason' in cluster || skip !== undefined) return context.skip(skip ?? '');
  context.onTestFailed(() => {
    for (const operator of operators) operator.tellLog();
  });
  const [operator] = operators;
  if (operator === undefined) throw new Error('an operator is prepared');
  operator.start();
  const { proxy } = operator;
  await cluster.kubectl(['apply', '-f', '-'], FIRST);
  await ready(cluster, 'first', SETTLED_MAX_MS);

  const faults = new Faults(proxy, new Random(SEED), FAULTY_MS);
  await delay(CHANGE_AFTER_MS);
  await cluster.kubectl(['apply', '-f', '-'], SECOND);
  const patch = ['patch', 'testnet/first', '--type=merge', '-p', '{"spec":{"mining":{"miners":2}}}'];
  await cluster.kubectl(['-n', NAMESPACE, ...patch]);
  await delay(faults.endsAt - performance.now());
  await until({
    what: 'what was asked for in the meantime to be made',
    withinMs: SETTLED_MAX_MS,
    everyMs: 250,
    look: () => wanted(cluster),
    holds: (sets) => sets === 'first-g0=1 second-g0=1 second-g1=1 first-miner=2 second-miner=1 ',
  });
  const madeMs = performance.now() - faults.endsAt;
  for (const name of ['first', 'second']) await ready(cluster, name, SETTLED_MAX_MS);
  const convergedMs = performance.now() - faults.endsAt;

  const most = mostPerSecond(proxy.asked, faults.startedAt + NOTICED_MS, faults.endsAt);
  const asked = proxy.asked.filter(({ atMs }) => atMs >= faults.startedAt && atMs < faults.endsAt);
  const early = faults.pauses.flatMap(({ fromMs, toMs }) =>
    asked.filter(({ atMs }) => atMs > fromMs + ON_THE_WAY_MS && atMs < toMs - 1),
  );
  process.stderr.write(
    `faulty API server: ${JSON.stringify(faults.counts)}, ${asked.length} requests, at most ${most} in a second, ` +
      `${faults.pauses.length} pauses, made ${(madeMs / 1_000).toFixed(1)} s after, converged ${(convergedMs / 1_000).toFixed(1)} s after\n`,
  );
  expect([operator.crashes, operator.defects]).toEqual([0, []]);
  expect(most).toBeLessThanOrEqual(PER_SECOND_MAX);
  expect(faults.pauses.length).toBeGreaterThan(0);
  expect(early).toEqual([]);
  expect(convergedMs).toBeLessThan(CONVERGED_MAX_MS);

  // Nothing of it lasts: watches that are quiet are no more reason to doubt the server.
  await delay(QUIET_AFTER_MS);
  const from = performance.now() - QUIET_AFTER_MS / 2;
  const renewed = proxy.asked.filter(({ atMs, isWatch }) => isWatch && atMs > from);
  expect(renewed.map(({ path }) => path)).toEqual([]);
});

/** Groups and miners, and how many of them there are to be. */
function wanted(here: Cluster): Promise<string> {
  const path = '{range .items[*]}{.metadata.name}={.spec.replicas} {end}';
  return here.kubectl(['-n', NAMESPACE, 'get', 'statefulsets,deployments', '-o', `jsonpath=${path}`]);
}

function ready(here: Cluster, name: string, withinMs: number): Promise<string> {
  const wait = ['-n', NAMESPACE, 'wait', `testnet/${name}`, '--for=condition=Ready', `--timeout=${withinMs / 1_000}s`];
  return here.kubectl(wait);
}
