// What the builders of Kubernetes objects are given, and the kinds they make. Types only: no builder asks a cluster anything.
import type {
  V1ConfigMap,
  V1Deployment,
  V1Job,
  V1NetworkPolicy,
  V1ObjectMeta,
  V1PodDisruptionBudget,
  V1Secret,
  V1Service,
  V1StatefulSet,
} from '@kubernetes/client-node';
import type { ConsensusGroupSpec } from '../../api/consensus-group.ts';
import type { Testnet } from '../../api/testnet.ts';
import type { Plan } from '../plan.ts';

/** What the cluster knows and neither Testnet nor plan says. */
export type KubeFacts = {
  readonly namespace: string;
  /** Of the Testnet. */
  readonly uid: string;
  /** Pinned when the Testnet was made: a new operator must not restart its pods. */
  readonly image: string;
  /** From the chart, because bitcoind is not ours; pinned as well. */
  readonly bitcoindImage: string;
  readonly imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never';
  /** Groups that left `spec.groups` and still hand over what they own. */
  readonly retiring: readonly number[];
  /** When somebody asked for all pods anew, in their words. */
  readonly restartedAt?: string;
  /** Load waits for the contracts it calls. */
  readonly contractsDeployed: boolean;
};

export type KubeInput = { readonly testnet: Testnet; readonly plan: Plan; readonly facts: KubeFacts };

export type GroupObject = {
  readonly apiVersion: string;
  readonly kind: 'ConsensusGroup';
  readonly metadata: V1ObjectMeta;
  readonly spec: ConsensusGroupSpec;
};

export type Made =
  | GroupObject
  | V1ConfigMap
  | V1Deployment
  | V1Job
  | V1NetworkPolicy
  | V1PodDisruptionBudget
  | V1Secret
  | V1Service
  | V1StatefulSet;
