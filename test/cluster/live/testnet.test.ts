// What a user does, on real machines: kubectl apply and the rest happens. The operator runs in the cluster, from install.yaml
// and the image of this clone.
import { expect, test } from 'vitest';
import { until } from '../../local/until.ts';
import { requireCluster } from '../cluster.ts';
import { Namespace } from '../namespace.ts';
import { withOperator } from '../operator-here.ts';

const MACHINES = 3;
const NAMESPACE = 'rexnet-testnet-test';
/** What must hold, with images present and the operator running. */
const FIRST_BLOCK_MAX_MS = 30_000;
const DELETED_MAX_MS = 15_000;
const LOSS_TOLD_MAX_MS = 20_000;
const BACK_MAX_MS = 45_000;
const SETTLED_MAX_MS = 90_000;
const TEST_MAX_MS = 240_000;

const TESTNET = `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: demo, namespace: ${NAMESPACE}}
spec:
  groups: 4
  bitcoin: {mode: Regtest}
  contracts: [{name: token}]
  template: {resources: {cpu: 150m, memory: 320Mi}, storage: {size: 1Gi}}
`;

const cluster = await requireCluster({ machines: MACHINES });
const here = new Namespace(cluster, NAMESPACE);
const DEMO = 'testnet/demo';

withOperator(cluster, NAMESPACE);

test('kubectl apply leads to the first block of four groups, and kubectl diff is empty', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  const startedAt = performance.now();
  await here.apply(TESTNET);
  await here.wait(DEMO, 'FirstBlock');
  const tookMs = performance.now() - startedAt;
  expect(await cluster.kubectl(['diff', '-f', '-'], TESTNET)).toBe('');
  await here.wait(DEMO, 'Ready');
  await here.wait(DEMO, 'ContractsReady');
  expect(tookMs).toBeLessThan(FIRST_BLOCK_MAX_MS);
  // Four nodes, miner and bitcoind.
  expect(await here.field(DEMO, '{.status.requestedCpu} {.status.requestedMemory}')).toBe('900m 1728Mi');
});

test('a machine that is lost is named, and when it is back so is the network', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  const machine = await here.field('pod/demo-g0-0', '{.spec.nodeName}');
  const stoppedAt = performance.now();
  await cluster.stopKubelet(machine);
  try {
    await until({
      what: 'the loss to be told',
      withinMs: SETTLED_MAX_MS,
      everyMs: 250,
      look: () => here.condition(DEMO, 'Degraded'),
      holds: (degraded) => degraded.startsWith('True NodeLost: '),
    });
    expect(performance.now() - stoppedAt).toBeLessThan(LOSS_TOLD_MAX_MS);
    expect(await here.condition(DEMO, 'Degraded')).toContain(`kubectl delete node ${machine}`);
  } finally {
    await cluster.startKubelet(machine);
  }
  const backAt = performance.now();
  await here.wait(DEMO, 'Degraded=False');
  await here.wait(DEMO, 'Ready');
  expect(performance.now() - backAt).toBeLessThan(BACK_MAX_MS);
});

test('a suspension keeps the chains: they go on where they were', { timeout: TEST_MAX_MS }, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  const pods = ['get', 'pods', '-l', 'rexnet.dev/component=node', '-o', 'name'];
  const suspend = (value: boolean) => here.patch(DEMO, { spec: { suspend: value } });
  const height = Number(await here.field(DEMO, '{.status.minHeight}'));
  expect(height).toBeGreaterThan(0);
  await suspend(true);
  await until({
    what: 'no pod to be left',
    withinMs: SETTLED_MAX_MS,
    everyMs: 500,
    look: () => here.kubectl(...pods),
    holds: (names) => names === '',
  });
  expect(await here.condition(DEMO, 'Ready')).toMatch(/^False Suspended: /);
  await suspend(false);
  await here.wait(DEMO, 'Ready');
  expect(Number(await here.field(DEMO, '{.status.minHeight}'))).toBeGreaterThanOrEqual(height);
});

test('deleting a Testnet leaves nothing', { timeout: TEST_MAX_MS }, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  const startedAt = performance.now();
  await here.kubectl('delete', DEMO);
  const kinds =
    'consensusgroups,shardmaps,statefulsets,deployments,jobs,services,configmaps,secrets,pvc,pods,networkpolicies,pdb';
  await until({
    what: 'everything to be gone',
    withinMs: SETTLED_MAX_MS,
    everyMs: 250,
    look: () => here.kubectl('get', kinds, '-l', 'rexnet.dev/testnet=demo', '-o', 'name'),
    holds: (names) => names === '',
  });
  expect(performance.now() - startedAt).toBeLessThan(DELETED_MAX_MS);
});
