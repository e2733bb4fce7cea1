// The whole operator over the fake API server, with as many groups as a test wants: StatefulSets get their pods, pods become ready,
// every node answers. Time moves only as a test moves it. It counts what is asked of the server, and judges nothing.
import type { V1StatefulSet } from '@kubernetes/client-node';
import { createLog } from '@rexnet/node/telemetry/log.ts';
import type { NodeAnswer } from '../../ask/answer.ts';
import type { Clock } from '../../kube/clock.ts';
import type { KubeObject } from '../../kube/resources.ts';
import { FakeApi } from '../../kube/testing/fake-api.ts';
import { SteppedTime } from '../../kube/testing/stepped-time.ts';
import { runOperator } from '../../operator.ts';
import { LABEL } from '../../plan/kube/labels.ts';
import { groupName } from '../../plan/kube/names.ts';
import { PORT } from '../../plan/kube/pod.ts';
import {
  DEPLOYMENTS,
  DISRUPTION_BUDGETS,
  GROUPS,
  type GroupObject,
  PODS,
  STATEFUL_SETS,
  TESTNETS,
  type TestnetObject,
} from '../collections.ts';
import type { Pass } from '../runtime.ts';
import { IMAGES, NAMESPACE } from './small-cluster.ts';

export interface LargeCluster {
  readonly api: FakeApi;
  readonly time: SteppedTime;
  readonly passes: Pass[];
  /** Times a node was asked. */
  readonly asked: { count: number };
  /** How often each path was written since the last call; of a status with `/status` at its end. */
  written(): ReadonlyMap<string, number>;
  isReady(): boolean;
  /** As if the operator had written them into the status of the Testnet. */
  showFigures(figures: Readonly<Record<string, unknown>>): void;
  /** The same of one of its groups. */
  showGroupFigures(group: number, figures: Readonly<Record<string, unknown>>): void;
  end(): Promise<void>;
}

export interface LargeOptions {
  readonly groups: number;
  readonly nodesPerGroup: number;
}

type Stage = { readonly api: FakeApi; readonly clock: Clock; readonly groupsAt: Map<string, number> };
type MadeSet = KubeObject & Pick<V1StatefulSet, 'spec' | 'status'>;

const NAME = 'large';
const PARTITIONS = 256;
/** A pod is placed, and runs, after so long. */
const PLACED_MS = 20;
const RUNNING_MS = 120;
const REVISION = 'large-1';

export async function largeCluster({ groups, nodesPerGroup }: LargeOptions): Promise<LargeCluster> {
  const api = await FakeApi.start();
  const time = new SteppedTime(api);
  const { clock } = time;
  const groupsAt = new Map<string, number>();
  const passes: Pass[] = [];
  const asked = { count: 0 };
  const stop = new AbortController();
  const owners = Array.from({ length: PARTITIONS }, (_, partition) => Math.floor((partition * groups) / PARTITIONS));
  const answer = (address: string): NodeAnswer => {
    asked.count += 1;
    const height = 1 + Math.floor(clock.now() / 1_000);
    const timestampMs = clock.wallMs();
    return {
      group: groupsAt.get(address) ?? 0,
      height,
      tipTimestampMs: timestampMs,
      inSync: true,
      epoch: 0,
      owners,
      bitcoinHeight: 0,
      networkId: '00000000',
      groups: Array.from({ length: groups }, (_, group) => ({ group, height, timestampMs })),
    };
  };
  api.onWritten = (object) => {
    if (object.kind === 'StatefulSet') playStatefulSet({ api, clock, groupsAt }, object as MadeSet);
    if (object.kind === 'Deployment' && Reflect.get(object, 'status') === undefined)
      api.put(DEPLOYMENTS.resource, { ...object, status: { readyReplicas: 1 } } as KubeObject);
    if (object.kind === 'PodDisruptionBudget' && Reflect.get(object, 'status') === undefined)
      api.put(DISRUPTION_BUDGETS.resource, { ...object, status: { currentHealthy: 0 } } as KubeObject);
  };
  const running = runOperator(
    {
      access: time.process('operator').access,
      namespaces: [],
      images: IMAGES,
      instance: 'one',
      source: { ask: async (address) => answer(address), close: () => {} },
      clock,
      random: () => 0.5,
      log: createLog({ level: 'silent', base: {} }),
      onPass: (pass) => passes.push(pass),
    },
    stop.signal,
  );
  const metadata = { name: NAME, namespace: NAMESPACE, creationTimestamp: new Date(clock.wallMs()).toISOString() };
  const spec = { groups, nodesPerGroup, chain: { partitions: PARTITIONS }, bitcoin: { mode: 'None' } };
  api.put(TESTNETS.resource, { apiVersion: 'rexnet.dev/v1alpha1', kind: 'Testnet', metadata, spec } as KubeObject);
  let from = 0;
  return {
    api,
    time,
    passes,
    asked,
    written() {
      const counts = new Map<string, number>();
      for (const { method, path } of api.asked.slice(from))
        if (method !== 'GET') counts.set(path, (counts.get(path) ?? 0) + 1);
      from = api.asked.length;
      return counts;
    },
    showFigures(figures) {
      const testnet: TestnetObject | undefined = api.object(TESTNETS.resource, NAME, NAMESPACE);
      if (testnet === undefined) throw new Error('the Testnet is gone');
      api.put(TESTNETS.resource, { ...testnet, status: { ...testnet.status, ...figures } } as KubeObject);
    },
    showGroupFigures(index, figures) {
      const group = api.object(GROUPS.resource, groupName(NAME, index), NAMESPACE) as GroupObject | undefined;
      if (group === undefined) throw new Error(`group ${index} is gone`);
      api.put(GROUPS.resource, { ...group, status: { ...group.status, ...figures } } as KubeObject);
    },
    isReady() {
      const testnet: TestnetObject | undefined = api.object(TESTNETS.resource, NAME, NAMESPACE);
      const { conditions = [] } = testnet?.status ?? {};
      return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
    },
    async end() {
      stop.abort();
      await running;
      await api.stop();
    },
  };
}

/** As the StatefulSet controller, the scheduler and a kubelet do it, for a StatefulSet that is new. */
function playStatefulSet({ api, clock, groupsAt }: Stage, set: MadeSet): void {
  const { metadata, spec, status } = set;
  if (status !== undefined) return;
  const replicas = spec?.replicas ?? 0;
  const told = (readyReplicas: number): void => {
    const revisions = { updateRevision: REVISION, currentRevision: REVISION };
    const now = { observedGeneration: 1, replicas, readyReplicas, ...revisions };
    api.put(STATEFUL_SETS.resource, { ...set, status: now } as KubeObject);
  };
  const pods = Array.from({ length: replicas }, (_, ordinal) => {
    const name = `${metadata.name}-${ordinal}`;
    const labels: Readonly<Record<string, string>> = {
      ...spec?.template.metadata?.labels,
      'controller-revision-hash': REVISION,
    };
    const owner = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      name: metadata.name,
      uid: metadata.uid ?? '',
      controller: true,
    };
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: NAMESPACE, labels, ownerReferences: [owner] },
      spec: { ...spec?.template.spec },
      status: { phase: 'Pending' },
    };
  });
  const stage = (more: { readonly nodeName?: string; readonly status: unknown }, pod: (typeof pods)[number]): void => {
    const { nodeName, status: now } = more;
    const placed = nodeName === undefined ? pod.spec : { ...pod.spec, nodeName };
    api.put(PODS.resource, { ...pod, spec: placed, status: now } as KubeObject);
  };
  for (const pod of pods) stage({ status: { phase: 'Pending' } }, pod);
  told(0);
  clock.after(PLACED_MS, () => {
    for (const pod of pods) stage({ nodeName: 'machine', status: { phase: 'Pending' } }, pod);
  });
  clock.after(RUNNING_MS, () => {
    const conditions = [{ type: 'Ready', status: 'True' }];
    for (const pod of pods) {
      groupsAt.set(`${pod.metadata.name}:${PORT.grpc}`, Number(pod.metadata.labels[LABEL.group]));
      stage({ nodeName: 'machine', status: { phase: 'Running', podIP: pod.metadata.name, conditions } }, pod);
    }
    told(replicas);
  });
}
