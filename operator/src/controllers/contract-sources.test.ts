import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../kube/clock.ts';
import type { KubeObject } from '../kube/resources.ts';
import { RestClient } from '../kube/rest.ts';
import { FakeApi } from '../kube/testing/fake-api.ts';
import { labelsOf } from '../plan/kube/labels.ts';
import { CONFIG_MAPS } from './collections.ts';
import { absentSource } from './contract-sources.ts';
import type { Clients, Copies } from './controller.ts';
import { Inputs } from './inputs.ts';
import { IMAGES, NAMESPACE } from './testing/small-cluster.ts';

let api: FakeApi;
let rest: RestClient;

beforeAll(async () => {
  api = await FakeApi.start();
  rest = new RestClient({ access: api.access, clock: systemClock, random: () => 0.5, userAgent: 'test' });
});

afterAll(async () => {
  rest.close();
  await api.stop();
});

/** `waiting`: as the kubelet shows a pod that mounts what is not there. */
function asked({ waiting }: { readonly waiting: boolean }): Promise<string | undefined> {
  const contracts = [{ name: 'token' }, { name: 'mine', configMapKeyRef: { name: 'sources', key: 'mine.prd' } }];
  const object = {
    apiVersion: 'rexnet.dev/v1alpha1',
    kind: 'Testnet',
    metadata: { name: 'demo', namespace: NAMESPACE, uid: 'uid-1', generation: 1 },
    spec: { contracts },
  };
  const made = new Inputs(IMAGES).of(object, { retiring: [], contractsDeployed: false });
  if ('trouble' in made) throw new Error(made.trouble.message);
  const pod = {
    metadata: { name: 'demo-contracts-1', namespace: NAMESPACE, labels: labelsOf('demo', 'contracts') },
    status: {
      containerStatuses: [{ state: waiting ? { waiting: { reason: 'ContainerCreating' } } : { running: {} } }],
    },
  };
  const copies = { of: () => ({ by: () => [pod] }) } as unknown as Copies;
  return absentSource(made.input, copies, { rest, signal: new AbortController().signal } as unknown as Clients);
}

function source(data: Readonly<Record<string, string>>): void {
  const metadata = { name: 'sources', namespace: NAMESPACE };
  api.put(CONFIG_MAPS.resource, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data } as KubeObject);
}

test('a source that is not there is named while a pod waits for it', async () => {
  expect(await asked({ waiting: false })).toBeUndefined();
  expect(api.asked).toEqual([]);
  expect(await asked({ waiting: true })).toBe(
    'there is no ConfigMap sources in this namespace; create it with the source of mine as mine.prd',
  );
  source({ 'main.prd': '' });
  expect(await asked({ waiting: true })).toBe(
    'ConfigMap sources has no mine.prd, where the source of mine should be; it has main.prd',
  );
  source({ 'mine.prd': '' });
  expect(await asked({ waiting: true })).toBeUndefined();
});
