import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { crdOf, isFrozen } from './crd.ts';
import { type AnyDefinition, frozenPaths } from './definition.ts';
import { KINDS } from './kinds.ts';
import type { Field } from './schema.ts';

/** Where the definition says more than the drafts that a real API server accepted: messages from rules instead of patterns, and all workloads. */
const CHANGED: Readonly<Record<string, readonly string[]>> = {
  Testnet: ['bitcoin.blockInterval', 'load.workload', 'nodeOverrides[].image'],
  LoadTest: ['workload', 'warmUp', 'duration'],
};

/** Fields of statuses, and columns that show them, that the drafts had not. */
const ADDED: Readonly<Record<string, readonly string[]>> = {
  Testnet: [
    'image',
    'bitcoindImage',
    'imagePullPolicy',
    'defaultTtl',
    'utps',
    'gasUsedRatio',
    'requestedCpu',
    'requestedMemory',
  ],
  ConsensusGroup: ['utps'],
};

type Schema = { [key: string]: unknown };
type Version = { schema: { openAPIV3Schema: Schema }; additionalPrinterColumns?: { jsonPath: string }[] };

/** The schema of a CRD without descriptions and without what is known to differ. */
function bare(crd: unknown, changed: readonly string[], added: readonly string[] = []): unknown {
  const copy = JSON.parse(
    JSON.stringify(crd, function (this: unknown, key, value: unknown) {
      return key === 'description' && typeof value === 'string' ? undefined : value;
    }),
  ) as { spec: { versions: Version[] } };
  const root = copy.spec.versions[0]?.schema.openAPIV3Schema;
  for (const path of changed) {
    let at = propertiesOf(propertiesOf(root)['spec']);
    const names = path.split('.');
    for (const name of names.slice(0, -1)) at = propertiesOf(inside(at, name));
    expect(at).toHaveProperty(names.at(-1)!);
    delete at[names.at(-1)!];
  }
  const [version] = copy.spec.versions;
  const shown = version?.additionalPrinterColumns?.filter(
    ({ jsonPath }) => !added.includes(jsonPath.replace('.status.', '')),
  );
  if (version !== undefined && shown !== undefined) version.additionalPrinterColumns = shown;
  const status = propertiesOf(propertiesOf(root)['status']);
  for (const name of added) {
    expect(status).toHaveProperty(name);
    delete status[name];
  }
  return copy;
}

function inside(properties: Schema, name: string): unknown {
  return name.endsWith('[]') ? (properties[name.slice(0, -2)] as Schema)['items'] : properties[name];
}

function propertiesOf(schema: unknown): Schema {
  return (schema as { properties: Schema }).properties;
}

test.each(KINDS.map((definition): [string, AnyDefinition] => [definition.names.kind, definition]))(
  'the definition of a %s yields the CRD that a real API server accepted',
  (kind, definition) => {
    const file = new URL(`./testdata/accepted/${definition.names.plural}.yaml`, import.meta.url);
    const changed = CHANGED[kind] ?? [];
    expect(bare(crdOf(definition), changed, ADDED[kind])).toEqual(bare(parse(readFileSync(file, 'utf8')), changed));
  },
);

test('explain is told values, default and mutability of every field', () => {
  const explained = KINDS.flatMap((definition) => {
    const root = JSON.parse(JSON.stringify(crdOf(definition))).spec.versions[0].schema.openAPIV3Schema;
    return ['spec', 'status'].flatMap((part) =>
      descriptions(root.properties[part], `${definition.names.kind}.${part}`, part === 'spec'),
    );
  });
  for (const { path, text, isItem, isSpec } of explained) {
    if (isItem && text === undefined) continue;
    expect(text, path).toMatch(/^[A-Z0-9].{3,}\.$/s);
    if (isSpec)
      expect(text, path).toMatch(
        /(Default|No default|Required|Absent unless written).*(May change|Cannot change after creation)\.$/,
      );
  }
  expect(explained.length).toBeGreaterThan(150);
});

type Explained = {
  readonly path: string;
  readonly text: string | undefined;
  readonly isItem: boolean;
  readonly isSpec: boolean;
};

function descriptions(schema: Schema, path: string, isSpec: boolean, isItem = false): readonly Explained[] {
  const below = [
    ...Object.entries((schema['properties'] ?? {}) as Schema).flatMap(([name, child]) =>
      descriptions(child as Schema, `${path}.${name}`, isSpec),
    ),
    ...['items', 'additionalProperties'].flatMap((key) =>
      schema[key] === undefined ? [] : descriptions(schema[key] as Schema, `${path}[]`, isSpec, true),
    ),
  ];
  return [{ path, text: schema['description'] as string | undefined, isItem, isSpec }, ...below];
}

test('what explain says of a few fields', () => {
  const spec = crdOf(KINDS[0]) as never as { spec: { versions: [{ schema: { openAPIV3Schema: Schema } }] } };
  const fields = propertiesOf(propertiesOf(spec.spec.versions[0].schema.openAPIV3Schema)['spec']);
  const said = (schema: unknown): unknown => (schema as Schema)['description'];
  expect(said(fields['groups'])).toBe(
    'Number of consensus groups. This is what makes throughput grow. Change it with kubectl scale. At most chain.partitions. 1 to 1024. Default 2. May change.',
  );
  expect(said(propertiesOf(fields['mining'])['miners'])).toBe(
    'Miner pods; 0 stops the chains. 0 to 8. Default 1. May change.',
  );
  expect(said(propertiesOf(fields['chain'])['difficulty'])).toBe(
    'Floor keeps every block at the least difficulty, a steady beat. Asert follows the hash rate. One of Floor, Asert. Default Floor. Cannot change after creation.',
  );
});

test('what a rule freezes exists', () => {
  for (const definition of KINDS) {
    for (const path of frozenPaths(definition)) {
      const [, ...names] = path.split('.').slice(1);
      let field: Field = definition.spec;
      for (const name of names) {
        if (field.kind !== 'object') throw new Error(path);
        field = field.fields[name]!;
      }
      expect(field, path).toBeDefined();
    }
  }
  expect(isFrozen('.spec.chain.blockGas', ['.spec.chain'])).toBe(true);
  expect(isFrozen('.spec.chains', ['.spec.chain'])).toBe(false);
});
