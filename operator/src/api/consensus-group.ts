// The ConsensusGroup object, defined once: one proof-of-work chain of a Testnet. People read it; the operator writes it.
import { conditions } from './conditions.ts';
import { conditionPath, type Definition } from './definition.ts';
import { boolean, integer, list, type ObjectOf, object, required, string, type TypeOf } from './schema.ts';
import { GROUP_ID_MAX, K8S_NAME_MAX_LENGTH, NAME_MAX_LENGTH, NODES_PER_GROUP_MAX } from './testnet.ts';

/** That of its Testnet, '-g' and the group. */
const GROUP_NAME_MAX_LENGTH = 40;
const FIGURE_MAX_LENGTH = 16;

const specFields = {
  testnet: required(string({ description: 'Name of its Testnet in this namespace.', maxLength: NAME_MAX_LENGTH })),
  index: required(integer({ description: 'The group id.', format: 'int32', minimum: 0, maximum: GROUP_ID_MAX })),
  replicas: required(
    integer({
      description: 'Nodes (pods) of the group: spec.nodesPerGroup of the Testnet, 0 while it is suspended.',
      format: 'int32',
      minimum: 0,
      maximum: NODES_PER_GROUP_MAX,
    }),
  ),
  retired: boolean({
    description: 'True while the group hands its partitions over and leaves.',
    default: false,
  }),
} as const;

export type ConsensusGroupSpec = ObjectOf<typeof specFields>;
export type ConsensusGroup = { readonly name: string; readonly spec: ConsensusGroupSpec };

const nodes = list(
  {
    description: 'What is known of each node.',
    maxItems: NODES_PER_GROUP_MAX,
    listType: 'map',
    mapKeys: ['ordinal'],
  },
  object(undefined, {
    ordinal: required(integer({ description: 'Which node of the group.', format: 'int32' })),
    machine: string({ description: 'The machine its pod runs on.', maxLength: K8S_NAME_MAX_LENGTH }),
    height: integer({ description: 'Height of its chain.', format: 'int64' }),
    state: string({
      description: 'How it is.',
      enum: ['Starting', 'Syncing', 'InSync', 'Unreachable', 'Gone'],
    }),
  }),
);

const statusFields = {
  observedGeneration: integer({ description: 'Generation of the spec this status belongs to.', format: 'int64' }),
  replicas: integer({ description: 'Pods that exist (scale subresource).', format: 'int32' }),
  readyReplicas: integer({ description: 'Nodes in sync.', format: 'int32' }),
  readyText: string({ description: 'Nodes in sync of all, such as 2/2.', maxLength: 32 }),
  selector: string({ description: 'Label selector of the pods (scale subresource).', maxLength: 256 }),
  height: integer({ description: 'Height of the chain.', format: 'int64' }),
  maxLag: integer({ description: 'Blocks the slowest node is behind.', format: 'int64' }),
  tps: string({ description: 'User transactions in its blocks, per second.', maxLength: FIGURE_MAX_LENGTH }),
  utps: string({
    description: 'Invocations in its blocks, per second: user transactions and relays.',
    maxLength: FIGURE_MAX_LENGTH,
  }),
  partitions: integer({ description: 'Partitions the group holds.', format: 'int32' }),
  machines: string({ description: 'Machines its pods run on.', maxLength: 512 }),
  nodes,
  conditions,
} as const;

export type ConsensusGroupStatus = ObjectOf<typeof statusFields>;
export type GroupNode = NonNullable<TypeOf<typeof nodes>>[number];

export const CONSENSUS_GROUP = {
  names: {
    kind: 'ConsensusGroup',
    listKind: 'ConsensusGroupList',
    plural: 'consensusgroups',
    singular: 'consensusgroup',
    shortNames: ['cg'],
    categories: ['rexnet'],
  },
  nameBounds: { maxLength: GROUP_NAME_MAX_LENGTH },
  writtenBy: 'operator',
  scale: {
    specReplicasPath: '.spec.replicas',
    statusReplicasPath: '.status.replicas',
    labelSelectorPath: '.status.selector',
  },
  selectableFields: ['.spec.testnet'],
  columns: [
    { name: 'Testnet', type: 'string', jsonPath: '.spec.testnet' },
    { name: 'Ready', type: 'string', jsonPath: '.status.readyText' },
    { name: 'Height', type: 'integer', format: 'int64', jsonPath: '.status.height' },
    { name: 'Lag', type: 'integer', jsonPath: '.status.maxLag' },
    { name: 'TPS', type: 'string', jsonPath: '.status.tps' },
    { name: 'Partitions', type: 'integer', jsonPath: '.status.partitions' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    { name: 'UTPS', type: 'string', jsonPath: '.status.utps', priority: 1 },
    { name: 'Machines', type: 'string', jsonPath: '.status.machines', priority: 1 },
    { name: 'Reason', type: 'string', jsonPath: conditionPath('Ready', 'reason'), priority: 1 },
    { name: 'Message', type: 'string', jsonPath: conditionPath('Ready', 'message'), priority: 1 },
  ],
  description: 'One proof-of-work chain of a Testnet. Made and owned by the Testnet; read it, do not write it.',
  rules: [
    {
      kind: 'transition',
      freezes: ['.spec.testnet', '.spec.index'],
      cel: 'self.spec.index == oldSelf.spec.index && self.spec.testnet == oldSelf.spec.testnet',
      message: 'spec.testnet and spec.index name the group and cannot change',
      cure: 'put the old values back; the Testnet makes the groups it needs',
      reason: 'FieldValueForbidden',
      fieldPath: '.spec.index',
      holds: (self, old) => self.spec.index === old.spec.index && self.spec.testnet === old.spec.testnet,
    },
  ],
  spec: required(object('Which group it is, and how many nodes it has.', specFields)),
  status: object('What is. Written by the operator, never by people.', statusFields),
} as const satisfies Definition<ConsensusGroupSpec>;
