// rxctl doctor --kube: what it says of a cluster, from the command line over real HTTP, and how pods are laid out.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEPLOYMENTS, PODS } from '@rexnet/operator/controllers/collections.ts';
import type { KubeObject, Resource } from '@rexnet/operator/kube/resources.ts';
import { answer, statusBody } from '@rexnet/operator/kube/testing/fake-api.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EXIT } from '../exit.ts';
import { FakeCluster, NAMESPACE } from '../testing/fake-cluster.ts';
import { unplaced } from './doctor-checks.ts';

const NODES: Resource = { group: '', version: 'v1', plural: 'nodes', kind: 'Node', namespaced: false };
const TESTNET = `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: demo}
spec: {groups: 4, bitcoin: {mode: None}, template: {storage: {size: 1Gi}}}
`;

let cluster: FakeCluster;
/** Verbs that we may not. */
let refused: readonly string[] = [];

beforeEach(async () => {
  cluster = await FakeCluster.start();
  refused = [];
  cluster.api.fault = ({ path, body }, response) => {
    if (!path.endsWith('/selfsubjectaccessreviews')) return false;
    const { spec } = body as { readonly spec: { readonly resourceAttributes: { readonly verb: string } } };
    answer(response, 201, { metadata: {}, status: { allowed: !refused.includes(spec.resourceAttributes.verb) } });
    return true;
  };
});
afterEach(() => cluster.stop());

function put(resource: Resource, name: string, rest: Readonly<Record<string, unknown>>, namespace?: string): void {
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
  const apiVersion = resource.group === '' ? 'v1' : `${resource.group}/${resource.version}`;
  cluster.api.put(resource, { apiVersion, kind: resource.kind, metadata, ...rest } as KubeObject);
}

/** Room for three nodes of 250m, of which a stranger has taken one. */
function machine(name: string, spec: object = {}): void {
  put(NODES, name, { spec, status: { allocatable: { cpu: '750m', memory: '4Gi' } } });
  const requests = { cpu: '200m', memory: '64Mi' };
  put(PODS.resource, `stranger-${name}`, { spec: { nodeName: name, containers: [{ resources: { requests } }] } }, 'x');
}

async function doctor(): Promise<{ readonly code: number; readonly out: string }> {
  writeFileSync(join(cluster.cwd, 'testnet.yaml'), TESTNET);
  const { code, out, err } = await cluster.run(['doctor']);
  expect(err).toBe('');
  return { code, out };
}

test('a cluster that can carry it', async () => {
  for (const name of ['w1', 'w2', 'w3']) machine(name);
  put(DEPLOYMENTS.resource, 'rexnet-operator', { status: { readyReplicas: 1 } }, 'rexnet-system');
  const classes: Resource = { ...NODES, group: 'storage.k8s.io', plural: 'storageclasses', kind: 'StorageClass' };
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  cluster.api.put(classes, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'a', annotations },
  });
  const { code, out } = await doctor();
  expect(out).toMatch(/✔ cluster +http:\/\/127\.0\.0\.1:\d+ answers; namespace lab/);
  expect(out).toMatch(/✔ operator +runs in namespace rexnet-system/);
  expect(out).toMatch(/✔ rights +you may look at, ask and change Testnets in lab/);
  expect(out).toMatch(/✔ room +5 pods ask for 1200m and 1728Mi; 3 machines have room for them/);
  expect(out).toMatch(/✔ storage +there is a default StorageClass/);
  expect(code).toBe(EXIT.ok);
});

test('one that cannot: every check says what to do', async () => {
  machine('w1');
  machine('w2', { unschedulable: true });
  machine('w3', { taints: [{ key: 'x', effect: 'NoSchedule' }] });
  refused = ['create', 'patch', 'delete'];
  const { code, out } = await doctor();
  expect(out).toMatch(/✖ operator +none is installed, so nobody looks after Testnets of lab\n +cure: helm install/);
  expect(out).toMatch(/⚠ rights +you may not create pods\/portforward \(reaching nodes: .*\), patch testnets/);
  expect(out).toMatch(/⚠ room +5 pods ask for .*; 3 of them fit on none of 1 machines/);
  expect(out).toMatch(/✖ storage +spec.template.storage wants a default StorageClass, and there is none/);
  expect(code).toBe(EXIT.error);
});

test('who may not look is told so', async () => {
  const { fault } = cluster.api;
  cluster.api.fault = (asked, response) => {
    if (fault(asked, response)) return true;
    if (asked.path.includes(`/namespaces/${NAMESPACE}/`)) return false;
    answer(response, 403, statusBody(403, 'Forbidden', 'no'));
    return true;
  };
  const { code, out } = await doctor();
  expect(out).toMatch(/⚠ operator +you may not look for it in other namespaces/);
  expect(out).toMatch(/⚠ room .*you may not look at machines/);
  expect(code).toBe(EXIT.ok);
});

test.each([
  ['the large ones find their place first', [2n, 1n, 3n], [3n, 3n], 0],
  ['what fits nowhere is counted', [2n, 2n, 2n], [3n, 3n], 1],
  ['no machine takes anything', [1n], [], 1],
] as const)('%s', (_, pods, machines, left) => {
  const room = (cpu: bigint) => ({ cpu, memory: cpu });
  expect(unplaced(pods.map(room), machines.map(room))).toBe(left);
});
