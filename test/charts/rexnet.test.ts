import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { operatorCommand, readOperatorFlags } from '@rexnet/operator/flags.ts';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { staleChartFiles } from '../../scripts/charts/files.ts';
import { helmOutput } from '../../scripts/charts/helm.ts';
import { INSTALL_FILES, renderInstall, staleInstallFiles } from '../../scripts/charts/install.ts';
import { chartPath, HELM_MAX_MS, helmFor, type KubeObject, objectsOf, refusal, render } from './rendering.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const MONITORING = ['ServiceMonitor', 'PrometheusRule'].map((kind) => `monitoring.coreos.com/v1/${kind}`);

/** Large, and judged apart: roles beside the rules they are made of. */
const isApart = ({ kind }: KubeObject): boolean =>
  ['CustomResourceDefinition', 'Role', 'ClusterRole', 'ConfigMap', 'PrometheusRule'].includes(kind);

function golden(text: string): string {
  return objectsOf(text)
    .filter((object) => !isApart(object))
    .map((object) => stringify(object, { lineWidth: 0 }))
    .join('---\n');
}

test('what the charts have from other rooms is up to date', () => {
  expect(staleChartFiles()).toEqual([]);
});

test('install.yaml and the kustomize base come from the chart of now', () => {
  expect(staleInstallFiles()).toEqual([]);
  const [first, second] = INSTALL_FILES.map((path) => readFileSync(join(ROOT, path), 'utf8'));
  expect(first).toBe(second);
});

test('install.yaml is what helm writes', { timeout: HELM_MAX_MS }, async (context) => {
  const helm = await helmFor(context);
  expect(await renderInstall(helm)).toBe(readFileSync(join(ROOT, 'install.yaml'), 'utf8'));
});

test('helm finds no fault with it', { timeout: HELM_MAX_MS }, async (context) => {
  const helm = await helmFor(context);
  expect(await helmOutput(helm, ['lint', '--strict', chartPath('rexnet')])).toContain('0 chart(s) failed');
});

test('the CRDs reach the cluster as they are written', { timeout: HELM_MAX_MS }, async (context) => {
  const written = objectsOf(await render(await helmFor(context), { chart: 'rexnet' })).filter(
    ({ kind }) => kind === 'CustomResourceDefinition',
  );
  const folder = join(chartPath('rexnet'), 'templates', 'crds');
  const expected = readdirSync(folder).flatMap((file) => objectsOf(readFileSync(join(folder, file), 'utf8')));
  const byName = (a: KubeObject, b: KubeObject): number => a.metadata.name.localeCompare(b.metadata.name);
  expect([...written].sort(byName)).toEqual([...expected].sort(byName));
});

test('with its defaults', { timeout: HELM_MAX_MS }, async (context) => {
  const text = await render(await helmFor(context), { chart: 'rexnet' });
  await expect(golden(text)).toMatchFileSnapshot('testdata/rexnet-defaults.yaml');
});

test('with every value, where Prometheus is', { timeout: HELM_MAX_MS }, async (context) => {
  const values = parse(readFileSync(join(import.meta.dirname, 'testdata', 'rexnet-all.values.yaml'), 'utf8'));
  const text = await render(await helmFor(context), { chart: 'rexnet', values, apis: MONITORING });
  await expect(golden(text)).toMatchFileSnapshot('testdata/rexnet-all.yaml');
});

test('rules and dashboards go through helm unchanged', { timeout: HELM_MAX_MS }, async (context) => {
  const objects = objectsOf(await render(await helmFor(context), { chart: 'rexnet', apis: MONITORING }));
  const [rules] = objects.filter(({ kind }) => kind === 'PrometheusRule');
  const files = join(chartPath('rexnet'), 'files');
  expect(rules?.['spec']).toEqual(parse(readFileSync(join(files, 'rules.yaml'), 'utf8')));
  const dashboards = objects.filter(({ kind }) => kind === 'ConfigMap');
  expect(dashboards.map(({ metadata }) => metadata.name)).toEqual(
    ['group', 'growth', 'merge-mining', 'overview'].map((page) => `demo-rexnet-operator-${page}`),
  );
  for (const { data, metadata } of dashboards) {
    expect(metadata.labels?.['grafana_dashboard']).toBe('1');
    for (const [name, json] of Object.entries(data as Record<string, string>))
      expect(JSON.parse(json)).toEqual(JSON.parse(readFileSync(join(files, 'dashboards', name), 'utf8')));
  }
});

test('values it does not know are refused, at any depth', { timeout: HELM_MAX_MS }, async (context) => {
  const helm = await helmFor(context);
  expect(await refusal(helm, { chart: 'rexnet', values: { replica: 2 } })).toContain("'replica' not allowed");
  expect(await refusal(helm, { chart: 'rexnet', values: { image: { name: 'x' } } })).toContain("'name' not allowed");
  expect(await refusal(helm, { chart: 'rexnet', values: { limits: { maxTtl: '2d' } } })).toContain('maxTtl');
  expect(await refusal(helm, { chart: 'rexnet', values: { resources: { cpu: 'fast' } } })).toContain('/resources/cpu');
});

test('the operator is told what it cannot see: how Prometheus selects, and when Testnets end', {
  timeout: HELM_MAX_MS,
}, async (context) => {
  const argumentsOf = async (values: object): Promise<readonly string[]> => {
    const objects = objectsOf(await render(await helmFor(context), { chart: 'rexnet', values }));
    const [deployment] = objects.filter(({ kind }) => kind === 'Deployment');
    const spec = deployment?.['spec'] as { template: { spec: { containers: { args: string[] }[] } } };
    return spec.template.spec.containers[0]?.args ?? [];
  };
  const none = await argumentsOf({ monitoring: { podMonitor: 'Never' } });
  expect(none.filter((argument) => /pod-monitor|ttl/.test(argument))).toEqual([]);
  const labels = { release: 'monitoring', team: 'core' };
  const some = await argumentsOf({ monitoring: { labels, interval: '5s' }, limits: { defaultTtl: '8h' } });
  expect(readOperatorFlags(operatorCommand({ out: () => {}, err: () => {} }), some)).toMatchObject({
    podMonitors: true,
    podMonitorLabels: labels,
    podMonitorInterval: '5s',
    defaultTtl: '8h',
  });
});
