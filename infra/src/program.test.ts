import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readSettings, type SettingsError, type Source } from './settings.ts';
import { MOCKED_KUBECONFIG, type Registered, register } from './testing/register.ts';

const BASE = resolve(import.meta.dirname, '..');
const CHART = join(BASE, '..', 'charts', 'rexnet');

function source(values: Readonly<Record<string, unknown>>): Source {
  return {
    keys: Object.keys(values),
    get: (key) => (values[key] === undefined ? undefined : String(values[key])),
    getObject: <T>(key: string) => values[key] as T | undefined,
  };
}

function run(stack: string, values: Readonly<Record<string, unknown>>): Promise<readonly Registered[]> {
  return register(readSettings(source(values), stack, BASE), CHART);
}

function inputsOf(registered: readonly Registered[], name: string): Registered['inputs'] {
  const found = registered.filter((resource) => resource.name === name);
  if (found.length !== 1) throw new Error(`${found.length} resources are called ${name}`);
  return found[0]!.inputs;
}

test('the stack dev makes a kind cluster with the images in it, Prometheus, the operator and the Testnet', async () => {
  const all = await run('dev', { cluster: 'Kind', machines: 2, loadImages: ['rexnet:dev', 'bitcoind:dev'] });
  expect(all.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
    'command:local:Command image-0',
    'command:local:Command image-1',
    'command:local:Command kind',
    'kubernetes:core/v1:Namespace monitoring',
    'kubernetes:core/v1:Namespace operator',
    'kubernetes:core/v1:Namespace testnets',
    'kubernetes:helm.sh/v3:Release monitoring-release',
    'kubernetes:helm.sh/v3:Release rexnet',
    'kubernetes:rexnet.dev/v1alpha1:Testnet testnet',
    'pulumi:providers:kubernetes cluster',
  ]);
  const kind = inputsOf(all, 'kind');
  expect(kind['create']).toContain('kind create cluster --name rexnet-dev');
  expect(kind['delete']).toBe('kind delete cluster --name rexnet-dev');
  expect(String(kind['stdin']).match(/role: worker/g)).toHaveLength(2);
  expect(inputsOf(all, 'image-1')['create']).toBe('kind load docker-image bitcoind:dev --name rexnet-dev');
  // Wrapped, because it is a secret.
  expect(inputsOf(all, 'cluster')['kubeconfig']).toMatchObject({ value: MOCKED_KUBECONFIG });
  const annotations = { 'pulumi.com/waitFor': 'condition=FirstBlock' };
  const metadata = { name: 'demo', namespace: 'rexnet-testnets', annotations };
  expect(inputsOf(all, 'testnet')).toMatchObject({ metadata, spec: { groups: 4 } });
});

test('the stack cloud takes a kubeconfig and gives every group a machine', async () => {
  const values = { cluster: 'Given', kubeconfig: 'package.json', context: 'lab', machinePerGroup: 'true' };
  const all = await run('cloud', values);
  expect(all.filter(({ type }) => type.startsWith('command:'))).toEqual([]);
  expect(inputsOf(all, 'cluster')).toMatchObject({ kubeconfig: join(BASE, 'package.json'), context: 'lab' });
  const placement = { strategy: 'Exclusive', separateLoad: 'Required' };
  expect(inputsOf(all, 'testnet')).toMatchObject({ spec: { placement } });
});

test('Prometheus looks at what is ours, and Grafana shows our dashboards', async () => {
  const all = await run('cloud', { cluster: 'Given', kubeconfig: 'package.json' });
  expect(inputsOf(all, 'monitoring-release')).toMatchObject({
    chart: 'kube-prometheus-stack',
    values: { prometheus: { prometheusSpec: { podMonitorSelectorNilUsesHelmValues: false } } },
  });
  expect(inputsOf(all, 'rexnet')).toMatchObject({ chart: CHART, values: { monitoring: { dashboards: 'Always' } } });
});

test('values of the chart are laid over those made here', async () => {
  const chartValues = { monitoring: { podMonitor: 'Never' }, watchNamespace: 'rexnet-testnets' };
  const all = await run('cloud', { cluster: 'Given', kubeconfig: 'package.json', chartValues });
  expect(inputsOf(all, 'rexnet')).toMatchObject({
    values: { monitoring: { dashboards: 'Always', podMonitor: 'Never' }, watchNamespace: 'rexnet-testnets' },
  });
});

test('without monitoring nothing is made for it', async () => {
  const all = await run('cloud', { cluster: 'Given', kubeconfig: 'package.json', monitoring: 'false' });
  expect(all.some(({ name }) => name.startsWith('monitoring'))).toBe(false);
  expect(inputsOf(all, 'rexnet')).toMatchObject({ values: { monitoring: { dashboards: 'Never' } } });
});

test('the stacks in this folder set what there is', () => {
  for (const [stack, more] of [
    ['dev', {}],
    ['cloud', { kubeconfig: 'package.json' }],
  ] as const) {
    const { config } = parse(readFileSync(join(BASE, `Pulumi.${stack}.yaml`), 'utf8')) as { config: object };
    const own = Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(/^rexnet:/, ''), value]));
    expect(readSettings(source({ ...own, ...more }), stack, BASE).testnet.metadata).toEqual({ name: 'demo' });
  }
});

test.each([
  [{ machinesPerGroup: true }, 'rexnet:machinesPerGroup is no setting; there are cluster, machines'],
  [{ cluster: 'Given', kubeconfig: 'absent' }, 'there is no file'],
  [{ loadImages: 'rexnet:dev' }, 'must be a list of images'],
  [{ loadImages: ['rexnet:dev; id'] }, 'must be a list of images'],
  [{ chartValues: ['image'] }, 'values of charts/rexnet, by name'],
  [{ testnetNamespace: 'Lab' }, 'must be the name of a namespace, not Lab'],
  [{ testnetNamespace: 'default' }, "is not the stack's to make and to delete"],
  [{ testnetFile: 'absent.yaml' }, 'there is no file'],
  [{ cluster: 'Given' }, 'name its kubeconfig'],
  [{ cluster: 'kind' }, 'must be Kind or Given'],
  [{ machines: 0 }, 'whole number from 1 to 16'],
  [{ monitoring: 'yes' }, 'must be true or false'],
  [{ testnetFile: 'Pulumi.yaml' }, 'holds no Testnet'],
])('%o is refused', (values, message) => {
  expect(() => readSettings(source(values), 'dev', BASE)).toThrow(
    expect.objectContaining<Partial<SettingsError>>({ code: 'SETTINGS', message: expect.stringContaining(message) }),
  );
});

test('a stack that kind could not name is refused', () => {
  expect(() => readSettings(source({}), 'My_Stack', BASE)).toThrow('name the stack in lower case');
});
