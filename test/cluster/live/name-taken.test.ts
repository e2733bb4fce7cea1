// What bears the names a Testnet needs and belongs to somebody else, on a real API server: it is left as it is and named, and when it is gone the
// Testnet goes on. It takes half a minute of pods, so it waits for REXNET_FULL=1.
import { expect, test } from 'vitest';
import { until } from '../../local/until.ts';
import { requireClusterWhenFull } from '../cluster.ts';
import { Namespace } from '../namespace.ts';
import { withOperator } from '../operator-here.ts';

const NAMESPACE = 'rexnet-name-taken-test';
const TOLD_MAX_MS = 30_000;
const TEST_MAX_MS = 300_000;
const DEMO = 'testnet/demo';

/** A list without our label, which no copy of the operator shows, and a Service whose ports would merge with ours. */
const THEIRS = `apiVersion: v1
kind: ConfigMap
metadata: {name: demo-peers}
data: {list: theirs}
---
apiVersion: v1
kind: Service
metadata: {name: demo-g0}
spec: {selector: {app: theirs}, ports: [{name: web, port: 80}]}
`;

const TESTNET = `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: demo}
spec: {groups: 1, bitcoin: {mode: None}, template: {resources: {cpu: 100m, memory: 320Mi}}}
`;

const cluster = await requireClusterWhenFull({ machines: 3 });
const here = new Namespace(cluster, NAMESPACE);

withOperator(cluster, NAMESPACE);

test('objects of others are left alone and named, one after the other, and the Testnet begins when they are gone', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  const told = (what: string) =>
    until({
      what: `Stalled to name ${what}`,
      withinMs: TOLD_MAX_MS,
      everyMs: 250,
      look: () => here.condition(DEMO, 'Stalled'),
      holds: (sentence) => sentence.startsWith(`True NameTaken: ${what} is there already and belongs to nobody`),
    });
  await here.apply(THEIRS);
  const versions = (): Promise<readonly string[]> =>
    Promise.all(
      ['configmap/demo-peers', 'service/demo-g0'].map((one) => here.field(one, '{.metadata.resourceVersion}')),
    );
  const before = await versions();
  await here.apply(TESTNET);
  await told('ConfigMap demo-peers');
  expect(await versions()).toEqual(before);
  await here.kubectl('delete', 'configmap', 'demo-peers');
  await told('Service demo-g0');
  await here.kubectl('delete', 'service', 'demo-g0');
  await here.wait(DEMO, 'FirstBlock');
  expect(await here.condition(DEMO, 'Stalled')).toContain('False Progressing');
});
