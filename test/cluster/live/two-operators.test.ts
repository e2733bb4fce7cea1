// Two operators of one version, both at work because nobody gave them a Lease: they wish for the same, so nothing that is made moves.
// Statuses that carry heights move, no more often than one operator writes them; those of a suspended Testnet stand still.
import { setTimeout as delay } from 'node:timers/promises';
import * as collections from '@rexnet/operator/controllers/collections.ts';
import { changeOf, type StatusLike } from '@rexnet/operator/plan/conditions.ts';
import { expect, onTestFinished } from 'vitest';
import { until } from '../../local/until.ts';
import { requireClusterWhenFull } from '../cluster.ts';
import { FIGURES, livePods } from '../dump.ts';
import { Namespace } from '../namespace.ts';
import { ObjectsWatch, type Version, writersOf } from '../objects-watch.ts';
import { isWrite } from '../proxy.ts';
import { withOperators } from '../with-operators.ts';

const MACHINES = 3;
const RUNNING = 'rexnet-two-running';
const SUSPENDED = 'rexnet-two-suspended';
const STILL_MS = 60_000;
const SETTLED_MAX_MS = 120_000;
const TEST_MAX_MS = 420_000;
/** Figures of a status are written once in so long, whoever does it. */
const FIGURES_EVERY_MS = 5_000;
/** Both may write in one moment, before either has heard of the other. */
const MET_MAX = 3;
const OBJECTS_MIN = 20;
const OURS: ReadonlySet<string> = new Set(['Testnet', 'ConsensusGroup', 'ShardMap']);

const { SECRETS, PODS, TESTNETS, GROUPS, SHARD_MAPS, STATEFUL_SETS, DEPLOYMENTS, JOBS, SERVICES } = collections;
const { CONFIG_MAPS, CLAIMS, DISRUPTION_BUDGETS, NETWORK_POLICIES } = collections;
const RESOURCES = [
  ...[PODS, TESTNETS, GROUPS, SHARD_MAPS, STATEFUL_SETS, DEPLOYMENTS, JOBS, SERVICES].map(({ resource }) => resource),
  ...[CONFIG_MAPS, CLAIMS, DISRUPTION_BUDGETS, NETWORK_POLICIES].map(({ resource }) => resource),
  SECRETS,
];

const TESTNET = `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: demo}
spec:
  groups: 2
  nodesPerGroup: 2
  contracts: [{name: token}]
  template: {resources: {cpu: 100m, memory: 320Mi}, storage: {size: 1Gi}}
`;

const testHere = withOperators(await requireClusterWhenFull({ machines: MACHINES }), {
  namespaces: [RUNNING, SUSPENDED],
  operators: [{}, {}],
});

testHere(
  'two operators without a Lease make one Testnet, and then leave it alone',
  TEST_MAX_MS,
  async (cluster, operators) => {
    for (const operator of operators) operator.start();
    for (const name of [RUNNING, SUSPENDED]) {
      const here = new Namespace(cluster, name);
      await here.apply(TESTNET);
      for (const condition of ['Ready', 'ContractsReady']) await here.wait('testnet/demo', condition);
    }
    await new Namespace(cluster, SUSPENDED).patch('testnet/demo', { spec: { suspend: true } });
    await until({
      what: 'no pod to be left',
      withinMs: SETTLED_MAX_MS,
      everyMs: 500,
      look: async () => (await livePods(cluster, SUSPENDED)).map(({ metadata }) => metadata.name),
      holds: (names) => names.every((name) => name.includes('contracts')),
    });
    await delay(2 * FIGURES_EVERY_MS);

    const watches = await Promise.all([RUNNING, SUSPENDED].map((name) => ObjectsWatch.open(cluster, name, RESOURCES)));
    onTestFinished(async () => void (await Promise.all(watches.map((watch) => watch.close()))));
    for (const { versions } of watches) expect(versions.length).toBeGreaterThan(OBJECTS_MIN);
    const from = performance.now();
    const askedBefore = operators.map(({ proxy }) => proxy.asked.length);
    await delay(STILL_MS);
    const [running = [], suspended = []] = watches.map(({ versions }) => versions.filter(({ atMs }) => atMs >= from));

    expect(suspended.map(told)).toEqual([]);
    expect(running.filter((version) => !isFigures(version)).map(told)).toEqual([]);
    const writesOfEach = Object.entries(Object.groupBy(running, ({ object }) => object));
    for (const [object, all = []] of writesOfEach)
      expect(all.length, object).toBeLessThanOrEqual(STILL_MS / FIGURES_EVERY_MS + MET_MAX);
    process.stderr.write(
      `two operators: ${writesOfEach.map(([object, all = []]) => `${object} ${all.length} times`).join(', ')}\n`,
    );

    for (const [i, operator] of operators.entries()) {
      const writes = operator.proxy.asked.slice(askedBefore[i]).filter(isWrite);
      const others = writes.filter(({ path }) => !path.endsWith('/status'));
      expect(others.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
      process.stderr.write(
        `two operators: ${writes.length} statuses written in ${STILL_MS / 1_000} s by number ${i}\n`,
      );
      expect([operator.crashes, operator.defects]).toEqual([0, []]);
    }
  },
);

/** Of our kinds, numbers of the chains: written by us, and none of them ever falls. */
function isFigures(version: Version): boolean {
  const { before, now } = version;
  if (before === undefined || now === undefined || !OURS.has(now.kind)) return false;
  const [was, is] = [before, now].map(({ status = {} }) => status as StatusLike);
  if (was === undefined || is === undefined || changeOf(was, is, FIGURES) === 'state') return false;
  const isOurs = writersOf(version).every((writer) => /^rexnet-operator\S* status$/.test(writer));
  return isOurs && HEIGHTS.every((name) => Number(is[name] ?? 0) >= Number(was[name] ?? 0));
}

const HEIGHTS = ['height', 'minHeight'] as const;

/** What moved, and who moved it. */
function told(version: Version): string {
  const { object, before, now } = version;
  const parts = [before, now].map((one) => JSON.stringify({ spec: one?.spec, status: one?.status }));
  return `${object} by ${writersOf(version).join(', ')}: ${parts.join(' -> ')}`;
}
