// A newer operator that makes pods otherwise, over what an earlier one left: what is asked for decides, not who asks.
import type { V1StatefulSet } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import type { TestnetSpec } from '../../api/testnet.ts';
import { askedOfContracts, askedOfNodes } from './asked.ts';
import type { KubeFacts, KubeInput, Made } from './input.ts';
import { keepingPods, PODS_ASKED, PODS_MADE, remembering } from './kept-pods.ts';
import { nodeStatefulSet } from './nodes.ts';
import { groupObjects, testnetObjects } from './objects.ts';
import { inputOf } from './testing/inputs.ts';
import { leftBehind, templateOf, type Workload } from './testing/left-behind.ts';

type Live = Parameters<typeof keepingPods>[1][number];

const UID = '0b5e7f3c-0000-4000-9000-000000000000';
const GENESIS = new TextEncoder().encode('a genesis file');
const FULL = {
  nodesPerGroup: 2,
  bitcoin: { mode: 'Regtest' },
  contracts: [{ name: 'token' }],
  load: { tpsPerGroup: 10, generators: 2 },
  template: { storage: { size: '1Gi' } },
};

function workloadsOf(input: KubeInput): readonly Workload[] {
  const made = testnetObjects(input, GENESIS);
  if ('refusal' in made) throw new Error(made.refusal.message);
  return [...made.objects, ...groupObjects(input, 0, UID)].filter(
    (object: Made): object is Workload => object.metadata?.annotations?.[PODS_MADE] !== undefined,
  );
}

function askedOf({ metadata }: Workload): string {
  return metadata?.annotations?.[PODS_ASKED]?.split('.')[0] ?? '';
}

function annotated(set: V1StatefulSet & Live, annotations: Readonly<Record<string, string>> | undefined): Live {
  const { annotations: _, ...metadata } = set.metadata;
  return { ...set, metadata: annotations === undefined ? metadata : { ...metadata, annotations } };
}

const BEFORE = inputOf(FULL);
const LEFT = leftBehind(nodeStatefulSet(BEFORE, 0, UID), askedOfNodes(BEFORE)) as V1StatefulSet & Live;
const { [PODS_ASKED]: ASKED = '', [PODS_MADE]: MADE = '' } = LEFT.metadata.annotations ?? {};

test.each<[string, KubeInput, Live | undefined, 'kept' | 'fresh']>([
  ['nothing changed', BEFORE, LEFT, 'kept'],
  ['nothing was there', BEFORE, undefined, 'fresh'],
  ['another image', inputOf({ ...FULL, image: 'rexnet:2' }), LEFT, 'fresh'],
  ['other resources', inputOf({ ...FULL, template: { ...FULL.template, resources: { cpu: '500m' } } }), LEFT, 'fresh'],
  ['asked to restart', inputOf(FULL, 'demo', { restartedAt: '2026-11-21T22:00:00Z' }), LEFT, 'fresh'],
  ['more groups', inputOf({ ...FULL, groups: 3 }), LEFT, 'kept'],
  ['more nodes in each', inputOf({ ...FULL, nodesPerGroup: 3 }), LEFT, 'kept'],
  ['one in each', inputOf({ ...FULL, nodesPerGroup: 1 }), LEFT, 'kept'],
  ['suspended', inputOf({ ...FULL, suspend: true }), LEFT, 'kept'],
  ['another size of new volumes', inputOf({ ...FULL, template: { storage: { size: '4Gi' } } }), LEFT, 'kept'],
  [
    'another image of a single node, which is no matter of the template',
    inputOf({ ...FULL, nodeOverrides: [{ group: 0, ordinal: 1, image: 'rexnet:2' }] }),
    LEFT,
    'kept',
  ],
  ['somebody changed the pods by hand', BEFORE, { ...LEFT, spec: { ...LEFT.spec, template: {} } } as Live, 'kept'],
  ['an operator that remembers nothing made it', BEFORE, annotated(LEFT, undefined), 'fresh'],
  [
    'somebody changed what is remembered',
    BEFORE,
    annotated(LEFT, { [PODS_ASKED]: ASKED, [PODS_MADE]: MADE.replace('"1"', '"2"') }),
    'fresh',
  ],
  ['somebody removed what is remembered', BEFORE, annotated(LEFT, { [PODS_ASKED]: ASKED }), 'fresh'],
  ['somebody removed what was asked', BEFORE, annotated(LEFT, { [PODS_MADE]: MADE }), 'fresh'],
])('%s', (_, now, live, outcome) => {
  const wish = nodeStatefulSet(now, 0, UID);
  const made = keepingPods(wish, live === undefined ? [] : [live]);
  if (outcome === 'fresh') {
    expect(made).toBe(wish);
    return;
  }
  expect(templateOf(made)).toEqual(templateOf(LEFT));
  expect(made.metadata?.annotations).toEqual(LEFT.metadata.annotations);
  // All that is no pod is as this operator makes it.
  const { template: _kept, ...spec } = made.spec ?? {};
  const { template: _fresh, ...wished } = wish.spec ?? {};
  expect(spec).toEqual(wished);
});

test('what is remembered is read once, and wished for by one and the same object', () => {
  const wish = nodeStatefulSet(BEFORE, 0, UID);
  const first = keepingPods(wish, [LEFT]);
  expect(keepingPods(wish, [structuredClone(LEFT)])).toBe(first);
});

test('an operator that writes the same fields in another order has made the same pods', () => {
  const set = nodeStatefulSet(BEFORE, 0, UID);
  const spec = { ...set.spec, template: reversed(templateOf(set)) } as V1StatefulSet['spec'];
  const other = remembering({ ...set, spec } as V1StatefulSet & Live, askedOfNodes(BEFORE));
  expect(other.metadata.annotations).toEqual(set.metadata?.annotations);
  expect(keepingPods(set, [other])).toBe(set);
});

test('the longest pods a spec can ask for are remembered, and nothing the server would refuse', () => {
  const template = {
    nodeSelector: Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`${'k'.repeat(250)}/${n}`, 'v'.repeat(63)])),
    tolerations: Array.from({ length: 16 }, () => ({ key: 'k'.repeat(317), value: 'v'.repeat(63), operator: 'Equal' })),
  };
  const imagePullSecrets = Array.from({ length: 8 }, (_, n) => ({ name: `${n}`.padStart(253, 's') }));
  const set = nodeStatefulSet(inputOf({ template, imagePullSecrets }), 0, UID);
  expect(set.metadata?.annotations?.[PODS_MADE]?.length).toBeGreaterThan(10_000);
  const spec = { ...set.spec, template: { metadata: { labels: { long: 'x'.repeat(70_000) } } } };
  const tooLong = { metadata: { name: 'demo-g0' }, spec } as V1StatefulSet;
  expect(remembering(tooLong, {})).toBe(tooLong);
});

function reversed<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reversed) as T;
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value).map(([name, part]) => [name, reversed(part)] as const);
  return Object.fromEntries(parts.reverse()) as T;
}

test('a Job that did what is asked for is no other one because its pods would be made otherwise', () => {
  const [job] = workloadsOf(BEFORE).filter(({ kind }) => kind === 'Job');
  if (job === undefined) throw new Error('no Job');
  const name = 'demo-contracts-00000000';
  const done = leftBehind({ ...job, metadata: { ...job.metadata, name } }, askedOfContracts(BEFORE)) as Workload & Live;
  const kept = keepingPods(job, [done]);
  expect(kept.metadata?.name).toBe(name);
  expect(templateOf(kept)).toEqual(templateOf(done));
  expect(
    keepingPods(job, [done, { ...job, kind: 'Job', metadata: { ...job.metadata, name: 'demo-contracts-1' } }]),
  ).toBe(job);
  const other = inputOf({ ...FULL, contracts: [{ name: 'token' }, { name: 'poll' }] });
  for (const wish of workloadsOf(other).filter(({ kind }) => kind === 'Job'))
    expect(keepingPods(wish, [done])).toBe(wish);
});

/** Of each field of a spec, what somebody may make of it: all that shapes pods has to be among it. */
const CHANGES = {
  groups: [{ groups: 3 }],
  nodesPerGroup: [{ nodesPerGroup: 1 }, { nodesPerGroup: 3 }],
  image: [{ image: 'rexnet:2' }],
  imagePullSecrets: [{ imagePullSecrets: [{ name: 'registry' }] }],
  seed: [{ seed: 7 }],
  chain: [{ chain: { blockInterval: '2s' } }],
  bitcoin: [{ bitcoin: { mode: 'None' } }],
  mining: [{ mining: { miners: 2 } }, { mining: { cpuPercent: 50 } }],
  shardMap: [{ shardMap: { approval: 'Manual' } }],
  contracts: [
    { contracts: [{ name: 'poll' }] },
    { contracts: [{ name: 'token', configMapKeyRef: { name: 'sources', key: 'token.prd' } }] },
  ],
  load: [
    { load: { tpsPerGroup: 0 } },
    { load: { tpsPerGroup: 20, generators: 2 } },
    { load: { tpsPerGroup: 10, generators: 2, workload: 'Transfer' } },
    { load: { tpsPerGroup: 10 } },
    { load: { tpsPerGroup: 10, generators: 2, crossGroupPercent: 0 } },
  ],
  template: [
    { template: {} },
    { template: { storage: { size: '4Gi', className: 'fast' } } },
    { template: { ...FULL.template, resources: { cpu: '500m' } } },
    { template: { ...FULL.template, resources: { memory: '1Gi' } } },
    { template: { ...FULL.template, priorityClassName: 'tests' } },
    { template: { ...FULL.template, nodeSelector: { pool: 'a' } } },
    { template: { ...FULL.template, nodeSelector: { pool: 'b' } } },
    { template: { ...FULL.template, tolerations: [{ key: 'dedicated', operator: 'Exists' }] } },
    { template: { ...FULL.template, tolerations: [{ key: 'dedicated', operator: 'Exists', tolerationSeconds: 5 }] } },
  ],
  placement: [
    { placement: { strategy: 'Packed' } },
    { placement: { strategy: 'Exclusive' } },
    { placement: { separateLoad: 'Required' } },
    { placement: { separateLoad: 'Never' } },
  ],
  monitoring: [{ monitoring: { podMonitor: 'Never' } }],
  nodeOverrides: [{ nodeOverrides: [{ group: 0, ordinal: 0, image: 'rexnet:2' }] }],
  ttl: [{ ttl: '2h' }],
  suspend: [{ suspend: true }],
} as const satisfies Readonly<Record<keyof TestnetSpec, readonly object[]>>;
/** All but the spec that builders look at, besides what tells one Testnet from another. */
const FACTS: readonly Partial<KubeFacts>[] = [
  { image: 'rexnet:2' },
  { bitcoindImage: 'bitcoind:2' },
  { imagePullPolicy: 'Always' },
  { retiring: [7] },
  { contractsDeployed: false },
  { restartedAt: 'now' },
];

const INPUTS: readonly KubeInput[] = [
  BEFORE,
  ...Object.values(CHANGES).flatMap((changes) => changes.map((change) => inputOf({ ...FULL, ...change }))),
  ...FACTS.map((facts) => inputOf(FULL, 'demo', facts)),
];

test('pods that would be others are asked for otherwise', () => {
  const shown = new Map<string, { readonly asked: string; readonly made: string }[]>();
  for (const workload of INPUTS.flatMap(workloadsOf)) {
    const name = workload.kind === 'Job' ? 'Job' : `${workload.kind}/${workload.metadata?.name}`;
    const made = workload.metadata?.annotations?.[PODS_MADE] ?? '';
    shown.set(name, [...(shown.get(name) ?? []), { asked: askedOf(workload), made }]);
  }
  expect(shown.size).toBe(6);
  for (const [name, seen] of shown) {
    const waysOfAsking = new Set(seen.map(({ asked }) => asked)).size;
    expect(new Set(seen.map(({ made }) => made)).size, name).toBeGreaterThan(5);
    expect(new Set(seen.map(({ asked, made }) => `${asked} ${made}`)).size, name).toBe(waysOfAsking);
  }
});
