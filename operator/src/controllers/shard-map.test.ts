import { evenOwners, firstShardMap } from '@rexnet/node/chain/shard-map.ts';
import { toHex } from '@rexnet/node/core/bytes.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ShardMapStatus } from '../api/shard-map.ts';
import type { Knowledge } from '../ask/asker.ts';
import type { KubeObject } from '../kube/resources.ts';
import { RestClient } from '../kube/rest.ts';
import { fastClock } from '../kube/testing/clocks.ts';
import { FakeApi } from '../kube/testing/fake-api.ts';
import { until } from '../kube/testing/things.ts';
import { GROUPS, SHARD_MAPS, TESTNETS } from './collections.ts';
import { Runtime } from './runtime.ts';
import { shardMapController } from './shard-map.ts';

const NAMESPACE = 'lab';
const TIMES_FASTER = 10;
const PARTITIONS = 64;

let api: FakeApi;
let rest: RestClient;
let stop: AbortController;
let running: Promise<void>;
/** What the nodes of the network answer. */
let chain:
  | { readonly epoch: number; readonly owners: readonly number[]; readonly groups: readonly number[] }
  | undefined;

const knowledge: Pick<Knowledge, 'of'> = {
  of: () => {
    if (chain === undefined) return new Map();
    const { epoch, owners, groups } = chain;
    const seen = groups.map((group) => ({ group, height: 5, timestampMs: 5 }));
    const base = { group: 0, height: 5, tipTimestampMs: 5, inSync: true, bitcoinHeight: 0, networkId: '00' };
    return new Map([[0, { atMs: 0, answer: { ...base, epoch, owners, groups: seen } }]]);
  },
};

beforeEach(async () => {
  chain = undefined;
  api = await FakeApi.start();
  const clock = fastClock(TIMES_FASTER);
  const random = () => 0.5;
  rest = new RestClient({ access: api.access, clock, random, userAgent: 'test' });
  stop = new AbortController();
  const runtime = new Runtime([shardMapController({ knowledge })], {
    rest,
    clock,
    random,
    namespaces: [],
    instance: 'test',
  });
  running = runtime.run(stop.signal);
});

afterEach(async () => {
  stop.abort();
  await running;
  rest.close();
  await api.stop();
});

function testnet(spec: object): void {
  const apiVersion = 'rexnet.dev/v1alpha1';
  const metadata = { name: 'demo', namespace: NAMESPACE };
  const chainSpec = { chain: { partitions: PARTITIONS } };
  api.put(TESTNETS.resource, { apiVersion, kind: 'Testnet', metadata, spec: { ...chainSpec, ...spec } } as KubeObject);
  const group = {
    name: 'demo-g0',
    namespace: NAMESPACE,
    labels: { 'rexnet.dev/testnet': 'demo', 'rexnet.dev/group': '0' },
  };
  const groupSpec = { testnet: 'demo', index: 0, replicas: 1, retired: false };
  api.put(GROUPS.resource, { apiVersion, kind: 'ConsensusGroup', metadata: group, spec: groupSpec } as KubeObject);
}

type Shown = KubeObject & { readonly spec?: unknown; readonly status?: ShardMapStatus };
const shown = (): Shown | undefined => api.object(SHARD_MAPS.resource, 'demo', NAMESPACE);
const ready = () => shown()?.status?.conditions?.find(({ type }) => type === 'Ready');
const writes = (): number =>
  api.asked.filter(({ method, path }) => method === 'PATCH' && path.endsWith('/shardmaps/demo/status')).length;

test('the object mirrors the chain, and proposes what waits for moves', async () => {
  testnet({ groups: 4 });
  await until('it is there', () => ready()?.reason === 'Unreachable');
  expect(shown()?.spec).toEqual({ testnet: 'demo', partitions: PARTITIONS, approval: 'Auto' });
  expect(shown()?.metadata.ownerReferences?.[0]).toMatchObject({ kind: 'Testnet', name: 'demo' });

  const owners = evenOwners(PARTITIONS, 4);
  chain = { epoch: 0, owners, groups: [0, 1, 2, 3] };
  await until('it is balanced', () => ready()?.status === 'True');
  expect(shown()?.status).toMatchObject({
    phase: 'Balanced',
    epoch: 0,
    groups: 4,
    table: '0-15:0,16-31:1,32-47:2,48-63:3',
    tableHash: toHex(firstShardMap(owners).hash),
  });

  testnet({ groups: 6 });
  chain = { epoch: 1, owners, groups: [0, 1, 2, 3, 4, 5] };
  await until('it proposes', () => shown()?.status?.phase === 'ProposalReady');
  expect(shown()?.status).toMatchObject({
    epoch: 1,
    groups: 6,
    proposal: { summary: expect.stringMatching(/g4\.\.g5: 0 ->/) },
  });
  expect(ready()).toMatchObject({ status: 'False', reason: 'CannotMove' });
  expect(ready()?.message).toMatch(
    /The moves wait for a version of the chain that can move partitions; until then groups 4 to 5 stay idle\.$/,
  );
});

test('silence takes nothing back, and what stays the same is not written again', async () => {
  testnet({ groups: 2, shardMap: { approval: 'Manual' } });
  chain = { epoch: 0, owners: evenOwners(PARTITIONS, 2), groups: [0, 1] };
  await until('it is balanced', () => ready()?.status === 'True');
  expect(shown()?.spec).toMatchObject({ approval: 'Manual' });
  const before = writes();
  testnet({ groups: 2, shardMap: { approval: 'Manual' } });
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(writes()).toBe(before);
  chain = undefined;
  await until('it says so', () => ready()?.reason === 'Unreachable');
  expect(shown()?.status).toMatchObject({ table: '0-31:0,32-63:1', phase: 'Balanced' });
});

test('one that belongs to nobody is left as it is, and an event of the Testnet says so', async () => {
  const metadata = { name: 'demo', namespace: NAMESPACE };
  const spec = { testnet: 'other', partitions: 2 };
  api.put(SHARD_MAPS.resource, { apiVersion: 'rexnet.dev/v1alpha1', kind: 'ShardMap', metadata, spec } as KubeObject);
  testnet({ groups: 2 });
  const told = () => api.asked.find(({ method, path }) => method === 'POST' && path.endsWith('/events'))?.body;
  await until('it is told', () => told() !== undefined);
  expect(told()).toMatchObject({
    type: 'Warning',
    reason: 'NameTaken',
    regarding: { kind: 'Testnet', name: 'demo' },
    note: expect.stringContaining('ShardMap demo is there already and belongs to nobody'),
  });
  expect(shown()).toMatchObject({ spec });
  expect(shown()?.status).toBeUndefined();
});
