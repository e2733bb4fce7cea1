import { afterEach, expect, test } from 'vitest';
import { until } from '../kube/testing/things.ts';
import { grown, TWO_GROUPS } from './testing/grown.ts';
import { controllersOver, RESOURCE, type SmallCluster, smallCluster } from './testing/small-cluster.ts';

let cluster: SmallCluster;

afterEach(async () => {
  await cluster.end();
});

/** A network whose genesis ConfigMap was deleted while no operator ran. */
async function withoutGenesis(spec: unknown): Promise<unknown> {
  const before = await smallCluster();
  await grown(before, 'demo');
  await before.kill();
  const genesis = before.show(RESOURCE.configMaps, 'demo-genesis');
  if (genesis === undefined) throw new Error('there is no genesis');
  before.api.remove(RESOURCE.configMaps, genesis);
  before.testnet('demo', spec);
  cluster = controllersOver(before.api);
  return Reflect.get(genesis, 'binaryData');
}

test('a genesis file that was deleted is made again: the key is there still', async () => {
  const binaryData = await withoutGenesis(TWO_GROUPS);
  await until('it is there', () => cluster.show(RESOURCE.configMaps, 'demo-genesis') !== undefined);
  expect(cluster.show(RESOURCE.configMaps, 'demo-genesis')).toMatchObject({ binaryData });
});

test('where another network would come of it, nothing is made, and it is told', async () => {
  await withoutGenesis({ ...TWO_GROUPS, groups: 3 });
  await until('it is told', () => cluster.condition(RESOURCE.testnets, 'demo', 'Stalled') === 'True GenesisLost');
  expect(cluster.show(RESOURCE.configMaps, 'demo-genesis')).toBeUndefined();
});
