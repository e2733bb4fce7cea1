import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KubeObject } from '../kube/resources.ts';
import { answer, statusBody } from '../kube/testing/fake-api.ts';
import { until } from '../kube/testing/things.ts';
import { labelsOf } from '../plan/kube/labels.ts';
import { CLAIMS, REFUSED_PODS, SERVICES, STATEFUL_SETS } from './collections.ts';
import { grown, TWO_GROUPS } from './testing/grown.ts';
import { keyIn, NAMESPACE, RESOURCE, type SmallCluster, smallCluster } from './testing/small-cluster.ts';

let cluster: SmallCluster;

beforeEach(async () => {
  cluster = await smallCluster();
});

afterEach(async () => {
  const failed = cluster.failures.map(({ error }) => error);
  await cluster.end();
  expect(failed).toEqual([]);
});

const SPEC = TWO_GROUPS;

test('an object becomes a network: genesis and keys once, groups, miner, first block, ready', async () => {
  await grown(cluster, 'demo');
  const status = cluster.show(RESOURCE.testnets, 'demo')?.status;
  expect(status).toMatchObject({
    observedGeneration: 1,
    image: 'rexnet:1',
    selector: 'rexnet.dev/testnet=demo,rexnet.dev/component=node',
    groupsText: '2/2',
    nodesText: '2/2',
    minHeight: 3,
    requestedCpu: '700m',
    requestedMemory: '960Mi',
  });
  expect(status?.['firstBlockAfter']).toMatch(/^\d+(\.\d)?s$/);
  expect(status?.['networkId']).toMatch(/^[0-9a-f]{64}$/);
  expect(status?.conditions?.every(({ observedGeneration }) => observedGeneration === 1)).toBe(true);
  expect(cluster.condition(RESOURCE.testnets, 'demo', 'FirstBlock')).toBe('True AllGroups');
  expect(cluster.condition(RESOURCE.testnets, 'demo', 'Reconciling')).toBe('False UpToDate');
  expect(cluster.condition(RESOURCE.groups, 'demo-g1', 'Ready')).toBe('True InSync');
  expect(cluster.firstBlocks[0]).toBe(keyIn('demo'));
  const posted = cluster.api.asked.filter(({ method, path }) => method === 'POST' && path.endsWith('/secrets'));
  expect(posted).toHaveLength(1);
  const strict = cluster.api.asked.filter(({ method }) => method === 'PATCH');
  expect(strict.every(({ query }) => query.get('fieldValidation') === 'Strict')).toBe(true);
});

test('what is as it should be is left alone: nothing is applied twice', async () => {
  await grown(cluster, 'demo');
  const applied = cluster.api.asked
    .filter(({ method, path }) => method === 'PATCH' && !path.endsWith('/status'))
    .map(({ path }) => path);
  expect(applied.length).toBe(new Set(applied).size);
});

test('a group that owns partitions stays when it leaves the spec, one the chain does not know goes', async () => {
  await grown(cluster, 'demo');
  cluster.testnet('demo', { ...SPEC, groups: 3 });
  await until('the third group is there', () => cluster.show(RESOURCE.groups, 'demo-g2') !== undefined);
  await until(
    'it is said that it owns nothing',
    () => cluster.condition(RESOURCE.testnets, 'demo', 'Balanced') === 'False GroupsWithoutPartitions',
  );
  cluster.testnet('demo', { ...SPEC, groups: 1 });
  await until('the third group is gone', () => cluster.show(RESOURCE.groups, 'demo-g2') === undefined);
  await until('the second stays', () => cluster.condition(RESOURCE.testnets, 'demo', 'Stalled') === 'True GroupsStay');
  expect(cluster.show(RESOURCE.groups, 'demo-g1')?.spec?.['retired']).toBe(true);
  expect(cluster.show(RESOURCE.statefulSets, 'demo-g1')?.spec?.['replicas']).toBe(1);
});

test('a suspension stops all pods and keeps what there is; a newer operator rolls nothing', async () => {
  await grown(cluster, 'demo');
  cluster.testnet('demo', { ...SPEC, suspend: true });
  await until('no node is asked for', () => cluster.show(RESOURCE.statefulSets, 'demo-g1')?.spec?.['replicas'] === 0);
  await until('it is suspended', () => cluster.condition(RESOURCE.testnets, 'demo', 'Ready') === 'False Suspended');
  expect(cluster.condition(RESOURCE.testnets, 'demo', 'FirstBlock')).toBe('True AllGroups');
  expect(cluster.show(RESOURCE.deployments, 'demo-miner')?.spec?.['replicas']).toBe(0);
});

test('what the plan no longer has is deleted, and nothing that others own', async () => {
  const transfer = { tpsPerGroup: 1, workload: 'Transfer' };
  cluster.testnet('demo', { ...SPEC, load: transfer });
  await until('there is a generator', () => cluster.show(RESOURCE.deployments, 'demo-load-0') !== undefined);
  const uid = cluster.show(RESOURCE.testnets, 'demo')?.metadata.uid;
  const foreign = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'mine', namespace: NAMESPACE, labels: { 'rexnet.dev/testnet': 'demo' } },
  };
  cluster.api.put(RESOURCE.configMaps, foreign);
  cluster.testnet('demo', SPEC);
  await until('there is none', () => cluster.show(RESOURCE.deployments, 'demo-load-0') === undefined);
  await until('its spec is gone too', () => cluster.show(RESOURCE.configMaps, 'demo-load') === undefined);
  expect(cluster.show(RESOURCE.configMaps, 'mine')).toBeDefined();
  const removed = cluster.api.asked.filter(({ method }) => method === 'DELETE');
  expect(removed.every(({ body }) => JSON.stringify(body).includes('"preconditions":{"uid"'))).toBe(true);
  expect(uid).toBeDefined();
});

test('a Testnet whose time is over is deleted', async () => {
  cluster.testnet('old', { ...SPEC, ttl: '1m' }, 61_000);
  await until('it is gone', () => cluster.show(RESOURCE.testnets, 'old') === undefined);
});

test('more time that is given at the last moment counts, though the copy does not show it', async () => {
  let deletions = 0;
  cluster.api.fault = ({ method, path }) => {
    if (method !== 'DELETE' || !path.endsWith('/testnets/old')) return false;
    deletions += 1;
    if (deletions === 1) cluster.testnet('old', { ...SPEC, ttl: '2h' });
    return false;
  };
  cluster.testnet('old', { ...SPEC, ttl: '1m' }, 61_000);
  await until('it was to be deleted', () => deletions > 0);
  await until('it goes on', () => cluster.show(RESOURCE.groups, 'old-g0') !== undefined);
  expect(cluster.show(RESOURCE.testnets, 'old')?.spec?.['ttl']).toBe('2h');
  expect(deletions).toBe(1);
});

test('what bears a name of ours and belongs to somebody else is left alone, and told', async () => {
  const metadata = { name: 'demo-peers', namespace: NAMESPACE };
  const theirs = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { list: 'theirs' } };
  cluster.api.put(RESOURCE.configMaps, theirs);
  cluster.testnet('demo', SPEC);
  await until('it is told', () => cluster.condition(RESOURCE.testnets, 'demo', 'Stalled') === 'True NameTaken');
  expect(cluster.show(RESOURCE.configMaps, 'demo-peers')).toMatchObject({ data: { list: 'theirs' } });
  expect(cluster.show(RESOURCE.configMaps, 'demo-peers')?.metadata.ownerReferences).toBeUndefined();
  const stalled = cluster.show(RESOURCE.testnets, 'demo')?.status?.conditions?.find(({ type }) => type === 'Stalled');
  expect(stalled?.message).toContain('ConfigMap demo-peers is there already and belongs to nobody');
});

test('a group that somebody deletes is made anew when all of the earlier one is gone', async () => {
  await grown(cluster, 'demo');
  const group = cluster.show(RESOURCE.groups, 'demo-g1');
  const set = () => cluster.show(RESOURCE.statefulSets, 'demo-g1');
  const earlier = set();
  if (group === undefined || earlier === undefined) throw new Error('there is no second group');
  cluster.api.remove(RESOURCE.groups, group);
  await until('it is there again', () => ![undefined, group.metadata.uid].includes(groupUid()));
  const written = () => cluster.show(RESOURCE.groups, 'demo-g1')?.status?.conditions;
  await until('its status is written', () => written() !== undefined);
  expect(written()?.find(({ type }) => type === 'Stalled')?.status).toBe('False');
  expect(set()?.metadata).toEqual(earlier.metadata);
  for (const { resource } of [STATEFUL_SETS, SERVICES])
    for (const name of ['demo-g1', 'demo-g1-peers']) {
      const old = cluster.show(resource, name);
      if (old !== undefined) cluster.api.remove(resource, old);
    }
  await until('its StatefulSet is its own', () => set()?.metadata.ownerReferences?.[0]?.uid === groupUid());

  function groupUid(): string | undefined {
    return cluster.show(RESOURCE.groups, 'demo-g1')?.metadata.uid;
  }
});

test('keys that nobody owns are not taken for its own', async () => {
  const metadata = { name: 'demo-governance', namespace: NAMESPACE };
  cluster.api.put(RESOURCE.secrets, { apiVersion: 'v1', kind: 'Secret', metadata });
  cluster.testnet('demo', SPEC);
  await until('it is told', () => cluster.condition(RESOURCE.testnets, 'demo', 'Stalled') === 'True NameTaken');
  expect(cluster.show(RESOURCE.groups, 'demo-g0')).toBeUndefined();
});

test('what the server says of keys it refuses is told, and looked at again', async () => {
  const said = 'secrets "demo-governance" is forbidden: exceeded quota: small';
  let isLifted = false;
  cluster.api.fault = ({ method, path }, response) => {
    if (isLifted || method !== 'POST' || !path.endsWith('/secrets')) return false;
    answer(response, 403, statusBody(403, 'Forbidden', said));
    return true;
  };
  cluster.testnet('demo', SPEC);
  await until('it is told', () => cluster.condition(RESOURCE.testnets, 'demo', 'Stalled') === 'True ObjectRefused');
  const stalled = cluster.show(RESOURCE.testnets, 'demo')?.status?.conditions?.find(({ type }) => type === 'Stalled');
  expect(stalled?.message).toContain(said);
  isLifted = true;
  await until('it begins', () => cluster.show(RESOURCE.groups, 'demo-g0') !== undefined);
});

test('of volumes only those of nodes that are asked for no more are deleted', async () => {
  await grown(cluster, 'demo');
  const claim = (name: string) =>
    cluster.api.put(CLAIMS.resource, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace: NAMESPACE, labels: labelsOf('demo', 'node', 0) },
    });
  const backup = 'data-demo-g0-0-restored-17';
  for (const name of [backup, 'data-demo-g0-0', 'data-demo-g0-1']) claim(name);
  await until('one goes', () => cluster.show(CLAIMS.resource, 'data-demo-g0-1') === undefined);
  expect(cluster.show(CLAIMS.resource, backup)).toBeDefined();
  expect(cluster.show(CLAIMS.resource, 'data-demo-g0-0')).toBeDefined();
});

test('an object that makes no sense stalls in words and changes nothing', async () => {
  cluster.testnet('demo', { ...SPEC, newerField: 7 });
  await until('it is told', () => cluster.condition(RESOURCE.testnets, 'demo', 'Stalled') === 'True InvalidSpec');
  expect(cluster.show(RESOURCE.groups, 'demo-g0')).toBeUndefined();
});

test('a Testnet waits until all of an earlier one of its name is gone', async () => {
  const left = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'demo-genesis',
      namespace: NAMESPACE,
      labels: { 'rexnet.dev/testnet': 'demo' },
      ownerReferences: [
        { apiVersion: 'rexnet.dev/v1alpha1', kind: 'Testnet', name: 'demo', uid: 'another', controller: true },
      ],
    },
  };
  cluster.api.put(RESOURCE.configMaps, left);
  cluster.testnet('demo', SPEC);
  await until('it waits', () => cluster.condition(RESOURCE.testnets, 'demo', 'Ready') === 'False WaitingForPrevious');
  expect(cluster.show(RESOURCE.secrets, 'demo-governance')).toBeUndefined();
  cluster.api.remove(RESOURCE.configMaps, left);
  await until('it begins', () => cluster.show(RESOURCE.groups, 'demo-g0') !== undefined);
});

test('what the server says of a parent it refuses is passed on, and nothing of an earlier one', async () => {
  cluster.testnet('demo', { ...SPEC, bitcoin: { mode: 'Regtest' } });
  await until('there is a parent', () => cluster.show(RESOURCE.statefulSets, 'demo-bitcoind') !== undefined);
  const said =
    'pods "demo-bitcoind-0" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2';
  const refused = (uid: string | undefined, sentence: string, lastTimestamp: string) =>
    cluster.api.put(REFUSED_PODS.resource, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `demo-bitcoind.${lastTimestamp}`, namespace: NAMESPACE },
      involvedObject: { kind: 'StatefulSet', namespace: NAMESPACE, name: 'demo-bitcoind', uid },
      message: `create Pod demo-bitcoind-0 in StatefulSet demo-bitcoind failed error: ${sentence}`,
      lastTimestamp,
    } as KubeObject);
  refused('of an earlier one', 'something else', '2026-01-01T00:00:09Z');
  refused(cluster.show(RESOURCE.statefulSets, 'demo-bitcoind')?.metadata.uid, said, '2026-01-01T00:00:05Z');
  const { testnets } = RESOURCE;
  await until('it is told', () => cluster.condition(testnets, 'demo', 'Stalled') === 'True QuotaExceeded');
  const scheduled = () => cluster.show(testnets, 'demo')?.status?.conditions?.find(({ type }) => type === 'Scheduled');
  expect(scheduled()).toMatchObject({ status: 'False', reason: 'QuotaExceeded', message: said });
  cluster.api.put(RESOURCE.pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'demo-bitcoind-0', namespace: NAMESPACE, labels: labelsOf('demo', 'bitcoind') },
    spec: { nodeName: 'machine', containers: [{ name: 'bitcoind', image: 'bitcoind:1' }] },
    status: { phase: 'Running' },
  } as KubeObject);
  await until('it is there', () => cluster.condition(testnets, 'demo', 'Stalled') === 'False Progressing');
  expect(scheduled()?.status).not.toBe('False');
});
