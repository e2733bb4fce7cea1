// The Services of a group: one by which nodes find each other before they are ready, one that leads users to ready nodes only.
import type { V1Service } from '@kubernetes/client-node';
import type { KubeInput } from './input.ts';
import { selectorOf } from './labels.ts';
import { groupName, peerServiceName } from './names.ts';
import { groupMeta } from './owner.ts';
import { PORT } from './pod.ts';

export function peerService(input: KubeInput, group: number, uid: string): V1Service {
  const { name } = input.testnet;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: groupMeta(input, peerServiceName(name, group), group, uid),
    spec: {
      clusterIP: 'None',
      // Nodes become ready by talking to each other.
      publishNotReadyAddresses: true,
      selector: selectorOf(name, 'node', group),
      ports: [port('grpc', PORT.grpc), port('peer', PORT.peer), port('metrics', PORT.metrics)],
    },
  };
}

export function clientService(input: KubeInput, group: number, uid: string): V1Service {
  const { name } = input.testnet;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: groupMeta(input, groupName(name, group), group, uid),
    spec: { type: 'ClusterIP', selector: selectorOf(name, 'node', group), ports: [port('grpc', PORT.grpc)] },
  };
}

export function port(
  name: string,
  number: number,
): { name: string; port: number; targetPort: string; protocol: string } {
  return { name, port: number, targetPort: name, protocol: 'TCP' };
}
