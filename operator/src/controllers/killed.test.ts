import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { systemClock } from '../kube/clock.ts';
import { type KubeObject, keyOf } from '../kube/resources.ts';
import { RestClient } from '../kube/rest.ts';
import { FakeApi } from '../kube/testing/fake-api.ts';
import { until } from '../kube/testing/things.ts';
import { DISRUPTION_BUDGETS, NETWORK_POLICIES, SERVICES } from './collections.ts';
import { controllersOver, NAMESPACE, RESOURCE, type SmallCluster } from './testing/small-cluster.ts';

const SPEC = { groups: 2, nodesPerGroup: 2, chain: { partitions: 16 }, contracts: [{ name: 'token' }] };
const KINDS = [
  ...Object.values(RESOURCE).filter((resource) => resource !== RESOURCE.testnets),
  SERVICES.resource,
  DISRUPTION_BUDGETS.resource,
  NETWORK_POLICIES.resource,
];
/** From the first Secret to after the last object. */
const MOMENTS = [1, 2, 3, 5, 8, 12, 16];

function writes(api: FakeApi): number {
  return api.asked.filter(({ method, path }) => method !== 'GET' && !path.includes('/events')).length;
}

/** What is made last is there: of each group its StatefulSet, of the Testnet a status that is written after all was applied. */
async function settled({ show }: SmallCluster): Promise<void> {
  await until('everything is made', () => {
    const { status } = show(RESOURCE.testnets, 'demo') ?? {};
    const groups = ['demo-g0', 'demo-g1'];
    return (
      status?.['networkId'] !== undefined &&
      groups.every((name) => show(RESOURCE.statefulSets, name) !== undefined) &&
      groups.every((name) => show(RESOURCE.groups, name)?.status !== undefined)
    );
  });
}

/** Everything but what differs from run to run: uids, versions, times, and what random keys lead to. */
async function dump(api: FakeApi): Promise<readonly string[]> {
  const rest = new RestClient({ access: api.access, clock: systemClock, random: () => 0.5, userAgent: 'test' });
  const lists = await Promise.all(KINDS.map((resource) => rest.list<KubeObject>(resource, { namespace: NAMESPACE })));
  rest.close();
  return lists
    .flatMap(({ items }) => items)
    .map((object) => {
      const { spec, data, metadata, kind } = object as KubeObject & {
        readonly spec?: unknown;
        readonly data?: unknown;
      };
      const owners = metadata.ownerReferences?.map((owner) => `${owner.kind}/${owner.name}`);
      const content = kind === 'Secret' ? Object.keys(data ?? {}) : { spec, data };
      const hash = createHash('sha256')
        .update(JSON.stringify([content, metadata.labels, owners]))
        .digest('hex');
      return `${kind} ${keyOf(metadata)} ${hash.slice(0, 12)}`;
    })
    .sort();
}

async function undisturbed(): Promise<readonly string[]> {
  const cluster = controllersOver(await FakeApi.start());
  cluster.testnet('demo', SPEC);
  await settled(cluster);
  const all = await dump(cluster.api);
  await cluster.end();
  return all;
}

async function killedAt(moment: number): Promise<readonly string[]> {
  const api = await FakeApi.start();
  const first = controllersOver(api);
  const killing = killAt(first, moment);
  first.testnet('demo', SPEC);
  await killing;
  const second = controllersOver(api);
  await settled(second);
  const secrets = api.asked.filter(({ method, path }) => method === 'POST' && path.endsWith('/secrets'));
  expect(secrets.length, 'Secrets are made once').toBeLessThanOrEqual(3);
  const all = await dump(api);
  await second.end();
  return all;
}

async function killAt(cluster: SmallCluster, moment: number): Promise<void> {
  await until('the moment has come', () => writes(cluster.api) >= moment);
  await cluster.kill();
}

test('killed at any moment, the operator leaves what it would have left undisturbed', async () => {
  const [expected, ...found] = await Promise.all([undisturbed(), ...MOMENTS.map(killedAt)]);
  expect(expected?.length).toBeGreaterThan(15);
  for (const [index, all] of found.entries()) expect(all, `killed at write ${MOMENTS[index]}`).toEqual(expected);
});
