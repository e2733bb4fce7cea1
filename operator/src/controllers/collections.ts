// The collections controllers watch, and how objects lead to the Testnet and the group they belong to. Everything that is
// made for a Testnet carries its label, so of kinds that are not ours nothing else is read.
import type {
  CoreV1Event,
  V1Container,
  V1Deployment,
  V1Job,
  V1NodeStatus,
  V1PersistentVolumeClaim,
  V1PodSpec,
  V1PodStatus,
  V1Service,
  V1StatefulSetSpec,
  V1StatefulSetStatus,
} from '@kubernetes/client-node';
import type { ConsensusGroupSpec, ConsensusGroupStatus } from '../api/consensus-group.ts';
import { CONSENSUS_GROUP } from '../api/consensus-group.ts';
import { type AnyDefinition, API_GROUP, API_GROUP_VERSION } from '../api/definition.ts';
import { LOAD_TEST } from '../api/load-test.ts';
import { SHARD_MAP, type ShardMapStatus } from '../api/shard-map.ts';
import { TESTNET, type TestnetStatus } from '../api/testnet.ts';
import type { Collection } from '../kube/caches.ts';
import { isRecord } from '../kube/errors.ts';
import { type KubeObject, keyOf, type Resource } from '../kube/resources.ts';
import { LABEL } from '../plan/kube/labels.ts';
import { groupName } from '../plan/kube/names.ts';

/** Stored specs may come from another version: they are parsed before they are believed. */
export type TestnetObject = KubeObject & { readonly spec?: unknown; readonly status?: TestnetStatus };
export type GroupObject = KubeObject & { readonly spec: ConsensusGroupSpec; readonly status?: ConsensusGroupStatus };
export type ShardMapObject = KubeObject & { readonly spec: unknown; readonly status?: ShardMapStatus };
export type LoadTestObject = KubeObject & { readonly spec: unknown; readonly status?: unknown };
/** There may be thousands: only what is named here is kept of them. */
export type PodObject = KubeObject & {
  readonly spec?: Pick<V1PodSpec, 'nodeName'> & { readonly containers: Pick<V1Container, 'name' | 'image'>[] };
  readonly status?: Pick<V1PodStatus, 'phase' | 'podIP' | 'conditions' | 'containerStatuses'>;
};
export type StatefulSetObject = KubeObject & {
  readonly spec?: Pick<V1StatefulSetSpec, 'replicas' | 'volumeClaimTemplates'>;
  readonly status?: V1StatefulSetStatus;
};
export type DeploymentObject = KubeObject & Pick<V1Deployment, 'spec' | 'status'>;
export type JobObject = KubeObject & Pick<V1Job, 'spec' | 'status'>;
export type ServiceObject = KubeObject & Pick<V1Service, 'spec'>;
export type ClaimObject = KubeObject & Pick<V1PersistentVolumeClaim, 'spec' | 'status'>;
export type ConfigMapObject = KubeObject & {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
};

/** Of what a machine says, the list of its images is the most. */
export type MachineObject = KubeObject & { readonly status?: Pick<V1NodeStatus, 'conditions'> };
export type EventObject = KubeObject & Pick<CoreV1Event, 'involvedObject' | 'message' | 'lastTimestamp' | 'eventTime'>;

/** Index names. */
export const BY_TESTNET = 'testnet';
export const BY_GROUP = 'group';
export const BY_MACHINE = 'machine';
export const BY_OBJECT = 'object';

/** Key of the Testnet an object is for. */
export function testnetOf({ metadata }: KubeObject): string | undefined {
  const name = metadata.labels?.[LABEL.testnet];
  return name === undefined ? undefined : keyOf(placed(metadata.namespace, name));
}

/** Key of the ConsensusGroup an object is for. */
export function groupOf({ metadata }: KubeObject): string | undefined {
  const { [LABEL.testnet]: testnet, [LABEL.group]: group } = metadata.labels ?? {};
  return testnet === undefined || group === undefined
    ? undefined
    : keyOf(placed(metadata.namespace, groupName(testnet, Number(group))));
}

function placed(namespace: string | undefined, name: string): { readonly name: string; readonly namespace?: string } {
  return namespace === undefined ? { name } : { name, namespace };
}

function ours({ names }: AnyDefinition): Resource {
  return {
    group: API_GROUP,
    version: API_GROUP_VERSION,
    plural: names.plural,
    kind: names.kind,
    namespaced: true,
  };
}

function theirs(group: string, version: string, plural: string, kind: string): Resource {
  return { group, version, plural, kind, namespaced: true };
}

/** What carries the label of a Testnet. */
function labelled<T extends KubeObject>(resource: Resource): Collection<T> {
  return { resource, labelSelector: LABEL.testnet, indexes: { [BY_TESTNET]: testnetOf, [BY_GROUP]: groupOf } };
}

/** One that was stored by another version may lack what all who look at groups count on: it is left alone. */
export function isLegible({ spec }: { readonly spec?: unknown }): boolean {
  return isRecord(spec) && typeof spec['testnet'] === 'string' && Number.isSafeInteger(spec['index']);
}

export const TESTNETS: Collection<TestnetObject> = { resource: ours(TESTNET) };
export const GROUPS: Collection<GroupObject> = {
  resource: ours(CONSENSUS_GROUP),
  indexes: { [BY_TESTNET]: (group) => (isLegible(group) ? testnetOf(group) : undefined) },
};
export const SHARD_MAPS: Collection<ShardMapObject> = { resource: ours(SHARD_MAP) };
export const LOAD_TESTS: Collection<LoadTestObject> = { resource: ours(LOAD_TEST) };

const pods = labelled<PodObject>(theirs('', 'v1', 'pods', 'Pod'));
export const PODS: Collection<PodObject> = {
  ...pods,
  indexes: { ...pods.indexes, [BY_MACHINE]: ({ spec }) => spec?.nodeName },
  keep: ({ apiVersion, kind, metadata, spec, status }) => ({
    apiVersion,
    kind,
    metadata: withoutAnnotations(metadata),
    ...(spec === undefined ? {} : { spec: podSpecKept(spec) }),
    ...(status === undefined ? {} : { status: podStatusKept(status) }),
  }),
};
export const SERVICES = labelled<ServiceObject>(theirs('', 'v1', 'services', 'Service'));
export const CONFIG_MAPS = labelled<ConfigMapObject>(theirs('', 'v1', 'configmaps', 'ConfigMap'));
export const CLAIMS = labelled<ClaimObject>(theirs('', 'v1', 'persistentvolumeclaims', 'PersistentVolumeClaim'));
export const STATEFUL_SETS: Collection<StatefulSetObject> = {
  ...labelled<StatefulSetObject>(theirs('apps', 'v1', 'statefulsets', 'StatefulSet')),
  keep: ({ spec: { replicas, volumeClaimTemplates } = {}, ...object }) => ({
    ...object,
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      ...(volumeClaimTemplates === undefined ? {} : { volumeClaimTemplates }),
    },
  }),
};
export const DEPLOYMENTS = labelled<DeploymentObject>(theirs('apps', 'v1', 'deployments', 'Deployment'));
export const JOBS = labelled<JobObject>(theirs('batch', 'v1', 'jobs', 'Job'));
export const DISRUPTION_BUDGETS = labelled<KubeObject>(
  theirs('policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget'),
);
export const NETWORK_POLICIES = labelled<KubeObject>(
  theirs('networking.k8s.io', 'v1', 'networkpolicies', 'NetworkPolicy'),
);

/** Machines; only an operator of the whole cluster may look at them. */
export const MACHINES: Collection<MachineObject> = {
  resource: { group: '', version: 'v1', plural: 'nodes', kind: 'Node', namespaced: false },
  keep: ({ apiVersion, kind, metadata, status: { conditions } = {} }) => ({
    apiVersion,
    kind,
    metadata: withoutAnnotations(metadata),
    ...(conditions === undefined ? {} : { status: { conditions } }),
  }),
};
/** That a pod could not be made is said nowhere but here, by whoever was to make it. */
export const REFUSED_PODS: Collection<EventObject> = {
  resource: theirs('', 'v1', 'events', 'Event'),
  fieldSelector: 'reason=FailedCreate',
  indexes: {
    [BY_OBJECT]: ({ involvedObject: { uid } }) => uid,
  },
  // Those of everybody's pods are among them.
  keep: ({ apiVersion, kind, metadata, involvedObject, message, lastTimestamp, eventTime }) => ({
    apiVersion,
    kind,
    metadata: withoutAnnotations(metadata),
    involvedObject,
    ...(message === undefined ? {} : { message }),
    ...(lastTimestamp === undefined ? {} : { lastTimestamp }),
    ...(eventTime === undefined ? {} : { eventTime }),
  }),
};

/** Read by name, never watched: nobody needs a copy of secrets. */
export const SECRETS: Resource = theirs('', 'v1', 'secrets', 'Secret');

function withoutAnnotations({ annotations: _, ...metadata }: KubeObject['metadata']): KubeObject['metadata'] {
  return metadata;
}

function podSpecKept({ nodeName, containers }: NonNullable<PodObject['spec']>): NonNullable<PodObject['spec']> {
  return {
    ...(nodeName === undefined ? {} : { nodeName }),
    containers: containers.map(({ name, image }) => ({ name, ...(image === undefined ? {} : { image }) })),
  };
}

function podStatusKept({
  phase,
  podIP,
  conditions,
  containerStatuses,
}: NonNullable<PodObject['status']>): NonNullable<PodObject['status']> {
  return {
    ...(phase === undefined ? {} : { phase }),
    ...(podIP === undefined ? {} : { podIP }),
    ...(conditions === undefined ? {} : { conditions }),
    ...(containerStatuses === undefined ? {} : { containerStatuses }),
  };
}
