// The StatefulSet with the nodes of one group. Its volumes outlive a suspension and go with it when it is deleted.
import type { V1PersistentVolumeClaim, V1StatefulSet, V1Volume } from '@kubernetes/client-node';
import { askedOfNodes } from './asked.ts';
import { nodesWanted } from './group.ts';
import type { KubeInput } from './input.ts';
import { remembering } from './kept-pods.ts';
import { labelsOf, selectorOf } from './labels.ts';
import { groupName, peerServiceName, podName } from './names.ts';
import { groupMeta } from './owner.ts';
import { nodePlacement } from './placement.ts';
import {
  EVERY_ADDRESS,
  FILES,
  networkVolumes,
  ourContainer,
  PORT,
  PROGRAM,
  podFrame,
  podMeta,
  restartMark,
} from './pod.ts';

export const NODE_CONTAINER = 'rxd';
const DATA = 'data';
const DATA_DIR = '/data';
/** A folder of its own: the root of a volume may hold what the file system put there. */
const CHAIN_DIR = `${DATA_DIR}/node`;
/** What goes with the pod fills the machine's disk: as much as a volume has by default. */
const EPHEMERAL_SIZE = '2Gi';
const REVISIONS_KEPT = 3;
/** Users are led to the first node of a group first. */
const FAUCET_ORDINAL = 0;

export function nodeStatefulSet(input: KubeInput, group: number, uid: string): V1StatefulSet {
  const { name, spec } = input.testnet;
  const { storage, priorityClassName, nodeSelector = {}, resources } = spec.template;
  const container = ourContainer(input, {
    name: NODE_CONTAINER,
    image: input.facts.image,
    args: nodeArgs(name, group),
    amount: resources,
    ports: { grpc: PORT.grpc, peer: PORT.peer },
    metrics: PORT.metrics,
    mounts: [{ name: DATA, mountPath: DATA_DIR }],
  });
  const set: V1StatefulSet = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: groupMeta(input, groupName(name, group), group, uid),
    spec: {
      replicas: nodesWanted(input),
      serviceName: peerServiceName(name, group),
      selector: { matchLabels: selectorOf(name, 'node', group) },
      podManagementPolicy: 'Parallel',
      // How far it may roll follows from its pods: rolling.ts.
      updateStrategy: { type: 'RollingUpdate' },
      revisionHistoryLimit: REVISIONS_KEPT,
      template: {
        metadata: podMeta(name, 'node', { group, metrics: PORT.metrics, annotations: restartMark(input.facts) }),
        spec: {
          ...podFrame(input),
          ...(priorityClassName === '' ? {} : { priorityClassName }),
          ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector: { ...nodeSelector } }),
          ...nodePlacement(input.testnet, group),
          containers: [container],
          volumes: [...networkVolumes(name), ...(storage === undefined ? [ephemeral()] : [])],
        },
      },
      ...(storage === undefined
        ? {}
        : {
            persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
            volumeClaimTemplates: [claim(name, group, storage)],
          }),
    },
  };
  return remembering(set, askedOfNodes(input));
}

function nodeArgs(testnet: string, group: number): readonly string[] {
  return [
    ...[PROGRAM.rxd, 'run', '--genesis', FILES.genesis, '--data', CHAIN_DIR, '--group', String(group)],
    ...[
      '--peers',
      FILES.peers,
      '--grpc',
      `${EVERY_ADDRESS}:${PORT.grpc}`,
      '--peer-grpc',
      `${EVERY_ADDRESS}:${PORT.peer}`,
    ],
    // A pod's host name is its own, and the faucet has one account.
    ...['--metrics', `${EVERY_ADDRESS}:${PORT.metrics}`, '--faucet-on', podName(testnet, group, FAUCET_ORDINAL)],
  ];
}

function ephemeral(): V1Volume {
  return { name: DATA, emptyDir: { sizeLimit: EPHEMERAL_SIZE } };
}

/** As the StatefulSet calls the volume of a node. */
export function claimName(testnet: string, group: number, ordinal: number): string {
  return `${DATA}-${podName(testnet, group, ordinal)}`;
}

function claim(
  testnet: string,
  group: number,
  { size, className }: { readonly size: string; readonly className: string },
): V1PersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: DATA, labels: labelsOf(testnet, 'node', group) },
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...(className === '' ? {} : { storageClassName: className }),
      resources: { requests: { storage: size } },
    },
  };
}

/** The wish with the volume size the StatefulSet was made with: it cannot change there, and a new size counts for new groups. */
export function withSizeOf(wish: V1StatefulSet, live: V1StatefulSet | undefined): V1StatefulSet {
  const { spec } = wish;
  const [claim] = spec?.volumeClaimTemplates ?? [];
  const [old] = live?.spec?.volumeClaimTemplates ?? [];
  const size = old?.spec?.resources?.requests?.['storage'];
  if (spec === undefined || claim?.spec === undefined || size === undefined) return wish;
  if (claim.spec.resources?.requests?.['storage'] === size) return wish;
  const sized = { ...claim, spec: { ...claim.spec, resources: { requests: { storage: size } } } };
  return { ...wish, spec: { ...spec, volumeClaimTemplates: [sized] } };
}
