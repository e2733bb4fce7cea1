// Objects that another version stored and this one does not understand: they say so or are left alone, and harm nobody.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KubeObject } from '../kube/resources.ts';
import { until } from '../kube/testing/things.ts';
import { NAMESPACE, RESOURCE, type SmallCluster, smallCluster } from './testing/small-cluster.ts';

let cluster: SmallCluster;

beforeEach(async () => {
  cluster = await smallCluster();
});

afterEach(async () => {
  await cluster.end();
});

test.each([
  ['groups', { groups: 100_000 }],
  ['groups', { groups: 'four', chain: 7 }],
  ['strategy', { groups: 1, placement: { strategy: 'Scattered' } }],
  ['ttl', { groups: 1, ttl: 'two days' }],
  ['spec', 'a text'],
])('a Testnet says what is wrong with its %s, and nothing is made for it', async (field, spec) => {
  cluster.testnet('demo', spec);
  await until('it is told', () => cluster.condition(RESOURCE.testnets, 'demo', 'Stalled') === 'True InvalidSpec');
  const stalled = cluster.show(RESOURCE.testnets, 'demo')?.status?.conditions?.find(({ type }) => type === 'Stalled');
  expect(stalled?.message).toContain(field);
  expect(cluster.show(RESOURCE.configMaps, 'demo-genesis')).toBeUndefined();
  expect(cluster.failures).toEqual([]);
});

test('fields of metadata that only a newer Kubernetes knows keep nothing from being made', async () => {
  const metadata = { name: 'demo', namespace: NAMESPACE, ofTomorrow: { is: 'unknown' } };
  const object = { apiVersion: 'rexnet.dev/v1alpha1', kind: 'Testnet', metadata, spec: { groups: 1 } };
  cluster.api.put(RESOURCE.testnets, object as KubeObject);
  await until('its group is made', () => cluster.show(RESOURCE.statefulSets, 'demo-g0') !== undefined);
  expect(cluster.failures).toEqual([]);
});

test.each([[undefined], [{}], [{ testnet: 'demo', index: 'first' }], ['a text']])(
  'a ConsensusGroup of %j keeps no Testnet it is labelled with from being made',
  async (spec) => {
    const labels = { 'rexnet.dev/testnet': 'demo', 'rexnet.dev/group': '7' };
    const metadata = { name: 'stray', namespace: NAMESPACE, labels };
    const stray = { apiVersion: 'rexnet.dev/v1alpha1', kind: 'ConsensusGroup', metadata, spec };
    cluster.api.put(RESOURCE.groups, stray as KubeObject);
    cluster.testnet('demo', { groups: 1, chain: { partitions: 16 } });
    await until('its group is made', () => cluster.show(RESOURCE.statefulSets, 'demo-g0') !== undefined);
    expect(cluster.failures).toEqual([]);
  },
);
