// rxctl doctor in a cluster: looks at what a Testnet needs there, before it is applied. It changes nothing; where it may not look it
// says so.
import type { V1Container, V1Node } from '@kubernetes/client-node';
import { parseQuantity } from '@rexnet/operator/api/quantity.ts';
import type { Testnet } from '@rexnet/operator/api/testnet.ts';
import {
  DEPLOYMENTS,
  type DeploymentObject,
  MACHINES,
  PODS,
  TESTNETS,
} from '@rexnet/operator/controllers/collections.ts';
import { KubeError } from '@rexnet/operator/kube/errors.ts';
import type { KubeObject, Resource } from '@rexnet/operator/kube/resources.ts';
import { podsAsked } from '@rexnet/operator/plan/kube/cost.ts';
import { planTestnet } from '@rexnet/operator/plan/plan.ts';
import type { Check } from '../doctor.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { Cluster, type ClusterOptions, translated } from './cluster.ts';
import { type ClusterFacts, clusterChecks, type Room } from './doctor-checks.ts';
import { ifAllowed, isAllowed, REACHING_NODES, type Right } from './rights.ts';

type NodeObject = KubeObject & Pick<V1Node, 'spec' | 'status'>;
type PlacedPod = KubeObject & {
  readonly spec?: { readonly nodeName?: string; readonly containers?: readonly Pick<V1Container, 'resources'>[] };
  readonly status?: { readonly phase?: string };
};
const STORAGE_CLASSES: Resource = {
  ...{ group: 'storage.k8s.io', version: 'v1', plural: 'storageclasses', kind: 'StorageClass', namespaced: false },
};
const OPERATORS = { labelSelector: 'app.kubernetes.io/name=rexnet,app.kubernetes.io/component=operator' };
const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';
const NO_NEW_PODS: ReadonlySet<string> = new Set(['NoSchedule', 'NoExecute']);
const KEY = new Uint8Array(32);

/** What the verbs need, and for what. */
const RIGHTS: readonly Right[] = [
  { verb: 'list', group: 'rexnet.dev', resource: 'testnets', use: 'anything' },
  { verb: 'list', group: '', resource: 'pods', use: 'status, top, tree' },
  { verb: 'get', group: '', resource: 'pods/log', use: 'logs, why' },
  { verb: 'list', group: '', resource: 'events', use: 'events' },
  { verb: 'get', group: '', resource: 'configmaps', use: 'reaching nodes' },
  REACHING_NODES,
  { verb: 'patch', group: 'rexnet.dev', resource: 'testnets', use: 'up, scale, load' },
  { verb: 'delete', group: 'rexnet.dev', resource: 'testnets', use: 'down' },
];

/** `testnet`: of the file, where there is one. */
export async function examineCluster(
  io: Io,
  options: ClusterOptions,
  testnet: Testnet | undefined,
): Promise<readonly Check[]> {
  const cluster = await Cluster.open(options, io);
  try {
    const { rest, namespace } = cluster;
    // The first question: whoever does not answer it answers none.
    const wantingRights = await wanting(cluster);
    const [knowsTestnets, operators, machines, storage] = await Promise.all([
      isKnown(cluster),
      ifAllowed(rest.list<DeploymentObject>(DEPLOYMENTS.resource, OPERATORS)),
      machinesOf(cluster),
      storageOf(cluster, testnet),
    ]);
    const facts: ClusterFacts = {
      ...{ namespace, server: cluster.server, knowsTestnets, wantingRights, machines, storage },
      operators: operators?.map(({ metadata, status }) => ({
        namespace: metadata.namespace ?? '',
        isReady: (status?.readyReplicas ?? 0) > 0,
      })),
      pods: testnet === undefined ? [] : podsOf(testnet),
    };
    return clusterChecks(facts);
  } finally {
    await cluster.close();
  }
}

async function isKnown({ rest, namespace }: Cluster): Promise<boolean> {
  try {
    await rest.list(TESTNETS.resource, { namespace });
    return true;
  } catch (error) {
    const code = error instanceof KubeError ? error.code : undefined;
    if (code === 'NOT_FOUND') return false;
    // Who may not list them is told so among the rights.
    if (code === 'FORBIDDEN') return true;
    throw translated(error);
  }
}

async function wanting(cluster: Cluster): Promise<readonly Right[]> {
  const allowed = await Promise.all(RIGHTS.map((right) => isAllowed(cluster, right)));
  return RIGHTS.filter((_, index) => allowed[index] !== true);
}

/** What machines have, less what pods on them ask; pods we may not see are not counted. */
async function machinesOf({ rest }: Cluster): Promise<readonly Room[] | undefined> {
  const [nodes, pods] = await Promise.all([
    ifAllowed(rest.list<NodeObject>(MACHINES.resource)),
    ifAllowed(rest.list<PlacedPod>(PODS.resource)),
  ]);
  const running = (pods ?? []).filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
  return nodes
    ?.filter(({ spec }) => spec?.unschedulable !== true && !spec?.taints?.some(({ effect }) => NO_NEW_PODS.has(effect)))
    .map(({ metadata, status }) =>
      running
        .filter(({ spec }) => spec?.nodeName === metadata.name)
        .flatMap(({ spec }) => spec?.containers ?? [])
        .reduce((room, { resources }) => less(room, roomOf(resources?.requests)), roomOf(status?.allocatable)),
    );
}

async function storageOf({ rest }: Cluster, testnet: Testnet | undefined): Promise<ClusterFacts['storage']> {
  const wanted = testnet?.spec.template.storage?.className;
  if (wanted === undefined) return undefined;
  const classes = await ifAllowed(rest.list(STORAGE_CLASSES));
  const isThere = ({ metadata: { name, annotations } }: KubeObject): boolean =>
    wanted === '' ? annotations?.[DEFAULT_CLASS] === 'true' : name === wanted;
  return classes === undefined ? undefined : { wanted, isThere: classes.some(isThere) };
}

function podsOf(testnet: Testnet): readonly Room[] {
  // Keys and compiler matter only to genesis.
  const facts = { bitcoind: { kind: 'found' }, governance: KEY, compilerHash: KEY } as const;
  const planned = planTestnet(testnet, facts);
  if ('refusal' in planned) throw new CliError(EXIT.usage, planned.refusal.message, planned.refusal.cure);
  return podsAsked({ testnet, plan: planned.plan }).flatMap(([count, { cpu, memory }]) =>
    Array.from({ length: count }, () => roomOf({ cpu: String(cpu), memory })),
  );
}

function roomOf(amounts: Readonly<Record<string, string>> = {}): Room {
  const of = (name: string): bigint => parseQuantity(amounts[name] ?? '0') ?? 0n;
  return { cpu: of('cpu'), memory: of('memory') };
}

function less(room: Room, taken: Room): Room {
  return { cpu: room.cpu - taken.cpu, memory: room.memory - taken.memory };
}
