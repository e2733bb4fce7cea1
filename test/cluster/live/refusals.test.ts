// What a cluster refuses of a Testnet, on a real API server: the conditions carry its own sentence, and what is lifted is made up for. A
// namespace of restricted Pod Security refuses nothing of ours. It takes minutes, so all of it waits for REXNET_FULL=1.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../local/until.ts';
import { requireClusterWhenFull } from '../cluster.ts';
import { reasonOf } from '../errors.ts';
import { printEvidence } from '../evidence.ts';
import { Namespace } from '../namespace.ts';
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
const quota = new Namespace(cluster, QUOTA);
const limits = new Namespace(cluster, LIMITS);
const restricted = new Namespace(cluster, RESTRICTED);
const twin = new Namespace(cluster, TWIN);
const DEMO = 'testnet/demo';

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

async function told(here: Namespace, expected: string): Promise<void> {
  const startedAt = performance.now();
  for (const type of ['Scheduled', 'Stalled']) {
    const status = type === 'Stalled' ? 'True' : 'False';
    await until({
      what: `${type} to say: ${expected}`,
      withinMs: TOLD_MAX_MS,
      everyMs: POLL_MS,
      look: () => here.condition(DEMO, type),
      holds: (sentence) => sentence.startsWith(`${status} ${expected.split(':')[0]}: `) && isIn(expected, sentence),
    });
  }
  process.stderr.write(`refusals: told after ${seconds(startedAt)}: ${await here.condition(DEMO, 'Scheduled')}\n`);
}

/** The reason, and every part of the sentence between stars. */
function isIn(expected: string, sentence: string): boolean {
  return expected.split('*').every((part) => sentence.includes(part));
}

async function cured(here: Namespace, condition: string): Promise<void> {
  const startedAt = performance.now();
  for (const each of [condition, 'Stalled=False']) await here.wait(DEMO, each, CURED_MAX_MS / 1_000);
  process.stderr.write(`refusals: ${condition} in ${here.name} ${seconds(startedAt)} after it was lifted\n`);
}

function seconds(sinceMs: number): string {
  return `${((performance.now() - sinceMs) / 1_000).toFixed(1)} s`;
}

async function pods(here: Namespace): Promise<readonly string[]> {
  const path = '{.metadata.name} {.metadata.uid} {.status.containerStatuses[*].restartCount}';
  return [...(await here.lines('pods', path))].sort();
}

async function grows(here: Namespace): Promise<void> {
  const height = async () => Number(await here.field(DEMO, '{.status.minHeight}'));
  const before = await height();
  await until({
    what: `the chain of ${here.name} to grow`,
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
  await quota.kubectl('create', 'quota', 'small', '--hard=requests.cpu=60m');
  await until({
    what: 'the quota to count',
    withinMs: TOLD_MAX_MS,
    everyMs: POLL_MS,
    look: () => quota.field('quota/small', '{.status.hard}'),
    holds: (hard) => hard.includes('60m'),
  });
  await quota.apply(testnet(QUOTA));
  const sentence =
    'exceeded quota: small, requested: requests.cpu=100m, used: requests.cpu=0, limited: requests.cpu=60m';
  await told(quota, `QuotaExceeded: pods "demo-g0-0" is forbidden: ${sentence}`);
  expect(await quota.condition(DEMO, 'Ready')).toContain(sentence);
  await quota.kubectl('delete', 'quota', 'small');
  await cured(quota, 'FirstBlock');
  expect(await quota.condition(DEMO, 'Scheduled')).toMatch(/^True AllPlaced/);
  await quota.kubectl('delete', DEMO);
});

test('limits of a namespace are told in its words, of nodes and of the Job that deploys contracts', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  context.onTestFailed(() => printEvidence(cluster, LIMITS));
  await limits.apply(limitRange('60m'));
  await limits.apply(testnet(LIMITS, '  bitcoin: {mode: None}\n  contracts: [{name: token}]\n'));
  const sentence = (limit: string, cpu: string) => `maximum cpu usage per Container is ${limit}, but limit is ${cpu}`;
  await told(limits, `PodForbidden: pods "demo-g0-0" is forbidden: ${sentence('60m', '100m')}`);
  await limits.apply(limitRange('150m'));
  const startedAt = performance.now();
  await limits.wait(DEMO, 'FirstBlock', CURED_MAX_MS / 1_000);
  process.stderr.write(`refusals: FirstBlock ${seconds(startedAt)} after the limits were raised\n`);
  await told(limits, `PodForbidden: pods "demo-contracts-*" is forbidden: ${sentence('150m', '200m')}`);
  await limits.kubectl('delete', 'limitrange', 'narrow');
  await cured(limits, 'ContractsReady');
  await limits.kubectl('delete', DEMO);
});

test('restricted Pod Security takes all of ours: nobody is root, nobody writes beside its volumes', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  context.onTestFailed(() => printEvidence(cluster, RESTRICTED));
  await cluster.kubectl(['label', 'namespace', RESTRICTED, 'pod-security.kubernetes.io/enforce=restricted']);
  const root = ['run', 'root', '--image=busybox', '--dry-run=server'];
  await until({
    what: 'the namespace to be restricted',
    withinMs: TOLD_MAX_MS,
    everyMs: POLL_MS,
    look: () => restricted.kubectl(...root).catch(reasonOf),
    holds: (words) => words.includes('violates PodSecurity "restricted:latest"'),
  });
  const more =
    '  bitcoin: {mode: Regtest}\n  contracts: [{name: token}]\n  load: {tpsPerGroup: 5, workload: Transfer}\n';
  await restricted.apply(testnet(RESTRICTED, more));
  for (const condition of ['FirstBlock', 'BitcoinReady', 'ContractsReady', 'LoadRunning', 'Ready'])
    await restricted.wait(DEMO, condition, CURED_MAX_MS / 1_000);
  const path =
    '{.metadata.labels.rexnet\\.dev/component} {.spec.securityContext.runAsNonRoot} {.spec.containers[*].securityContext.readOnlyRootFilesystem}';
  expect([...(await restricted.lines('pods', path))].sort()).toEqual(
    ['bitcoind', 'contracts', 'load', 'miner', 'node'].map((component) => `${component} true true`),
  );
  const refusedEvents = ['get', 'events', '--field-selector=reason=FailedCreate', '-o', 'name'];
  expect(await restricted.kubectl(...refusedEvents)).toBe('');
});

test('of two Testnets of one name in two namespaces one can go', { timeout: TEST_MAX_MS }, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  context.onTestFailed(() => printEvidence(cluster, TWIN));
  const stays = await pods(restricted);
  expect(stays).toHaveLength(5);
  await twin.apply(testnet(TWIN));
  await twin.wait(DEMO, 'FirstBlock');
  const ids = await Promise.all([restricted, twin].map((each) => each.field(DEMO, '{.status.networkId}')));
  expect(new Set(ids).size).toBe(2);
  expect(await restricted.field(DEMO, '{.status.firstBlockAfter}')).not.toBe('');
  await grows(twin);
  await twin.kubectl('delete', DEMO);
  const kinds =
    'consensusgroups,shardmaps,statefulsets,deployments,jobs,services,configmaps,secrets,pods,networkpolicies,pdb';
  await until({
    what: 'all of the one to be gone',
    withinMs: GONE_MAX_MS,
    everyMs: POLL_MS,
    look: () => twin.kubectl('get', kinds, '-l', 'rexnet.dev/testnet=demo', '-o', 'name'),
    holds: (names) => names === '',
  });
  await grows(restricted);
  expect(await pods(restricted)).toEqual(stays);
});
