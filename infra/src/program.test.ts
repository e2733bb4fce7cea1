import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readSettings, type SettingsError, type Source } from './settings.ts';
import { MOCKED_KUBECONFIG, type Registered, register } from './testing/register.ts';

const BASE = resolve(import.meta.dirname, '..');
const CHART = join(BASE, '..', 'charts', 'rexnet');

function source(values: Readonly<Record<string, unknown>>): Source {
  return {
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
  const metadata = { name: 'demo', namespace: 'rexnet-testnets' };
  expect(inputsOf(all, 'testnet')).toMatchObject({ metadata, spec: { groups: 4 } });
});

test('the stack cloud takes a kubeconfig and gives every group a machine', async () => {
  const values = { cluster: 'Given', kubeconfig: 'cloud.kubeconfig', context: 'lab', machinePerGroup: 'true' };
  const all = await run('cloud', values);
  expect(all.filter(({ type }) => type.startsWith('command:'))).toEqual([]);
  expect(inputsOf(all, 'cluster')).toMatchObject({ kubeconfig: join(BASE, 'cloud.kubeconfig'), context: 'lab' });
  const placement = { strategy: 'Exclusive', separateLoad: 'Required' };
  expect(inputsOf(all, 'testnet')).toMatchObject({ spec: { placement } });
});

test('Prometheus looks at what is ours, and Grafana shows our dashboards', async () => {
  const all = await run('cloud', { cluster: 'Given', kubeconfig: 'k' });
  expect(inputsOf(all, 'monitoring-release')).toMatchObject({
    chart: 'kube-prometheus-stack',
    values: { prometheus: { prometheusSpec: { podMonitorSelectorNilUsesHelmValues: false } } },
  });
  expect(inputsOf(all, 'rexnet')).toMatchObject({ chart: CHART, values: { monitoring: { dashboards: 'Always' } } });
});

test('without monitoring nothing is made for it', async () => {
  const all = await run('cloud', { cluster: 'Given', kubeconfig: 'k', monitoring: 'false' });
  expect(all.some(({ name }) => name.startsWith('monitoring'))).toBe(false);
  expect(inputsOf(all, 'rexnet')).toMatchObject({ values: { monitoring: { dashboards: 'Never' } } });
});

test.each([
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
