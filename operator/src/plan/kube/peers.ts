// The ConfigMap that says which nodes each group has, in the form every program reads and reads again. Groups that hand over stay in it.
import type { V1ConfigMap } from '@kubernetes/client-node';
import { type Built, bounded } from './bounds.ts';
import type { KubeInput } from './input.ts';
import { nodeHost, partName } from './names.ts';
import { testnetMeta } from './owner.ts';
import { PEERS_KEY, PORT } from './pod.ts';

/** All that exist or are to exist, in order. */
export function liveGroups({ plan, facts }: KubeInput): readonly number[] {
  return [...new Set([...plan.groups.map(({ group }) => group), ...facts.retiring])].sort((a, b) => a - b);
}

export function peersConfigMap(input: KubeInput): Built<V1ConfigMap> {
  const { name, spec } = input.testnet;
  const nodesOf = (group: number): unknown =>
    Array.from({ length: spec.nodesPerGroup }, (_, ordinal) => {
      const host = nodeHost(name, group, ordinal);
      return { node: `g${group}-n${ordinal}`, grpc: `${host}:${PORT.grpc}`, peer: `${host}:${PORT.peer}` };
    });
  const text = JSON.stringify({
    groups: Object.fromEntries(liveGroups(input).map((group) => [String(group), nodesOf(group)])),
  });
  const object: V1ConfigMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: testnetMeta(input, partName(name, 'peers'), 'network'),
    data: { [PEERS_KEY]: text },
  };
  return bounded(
    object,
    text.length,
    'the list of all nodes',
    'spec.nodesPerGroup',
    'lower spec.nodesPerGroup or spec.groups',
  );
}
