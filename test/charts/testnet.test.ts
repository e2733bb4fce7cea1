import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseTestnet } from '../../operator/src/api/parse.ts';
import { helmOutput } from '../../scripts/charts/helm.ts';
import { specFields } from '../../scripts/charts/spec-fields.ts';
import { chartPath, HELM_MAX_MS, helmFor, objectsOf, refusal, render } from './rendering.ts';

const HERE = import.meta.dirname;
const ROOT = resolve(HERE, '..', '..');

function read(path: string): { readonly spec: Readonly<Record<string, unknown>> } {
  return parse(readFileSync(path, 'utf8'));
}

test('helm finds no fault with it', { timeout: HELM_MAX_MS }, async (context) => {
  const helm = await helmFor(context);
  expect(await helmOutput(helm, ['lint', '--strict', chartPath('testnet')])).toContain('0 chart(s) failed');
});

test('without values it is an empty Testnet', { timeout: HELM_MAX_MS }, async (context) => {
  const objects = objectsOf(await render(await helmFor(context), { chart: 'testnet' }));
  expect(objects).toEqual([expect.objectContaining({ kind: 'Testnet', spec: {} })]);
  expect(objects[0]?.metadata.name).toBe('demo');
});

test('the spec of testnet.yaml as values gives testnet.yaml', { timeout: HELM_MAX_MS }, async (context) => {
  const { spec } = read(join(ROOT, 'testnet.yaml'));
  const [made] = objectsOf(await render(await helmFor(context), { chart: 'testnet', values: spec }));
  expect(made?.['spec']).toEqual(spec);
});

test('every field of spec is a value, and comes through as it was given', { timeout: HELM_MAX_MS }, async (context) => {
  const { spec } = read(join(HERE, 'testdata', 'testnet-all.yaml'));
  expect(Object.keys(spec).sort()).toEqual(Object.keys(specFields()).sort());
  const text = await render(await helmFor(context), { chart: 'testnet', values: spec });
  const [made] = objectsOf(text);
  expect(made?.['spec']).toEqual(spec);
  expect(parseTestnet(made)).toHaveProperty('testnet');
});

test('with an autoscaler the number of groups has one writer', { timeout: HELM_MAX_MS }, async (context) => {
  const values = { name: 'lab', groups: 4, nodesPerGroup: 2, autoscaling: { enabled: true, maxGroups: 16 } };
  const text = await render(await helmFor(context), { chart: 'testnet', values });
  await expect(
    objectsOf(text)
      .map((object) => stringify(object))
      .join('---\n'),
  ).toMatchFileSnapshot('testdata/testnet-autoscaled.yaml');
  expect(text).not.toMatch(/^\s*groups:/m);
});

test('what a Testnet does not have is refused, at any depth', { timeout: HELM_MAX_MS }, async (context) => {
  const helm = await helmFor(context);
  expect(await refusal(helm, { chart: 'testnet', values: { group: 4 } })).toContain("'group' not allowed");
  expect(await refusal(helm, { chart: 'testnet', values: { template: { resources: { cpus: 1 } } } })).toContain(
    "'cpus' not allowed",
  );
  expect(await refusal(helm, { chart: 'testnet', values: { chain: { partitions: 100 } } })).toContain('partitions');
});

test('with the schema switched off nothing unknown gets in either', { timeout: HELM_MAX_MS }, async (context) => {
  const values = { group: 4, chain: { partition: 8, partitions: 64 }, contracts: [{ name: 'token', code: 'x' }] };
  const more = ['--skip-schema-validation'];
  const [made] = objectsOf(await render(await helmFor(context), { chart: 'testnet', values, more }));
  expect(made?.['spec']).toEqual({ chain: { partitions: 64 }, contracts: [{ name: 'token' }] });
});
