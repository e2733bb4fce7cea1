// A Testnet of two groups that makes blocks: what most tests of its controllers begin with.
import { until } from '../../kube/testing/things.ts';
import { answerOf, RESOURCE, type SmallCluster } from './small-cluster.ts';

export const OWNERS: readonly number[] = [0, 0, 1, 1];
export const TWO_GROUPS = { groups: 2, chain: { partitions: 16 }, bitcoin: { mode: 'None' } } as const;
const AGE_MS = 9_000;

export async function grown(cluster: SmallCluster, name: string, spec: unknown = TWO_GROUPS): Promise<void> {
  cluster.testnet(name, spec, AGE_MS);
  const { statefulSets } = RESOURCE;
  await until('both groups have a StatefulSet', () =>
    [0, 1].every((group) => cluster.show(statefulSets, `${name}-g${group}`) !== undefined),
  );
  for (const group of [0, 1]) {
    cluster.pod(name, group, 0);
    cluster.answers.set(nodeOf(name, group), answerOf(group, 3, OWNERS, [0, 1]));
  }
  const miner = cluster.show(RESOURCE.deployments, `${name}-miner`);
  if (miner === undefined) throw new Error('there is no miner');
  cluster.api.put(RESOURCE.deployments, { ...miner, status: { readyReplicas: 1 } } as typeof miner);
  await until('the Testnet is ready', () => cluster.condition(RESOURCE.testnets, name, 'Ready') === 'True BlocksGrow');
}

/** Where its first node is asked. */
export function nodeOf(testnet: string, group: number): string {
  return `${testnet}-g${group}-0:7070`;
}
