// The charts on a real API server: what helm sends is accepted, a Testnet is made field by field, limits answer with their
// sentence, and an uninstall keeps the CRDs with what people made of them. No operator runs here.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { stringify } from 'yaml';
import { findOrBuildHelm, type Helm, helmOutput } from '../../../scripts/charts/helm.ts';
import { IS_FULL } from '../../local/counts.ts';
import { until } from '../../local/until.ts';
import { requireCluster } from '../cluster.ts';
import type { Cluster } from '../cluster-type.ts';
import { reasonOf } from '../errors.ts';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');
const NAME = 'charts-test';
/** helm may have to be built. */
const HELM_MAX_MS = 600_000;
/** Until the API server judges by a policy that was just written. */
const POLICY_MAX_MS = 30_000;
/** Others of this run may have made the CRDs; no pod of ours is needed, and there may be no image for it. */
const BESIDE_OTHERS = ['--take-ownership', '--force-conflicts', '--set', `replicas=0,watchNamespaces={${NAME}}`];
const LIMITS = [
  'limits.maxGroups=4',
  'limits.maxNodes=6',
  'limits.maxTtl=2h',
  'limits.imagePrefixes={ghcr.io/acme/}',
].join(',');
/** What ends a sentence of a limit. */
const SET_BY = ' (limit of this cluster, set by those who installed the operator)';

type Place = { readonly cluster: Cluster; readonly helm: Helm };

const cluster = await requireCluster({ machines: 1 });
const folder = mkdtempSync(join(tmpdir(), 'rexnet-charts-'));
let found: Helm | { readonly reason: string } = { reason: 'no cluster, no helm' };

beforeAll(async () => {
  if ('reason' in cluster) return;
  found = await findOrBuildHelm();
  await cluster.kubectl(['create', 'namespace', NAME]);
}, HELM_MAX_MS);

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  if ('reason' in cluster) return;
  await cluster.kubectl([
    'delete',
    'validatingadmissionpolicies,validatingadmissionpolicybindings',
    '-l',
    `app.kubernetes.io/instance=${NAME}`,
  ]);
  await cluster.kubectl(['delete', 'namespace', NAME]);
}, HELM_MAX_MS);

function placeFor(context: TestContext): Place {
  if ('reason' in cluster) return context.skip(cluster.reason);
  if ('reason' in found) return context.skip(`cluster: ${found.reason}`);
  return { cluster, helm: found };
}

function helmIn({ cluster: { kubeconfig }, helm }: Place, ...args: readonly string[]): Promise<string> {
  return helmOutput(helm, [...args, '--namespace', NAME], { KUBECONFIG: kubeconfig });
}

type Asking = { readonly kind?: string; readonly namespace?: string; readonly as?: string };

/** What the API server says to an object that it is to refuse; empty when it took it. Nothing is stored. */
async function refusal(
  { cluster: server }: Place,
  name: string,
  spec: object,
  { kind = 'Testnet', namespace = NAME, as }: Asking = {},
): Promise<string> {
  const object = { apiVersion: 'rexnet.dev/v1alpha1', kind, metadata: { name, namespace }, spec };
  const asking = as === undefined ? [] : [`--as=${as}`];
  try {
    await server.kubectl(['create', '--dry-run=server', ...asking, '-f', '-'], stringify(object));
    return '';
  } catch (error) {
    return reasonOf(error);
  }
}

/** Until a policy that was just written is judged by. */
function judgedBy(place: Place, spec: object, sentence: string): Promise<string> {
  return until({
    what: `the limits to say: ${sentence}`,
    withinMs: POLICY_MAX_MS,
    everyMs: 500,
    look: () => refusal(place, 'a', spec),
    holds: (said) => said.includes(sentence + SET_BY),
  });
}

test('helm installs it beside what is there', { timeout: HELM_MAX_MS }, async (context) => {
  const place = placeFor(context);
  const said = await helmIn(place, 'install', NAME, join(ROOT, 'charts', 'rexnet'), ...BESIDE_OTHERS, '--set', LIMITS);
  expect(said).toContain(`serves Testnets of ${NAME}.`);
  const crds = await place.cluster.kubectl(['get', 'crds', '-o', 'name']);
  for (const kind of ['testnets', 'loadtests', 'consensusgroups', 'shardmaps'])
    expect(crds).toContain(`customresourcedefinition.apiextensions.k8s.io/${kind}.rexnet.dev`);
});

test('limits answer with their sentence', { timeout: HELM_MAX_MS }, async (context) => {
  const place = placeFor(context);
  await judgedBy(place, { groups: 5, ttl: '1h' }, 'spec.groups must be at most 4');
  expect(await refusal(place, 'b', { groups: 2, ttl: '1h' })).toBe('');
  expect(await refusal(place, 'c', { groups: 4, nodesPerGroup: 2, ttl: '1h' })).toContain('must be at most 6');
  expect(await refusal(place, 'd', {})).toContain('spec.ttl must be set, and be at most 2h');
  expect(await refusal(place, 'e', { ttl: '3h' })).toContain('spec.ttl must be set, and be at most 2h');
  const images = 'images must begin with ghcr.io/acme/';
  expect(await refusal(place, 'f', { ttl: '1h', image: 'docker.io/x/y:1' })).toContain(images);
  const nodeOverrides = [{ group: 0, ordinal: 0, image: 'docker.io/x/y:1' }];
  expect(await refusal(place, 'g', { ttl: '1h', nodeOverrides })).toContain(images);
  expect(await refusal(place, 'h', { ttl: '1h', image: 'ghcr.io/acme/rexnet:1' })).toBe('');
  const loadTest = { testnet: 'net', groups: [1, 8] };
  expect(await refusal(place, 'i', loadTest, { kind: 'LoadTest' })).toContain(
    `spec.groups must hold numbers up to 4${SET_BY}`,
  );
  expect(await refusal(place, 'j', { ...loadTest, groups: [1, 4] }, { kind: 'LoadTest' })).toBe('');
  // What a LoadTest makes through the operator was judged with the LoadTest; other namespaces are not served.
  const operator = `system:serviceaccount:${NAME}:${NAME}-rexnet-operator`;
  expect(await refusal(place, 'k', { groups: 5 }, { as: operator })).toBe('');
  expect(await refusal(place, 'l', { groups: 5 }, { namespace: 'default' })).toBe('');
});

test('with a default ttl a Testnet may be without, and none loses the one it has', {
  timeout: HELM_MAX_MS,
}, async (context) => {
  const place = placeFor(context);
  if (!IS_FULL) return context.skip('two upgrades for one sentence: REXNET_FULL=1 tries them');
  const { cluster: server } = place;
  const limits = 'limits.maxTtl=2h,limits.defaultTtl=1h';
  await helmIn(place, 'upgrade', NAME, join(ROOT, 'charts', 'rexnet'), ...BESIDE_OTHERS, '--set', limits);
  await judgedBy(place, { ttl: '3h' }, 'spec.ttl must be at most 2h');
  expect(await refusal(place, 'b', {})).toBe('');
  const create = (name: string, spec: object) =>
    server.kubectl(
      ['create', '-f', '-'],
      stringify({ apiVersion: 'rexnet.dev/v1alpha1', kind: 'Testnet', metadata: { name, namespace: NAME }, spec }),
    );
  const patch = (name: string, value: object, ...more: readonly string[]) =>
    server
      .kubectl(['-n', NAME, 'patch', `testnet/${name}`, '--type=merge', '-p', JSON.stringify(value), ...more])
      .catch(reasonOf);
  await create('older', { ttl: '1h', suspend: true });
  expect(await patch('older', { spec: { ttl: null } })).toContain(`spec.ttl must be at most 2h${SET_BY}`);
  // As the operator writes it into one that it has seen.
  await patch('older', { status: { defaultTtl: '1h' } }, '--subresource=status');
  expect(await patch('older', { spec: { ttl: null } })).toContain('patched');
  await server.kubectl(['-n', NAME, 'delete', 'testnet', 'older']);
  await helmIn(place, 'upgrade', NAME, join(ROOT, 'charts', 'rexnet'), ...BESIDE_OTHERS, '--set', LIMITS);
  await judgedBy(place, {}, 'spec.ttl must be set, and be at most 2h');
});

test('a Testnet of the other chart is stored as its values say, and is scaled within the limits', {
  timeout: HELM_MAX_MS,
}, async (context) => {
  const place = placeFor(context);
  const { cluster: server } = place;
  const chart = join(ROOT, 'charts', 'testnet');
  const values = join(folder, 'values.yaml');
  writeFileSync(
    values,
    stringify({ groups: 2, ttl: '1h', suspend: true, chain: { blockGas: 5_000_000 }, bitcoin: { mode: 'None' } }),
  );
  await helmIn(place, 'install', 'net', chart, '--values', values);
  const stored = JSON.parse(await server.kubectl(['-n', NAME, 'get', 'testnet', 'net', '-o', 'json']));
  expect(stored.spec).toMatchObject({ groups: 2, nodesPerGroup: 1, chain: { blockGas: 5_000_000, partitions: 256 } });
  const scale = (groups: number): Promise<string> =>
    server.kubectl(['-n', NAME, 'scale', 'testnet/net', `--replicas=${groups}`]).catch(reasonOf);
  expect(await scale(5)).toContain('a Testnet can be scaled to at most 4 groups (limit of this cluster');
  expect(await scale(3)).toContain('scaled');
  // What is there stays as it is, and can be labelled, when a limit comes to lie below it.
  await helmIn(place, 'upgrade', NAME, join(ROOT, 'charts', 'rexnet'), ...BESIDE_OTHERS, '--set', 'limits.maxGroups=1');
  expect(await server.kubectl(['-n', NAME, 'label', 'testnet/net', 'kept=true'])).toContain('labeled');
});

test('an uninstall keeps the CRDs, and Testnets with them', { timeout: HELM_MAX_MS }, async (context) => {
  const place = placeFor(context);
  await helmIn(place, 'uninstall', NAME, '--wait');
  expect(await place.cluster.kubectl(['-n', NAME, 'get', 'testnet', 'net', '-o', 'name'])).toContain(
    'testnet.rexnet.dev/net',
  );
  await helmIn(place, 'uninstall', 'net', '--wait');
  expect(await place.cluster.kubectl(['-n', NAME, 'get', 'testnets', '-o', 'name'])).toBe('');
});

test('install.yaml and the kustomize base are taken by a strict API server', {
  timeout: HELM_MAX_MS,
}, async (context) => {
  const { cluster: server } = placeFor(context);
  const text = readFileSync(join(ROOT, 'install.yaml'), 'utf8').replaceAll('rexnet-system', NAME);
  const dry = ['apply', '--server-side', '--force-conflicts', '--dry-run=server', '--validate=strict', '-f', '-'];
  expect(await server.kubectl(dry, text)).toContain(
    'deployment.apps/rexnet-operator serverside-applied (server dry run)',
  );
  const base = await server.kubectl(['kustomize', join(ROOT, 'config', 'example')]);
  expect(base).toContain('image: registry.example/rexnet:1');
  expect(await server.kubectl(dry, base.replaceAll('rexnet-system', NAME))).toContain(
    'rexnet-operator serverside-applied',
  );
});
