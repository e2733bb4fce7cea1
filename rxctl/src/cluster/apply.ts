// rxctl up in a cluster: the documents of a file go to the API server as they are, by server-side apply, and it is said what the
// server made of each. It takes over no field of anybody else.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isRecord } from '@rexnet/operator/api/check.ts';
import { CONFIG_MAPS, LOAD_TESTS, TESTNETS } from '@rexnet/operator/controllers/collections.ts';
import { apiVersionOf, type KubeObject, type Resource } from '@rexnet/operator/kube/resources.ts';
import { until } from '../commands/wait.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { type Io, inWordsOf, print } from '../io.ts';
import type { Format } from '../print.ts';
import { formatProblems, readYaml } from '../yaml-documents.ts';
import { asked, Cluster, type ClusterOptions, known } from './cluster.ts';
import { ClusterSite } from './site.ts';

type ApplyOptions = ClusterOptions & { readonly file: string; readonly firstBlockMaxMs: number };
type Document = { readonly resource: Resource; readonly object: KubeObject };
type Outcome = 'created' | 'configured' | 'unchanged';
type Applied = { readonly kind: string; readonly name: string; readonly namespace: string; readonly outcome: Outcome };

export const FIELD_MANAGER = 'rxctl';
/** In this order: a Testnet may name ConfigMaps, a LoadTest names a Testnet. */
const KINDS: readonly Resource[] = [CONFIG_MAPS, TESTNETS, LOAD_TESTS].map(({ resource }) => resource);

export async function applyFile(io: Io, options: ApplyOptions, format: Format): Promise<ExitCode> {
  const documents = readDocuments(io, options.file);
  const cluster = await Cluster.open(options, io);
  const applied: Applied[] = [];
  const isText = format === 'text' || format === 'wide';
  try {
    for (const document of documents) {
      const one = await applyOne(cluster, document, options.namespace);
      applied.push(one);
      if (isText) io.stdout.write(`${nameOf(document.resource, one.name)} ${one.outcome}\n`);
    }
  } finally {
    await cluster.close();
  }
  const testnet = applied.find(({ kind }) => kind === TESTNETS.resource.kind);
  const fact = testnet === undefined ? undefined : await firstBlock(io, options, testnet);
  print(
    io,
    format,
    { applied: applied.map((each) => ({ ...each })), fact: fact ?? null },
    () => inWordsOf(io, fact === undefined ? `${applied.length} applied` : `${fact} rxctl status shows how it does`),
    applied.map(({ kind, name }) => `${kind.toLowerCase()}/${name}`),
  );
  return EXIT.ok;
}

/** Undefined for one that is suspended. */
async function firstBlock(io: Io, options: ApplyOptions, { name, namespace }: Applied): Promise<string | undefined> {
  io.timeoutMs = options.firstBlockMaxMs;
  const site = await ClusterSite.open(io, { ...options, name, namespace });
  try {
    const source = await site.openSource();
    try {
      const { status } = await source.look();
      if (status.phase === 'Suspended') return undefined;
      return (await until(io, source, 'FirstBlock', performance.now())).fact;
    } finally {
      await source.close();
    }
  } finally {
    await site.close();
  }
}

async function applyOne(
  cluster: Cluster,
  { resource, object }: Document,
  wanted: string | undefined,
): Promise<Applied> {
  const { name, namespace = cluster.namespace } = object.metadata;
  if (wanted !== undefined && namespace !== wanted)
    throw new CliError(
      EXIT.usage,
      `${resource.kind} ${name} says namespace ${namespace}, and you say ${wanted}`,
      'leave one of the two out',
    );
  const before = await asked(cluster.rest.get(resource, { name, namespace }));
  const placed = { ...object, metadata: { ...object.metadata, namespace } };
  const after = await known(
    cluster.rest.apply(resource, placed, { fieldManager: FIELD_MANAGER, conflicts: 'refused' }),
    resource,
  );
  const isSame = before?.metadata.resourceVersion === after.metadata.resourceVersion;
  const outcome = before === undefined ? 'created' : isSame ? 'unchanged' : 'configured';
  return { kind: resource.kind, name, namespace, outcome };
}

function readDocuments(io: Io, path: string): readonly Document[] {
  const text = ((): string => {
    try {
      return readFileSync(resolve(io.cwd, path), 'utf8');
    } catch (cause) {
      throw new CliError(EXIT.usage, `${path} cannot be read`, 'name the file with -f', { cause });
    }
  })();
  const yaml = readYaml(text);
  const problems = 'problems' in yaml ? yaml.problems : yaml.documents.flatMap(({ judge }) => judge([]));
  if ('problems' in yaml || problems.length > 0)
    throw new CliError(EXIT.usage, `${path} is refused\n${formatProblems(path, problems)}`);
  const documents = yaml.documents.map(({ value, kind }) => documentOf(path, value, kind));
  return documents.toSorted((left, right) => KINDS.indexOf(left.resource) - KINDS.indexOf(right.resource));
}

function documentOf(path: string, value: unknown, kind: unknown): Document {
  const resource = KINDS.find((each) => each.kind === kind);
  if (resource === undefined)
    throw new CliError(
      EXIT.usage,
      `${path} holds a ${String(kind)}`,
      `rxctl applies ${KINDS.map((each) => each.kind).join(', ')}; kubectl apply -f ${path} takes everything`,
    );
  const metadata = isRecord(value) ? value['metadata'] : undefined;
  if (!isRecord(value) || !isRecord(metadata) || typeof metadata['name'] !== 'string')
    throw new CliError(EXIT.usage, `a ${resource.kind} of ${path} has no name`, 'add metadata: {name: demo}');
  if (value['apiVersion'] !== apiVersionOf(resource))
    throw new CliError(
      EXIT.usage,
      `${resource.kind} ${metadata['name']} has apiVersion ${String(value['apiVersion'])}`,
      `write apiVersion: ${apiVersionOf(resource)}`,
    );
  return { resource, object: value as unknown as KubeObject };
}

/** As kubectl writes it. */
export function nameOf({ kind, group }: Resource, name: string): string {
  return `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${name}`;
}
