// Bad objects, tried on a real API server: what a person reads of each, what gets through doors that do not insist, and that the
// server and the laptop judge alike, for these files and for every edge of every field. No operator and no image is needed.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isRecord } from '@rexnet/operator/api/check.ts';
import { CONSENSUS_GROUP } from '@rexnet/operator/api/consensus-group.ts';
import { type AnyDefinition, API_VERSION } from '@rexnet/operator/api/definition.ts';
import { KINDS } from '@rexnet/operator/api/kinds.ts';
import { LOAD_TEST } from '@rexnet/operator/api/load-test.ts';
import { definitionOf, parseObject } from '@rexnet/operator/api/parse.ts';
import { SHARD_MAP } from '@rexnet/operator/api/shard-map.ts';
import { TESTNET } from '@rexnet/operator/api/testnet.ts';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { parse } from 'yaml';
import { lintYaml } from '../../../rxctl/src/lint.ts';
import { IS_FULL } from '../../local/counts.ts';
import { atOnce } from '../at-once.ts';
import { requireCluster } from '../cluster.ts';
import type { Cluster } from '../cluster-type.ts';
import { applyCrds } from '../crds-here.ts';
import { type Edge, edgesOf } from '../edges.ts';
import { reasonOf } from '../errors.ts';
import { type RawAnswer, RawRequests } from '../raw-requests.ts';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');
const DATA = join(ROOT, 'operator', 'src', 'api', 'testdata');
/** What a killed run left in a cluster of somebody's is not in our way. */
const NAME = `bad-objects-${process.pid}`;
const MAX_MS = 180_000;
/** Texts of other versions are worded otherwise. */
const GOLDEN_MINOR = '34';
const KUBECTLS = 2;
/** Server-side apply tells of several mistakes those it met before it gave up, and meets them in any order. */
const SEVERAL_MISTAKES = 'tn-many-mistakes.yaml';
const REQUESTS = 8;
/** Of what takes long, every so many; all of it with REXNET_FULL=1. */
const KUBECTL_STEP = IS_FULL ? 1 : 10;
const EDGE_STEP = IS_FULL ? 1 : 5;
/**
 * The server takes these, and so it should: it reads a field without a value as its default, `yes` as true, and 010 as 8. The laptop
 * says of each that it is not what it looks like.
 */
const TAKEN = ['load-null.yaml', 'null-groups.yaml', 'tn-octal.yaml', 'tn-suspend-yes.yaml'];
const GOOD: readonly (readonly [AnyDefinition, object])[] = [
  [TESTNET, {}],
  [LOAD_TEST, { testnet: 'demo' }],
  [CONSENSUS_GROUP, { testnet: 'demo', index: 0, replicas: 1 }],
  [SHARD_MAP, { testnet: 'demo', partitions: 256 }],
];

type File = { readonly name: string; readonly text: string };
type Place = { readonly cluster: Cluster; readonly raw: RawRequests; readonly minor: string };

const cluster = await requireCluster({ machines: 1 });
let place: Place | undefined;

beforeAll(async () => {
  if ('reason' in cluster) return;
  await applyCrds(cluster);
  await cluster.kubectl(['create', 'namespace', NAME]);
  const { serverVersion } = JSON.parse(await cluster.kubectl(['version', '-o', 'json']));
  place = { cluster, raw: new RawRequests(cluster.kubeconfig), minor: serverVersion.minor };
}, MAX_MS);

afterAll(async () => {
  place?.raw.close();
  if (!('reason' in cluster))
    await cluster.kubectl(['delete', 'namespace', NAME, '--ignore-not-found', '--wait=false']);
}, MAX_MS);

function placeFor(context: TestContext): Place {
  if ('reason' in cluster) return context.skip(cluster.reason);
  if (place === undefined) throw new Error('the CRDs were not installed');
  return place;
}

function filesOf(folder: string): readonly File[] {
  return readdirSync(join(DATA, folder))
    .sort()
    .map((name) => ({ name, text: readFileSync(join(DATA, folder, name), 'utf8') }));
}

/** What kubectl says of text that is to be refused; what it did when it took it. */
async function applied({ cluster: server }: Place, text: string): Promise<string> {
  try {
    return await server.kubectl(['-n', NAME, 'apply', '--dry-run=server', '-f', '-'], text);
  } catch (error) {
    return reasonOf(error).replace(/^.* ended with 1: /, '');
  }
}

type Door = { readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore' };

/** Sends the text itself, as YAML, which the server reads as kubectl does. Nothing is stored. */
function posted({ raw }: Place, text: string, { fieldValidation }: Door): Promise<RawAnswer> {
  return raw.send({
    method: 'POST',
    path: pathOf(text),
    query: { dryRun: 'All', fieldValidation },
    contentType: 'application/yaml',
    body: text,
  });
}

/** As kubectl apply --server-side and helm do. */
function serverSide({ raw }: Place, text: string, query: Readonly<Record<string, string>>): Promise<RawAnswer> {
  const { metadata } = parse(text, { version: '1.1' }) as { readonly metadata: { readonly name: string } };
  return raw.send({
    method: 'PATCH',
    path: `${pathOf(text)}/${metadata.name}`,
    query: { fieldManager: NAME, force: 'true', fieldValidation: 'Strict', ...query },
    contentType: 'application/apply-patch+yaml',
    body: text,
  });
}

function pathOf(text: string): string {
  const kind = /^kind: (.*)$/m.exec(text)?.[1];
  const { plural } = KINDS.find(({ names }) => names.kind === kind)!.names;
  return `/apis/${API_VERSION}/namespaces/${NAME}/${plural}`;
}

/** What is wrong, a line each: the server tells it in any order. */
function messageOf({ status, body }: RawAnswer): string {
  if (isTaken(status)) return 'taken';
  const { causes } = (body['details'] ?? {}) as { readonly causes?: readonly Readonly<Record<string, string>>[] };
  if (causes === undefined) return String(body['message']);
  return sorted(causes.map(({ field, message }) => `${field}: ${message}`));
}

function sorted(lines: readonly string[]): string {
  return [...lines].sort().join('\n');
}

function isTaken(status: number): boolean {
  return status >= 200 && status < 300;
}

type Said = readonly (readonly [File, string])[];

function textOf(said: Said): string {
  return said.map(([file, message]) => `# ${file.name}\n${message.trim()}\n`).join('');
}

/** Compares with what is checked in, where the server is of the version that wrote it. */
async function golden({ minor }: Place, name: string, said: Said): Promise<void> {
  if (minor === GOLDEN_MINOR) await expect(textOf(said)).toMatchFileSnapshot(join(DATA, name));
}

test('the server refuses every bad file, and so does the laptop', { timeout: MAX_MS }, async (context) => {
  const here = placeFor(context);
  const said = await atOnce(REQUESTS, filesOf('bad'), async (file) => {
    return [file, messageOf(await posted(here, file.text, { fieldValidation: 'Strict' }))] as const;
  });
  await golden(here, 'refused-by-server.txt', said);
  expect(said.filter(([, message]) => message === 'taken').map(([{ name }]) => name)).toEqual(TAKEN);
  for (const { name, text } of filesOf('bad'))
    expect(
      lintYaml(name, text).findings.some(({ severity }) => severity === 'error'),
      name,
    ).toBe(true);
});

test('what a person reads who applies them', { timeout: MAX_MS }, async (context) => {
  const here = placeFor(context);
  const files = filesOf('bad').filter((_, index) => index % KUBECTL_STEP === 0);
  const said = await atOnce(KUBECTLS, files, async (file) => {
    const [first = '', ...more] = (await applied(here, file.text)).trim().split('\n');
    return [file, [first.trim(), sorted(more)].join('\n')] as const;
  });
  const name = 'refused-by-kubectl.txt';
  if (IS_FULL) await golden(here, name, said);
  else if (here.minor === GOLDEN_MINOR)
    for (const one of said) expect(readFileSync(join(DATA, name), 'utf8')).toContain(textOf([one]));
});

test('server-side apply refuses the same files', { timeout: MAX_MS }, async (context) => {
  const here = placeFor(context);
  const said = await atOnce(REQUESTS, filesOf('bad'), async (file) => {
    const message = messageOf(await serverSide(here, file.text, { dryRun: 'All' }));
    return [file, file.name === SEVERAL_MISTAKES ? message.replace(/\): [\s\S]*$/, '): …') : message] as const;
  });
  if (IS_FULL) await golden(here, 'refused-by-server-side-apply.txt', said);
  expect(said.filter(([, message]) => message === 'taken').map(([{ name }]) => name)).toEqual(TAKEN);
});

test('doors that do not insist drop what they do not know, one with a warning', {
  timeout: MAX_MS,
}, async (context) => {
  const here = placeFor(context);
  const said = await atOnce(REQUESTS, filesOf('bad'), async (file) => {
    const strict = await posted(here, file.text, { fieldValidation: 'Strict' });
    const warned = await posted(here, file.text, { fieldValidation: 'Warn' });
    const silent = await posted(here, file.text, { fieldValidation: 'Ignore' });
    expect(silent.warnings, file.name).toEqual([]);
    expect(messageOf(silent), file.name).toBe(messageOf(warned));
    expect(silent.body['spec'], file.name).toEqual(warned.body['spec']);
    if (messageOf(strict) !== messageOf(warned)) expect(warned.warnings, file.name).not.toEqual([]);
    for (const path of unknownFields(warned.warnings)) expect(valueAt(warned.body, path), file.name).toBeUndefined();
    return [file, `${sorted(warned.warnings.map((text) => `Warning: ${text}`))}\n${messageOf(warned)}`] as const;
  });
  const warned = said.filter(([, text]) => text.includes('Warning: '));
  await golden(here, 'dropped-by-server.txt', warned);
  expect(warned.length).toBeGreaterThan(5);
});

function unknownFields(warnings: readonly string[]): readonly string[] {
  return warnings.flatMap((text) => /^unknown field "(.*)"$/.exec(text)?.[1] ?? []);
}

function valueAt(object: unknown, path: string): unknown {
  return path.split('.').reduce((at, name) => (isRecord(at) ? at[name] : undefined), object);
}

test('the server refuses every bad change', { timeout: MAX_MS }, async (context) => {
  const here = placeFor(context);
  const said = await atOnce(REQUESTS, filesOf('bad-changes'), async (file) => {
    const [old = '', next = ''] = file.text.split(/^---\n/m);
    expect(messageOf(await serverSide(here, old, {})), file.name).toBe('taken');
    return [file, messageOf(await serverSide(here, next, { dryRun: 'All' }))] as const;
  });
  await golden(here, 'changes-refused-by-server.txt', said);
  for (const [{ name }, message] of said) expect(message, name).not.toBe('taken');
});

test('the server and the laptop judge every edge of every field alike', { timeout: MAX_MS }, async (context) => {
  const here = placeFor(context);
  const all = GOOD.flatMap(([definition, spec]) => edgesOf(definition, spec));
  const edges = all.filter((_, index) => index % EDGE_STEP === 0);
  const judged = await atOnce(REQUESTS, edges, async (edge) => {
    const text = `kind: ${edge.kind}\n`;
    const answer = await here.raw.send({
      method: 'POST',
      path: pathOf(text),
      query: { dryRun: 'All', fieldValidation: 'Strict' },
      body: JSON.stringify(edge),
    });
    return { edge, answer, laptop: laptopOf(edge) };
  });
  const apart = judged.filter(({ answer, laptop }) => isTaken(answer.status) !== (laptop === 'taken'));
  expect(
    apart.map(({ edge, answer, laptop }) => `${shown(edge)}: server: ${messageOf(answer)}; laptop: ${laptop}`),
  ).toEqual([]);
  const taken = judged.filter(({ laptop }) => laptop === 'taken').length;
  console.log(`${judged.length} of ${all.length} edges: ${taken} taken, ${judged.length - taken} refused, by both`);
});

/** The first problem, or that there is none. */
function laptopOf(edge: Edge): string {
  const parsed = parseObject(definitionOf(edge)!, edge);
  return 'problems' in parsed ? (parsed.problems[0]?.message ?? '') : 'taken';
}

function shown({ kind, metadata, spec }: Edge): string {
  return `${kind} ${JSON.stringify(metadata)} ${JSON.stringify(spec)}`.slice(0, 200);
}
