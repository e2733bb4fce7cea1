// kubectl delete of a Testnet of four groups with three nodes each: all that carries its label is gone at once.
import { expect, test } from 'vitest';
import { until } from '../../local/until.ts';
import { requireClusterWhenFull } from '../cluster.ts';
import { Namespace } from '../namespace.ts';
import { withOperator } from '../operator-here.ts';

const MACHINES = 3;
const NAMESPACE = 'rexnet-delete-test';
const GROUPS = 4;
const NODES_PER_GROUP = 3;
const DELETED_MAX_MS = 15_000;
const READY_MAX_SECONDS = 150;
const SETTLED_MAX_MS = 90_000;
const TEST_MAX_MS = 300_000;

const TESTNET = `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: demo, namespace: ${NAMESPACE}}
spec:
  groups: ${GROUPS}
  nodesPerGroup: ${NODES_PER_GROUP}
  contracts: [{name: token}]
  load: {tpsPerGroup: 1}
  template: {resources: {cpu: 100m, memory: 320Mi}, storage: {size: 1Gi}}
`;

const cluster = await requireClusterWhenFull({ machines: MACHINES });
const here = new Namespace(cluster, NAMESPACE);

withOperator(cluster, NAMESPACE);

test(`every labelled object of ${GROUPS} × ${NODES_PER_GROUP} nodes is gone within ${DELETED_MAX_MS / 1_000} s`, {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  await here.apply(TESTNET);
  for (const condition of ['Ready', 'ContractsReady', 'LoadRunning'])
    await here.wait('testnet/demo', condition, READY_MAX_SECONDS);
  const before = await here.allOf('demo');
  for (const kind of ['pod', 'persistentvolumeclaim'])
    expect(before.filter((name) => name.startsWith(`${kind}/`)).length).toBeGreaterThanOrEqual(
      GROUPS * NODES_PER_GROUP,
    );
  const startedAt = performance.now();
  await here.kubectl('delete', 'testnet', 'demo', '--wait=false');
  await until({
    what: 'everything to be gone',
    withinMs: SETTLED_MAX_MS,
    everyMs: 250,
    look: () => here.allOf('demo'),
    holds: (names) => names.length === 0,
  });
  const tookMs = performance.now() - startedAt;
  const kinds = new Set(before.map((name) => name.split('/')[0]));
  process.stderr.write(
    `delete: ${before.length} objects of ${kinds.size} kinds (${[...kinds].join(', ')}) gone after ${(tookMs / 1_000).toFixed(1)} s\n`,
  );
  expect(tookMs).toBeLessThan(DELETED_MAX_MS);
});
