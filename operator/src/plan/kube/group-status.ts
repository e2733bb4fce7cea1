// The status of a ConsensusGroup from what is seen of its nodes: figures, and conditions that say what is missing, on which
// machine, and what to do. Pure. Where the server has refused a pod, the server's own sentence is passed on.
import type { ConsensusGroupStatus } from '../../api/consensus-group.ts';
import type { Judged } from '../conditions.ts';
import { ONLY_COPY } from '../status.ts';
import { selectorText } from './labels.ts';
import { bestHeight, maxLag, type NodeSeen, ratesOf } from './node-seen.ts';
import { RESTARTED_AT } from './pod.ts';
import { troubleOf } from './pod-trouble.ts';

export type GroupObserved = {
  readonly testnet: string;
  readonly group: number;
  readonly isSuspended: boolean;
  /** Whether its pods are as an earlier operator made them. */
  readonly isKept: boolean;
  /** Whether its chain is on volumes, and not gone with its pods. */
  readonly isStored: boolean;
  readonly nodes: readonly NodeSeen[];
  /** Names of those whose pods are to be made anew. */
  readonly outdated: readonly string[];
  /** Pods that exist, wanted or not. */
  readonly pods: number;
  /** What the server said when the last pod could not be made. */
  readonly refused?: string;
  /** Why an object of the group could not be applied. */
  readonly failed?: { readonly reason: string; readonly message: string };
  readonly partitions?: number;
  readonly blockIntervalMs: number;
};

export type GroupJudged = { readonly fields: ConsensusGroupStatus; readonly conditions: readonly Judged[] };
type Verdict = Pick<Judged, 'status' | 'reason' | 'message'>;

/** Of the status, what changes all the time. */
export const GROUP_FIGURES: readonly string[] = ['height', 'maxLag', 'nodes', 'tps', 'utps'];
/** What moves while pods come and go. */
export const GROUP_PROGRESS: readonly string[] = ['replicas', 'readyReplicas', 'readyText', 'machines'];
const MACHINES_MAX_LENGTH = 512;

export function judgeGroup(observed: GroupObserved): GroupJudged {
  const { testnet, group, nodes, partitions } = observed;
  const inSync = nodes.filter(({ state }) => state === 'InSync').length;
  const scheduled = judgeScheduled(observed);
  const degraded = judgeDegraded(observed);
  const ready = judgeReady(observed, scheduled, degraded);
  const stalled = judgeStalled(observed, scheduled);
  const rates = ratesOf(nodes);
  return {
    fields: {
      replicas: observed.pods,
      readyReplicas: inSync,
      readyText: `${inSync}/${nodes.length}`,
      selector: selectorText(testnet, 'node', group),
      height: bestHeight(nodes),
      maxLag: maxLag(nodes, observed.blockIntervalMs),
      ...(rates === undefined ? {} : { tps: rates.tps.toFixed(1), utps: rates.utps.toFixed(1) }),
      ...(partitions === undefined ? {} : { partitions }),
      machines: machinesOf(nodes),
      nodes: nodes.map(({ ordinal, state, pod, height }) => ({
        ordinal,
        ...(pod?.machine === undefined ? {} : { machine: pod.machine }),
        ...(height === undefined ? {} : { height }),
        state,
      })),
    },
    conditions: [
      { type: 'Ready', ...ready },
      { type: 'Scheduled', ...scheduled },
      { type: 'Degraded', ...degraded },
      { type: 'Reconciling', ...judgeReconciling(observed, ready, stalled) },
      { type: 'Stalled', ...stalled },
    ],
  };
}

function judgeScheduled({ isSuspended, nodes, refused }: GroupObserved): Verdict {
  if (isSuspended) return verdict('Unknown', 'Suspended', 'No pod is asked for while the Testnet is suspended.');
  const absent = nodes.filter(({ pod }) => pod === undefined);
  if (absent.length > 0 && refused !== undefined) return verdict('False', reasonOfRefusal(refused), refused);
  const waiting = nodes.find(({ pod }) => pod?.unscheduled !== undefined);
  if (waiting?.pod?.unscheduled !== undefined)
    return verdict('False', 'Unschedulable', `No machine takes ${waiting.name}: ${waiting.pod.unscheduled}`);
  const unplaced = nodes.filter(({ pod }) => pod?.machine === undefined);
  if (unplaced.length > 0)
    return verdict('Unknown', 'WaitingForPods', `${count(unplaced.length, 'pod is', 'pods are')} being made.`);
  return verdict('True', 'AllPlaced', 'Every pod has a machine.');
}

function judgeDegraded({ isSuspended, nodes, outdated, group }: GroupObserved): Verdict {
  if (isSuspended) return verdict('False', 'Suspended', 'Nothing is asked for.');
  const lost = nodes.find(({ isMachineLost }) => isMachineLost);
  if (lost?.pod?.machine !== undefined) {
    const { machine } = lost.pod;
    return verdict(
      'True',
      'NodeLost',
      `Machine ${machine} does not report, and ${lost.name} was on it; nobody knows whether it still runs there, so it is not replaced. ` +
        `Bring ${machine} back; or, if it is gone for good, kubectl delete node ${machine}; or, if it is switched off, ` +
        `kubectl taint node ${machine} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute.${rollHeld(group, outdated)}`,
    );
  }
  const unplaced = nodes.find(({ pod }) => pod?.unscheduled !== undefined);
  const others = nodes.filter(({ state }) => state === 'InSync').length;
  if (unplaced !== undefined && others > 0)
    return verdict(
      'True',
      'NodeUnschedulable',
      `${unplaced.name} waits for a machine, and the chain of group ${group} goes on with ${count(others, 'node', 'nodes')}: uncordon or add a machine.`,
    );
  for (const { name, pod } of nodes) {
    const trouble = pod === undefined ? undefined : troubleOf(name, pod);
    if (trouble !== undefined) return verdict('True', trouble.reason, trouble.message);
  }
  return verdict('False', 'AsExpected', 'No machine and no pod is missing.');
}

function rollHeld(group: number, outdated: readonly string[]): string {
  if (outdated.length === 0) return '';
  return ` The roll of group ${group} waits for that: ${outdated.join(', ')} ${outdated.length === 1 ? 'has an old pod' : 'have old pods'}.`;
}

function judgeReady(observed: GroupObserved, scheduled: Verdict, degraded: Verdict): Verdict {
  const { isSuspended, isStored, nodes } = observed;
  if (isSuspended)
    return verdict(
      'False',
      'Suspended',
      isStored
        ? 'The group is stopped and its data is kept; set spec.suspend of the Testnet to false.'
        : 'The group is stopped, and its chain lay in memory: it begins anew when spec.suspend of the Testnet is false.',
    );
  if (scheduled.status === 'False') return { ...scheduled };
  const amiss = nodes.filter(({ state }) => state !== 'InSync');
  if (amiss.length === 0) return verdict('True', 'InSync', `${count(nodes.length, 'node is', 'nodes are')} in sync.`);
  if (degraded.status === 'True') return verdict('False', degraded.reason, degraded.message);
  const names = amiss
    .slice(0, 3)
    .map(({ name }) => name)
    .join(', ');
  if (amiss.every(({ state }) => state === 'Unreachable'))
    return verdict(
      'Unknown',
      'Unreachable',
      `The operator gets no answer from ${names}, although the pods say they are ready.`,
    );
  if (amiss.some(({ state }) => state === 'Syncing'))
    return verdict(
      'False',
      'CatchingUp',
      `${names}: still fetching blocks; ${isStored || nodes.length > 1 ? 'nothing to do but wait' : ONLY_COPY}.`,
    );
  return verdict('False', 'NodesStarting', `${names}: starting.`);
}

function judgeStalled({ failed }: GroupObserved, scheduled: Verdict): Verdict {
  if (failed !== undefined) return verdict('True', failed.reason, failed.message);
  if (scheduled.status === 'False' && scheduled.reason !== 'Unschedulable')
    return verdict('True', scheduled.reason, scheduled.message);
  return verdict('False', 'Progressing', 'Nothing stands in the way.');
}

function judgeReconciling(
  { testnet, isSuspended, isKept, pods }: GroupObserved,
  ready: Verdict,
  stalled: Verdict,
): Verdict {
  if (isSuspended)
    return pods === 0
      ? verdict('False', 'Suspended', 'All pods are stopped.')
      : verdict('True', 'Stopping', `${count(pods, 'pod is', 'pods are')} being stopped.`);
  if (stalled.status === 'True') return verdict('False', stalled.reason, stalled.message);
  if (ready.status !== 'True') return verdict('True', ready.reason, ready.message);
  return isKept
    ? verdict('False', PODS_KEPT, `Its pods are as an earlier operator made them. ${howToRenew(testnet)}`)
    : verdict('False', 'UpToDate', 'Everything is as it should be.');
}

/** Nothing is wrong; what a newer operator would make otherwise waits for somebody to ask for it. */
export const PODS_KEPT = 'PodsKept';

export function howToRenew(testnet: string): string {
  return `Another spec.image brings those of this one, and so does kubectl annotate testnet ${testnet} --overwrite ${RESTARTED_AT}=$(date +%FT%TZ).`;
}

/** What the server says of a pod it refuses is nothing but a sentence, so the sentence is all there is to tell by. */
export function reasonOfRefusal(sentence: string): string {
  if (sentence.includes('exceeded quota')) return 'QuotaExceeded';
  return sentence.includes('is forbidden') ? 'PodForbidden' : 'PodRefused';
}

function machinesOf(nodes: readonly NodeSeen[]): string {
  const names = [...new Set(nodes.flatMap(({ pod }) => pod?.machine ?? []))].sort();
  const text = names.join(' ');
  return text.length <= MACHINES_MAX_LENGTH ? text : `${text.slice(0, MACHINES_MAX_LENGTH - 1)}…`;
}

function verdict(status: Judged['status'], reason: string, message: string): Verdict {
  return { status, reason, message };
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
