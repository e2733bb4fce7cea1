// What two runs share and what they do not: a dump that forgave too much would find nothing.
import { expect, test } from 'vitest';
import { type Live, normalised } from './dump.ts';
import { mostPerSecond } from './proxy-faults.ts';

function group(run: { readonly n: number; readonly namespace: string }, more: Partial<Live> = {}): Live {
  const uid = `0000000${run.n}-0000-4000-8000-000000000000`;
  return {
    apiVersion: 'rexnet.dev/v1alpha1',
    kind: 'ConsensusGroup',
    metadata: {
      name: 'demo-g0',
      uid,
      resourceVersion: String(run.n),
      ownerReferences: [{ kind: 'Testnet', name: 'demo' }],
      managedFields: [
        { manager: 'rexnet-operator-testnet', fieldsV1: { 'f:metadata': { [`k:{"uid":"${uid}"}`]: {} } } },
        { manager: `somebody-${run.n}`, fieldsV1: {} },
      ],
    },
    spec: { replicas: 2, home: `demo.${run.namespace}.svc` },
    status: {
      height: run.n,
      readyText: '2/2',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: `2026-01-0${run.n}T00:00:00Z` }],
    },
    ...more,
  };
}

const CALM = { n: 1, namespace: 'calm' };
const OTHER = { n: 2, namespace: 'other' };

test('runs differ in uids, versions, times, names of namespaces and heights, and are the same', () => {
  expect(normalised([group(OTHER)], OTHER.namespace)).toEqual(normalised([group(CALM)], CALM.namespace));
});

test.each<Partial<Live>>([
  { spec: { replicas: 3 } },
  { status: { readyText: '1/2' } },
  { metadata: { ...group(OTHER).metadata, labels: { more: 'label' } } },
  { metadata: { ...group(OTHER).metadata, ownerReferences: [] } },
  { metadata: { ...group(OTHER).metadata, managedFields: [] } },
])('they are not where %j', (more) => {
  expect(normalised([group(OTHER, more)], OTHER.namespace)).not.toEqual(normalised([group(CALM)], CALM.namespace));
});

test('of a Secret the keys count, of a ConfigMap the values', () => {
  const of = (kind: string, value: string) => normalised([group(CALM, { kind, data: { key: value } })], CALM.namespace);
  expect(of('Secret', 'one')).toEqual(of('Secret', 'two'));
  expect(of('ConfigMap', 'one')).not.toEqual(of('ConfigMap', 'two'));
});

test('the busiest second is found wherever it begins', () => {
  const asked = [0, 900, 1_100, 1_150, 1_899, 1_901, 3_000].map((atMs) => ({
    method: 'GET',
    path: '/',
    isWatch: false,
    atMs,
  }));
  expect([
    mostPerSecond(asked, 0, 4_000),
    mostPerSecond(asked, 1_000, 4_000),
    mostPerSecond(asked, 2_000, 3_000),
  ]).toEqual([4, 4, 0]);
});
