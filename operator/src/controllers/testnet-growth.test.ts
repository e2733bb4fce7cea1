import { mapUpdateIn } from '@rexnet/node/chain/transaction.ts';
import { equalBytes } from '@rexnet/node/core/bytes.ts';
import { MAP_UPDATE } from '@rexnet/node/core/layouts.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ProposalError } from '../ask/proposals.ts';
import type { KubeObject } from '../kube/resources.ts';
import { fastClock } from '../kube/testing/clocks.ts';
import { FakeApi } from '../kube/testing/fake-api.ts';
import { until } from '../kube/testing/things.ts';
import { labelsOf } from '../plan/kube/labels.ts';
import { grown, nodeOf, OWNERS, TWO_GROUPS } from './testing/grown.ts';
import {
  answerOf,
  controllersOver,
  NAMESPACE,
  RESOURCE,
  type Shown,
  type SmallCluster,
} from './testing/small-cluster.ts';

const TIMES = 10;
let api: FakeApi;
let cluster: SmallCluster;

beforeEach(async () => {
  api = await FakeApi.start();
  cluster = controllersOver(api, { clock: fastClock(TIMES) });
  await grown(cluster, 'demo');
});

afterEach(async () => {
  const failed = cluster.failures.map(({ error }) => error);
  await cluster.end();
  expect(failed).toEqual([]);
});

function scale(groups: number): void {
  cluster.testnet('demo', { ...TWO_GROUPS, groups });
}

/** A node that waits until the map names its group. */
async function begins(group: number): Promise<void> {
  await until(`group ${group} has a StatefulSet`, () => shown(`demo-g${group}`, 'statefulSets') !== undefined);
  cluster.pod('demo', group, 0, { isReady: false });
  cluster.answers.set(nodeOf('demo', group), { ...answerOf(group, 0, OWNERS, [0, 1]), inSync: false });
}

/** Group 0 has taken the update into a block, and everybody has read it. */
function adopted(groups: number, epoch = 1): void {
  const all = Array.from({ length: groups }, (_, group) => group);
  for (const group of all) {
    cluster.pod('demo', group, 0);
    cluster.answers.set(nodeOf('demo', group), { ...answerOf(group, 5, OWNERS, all), epoch });
  }
}

/** Of a pod that mounts the list of nodes. */
function miner(): void {
  const metadata = { name: 'demo-miner-x', namespace: NAMESPACE, labels: labelsOf('demo', 'miner') };
  const spec = { containers: [{ name: 'miner', image: 'rexnet:1' }] };
  api.put(RESOURCE.pods, { apiVersion: 'v1', kind: 'Pod', metadata, spec } as KubeObject);
}

function shown(name: string, kind: keyof typeof RESOURCE): Shown | undefined {
  return cluster.show(RESOURCE[kind], name);
}

function sentence(type: string): string | undefined {
  return shown('demo', 'testnets')?.status?.conditions?.find((one) => one.type === type)?.message;
}

function ready(): string | undefined {
  return cluster.condition(RESOURCE.testnets, 'demo', 'Ready');
}

function stalled(): string | undefined {
  return cluster.condition(RESOURCE.testnets, 'demo', 'Stalled');
}

function notesOf(reason: string): readonly string[] {
  return api.asked
    .filter(({ method, path }) => method === 'POST' && path.endsWith('/events'))
    .map(({ body }) => body as { readonly reason: string; readonly note: string })
    .filter((event) => event.reason === reason)
    .map(({ note }) => note);
}

test('more groups: pods first, one update once they run, and a sentence when the map names them', async () => {
  scale(4);
  await begins(2);
  await until('it waits for the last of them', () => sentence('Ready')?.startsWith('No node of group 3') === true);
  expect(cluster.proposed).toHaveLength(0);
  await begins(3);
  await until('group 0 is told', () => sentence('Ready')?.startsWith('Group 0 is told') === true);
  const [{ addresses, transaction } = { addresses: [], transaction: new Uint8Array() }] = cluster.proposed;
  expect(addresses).toEqual([nodeOf('demo', 0)]);
  const update = MAP_UPDATE.decode(mapUpdateIn(transaction)!);
  expect(update).toMatchObject({ epoch: 1, added: [2, 3], removed: [] });
  expect(sentence('Ready')).toBe(
    'Group 0 is told that groups 2 to 3 join as epoch 1 of the shard map, and says so in one of its next blocks.',
  );
  adopted(4);
  cluster.answers.set(nodeOf('demo', 3), { ...answerOf(3, 0, OWNERS, [0, 1, 2, 3]), epoch: 1 });
  await until('it waits for blocks', () => sentence('Ready')?.startsWith('The shard map names group 3') === true);
  adopted(4);
  await until('all are ready', () => ready() === 'True BlocksGrow');
  expect(cluster.proposed).toHaveLength(1);
  expect(sentence('Ready')).toContain(
    'groups 2, 3 have joined and own no partitions, because partitions cannot move yet',
  );
  expect(sentence('Balanced')).toContain('Groups 2, 3 own no partitions');
  expect(shown('demo', 'testnets')?.status).toMatchObject({ groups: 4, shardMapEpoch: 1 });
  await until('it was told', () => notesOf('GroupsJoined').length > 0);
  expect(notesOf('GroupsJoining').filter((note) => note.startsWith('Group 0 is told'))).toHaveLength(1);
  expect(notesOf('GroupsJoined')).toEqual([
    'The shard map of epoch 1 names 4 groups; groups 2 to 3 own no partitions, because partitions cannot move yet.',
  ]);
});

test('a changed list of nodes is brought to the miners soon, and once', async () => {
  miner();
  scale(3);
  const seen = (): string | undefined => shown('demo-miner-x', 'pods')?.metadata.annotations?.['rexnet.dev/peers'];
  await until('it has the new list', () => seen() !== undefined);
  await begins(2);
  await until('group 0 is told', () => cluster.proposed.length > 0);
  const patches = api.asked.filter(({ method, path }) => method === 'PATCH' && path.includes('/pods/'));
  expect(patches.map(({ path }) => path.split('/').at(-1))).toEqual(['demo-miner-x']);
});

test('killed after it spoke, the next operator says the same bytes, and nothing once the map has them', async () => {
  scale(3);
  await begins(2);
  await until('group 0 is told', () => cluster.proposed.length > 0);
  const { answers, proposed } = cluster;
  await cluster.kill();
  cluster = controllersOver(api, { clock: fastClock(TIMES) });
  for (const [address, answer] of answers) cluster.answers.set(address, answer);
  await until('group 0 is told again', () => cluster.proposed.length > 0);
  expect(equalBytes(cluster.proposed[0]!.transaction, proposed[0]!.transaction)).toBe(true);
  adopted(3);
  await until('all are ready', () => ready() === 'True BlocksGrow');
  const said = cluster.proposed.length;
  await until('the map is believed', () => notesOf('GroupsJoined').length > 0);
  expect(cluster.proposed).toHaveLength(said);
});

test('what group 0 refuses is a condition in its words, until the map is another', async () => {
  cluster.onProposal = () => {
    throw new ProposalError('REFUSED', 'the map update is refused: WRONG_PREVIOUS');
  };
  scale(3);
  await begins(2);
  await until('it is told', () => stalled() === 'True GroupsRefused');
  expect(sentence('Stalled')).toBe(
    'Group 0 does not let group 2 join: the map update is refused: WRONG_PREVIOUS. It is asked again; spec.groups set back to 2 withdraws the wish.',
  );
  scale(2);
  await until('the wish is withdrawn', () => shown('demo-g2', 'groups') === undefined);
  scale(3);
  await until('it is there again', () => shown('demo-g2', 'groups') !== undefined);
  adopted(3);
  await until(
    'nothing is in the way any more',
    () => stalled() === 'False Progressing' && ready() === 'True BlocksGrow',
  );
});

test('while nobody of group 0 answers nothing is said, and what nobody hears is said again', async () => {
  const home = cluster.answers.get(nodeOf('demo', 0))!;
  cluster.answers.delete(nodeOf('demo', 0));
  await until('it is silent', () => ready() === 'Unknown Unreachable' || ready() === 'False CatchingUp');
  scale(3);
  await begins(2);
  await until('its node is seen', () => shown('demo-g2', 'groups')?.status?.['height'] === 0);
  expect(cluster.proposed).toHaveLength(0);
  cluster.onProposal = () => {
    throw new ProposalError('NOT_HEARD', 'UNREACHABLE: no node answers');
  };
  cluster.answers.set(nodeOf('demo', 0), home);
  await until('it is said twice', () => cluster.proposed.length >= 2);
  await until('and told', () => sentence('Ready')?.startsWith('No node of group 0 takes the word') === true);
  expect(stalled()).toBe('False Progressing');
  expect(equalBytes(cluster.proposed[0]!.transaction, cluster.proposed[1]!.transaction)).toBe(true);
});

test('a wish that is taken back too late keeps the groups that the map may name', async () => {
  scale(3);
  await begins(2);
  await until('group 0 is told', () => cluster.proposed.length > 0);
  scale(2);
  await until('group 2 stays', () => stalled() === 'True GroupsStay');
  expect(sentence('Stalled')).toContain('group 0 was just told that it joins');
  adopted(3);
  await until('the map names it', () => sentence('Stalled')?.includes('the shard map names it') === true);
  expect(shown('demo-g2', 'groups')?.spec).toMatchObject({ retired: true, replicas: 1 });
});

test('a group that the map names gets its nodes, whoever had it named', async () => {
  adopted(3);
  await until('it is there', () => shown('demo-g2', 'statefulSets') !== undefined);
  expect(stalled()).toBe('True GroupsStay');
});

test('without the key that genesis names no group joins, and it is said which Secret is amiss', async () => {
  const { secrets } = RESOURCE;
  const key = cluster.show(secrets, 'demo-governance') as Shown & { readonly data: Readonly<Record<string, string>> };
  const other = `${'11'.repeat(32)}\n`;
  api.put(secrets, { ...key, data: { 'governance.key': Buffer.from(other).toString('base64') } } as typeof key);
  scale(3);
  await begins(2);
  await until('it is told', () => stalled() === 'True NoGovernanceKey');
  expect(sentence('Stalled')).toContain('the key in Secret demo-governance is not the one of this network');
  expect(cluster.proposed).toHaveLength(0);
});
