// The ConsensusGroup objects of a Testnet: those planned, and those that still hand over what they own.
import { API_VERSION } from '../../api/definition.ts';
import type { GroupObject, KubeInput } from './input.ts';
import { labelsOf } from './labels.ts';
import { groupName } from './names.ts';
import { testnetMeta } from './owner.ts';
import { liveGroups } from './peers.ts';

export function consensusGroups(input: KubeInput): readonly GroupObject[] {
  const { name, spec } = input.testnet;
  return liveGroups(input).map((index) => ({
    apiVersion: API_VERSION,
    kind: 'ConsensusGroup',
    metadata: { ...testnetMeta(input, groupName(name, index), 'node'), labels: labelsOf(name, 'node', index) },
    spec: { testnet: name, index, replicas: nodesWanted(input), retired: index >= spec.groups },
  }));
}

/** Nodes of each group now. */
export function nodesWanted({ testnet, plan }: KubeInput): number {
  return plan.suspended ? 0 : testnet.spec.nodesPerGroup;
}
