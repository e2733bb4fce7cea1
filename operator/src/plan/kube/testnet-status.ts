// The status of a Testnet in a cluster: the laptop's own status, and what only a cluster has: pods that no machine takes,
// machines that are lost, objects that are refused, groups that must not go yet. Pure.
import type { Condition } from '../../api/conditions.ts';
import type { TestnetStatus } from '../../api/testnet.ts';
import type { Judged } from '../conditions.ts';
import { type Observed, statusOf } from '../status.ts';
import { howToRenew, PODS_KEPT } from './group-status.ts';
import type { Images } from './images.ts';
import { selectorText } from './labels.ts';
import { clusterWords } from './words.ts';

export type GroupConditions = { readonly name: string; readonly conditions: readonly Condition[] };

export type ClusterObserved = {
  readonly testnet: string;
  readonly observed: Observed;
  readonly groups: readonly GroupConditions[];
  readonly image: string;
  readonly bitcoindImage?: string;
  readonly imagePullPolicy: Images['imagePullPolicy'];
  readonly networkId?: string;
  readonly expiresAt?: string;
  readonly defaultTtl?: string;
  readonly requests: Pick<TestnetStatus, 'requestedCpu' | 'requestedMemory'>;
  readonly epoch?: number;
  /** Of the chain; they carry no load before partitions move to them. */
  readonly idleGroups: readonly number[];
  /** Why a pod that is no node's, such as the miner's, is nowhere. */
  readonly unplaced?: { readonly reason: string; readonly message: string };
  /** Why the container of a pod that is no node's does not run. */
  readonly failing?: { readonly reason: string; readonly message: string };
  /** How many workloads beside those of groups have pods as an earlier operator made them. */
  readonly keptWorkloads: number;
  /** Why something is not done although it is asked for. */
  readonly stalled?: { readonly reason: string; readonly message: string };
  /** Groups that the shard map does not name yet, and what they wait for. */
  readonly joining?: { readonly groups: readonly number[]; readonly reason: string; readonly message: string };
  /** What the plan still waits for. */
  readonly waiting?: { readonly reason: string; readonly message: string };
};

export type TestnetJudged = { readonly fields: TestnetStatus; readonly conditions: readonly Judged[] };
type Verdict = Pick<Judged, 'status' | 'reason' | 'message'>;

/** Of the status, what changes all the time. */
export const TESTNET_FIGURES: readonly string[] = ['minHeight', 'tps', 'utps', 'gasUsedRatio', 'bitcoinText'];
/** What moves while pods come and go. */
export const TESTNET_PROGRESS: readonly string[] = ['readyGroups', 'readyNodes', 'groupsText', 'nodesText'];

export function judgeTestnet(cluster: ClusterObserved): TestnetJudged {
  const { observed, stalled } = cluster;
  const { phase: _, conditions, ...figures } = statusOf(observed, clusterWords(cluster.testnet));
  const { unplaced, failing } = cluster;
  const scheduled =
    worst(cluster.groups, 'Scheduled', 'False') ??
    (unplaced === undefined ? allScheduled(cluster) : verdict('False', unplaced.reason, unplaced.message));
  const degraded =
    worst(cluster.groups, 'Degraded', 'True') ??
    (failing === undefined || observed.isSuspended
      ? verdict('False', 'AsExpected', 'No machine and no pod is missing.')
      : verdict('True', failing.reason, failing.message));
  const ready = judgeReady(
    cluster,
    conditions.find(({ type }) => type === 'Ready'),
    scheduled,
    degraded,
  );
  const stuck: Verdict =
    stalled !== undefined
      ? verdict('True', stalled.reason, stalled.message)
      : (worst(cluster.groups, 'Stalled', 'True') ?? judgeRefused(unplaced));
  return {
    fields: {
      ...figures,
      ...cluster.requests,
      selector: selectorText(cluster.testnet, 'node'),
      image: cluster.image,
      imagePullPolicy: cluster.imagePullPolicy,
      ...(cluster.bitcoindImage === undefined ? {} : { bitcoindImage: cluster.bitcoindImage }),
      ...(cluster.networkId === undefined ? {} : { networkId: cluster.networkId }),
      ...(cluster.expiresAt === undefined ? {} : { expiresAt: cluster.expiresAt }),
      ...(cluster.defaultTtl === undefined ? {} : { defaultTtl: cluster.defaultTtl }),
      ...(cluster.epoch === undefined ? {} : { shardMapEpoch: cluster.epoch }),
    },
    conditions: [
      { type: 'Ready', ...ready },
      ...conditions.filter(({ type }) => type !== 'Ready'),
      { type: 'Scheduled', ...scheduled },
      { type: 'Degraded', ...degraded },
      { type: 'Balanced', ...judgeBalanced(cluster) },
      { type: 'Reconciling', ...judgeReconciling(cluster, ready, stuck) },
      { type: 'Stalled', ...stuck },
    ],
  };
}

/** A machine may come by itself; what the server refuses it goes on refusing. */
function judgeRefused(unplaced: ClusterObserved['unplaced']): Verdict {
  return unplaced === undefined || unplaced.reason === 'Unschedulable'
    ? verdict('False', 'Progressing', 'Nothing stands in the way.')
    : verdict('True', unplaced.reason, unplaced.message);
}

function judgeReady(
  { waiting, joining, stalled, observed }: ClusterObserved,
  ready: Judged | undefined,
  scheduled: Verdict,
  degraded: Verdict,
): Verdict {
  if (waiting !== undefined) return verdict('False', waiting.reason, waiting.message);
  if (ready === undefined) return verdict('Unknown', 'NotSeen', 'Nothing is seen yet.');
  const isJoining = joining !== undefined && !observed.isSuspended;
  if (observed.isSuspended || (ready.status === 'True' && !isJoining))
    return verdict(ready.status, ready.reason, ready.message);
  if (stalled !== undefined && observed.firstBlockMs === undefined)
    return verdict('False', stalled.reason, stalled.message);
  if (scheduled.status === 'False') return { ...scheduled };
  if (degraded.status === 'True') return verdict('False', degraded.reason, degraded.message);
  if (isJoining && areWell(observed, joining.groups)) return verdict('False', joining.reason, joining.message);
  return verdict(ready.status, ready.reason, ready.message);
}

/** Whether all groups but these answer: then what is amiss is that these have not joined. */
function areWell({ groups }: Observed, joining: readonly number[]): boolean {
  return groups
    .filter(({ group }) => !joining.includes(group))
    .every(({ nodes }) => nodes.every(({ process, answer }) => process === 'Running' && answer !== undefined));
}

function judgeReconciling(cluster: ClusterObserved, ready: Verdict, stuck: Verdict): Verdict {
  const { waiting, observed } = cluster;
  const { isSuspended, groups } = observed;
  if (waiting !== undefined) return verdict('True', waiting.reason, waiting.message);
  if (stuck.status === 'True') return verdict('False', stuck.reason, stuck.message);
  if (isSuspended) {
    const left = groups.flatMap(({ nodes }) => nodes).filter(({ process }) => process !== 'Stopped').length;
    return left === 0
      ? verdict('False', 'Suspended', 'All pods are stopped.')
      : verdict('True', 'Stopping', `${left} pod${left === 1 ? ' is' : 's are'} being stopped.`);
  }
  return ready.status === 'True' ? judgePods(cluster) : verdict('True', ready.reason, ready.message);
}

function judgePods({ testnet, groups, keptWorkloads }: ClusterObserved): Verdict {
  const isKept = ({ conditions }: GroupConditions): boolean => conditions.some(({ reason }) => reason === PODS_KEPT);
  const kept = keptWorkloads + groups.filter(isKept).length;
  if (kept === 0) return verdict('False', 'UpToDate', 'Everything is as it should be.');
  const pods = `Pods of ${kept} workload${kept === 1 ? ' are' : 's are'} as an earlier operator made them.`;
  return verdict('False', PODS_KEPT, `${pods} ${howToRenew(testnet)}`);
}

function judgeBalanced({ idleGroups }: ClusterObserved): Verdict {
  const [first] = idleGroups;
  if (first === undefined) return verdict('True', 'AllGroupsOwn', 'Every group owns partitions.');
  const isOne = idleGroups.length === 1;
  const names = isOne ? `Group ${first} owns` : `Groups ${idleGroups.slice(0, 8).join(', ')} own`;
  return verdict(
    'False',
    'GroupsWithoutPartitions',
    `${names} no partitions, because partitions cannot move in this version: ${isOne ? 'it carries' : 'they carry'} no load.`,
  );
}

function allScheduled({ groups, observed }: ClusterObserved): Verdict {
  if (observed.isSuspended)
    return verdict('Unknown', 'Suspended', 'No pod is asked for while the Testnet is suspended.');
  const isAll =
    groups.length === observed.groups.length &&
    groups.every(({ conditions }) => conditions.some(({ type, status }) => type === 'Scheduled' && status === 'True'));
  return isAll
    ? verdict('True', 'AllPlaced', 'Every pod has a machine.')
    : verdict('Unknown', 'WaitingForPods', 'Pods are being made.');
}

/** The first group of which it is said, in its own words. */
function worst(groups: readonly GroupConditions[], type: string, status: Judged['status']): Verdict | undefined {
  for (const { conditions } of groups) {
    const found = conditions.find((condition) => condition.type === type && condition.status === status);
    if (found !== undefined) return verdict(status, found.reason, found.message);
  }
  return undefined;
}

function verdict(status: Judged['status'], reason: string, message: string): Verdict {
  return { status, reason, message };
}
