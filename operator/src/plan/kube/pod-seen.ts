// What a pod of a node shows, in the few words decisions need. Pure; it judges nothing.
import type { V1Node, V1Pod } from '@kubernetes/client-node';
import { LABEL } from './labels.ts';
import { NODE_CONTAINER } from './nodes.ts';

export type PodSeen = {
  readonly name: string;
  /** What runs in it, such as node or miner. */
  readonly component: string;
  readonly ordinal: number;
  readonly uid?: string;
  readonly machine?: string;
  /** IP address. */
  readonly address?: string;
  readonly image?: string;
  /** Revision of its StatefulSet's template it was made from. */
  readonly revision?: string;
  readonly isRunning: boolean;
  readonly isReady: boolean;
  readonly isTerminating: boolean;
  readonly restarts: number;
  /** Why the scheduler placed it nowhere. */
  readonly unscheduled?: string;
  /** Why its container does not run, such as ImagePullBackOff and a sentence. */
  readonly waiting?: { readonly reason: string; readonly message: string };
  /** How its container ended when it last did; without a message where the program left none. */
  readonly ended?: { readonly reason: string; readonly exitCode: number; readonly message: string };
};

type Pod = Pick<V1Pod, 'spec' | 'status'> & {
  readonly metadata: {
    readonly name: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
};

const REVISION = 'controller-revision-hash';
const ORDINAL = /-(\d+)$/;

const known = new WeakMap<Pod, PodSeen>();

/** Of a copy, which never changes, it is found out once. */
export function podSeenOf(pod: Pod): PodSeen {
  const found = known.get(pod) ?? seen(pod);
  known.set(pod, found);
  return found;
}

function seen({ metadata, spec, status }: Pod): PodSeen {
  const containers = status?.containerStatuses ?? [];
  const waiting = containers.find(({ state }) => state?.waiting !== undefined)?.state?.waiting;
  const [ended] = containers.flatMap(({ state, lastState }) => state?.terminated ?? lastState?.terminated ?? []);
  const placing = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  const isTerminating = metadata.deletionTimestamp !== undefined;
  const machine = spec?.nodeName;
  const image = spec?.containers.find(({ name }) => name === NODE_CONTAINER)?.image;
  const revision = metadata.labels?.[REVISION];
  return {
    name: metadata.name,
    component: metadata.labels?.[LABEL.component] ?? '',
    ordinal: ordinalOf(metadata.name),
    ...(metadata.uid === undefined ? {} : { uid: metadata.uid }),
    ...(machine === undefined || machine === '' ? {} : { machine }),
    ...(status?.podIP === undefined || status.podIP === '' ? {} : { address: status.podIP }),
    ...(image === undefined ? {} : { image }),
    ...(revision === undefined ? {} : { revision }),
    isRunning: status?.phase === 'Running' && waiting === undefined && !isTerminating,
    isReady: status?.conditions?.some(({ type, status: holds }) => type === 'Ready' && holds === 'True') ?? false,
    isTerminating,
    restarts: containers.reduce((sum, { restartCount }) => sum + restartCount, 0),
    ...(placing?.status === 'False' ? { unscheduled: placing.message ?? 'no reason given' } : {}),
    ...(waiting === undefined
      ? {}
      : { waiting: { reason: waiting.reason ?? 'Waiting', message: waiting.message ?? '' } }),
    ...(ended === undefined
      ? {}
      : {
          ended: { reason: ended.reason ?? '', exitCode: ended.exitCode, message: (ended.message ?? '').trim() },
        }),
  };
}

/** -1 for what is no pod of a StatefulSet. */
export function ordinalOf(name: string): number {
  const [, digits] = ORDINAL.exec(name) ?? [];
  return digits === undefined ? -1 : Number(digits);
}

export function isNodePod({ metadata }: Pick<Pod, 'metadata'>): boolean {
  return metadata.labels?.[LABEL.component] === 'node';
}

/** Whether the control plane hears nothing from a machine. */
export function isLost({ status }: Pick<V1Node, 'status'>): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready !== undefined && ready.status !== 'True';
}
