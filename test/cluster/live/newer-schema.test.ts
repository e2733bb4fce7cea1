// A schema that became stricter than what is stored, as an upgrade of the chart does it: every object that fails it is told so in words,
// the pods of it stay, and all others are served. That one can be mended is in stored-object.test.ts.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { until } from '../../local/until.ts';
import { requireClusterWhenFull } from '../cluster.ts';
import type { Cluster } from '../cluster-type.ts';
import { livePods } from '../dump.ts';
import { reasonOf } from '../errors.ts';
import { Namespace } from '../namespace.ts';
import { withOperators } from '../with-operators.ts';

const MACHINES = 3;
const NAMESPACE = 'rexnet-schema-test';
const TOLD_MAX_MS = 30_000;
const TEST_MAX_MS = 420_000;
const KINDS = ['testnets', 'consensusgroups', 'shardmaps', 'loadtests'];

type Version = { readonly [field: string]: unknown };
type Old = { readonly kind: string; readonly spec: object; readonly says: string };
/** Of another age: values out of bounds, of another type. */
const OLD: Readonly<Record<string, Old>> = {
  lasting: { kind: 'Testnet', spec: { groups: 1, ttl: 'two days' }, says: 'spec.ttl' },
  watched: { kind: 'Testnet', spec: { groups: 1, monitoring: 'please' }, says: 'spec.monitoring' },
};
/** The server judges these by rules across their fields whatever is written, so no status gets in: an event tells. */
const SEALED: Readonly<Record<string, Old>> = {
  many: { kind: 'Testnet', spec: { groups: 100_000 }, says: 'spec.groups' },
  worded: { kind: 'Testnet', spec: { groups: 2, chain: 'fast' }, says: 'spec.chain' },
  curve: { kind: 'LoadTest', spec: { testnet: 'good', groups: 'all', repeats: -1 }, says: 'spec.groups' },
};
/** Of kinds the operator makes itself: nobody is told, nobody is harmed. */
const STRAY: readonly object[] = [
  stored('ConsensusGroup', 'stray', { testnet: 'good', index: 'first' }, { 'rexnet.dev/testnet': 'good' }),
  stored('ConsensusGroup', 'bare', {}, { 'rexnet.dev/testnet': 'many', 'rexnet.dev/group': 'x' }),
  stored('ShardMap', 'stray', { approval: 'Perhaps' }, { 'rexnet.dev/testnet': 'good' }),
];
/** Runs while its strategy is a word that the newer schema does not know. */
const AGED = 'aged';

const testHere = withOperators(await requireClusterWhenFull({ machines: MACHINES }), {
  namespaces: [NAMESPACE],
  operators: [{}],
});

testHere(
  'objects that fail a newer schema are told so, keep their pods, and harm nobody',
  TEST_MAX_MS,
  async (cluster, [operator]) => {
    const found = await Promise.all(KINDS.map(async (kind) => [kind, await versionOf(cluster, kind)] as const));
    const strict = Object.fromEntries(found);
    const loose = Object.fromEntries(found.map(([kind, version]) => [kind, loosened(version)]));
    onTestFinished(() => define(cluster, strict));
    const here = new Namespace(cluster, NAMESPACE);

    operator.start();
    await here.apply(small(AGED));
    await here.wait(`testnet/${AGED}`, 'Ready');
    const before = await nodes(cluster, AGED);
    expect(before.length).toBe(1);

    // The earlier version ends, the stricter schema comes, the newer version begins.
    await operator.end();
    await define(cluster, loose);
    for (const [name, { kind, spec }] of Object.entries({ ...OLD, ...SEALED }))
      await store(cluster, stored(kind, name, spec));
    for (const object of STRAY) await store(cluster, object);
    await here.patch(`testnet/${AGED}`, strategy('Scattered'));
    await define(cluster, strict);
    operator.start();

    const stalled = { ...OLD, [AGED]: { kind: 'Testnet', says: 'spec.placement.strategy' } };
    for (const [name, { kind, says }] of Object.entries(stalled))
      await told(() => here.condition(`${kind.toLowerCase()}/${name}`, 'Stalled'), says);
    for (const [name, { says }] of Object.entries(SEALED)) await told(() => eventsOf(here, name), says);
    await here.apply(small('good'));
    await here.wait('testnet/good', 'Ready');
    expect(await nodes(cluster, AGED)).toEqual(before);
    expect([operator.crashes, operator.defects]).toEqual([0, []]);
  },
);

function stored(kind: string, name: string, spec: object, labels: object = {}): object {
  return { apiVersion: 'rexnet.dev/v1alpha1', kind, metadata: { name, namespace: NAMESPACE, labels }, spec };
}

function small(name: string): string {
  const chain = { partitions: 16 };
  const template = { resources: { cpu: '150m', memory: '320Mi' } };
  const spec = { groups: 1, bitcoin: { mode: 'None' }, chain, placement: { strategy: 'Spread' }, template };
  return JSON.stringify(stored('Testnet', name, spec));
}

function strategy(name: string): object {
  return { spec: { placement: { strategy: name } } };
}

/** Names and uids of its node pods. */
async function nodes(here: Cluster, testnet: string): Promise<readonly string[]> {
  const pods = await livePods(here, NAMESPACE);
  const own = pods.filter(({ metadata: { name } }) => name.startsWith(`${testnet}-g`));
  return own.map(({ metadata: { name, uid } }) => `${name} ${uid}`).sort();
}

/** As soon as the server judges by the schema that lets it in. */
async function store(here: Cluster, object: object): Promise<void> {
  await until({
    what: `${JSON.stringify(object)} to be stored`,
    withinMs: TOLD_MAX_MS,
    everyMs: 500,
    look: () => here.kubectl(['create', '-f', '-'], JSON.stringify(object)).catch(reasonOf),
    holds: (answer) => answer.includes('created') || answer.includes('already exists'),
  });
}

/** The only one of its kind. */
async function versionOf(here: Cluster, kind: string): Promise<Version> {
  const path = 'jsonpath={.spec.versions[0]}';
  return JSON.parse(await here.kubectl(['get', 'crd', `${kind}.rexnet.dev`, '-o', path])) as Version;
}

/** It knows no rules. */
function loosened({ selectableFields: _, ...version }: Version): Version {
  return { ...version, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } };
}

/** What is stored stays as it is. */
async function define(here: Cluster, versions: Readonly<Record<string, Version>>): Promise<void> {
  // Too long for an argument.
  const folder = mkdtempSync(join(tmpdir(), 'rexnet-schema-'));
  try {
    for (const [kind, value] of Object.entries(versions)) {
      const file = join(folder, `${kind}.json`);
      writeFileSync(file, JSON.stringify([{ op: 'replace', path: '/spec/versions/0', value }]));
      await here.kubectl(['patch', 'crd', `${kind}.rexnet.dev`, '--type=json', `--patch-file=${file}`]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function eventsOf(here: Namespace, name: string): Promise<string> {
  const of = `--field-selector=involvedObject.name=${name},type=Warning`;
  return (await here.lines('events', '{.type} {.reason}: {.message}', of)).join('; ');
}

async function told(look: () => Promise<string>, says: string): Promise<void> {
  const words = await until({
    what: `${says} to be told of`,
    withinMs: TOLD_MAX_MS,
    everyMs: 500,
    look,
    holds: (text) => text.includes(' InvalidSpec: '),
  });
  process.stderr.write(`newer schema: ${words}\n`);
  expect(words).toContain(says);
}
