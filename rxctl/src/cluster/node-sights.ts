// The nodes of a Testnet as sights: what their pods are, what they answer, and of those that do not answer what the operator knows.
// Pure.
import type { GroupObject, PodObject } from '@rexnet/operator/controllers/collections.ts';
import type { Plan } from '@rexnet/operator/plan/plan.ts';
import type { NodeAnswer } from '../network.ts';
import { answeredOf } from '../sources/sights.ts';
import type { NodeSight } from '../sources/source.ts';
import { UNKNOWN } from '../views/units.ts';
import type { Program } from './programs.ts';

/** A node that knows its group's chain only in part is not in sync, whatever it believes. */
const IN_SYNC_BLOCKS = 3;
const SCHEDULED = 'PodScheduled';

export type NodesInput = {
  readonly groups: Plan['groups'];
  readonly isSuspended: boolean;
  /** Undefined where pods may not be looked at: the operator is believed then. */
  readonly programs: readonly Program[] | undefined;
  readonly answers: readonly NodeAnswer[];
  readonly objects: readonly GroupObject[];
};

export function nodeSightsOf(input: NodesInput): readonly NodeSight[] {
  return input.groups.flatMap(({ group, nodes }) => {
    const known = input.objects.find(({ spec }) => spec.index === group)?.status?.nodes ?? [];
    const best = Math.max(0, ...input.answers.flatMap((answer) => (answer.group === group ? [answer.height] : [])));
    return nodes.map(({ name, ordinal }): NodeSight => {
      const pod = input.programs?.find(({ object }) => object === name)?.pod;
      const answer = input.answers.find(({ node }) => node === name);
      const told = known.find((each) => each.ordinal === ordinal);
      const isThere = input.programs === undefined && told !== undefined && told.state !== 'Gone' && !input.isSuspended;
      const process = isThere ? 'Running' : processOf(pod, input.isSuspended);
      return {
        name,
        group,
        machine: pod?.spec?.nodeName ?? told?.machine ?? UNKNOWN,
        process,
        ...(pod === undefined ? {} : { pod: pod.metadata.name }),
        restarts: pod?.status?.containerStatuses?.reduce((sum, { restartCount }) => sum + restartCount, 0) ?? 0,
        ...(answer !== undefined
          ? answeredOf(answer, answer.inSync && answer.height + IN_SYNC_BLOCKS >= best)
          : process === 'Running' && told?.height !== undefined && told.state !== 'Unreachable'
            ? { height: told.height, isInSync: told.state === 'InSync' }
            : {}),
        conditions: [...(answer?.conditions ?? []), ...hindrancesOf(pod, process)],
      };
    });
  });
}

export function processOf(pod: PodObject | undefined, isSuspended: boolean): NodeSight['process'] {
  if (pod === undefined) return isSuspended ? 'Stopped' : 'Restarting';
  const { phase, containerStatuses = [] } = pod.status ?? {};
  const isRunning = phase === 'Running' && containerStatuses.every(({ state }) => state?.running !== undefined);
  return isRunning && pod.metadata.deletionTimestamp === undefined ? 'Running' : isSuspended ? 'Stopped' : 'Restarting';
}

/** Why a pod does not run, in the words of whoever keeps it from running. */
function hindrancesOf(pod: PodObject | undefined, process: NodeSight['process']): NodeSight['conditions'] {
  if (pod === undefined || process === 'Running') return [];
  const unplaced = pod.status?.conditions?.find(({ type, status }) => type === SCHEDULED && status === 'False');
  if (unplaced !== undefined)
    return [hindrance('NotScheduled', unplaced.reason ?? 'Unschedulable', unplaced.message ?? 'no machine takes it')];
  return (pod.status?.containerStatuses ?? []).flatMap(({ state, lastState }) => {
    const waits = state?.waiting;
    if (waits === undefined || waits.reason === 'ContainerCreating') return [];
    const ended = lastState?.terminated;
    const how = ended === undefined ? '' : `; it ended with ${ended.reason ?? 'an error'}, exit code ${ended.exitCode}`;
    return [hindrance('Waiting', waits.reason ?? 'Waiting', `${waits.message ?? waits.reason ?? 'it waits'}${how}`)];
  });
}

function hindrance(type: string, reason: string, message: string): NodeSight['conditions'][number] {
  return { type, status: 'True', reason, message };
}
