// kill -9 of the operator at seeded moments while Testnets are made, changed, scaled and deleted: at every rest it leaves what one
// does that nobody disturbs, and what runs well is not made anew. Both run at the same time, each for a namespace of its own.
import { setTimeout as delay } from 'node:timers/promises';
import { PODS } from '@rexnet/operator/controllers/collections.ts';
import { expect, onTestFinished } from 'vitest';
import { Random } from '../../../load/src/random.ts';
import { SEED } from '../../local/counts.ts';
import { until } from '../../local/until.ts';
import { requireClusterWhenFull } from '../cluster.ts';
import type { Cluster } from '../cluster-type.ts';
import { type Live, liveObjects, livePods, normalised } from '../dump.ts';
import { Namespace } from '../namespace.ts';
import { ObjectsWatch } from '../objects-watch.ts';
import type { OperatorProcess } from '../operator-process.ts';
import { type Asked, isWrite, PASS } from '../proxy.ts';
import { withOperators } from '../with-operators.ts';

const MACHINES = 3;
const CALM = 'rexnet-calm';
const KILLED = 'rexnet-killed';
const KILLS_PER_STEP = 5;
const KILLS = 4 * KILLS_PER_STEP;
/** Of a change: the first write is where it begins; later ones are made anew after each start, some sixty of them. */
const FIRST_WRITE_MAX = 6;
const LATER_WRITE_MAX = 40;
/** Before anything is written its lists are read, one for each kind. */
const REQUEST_MAX = 40;
const DELETION_MS = 600;
/** When nothing is left to be written, that is a moment too. */
const QUIET_MS = 8_000;
const SETTLED_MAX_MS = 120_000;
const EQUAL_MAX_MS = 45_000;
const ALL_MAX_MS = 240_000;
const TEST_MAX_MS = 420_000;

const DEMO = `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: demo}
spec:
  groups: 2
  chain: {partitions: 16}
  contracts: [{name: token}]
  template: {resources: {cpu: 100m, memory: 320Mi}}
`;
const PAIR = `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: pair}
spec:
  groups: 1
  nodesPerGroup: 2
  bitcoin: {mode: None}
  template: {resources: {cpu: 100m, memory: 320Mi}, storage: {size: 1Gi}}
`;
const CREATED = `${DEMO}---\n${PAIR}`;
const UPDATED = `${DEMO.replace('[{name: token}]', '[{name: token}, {name: poll}]')}  load: {tpsPerGroup: 2}
---
${PAIR.replace('nodesPerGroup: 2', 'nodesPerGroup: 3')}  mining: {miners: 2}
`;

type Moment = { readonly counts: (asked: Asked) => boolean; readonly nth: number; readonly isAnswered: boolean };

const testHere = withOperators(await requireClusterWhenFull({ machines: MACHINES }), {
  namespaces: [CALM, KILLED],
  operators: [{ namespace: CALM }, { namespace: KILLED }],
});

testHere(`${KILLS} kills of the operator leave what none leaves`, TEST_MAX_MS, async (cluster, operators) => {
  const [, killed] = operators;
  const both = [CALM, KILLED].map((namespace) => new Namespace(cluster, namespace));
  const random = new Random(SEED);
  const moments: string[] = [];
  const startedAt = performance.now();
  const tell = (step: string): void => {
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    process.stderr.write(`operator killed: ${step} at ${seconds} s; ${moments.splice(0).join('; ')}\n`);
  };
  for (const operator of operators) operator.start();
  const pods = await ObjectsWatch.open(cluster, KILLED, [PODS.resource]);
  onTestFinished(() => pods.close());

  const change = async (step: string, what: (here: Namespace) => Promise<unknown>): Promise<readonly string[]> => {
    const killing = killAt(killed, firstWrite(random));
    await Promise.all(both.map(what));
    moments.push(await killing);
    for (let kill = 1; kill < KILLS_PER_STEP; kill++) moments.push(await killAt(killed, laterWrite(random)));
    await Promise.all(both.map(settled));
    await same(cluster, step);
    tell(step);
    return lasting(cluster, KILLED);
  };

  const created = await change('create', (here) => here.apply(CREATED));
  const updated = await change('update', (here) => here.apply(UPDATED));
  expect(updated).toEqual(expect.arrayContaining([...created]));
  const scaled = await change('scale', async (here) => {
    await here.kubectl('scale', 'testnet/demo', '--replicas=3');
    await here.patch('testnet/pair', { spec: { nodesPerGroup: 2 } });
  });
  const stays = updated.filter((name) => !name.includes('pair-g0-2'));
  expect(scaled).toEqual(expect.arrayContaining([...stays]));
  expect(wellAndGone(pods)).toEqual(['Pod pair-g0-2']);

  await Promise.all(both.map((here) => here.kubectl('delete', 'testnet/demo', '--wait=false')));
  moments.push(await killAfter(killed, random.below(DELETION_MS)));
  moments.push(await killAt(killed, anyRequest(random)));
  await Promise.all(both.map((here) => here.kubectl('delete', 'testnet/pair', '--wait=false')));
  moments.push(await killAt(killed, anyRequest(random)));
  moments.push(await killAfter(killed, random.below(DELETION_MS)));
  moments.push(await killAt(killed, anyRequest(random)));
  for (const namespace of [CALM, KILLED])
    await until({
      what: `nothing to be left in ${namespace}`,
      withinMs: SETTLED_MAX_MS,
      everyMs: 500,
      look: async () =>
        [...(await liveObjects(cluster, namespace)), ...(await livePods(cluster, namespace))].map(nameOf),
      holds: (names) => names.length === 0,
    });
  tell('delete');
  expect(performance.now() - startedAt).toBeLessThan(ALL_MAX_MS);
  for (const operator of operators) expect([operator.crashes, operator.defects]).toEqual([0, []]);
});

function firstWrite(random: Random): Moment {
  return { counts: isWrite, nth: 1 + random.below(FIRST_WRITE_MAX), isAnswered: random.below(2) === 1 };
}

function laterWrite(random: Random): Moment {
  return { counts: isWrite, nth: 1 + random.below(LATER_WRITE_MAX), isAnswered: random.below(2) === 1 };
}

function anyRequest(random: Random): Moment {
  return { counts: () => true, nth: 1 + random.below(REQUEST_MAX), isAnswered: random.below(2) === 1 };
}

/** Kills it at a request that counts: before the server hears of it, or before the operator hears what came of it. Then it runs again. */
async function killAt(operator: OperatorProcess, { counts, nth, isAnswered }: Moment): Promise<string> {
  const { proxy } = operator;
  const killed = Promise.withResolvers<string>();
  const late = setTimeout(() => kill(`quiet after ${seen} of ${nth}`), QUIET_MS);
  let seen = 0;
  const kill = (moment: string): void => {
    operator.kill();
    proxy.decide = () => PASS;
    killed.resolve(moment);
  };
  proxy.decide = (asked) => {
    if (counts(asked)) seen += 1;
    if (!counts(asked) || seen !== nth) return PASS;
    const moment = `${isAnswered ? 'after' : 'before'} ${nth}: ${asked.method} ${asked.path}`;
    if (isAnswered) return { kind: 'pass', onAnswer: () => kill(moment) };
    kill(moment);
    return { kind: 'cut' };
  };
  const moment = await killed.promise;
  clearTimeout(late);
  await operator.ended();
  operator.start();
  return moment;
}

async function killAfter(operator: OperatorProcess, ms: number): Promise<string> {
  await delay(ms);
  operator.kill();
  await operator.ended();
  operator.start();
  return `after ${ms} ms`;
}

async function settled(here: Namespace): Promise<void> {
  for (const testnet of ['testnet/demo', 'testnet/pair'])
    for (const condition of ['Ready', 'Reconciling=False']) await here.wait(testnet, condition);
  await here.wait('testnet/demo', 'ContractsReady');
}

async function same(here: Cluster, step: string): Promise<void> {
  const both = async () => {
    const [calm, killed] = await Promise.all([CALM, KILLED].map((namespace) => liveObjects(here, namespace)));
    return { calm: normalised(calm ?? [], CALM), killed: normalised(killed ?? [], KILLED) };
  };
  const deadline = performance.now() + EQUAL_MAX_MS;
  let seen = await both();
  while (JSON.stringify(seen.calm) !== JSON.stringify(seen.killed) && performance.now() < deadline) {
    await delay(1_000);
    seen = await both();
  }
  expect(Object.keys(seen.calm).length).toBeGreaterThan(20);
  expect(seen.killed, step).toEqual(seen.calm);
}

/** What is to stay the same object as long as it is asked for. */
async function lasting(here: Cluster, namespace: string): Promise<readonly string[]> {
  const pods = (await livePods(here, namespace)).filter(({ metadata: { labels } }) => isOfSet(labels));
  const rest = (await liveObjects(here, namespace)).filter(({ kind }) => LASTING_KINDS.has(kind));
  return [...pods, ...rest].map((object) => `${nameOf(object)} ${object.metadata.uid}`).sort();
}

/** Pods that were ready, and were told to go. */
function wellAndGone({ versions }: ObjectsWatch): readonly string[] {
  const gone = versions.filter(
    ({ before, now }) =>
      isOfSet(before?.metadata.labels) && isReady(before) && (now === undefined || isGoing(now)) && !isGoing(before),
  );
  return gone.map(({ object }) => object);
}

function isReady(pod: Live | undefined): boolean {
  const { conditions = [] } = (pod?.status ?? {}) as {
    readonly conditions?: readonly Readonly<Record<string, string>>[];
  };
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

function isGoing(object: Live | undefined): boolean {
  return object?.metadata.deletionTimestamp !== undefined;
}

const LASTING_KINDS: ReadonlySet<string> = new Set([
  ...['Secret', 'PersistentVolumeClaim', 'ConfigMap', 'StatefulSet', 'Service', 'ConsensusGroup', 'ShardMap'],
]);

function isOfSet(labels: Live['metadata']['labels']): boolean {
  return labels?.['rexnet.dev/component'] === 'node' || labels?.['rexnet.dev/component'] === 'bitcoind';
}

function nameOf({ kind, metadata }: Live): string {
  return `${kind} ${metadata.name}`;
}
