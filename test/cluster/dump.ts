// All that a namespace holds of Testnets, as lines that two runs share: without what differs from run to run although nothing
// is wrong (uids, versions, times, addresses, random keys and what follows from them, heights). Reads, never writes.
import { createHash } from 'node:crypto';
import { GROUP_FIGURES } from '../../operator/src/plan/kube/group-status.ts';
import { TESTNET_FIGURES } from '../../operator/src/plan/kube/testnet-status.ts';
import { SHARD_MAP_FIGURES } from '../../operator/src/plan/shard-map-mirror.ts';
import type { Cluster } from './cluster-type.ts';

/** Everything a Testnet leads to, but pods, whose names are drawn at random. */
const MADE_KINDS: readonly string[] = [
  'consensusgroups',
  'shardmaps',
  'statefulsets',
  'deployments',
  'jobs',
  'services',
  'configmaps',
  'secrets',
  'persistentvolumeclaims',
  'networkpolicies',
  'poddisruptionbudgets',
];
const LABELLED = ['-l', 'rexnet.dev/testnet'];

export type Live = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
    readonly finalizers?: readonly string[];
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly managedFields?: readonly {
      readonly manager: string;
      readonly subresource?: string;
      readonly fieldsV1: unknown;
    }[];
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
  readonly status?: Readonly<Record<string, unknown>>;
};

const OURS = 'rexnet.dev/';
const OUR_MANAGERS = /^rexnet-operator/;
const UID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g;
/** Given by the server or its controllers. */
const GIVEN: ReadonlySet<string> = new Set(['clusterIP', 'clusterIPs', 'volumeName']);
/** Of statuses: what moves with the chains. */
export const FIGURES: readonly string[] = [...TESTNET_FIGURES, ...GROUP_FIGURES, ...SHARD_MAP_FIGURES];
/** And where pods landed, and what follows from random keys. */
const MOVING: ReadonlySet<string> = new Set([
  ...FIGURES,
  ...['machines', 'networkId', 'firstBlockAfter', 'lastTransitionTime'],
]);

/** Of every Testnet of a namespace, and what is made for them. */
export async function liveObjects(cluster: Cluster, namespace: string): Promise<readonly Live[]> {
  const made = await listed(cluster, namespace, [MADE_KINDS.join(','), ...LABELLED]);
  return [...(await listed(cluster, namespace, ['testnets'])), ...made];
}

export async function livePods(cluster: Cluster, namespace: string): Promise<readonly Live[]> {
  return listed(cluster, namespace, ['pods', ...LABELLED]);
}

async function listed(cluster: Cluster, namespace: string, what: readonly string[]): Promise<readonly Live[]> {
  const answer = await cluster.kubectl([
    ...['-n', namespace, 'get', ...what, '-o', 'json', '--show-managed-fields', '--ignore-not-found'],
  ]);
  return answer === '' ? [] : (JSON.parse(answer) as { readonly items: readonly Live[] }).items;
}

/** By kind and name. */
export function normalised(objects: readonly Live[], namespace: string): Readonly<Record<string, unknown>> {
  const all = objects.map((object) => [`${object.kind} ${object.metadata.name}`, shared(object, namespace)] as const);
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function shared(object: Live, namespace: string): unknown {
  const { metadata, kind, apiVersion, spec, data, binaryData, status } = object;
  const isOurs = apiVersion.startsWith(OURS);
  const text = JSON.stringify({
    labels: metadata.labels,
    // Of a claim they tell where its volume is.
    annotations: kind === 'PersistentVolumeClaim' ? undefined : metadata.annotations,
    owners: metadata.ownerReferences?.map((owner) => `${owner.kind}/${owner.name}`),
    finalizers: metadata.finalizers,
    managed: metadata.managedFields
      ?.filter(({ manager }) => OUR_MANAGERS.test(manager))
      .map(
        ({ manager, subresource = '', fieldsV1 }) => `${manager} ${subresource} ${printOf(without(fieldsV1, MOVING))}`,
      )
      .sort(),
    spec: without(spec, GIVEN),
    data: kind === 'Secret' ? Object.keys(data ?? {}) : data,
    binaryData: Object.keys(binaryData ?? {}),
    status: isOurs ? without(status, MOVING) : undefined,
  });
  const same = text.replaceAll(UID, 'UID').replaceAll(TIME, 'TIME').replaceAll(namespace, 'NAMESPACE');
  return JSON.parse(same) as unknown;
}

/** Deeply, as new values; managed fields are called `f:NAME`. */
function without(value: unknown, names: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((part) => without(part, names));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !names.has(name.replace(/^f:/, '')));
  return Object.fromEntries(
    kept.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, part]) => [name, worded(name, without(part, names))]),
  );
}

/** Sentences tell heights and seconds too; what matters of them stands in reasons and fields. */
function worded(name: string, part: unknown): unknown {
  return name === 'message' && typeof part === 'string' ? part.replaceAll(/\d+/g, 'N') : part;
}

function printOf(value: unknown): string {
  const text = JSON.stringify(value).replaceAll(UID, 'UID');
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
