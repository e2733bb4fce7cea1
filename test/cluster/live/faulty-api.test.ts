// An API server that refuses, keeps silent and cuts connections for a minute, while a Testnet is made and another one changes: the operator
// asks little, comes back when it is told to, and has caught up soon after.
import { setTimeout as delay } from 'node:timers/promises';
import type { V1PodStatus } from '@kubernetes/client-node';
import { expect } from 'vitest';
import { Random } from '../../../load/src/random.ts';
import { SEED } from '../../local/counts.ts';
import { until } from '../../local/until.ts';
import { requireClusterWhenFull } from '../cluster.ts';
import { type Live, livePods } from '../dump.ts';
import { Namespace } from '../namespace.ts';
import { Faults, mostPerSecond } from '../proxy-faults.ts';
import { withOperators } from '../with-operators.ts';

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
const CHANGE = { nodesPerGroup: 2, mining: { miners: 2 } };
const SECOND = testnet('second', 2);

function testnet(name: string, groups: number): string {
  return `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: ${name}}
spec:
  groups: ${groups}
  chain: {partitions: 16}
  bitcoin: {mode: None}
  template: {resources: {cpu: 150m, memory: 320Mi}}
`;
}

const testHere = withOperators(await requireClusterWhenFull({ machines: MACHINES }), {
  namespaces: [NAMESPACE],
  operators: [{}],
});

testHere('a minute of a failing API server is outlasted, asking little', TEST_MAX_MS, async (cluster, [operator]) => {
  const here = new Namespace(cluster, NAMESPACE);
  operator.start();
  const { proxy } = operator;
  await here.apply(FIRST);
  await here.wait('testnet/first', 'Ready');

  const faults = new Faults(proxy, new Random(SEED), FAULTY_MS);
  await delay(CHANGE_AFTER_MS);
  await here.apply(SECOND);
  await here.patch('testnet/first', { spec: CHANGE });
  await delay(faults.endsAt - performance.now());
  const endedWallMs = Date.now();
  await until({
    what: 'what was asked for in the meantime to be made',
    withinMs: SETTLED_MAX_MS,
    everyMs: 250,
    look: () => wanted(here),
    holds: (sets) => sets === 'first-g0=2 second-g0=1 second-g1=1 first-miner=2 second-miner=1',
  });
  const madeMs = performance.now() - faults.endsAt;
  for (const name of ['first', 'second']) await here.wait(`testnet/${name}`, 'Ready');
  const convergedMs = performance.now() - faults.endsAt;
  const pods = await livePods(cluster, NAMESPACE);

  const most = mostPerSecond(proxy.asked, faults.startedAt + NOTICED_MS, faults.endsAt);
  const asked = proxy.asked.filter(({ atMs }) => atMs >= faults.startedAt && atMs < faults.endsAt);
  const early = faults.pauses.flatMap(({ fromMs, toMs }) =>
    asked.filter(({ atMs }) => atMs > fromMs + ON_THE_WAY_MS && atMs < toMs - 1),
  );
  process.stderr.write(
    `faulty API server: ${JSON.stringify(faults.counts)}, ${asked.length} requests, at most ${most} in a second, ` +
      `${faults.pauses.length} pauses, made ${(madeMs / 1_000).toFixed(1)} s after, converged ${(convergedMs / 1_000).toFixed(1)} s after; ` +
      `${pods.map((pod) => storyOf(pod, endedWallMs)).join(', ')}\n`,
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

/** Where the time went: when a pod was made, and when it was ready. */
function storyOf({ metadata, status }: Live, fromWallMs: number): string {
  const { conditions = [] } = (status ?? {}) as Pick<V1PodStatus, 'conditions'>;
  const ready = conditions.find(({ type }) => type === 'Ready')?.lastTransitionTime;
  const [made, since] = [metadata.creationTimestamp, ready].map(
    (time) => (Date.parse(String(time)) - fromWallMs) / 1_000,
  );
  return `${metadata.name} made ${made?.toFixed(0)} s, ready ${since?.toFixed(0)} s after`;
}

/** Groups and miners, and how many of them there are to be. */
async function wanted(here: Namespace): Promise<string> {
  return (await here.lines('statefulsets,deployments', '{.metadata.name}={.spec.replicas}')).join(' ');
}
