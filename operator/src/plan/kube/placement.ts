// Where pods may go: nodes of a group apart and all nodes even over machines, or one node a machine, or no rule; load beside them.
// Rules over several groups never match a template's hash, which would make them rules of one group.
import type { V1Affinity, V1PodSpec, V1TopologySpreadConstraint } from '@kubernetes/client-node';
import type { Testnet } from '../../api/testnet.ts';
import { type Labels, selectorOf } from './labels.ts';

const MACHINE = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';
const PREFERENCE_WEIGHT = 100;

export function nodePlacement(
  { name, spec }: Testnet,
  group: number,
): Pick<V1PodSpec, 'affinity' | 'topologySpreadConstraints'> {
  const all = selectorOf(name, 'node');
  switch (spec.placement.strategy) {
    case 'Packed':
      return {};
    case 'Exclusive':
      return { affinity: apartFrom(all, 'Required') };
    case 'Spread':
      return {
        topologySpreadConstraints: [
          // Without the policy a drained machine would keep the nodes of a full group waiting. It holds a node that is alone nowhere, and
          // stands there too, so that a second one restarts no first.
          { ...spread(MACHINE, 'DoNotSchedule', selectorOf(name, 'node', group)), nodeTaintsPolicy: 'Honor' },
          // The scheduler alone leaves a machine empty: groups do not know of each other.
          spread(MACHINE, 'ScheduleAnyway', all),
          spread(ZONE, 'ScheduleAnyway', all),
        ],
      };
  }
}

/** A generator on a node's machine takes from what it measures. */
export function loadPlacement({ name, spec }: Testnet): Pick<V1PodSpec, 'affinity'> {
  const { separateLoad } = spec.placement;
  return separateLoad === 'Never' ? {} : { affinity: apartFrom(selectorOf(name, 'node'), separateLoad) };
}

function spread(topologyKey: string, whenUnsatisfiable: string, matchLabels: Labels): V1TopologySpreadConstraint {
  return { maxSkew: 1, topologyKey, whenUnsatisfiable, labelSelector: { matchLabels } };
}

function apartFrom(matchLabels: Labels, strength: 'Required' | 'Preferred'): V1Affinity {
  const term = { topologyKey: MACHINE, labelSelector: { matchLabels } };
  return {
    podAntiAffinity:
      strength === 'Required'
        ? { requiredDuringSchedulingIgnoredDuringExecution: [term] }
        : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: PREFERENCE_WEIGHT, podAffinityTerm: term }] },
  };
}
