import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../kube/testing/things.ts';
import { grown, TWO_GROUPS } from './testing/grown.ts';
import { RESOURCE, type Shown, type SmallCluster, smallCluster } from './testing/small-cluster.ts';

const SPEC = { ...TWO_GROUPS, contracts: [{ name: 'token' }], load: { tpsPerGroup: 1 } };
let cluster: SmallCluster;

beforeEach(async () => {
  cluster = await smallCluster();
  await grown(cluster, 'demo', SPEC);
});

afterEach(async () => {
  const failed = cluster.failures.map(({ error }) => error);
  await cluster.end();
  expect(failed).toEqual([]);
});

/** That there are; a Job is named by what it does. */
function jobs(): readonly Shown[] {
  const names = cluster.api.asked.flatMap(({ path }) => /\/jobs\/([^/]+)$/.exec(path)?.[1] ?? []);
  return [...new Set(names)].flatMap((name) => cluster.show(RESOURCE.jobs, name) ?? []);
}

function generators(): unknown {
  return cluster.show(RESOURCE.deployments, 'demo-load-0')?.spec?.['replicas'];
}

async function deployed(): Promise<void> {
  for (const job of jobs()) cluster.api.put(RESOURCE.jobs, { ...job, status: { succeeded: 1 } } as Shown);
  await until('they are deployed', () => condition() === 'True AllDeployed');
  await until('load is offered', () => generators() === 1);
}

function condition(): string | undefined {
  return cluster.condition(RESOURCE.testnets, 'demo', 'ContractsReady');
}

test('one contract more stops no generator whose contract is there, another workload does', async () => {
  expect(generators()).toBe(0);
  await deployed();
  const contracts = [{ name: 'token' }, { name: 'poll' }];
  cluster.testnet('demo', { ...SPEC, contracts });
  await until('it is to be deployed', () => condition() === 'False Deploying' && jobs().length === 1);
  expect(generators()).toBe(1);
  cluster.testnet('demo', { ...SPEC, contracts, load: { tpsPerGroup: 1, workload: 'Poll' } });
  await until('its generator waits for it', () => generators() === 0);
});

test('where chains lie in memory a suspension ends them, and contracts are deployed anew after it', async () => {
  await deployed();
  cluster.testnet('demo', { ...SPEC, suspend: true });
  await until('no Job is left', () => jobs().length === 0 && generators() === 0);
  cluster.testnet('demo', SPEC);
  await until('they are to be deployed', () => jobs().length === 1 && condition() === 'False Deploying');
  expect(generators()).toBe(0);
});
