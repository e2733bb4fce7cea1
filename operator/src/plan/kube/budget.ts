// The PodDisruptionBudget of a group: one node away at a time. A group of one has none, because it would forbid every drain.
import type { V1PodDisruptionBudget } from '@kubernetes/client-node';
import type { KubeInput } from './input.ts';
import { selectorOf } from './labels.ts';
import { groupName } from './names.ts';
import { groupMeta } from './owner.ts';

const COPIES_MIN = 2;

export function disruptionBudget(input: KubeInput, group: number, uid: string): readonly V1PodDisruptionBudget[] {
  const { name, spec } = input.testnet;
  if (spec.nodesPerGroup < COPIES_MIN) return [];
  return [
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: groupMeta(input, groupName(name, group), group, uid),
      spec: {
        maxUnavailable: 1,
        // A node that never became ready protects nothing.
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
        selector: { matchLabels: selectorOf(name, 'node', group) },
      },
    },
  ];
}
