// What a cluster refuses of a Testnet, on a real API server: the conditions carry its own sentence, and what is lifted is made up for. A
// namespace of restricted Pod Security refuses nothing of ours. It takes minutes, so all of it waits for REXNET_FULL=1.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../local/until.ts';
import { requireClusterWhenFull } from '../cluster.ts';
import type { Cluster } from '../cluster-type.ts';
import { reasonOf } from '../errors.ts';
import { printEvidence } from '../evidence.ts';
import { installOperator, removeOperator, SETUP_MAX_MS } from '../operator-here.ts';

const QUOTA = 'rexnet-refusals-quota';
const LIMITS = 'rexnet-refusals-limits';
const RESTRICTED = 'rexnet-refusals-restricted';
const TWIN = 'rexnet-refusals-twin';
const NAMESPACES = [QUOTA, LIMITS, RESTRICTED, TWIN];
const TOLD_MAX_MS = 30_000;
/** Kubernetes tries again ever more seldom. */
const CURED_MAX_MS = 150_000;
const GONE_MAX_MS = 60_000;
const GROWN_MAX_MS = 60_000;
const TEST_MAX_MS = 480_000;
const MORE_BLOCKS = 3;
const POLL_MS = 250;

/** Of one group, whose node asks for 100m and whose miner for 110m. */
const testnet = (namespace: string, more = '  bitcoin: {mode: None}\n'): string => `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: demo, namespace: ${namespace}}
spec:
  groups: 1
  mining: {cpuPercent: 1}
  template: {resources: {cpu: 100m, memory: 320Mi}}
${more}`;

const limitRange = (cpu: string): string => `apiVersion: v1
kind: LimitRange
metadata: {name: narrow, namespace: ${LIMITS}}
spec: {limits: [{type: Container, max: {cpu: ${cpu}}}]}
`;

const cluster = await requireClusterWhenFull({ machines: 3 });

beforeAll(async () => {
  if ('reason' in cluster) return;
  const [first = '', ...others] = NAMESPACES;
  await installOperator(cluster, first);
  for (const name of others) await cluster.kubectl(['create', 'namespace', name]);
}, SETUP_MAX_MS);

afterAll(async () => {
  if ('reason' in cluster) return;
  const [first = '', ...others] = NAMESPACES;
  await cluster.kubectl(['delete', 'namespace', '--ignore-not-found', ...others]);
  await removeOperator(cluster, first);
}, SETUP_MAX_MS);

function field(here: Cluster, namespace: string, path: string): Promise<string> {
  return here.kubectl(['-n', namespace, 'get', 'testnet', 'demo', '-o', `jsonpath=${path}`]);
}

function said(here: Cluster, namespace: string, type: string): Promise<string> {
  const of = `.status.conditions[?(@.type=="${type}")]`;
  return field(here, namespace, `{${of}.status} {${of}.reason}: {${of}.message}`);
}

async function told(here: Cluster, namespace: string, expected: string): Promise<void> {
  const startedAt = performance.now();
  for (const type of ['Scheduled', 'Stalled']) {
    const status = type === 'Stalled' ? 'True' : 'False';
    await until({
      what: `${type} to say: ${expected}`,
      withinMs: TOLD_MAX_MS,
      everyMs: POLL_MS,
      look: () => said(here, namespace, type),
      holds: (sentence) => sentence.startsWith(`${status} ${expected.split(':')[0]}: `) && isIn(expected, sentence),
    });
  }
  process.stderr.write(`refusals: told after ${seconds(startedAt)}: ${await said(here, namespace, 'Scheduled')}\n`);
}

/** The reason, and every part of the sentence between stars. */
function isIn(expected: string, sentence: string): boolean {
  return expected.split('*').every((part) => sentence.includes(part));
}

async function cured(here: Cluster, namespace: string, condition: string): Promise<void> {
  const startedAt = performance.now();
  const wait = ['-n', namespace, 'wait', 'testnet/demo', `--timeout=${CURED_MAX_MS / 1_000}s`];
  await here.kubectl([...wait, `--for=condition=${condition}`]);
  await here.kubectl([...wait, '--for=condition=Stalled=False']);
  process.stderr.write(`refusals: ${condition} in ${namespace} ${seconds(startedAt)} after it was lifted\n`);
}

function seconds(sinceMs: number): string {
  return `${((performance.now() - sinceMs) / 1_000).toFixed(1)} s`;
}

async function pods(here: Cluster, namespace: string): Promise<readonly string[]> {
  const path =
    '{range .items[*]}{.metadata.name} {.metadata.uid} {.status.containerStatuses[*].restartCount}{"\\n"}{end}';
  const lines = (await here.kubectl(['-n', namespace, 'get', 'pods', '-o', `jsonpath=${path}`])).split('\n');
  return lines.filter((line) => line !== '').sort();
}

async function grows(here: Cluster, namespace: string): Promise<void> {
  const height = async () => Number(await field(here, namespace, '{.status.minHeight}'));
  const before = await height();
  await until({
    what: `the chain of ${namespace} to grow`,
    withinMs: GROWN_MAX_MS,
    everyMs: POLL_MS,
    look: height,
    holds: (now) => now >= before + MORE_BLOCKS,
  });
}

test('a quota that is too small is told in its words, and the Testnet begins when it is lifted', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  context.onTestFailed(() => printEvidence(cluster, QUOTA));
  await cluster.kubectl(['-n', QUOTA, 'create', 'quota', 'small', '--hard=requests.cpu=60m']);
  await until({
    what: 'the quota to count',
    withinMs: TOLD_MAX_MS,
    everyMs: POLL_MS,
    look: () => cluster.kubectl(['-n', QUOTA, 'get', 'quota', 'small', '-o', 'jsonpath={.status.hard}']),
    holds: (hard) => hard.includes('60m'),
  });
  await cluster.kubectl(['apply', '-f', '-'], testnet(QUOTA));
  const sentence =
    'exceeded quota: small, requested: requests.cpu=100m, used: requests.cpu=0, limited: requests.cpu=60m';
  await told(cluster, QUOTA, `QuotaExceeded: pods "demo-g0-0" is forbidden: ${sentence}`);
  expect(await said(cluster, QUOTA, 'Ready')).toContain(sentence);
  await cluster.kubectl(['-n', QUOTA, 'delete', 'quota', 'small']);
  await cured(cluster, QUOTA, 'FirstBlock');
  expect(await said(cluster, QUOTA, 'Scheduled')).toMatch(/^True AllPlaced/);
  await cluster.kubectl(['-n', QUOTA, 'delete', 'testnet', 'demo']);
});

test('limits of a namespace are told in its words, of nodes and of the Job that deploys contracts', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  context.onTestFailed(() => printEvidence(cluster, LIMITS));
  await cluster.kubectl(['apply', '-f', '-'], limitRange('60m'));
  await cluster.kubectl(
    ['apply', '-f', '-'],
    testnet(LIMITS, '  bitcoin: {mode: None}\n  contracts: [{name: token}]\n'),
  );
  const sentence = (limit: string, cpu: string) => `maximum cpu usage per Container is ${limit}, but limit is ${cpu}`;
  await told(cluster, LIMITS, `PodForbidden: pods "demo-g0-0" is forbidden: ${sentence('60m', '100m')}`);
  await cluster.kubectl(['apply', '-f', '-'], limitRange('150m'));
  const startedAt = performance.now();
  const wait = ['-n', LIMITS, 'wait', 'testnet/demo', `--timeout=${CURED_MAX_MS / 1_000}s`];
  await cluster.kubectl([...wait, '--for=condition=FirstBlock']);
  process.stderr.write(`refusals: FirstBlock ${seconds(startedAt)} after the limits were raised\n`);
  await told(cluster, LIMITS, `PodForbidden: pods "demo-contracts-*" is forbidden: ${sentence('150m', '200m')}`);
  await cluster.kubectl(['-n', LIMITS, 'delete', 'limitrange', 'narrow']);
  await cured(cluster, LIMITS, 'ContractsReady');
  await cluster.kubectl(['-n', LIMITS, 'delete', 'testnet', 'demo']);
});

test('restricted Pod Security takes all of ours: nobody is root, nobody writes beside its volumes', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  context.onTestFailed(() => printEvidence(cluster, RESTRICTED));
  await cluster.kubectl(['label', 'namespace', RESTRICTED, 'pod-security.kubernetes.io/enforce=restricted']);
  const root = ['-n', RESTRICTED, 'run', 'root', '--image=busybox', '--dry-run=server'];
  await until({
    what: 'the namespace to be restricted',
    withinMs: TOLD_MAX_MS,
    everyMs: POLL_MS,
    look: () => cluster.kubectl(root).catch(reasonOf),
    holds: (words) => words.includes('violates PodSecurity "restricted:latest"'),
  });
  const more =
    '  bitcoin: {mode: Regtest}\n  contracts: [{name: token}]\n  load: {tpsPerGroup: 5, workload: Transfer}\n';
  await cluster.kubectl(['apply', '-f', '-'], testnet(RESTRICTED, more));
  for (const condition of ['FirstBlock', 'BitcoinReady', 'ContractsReady', 'LoadRunning', 'Ready'])
    await cluster.kubectl([
      ...['-n', RESTRICTED, 'wait', 'testnet/demo', '--timeout=150s'],
      `--for=condition=${condition}`,
    ]);
  const path =
    '{range .items[*]}{.metadata.labels.rexnet\\.dev/component} {.spec.securityContext.runAsNonRoot} {.spec.containers[*].securityContext.readOnlyRootFilesystem}{"\\n"}{end}';
  const confined = (await cluster.kubectl(['-n', RESTRICTED, 'get', 'pods', '-o', `jsonpath=${path}`])).split('\n');
  expect(confined.filter((line) => line !== '').sort()).toEqual(
    ['bitcoind', 'contracts', 'load', 'miner', 'node'].map((component) => `${component} true true`),
  );
  const refusedEvents = ['get', 'events', '--field-selector=reason=FailedCreate', '-o', 'name'];
  expect(await cluster.kubectl(['-n', RESTRICTED, ...refusedEvents])).toBe('');
});

test('of two Testnets of one name in two namespaces one can go', { timeout: TEST_MAX_MS }, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  context.onTestFailed(() => printEvidence(cluster, TWIN));
  const stays = await pods(cluster, RESTRICTED);
  expect(stays).toHaveLength(5);
  await cluster.kubectl(['apply', '-f', '-'], testnet(TWIN));
  await cluster.kubectl(['-n', TWIN, 'wait', 'testnet/demo', '--for=condition=FirstBlock', '--timeout=120s']);
  const ids = await Promise.all([RESTRICTED, TWIN].map((each) => field(cluster, each, '{.status.networkId}')));
  expect(new Set(ids).size).toBe(2);
  expect(await field(cluster, RESTRICTED, '{.status.firstBlockAfter}')).not.toBe('');
  await grows(cluster, TWIN);
  await cluster.kubectl(['-n', TWIN, 'delete', 'testnet', 'demo']);
  const kinds =
    'consensusgroups,shardmaps,statefulsets,deployments,jobs,services,configmaps,secrets,pods,networkpolicies,pdb';
  await until({
    what: 'all of the one to be gone',
    withinMs: GONE_MAX_MS,
    everyMs: POLL_MS,
    look: () => cluster.kubectl(['-n', TWIN, 'get', kinds, '-l', 'rexnet.dev/testnet=demo', '-o', 'name']),
    holds: (names) => names === '',
  });
  await grows(cluster, RESTRICTED);
  expect(await pods(cluster, RESTRICTED)).toEqual(stays);
});
