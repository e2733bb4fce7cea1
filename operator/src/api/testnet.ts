// The Testnet object, defined once: every field, default, bound, rule and message. Types, checks and the CRD are derived from
// this table; it checks and reads nothing itself.
import { GROUPS_CURE, groupsProblem, SPEC } from '@rexnet/node/chain/spec.ts';
import { conditions } from './conditions.ts';
import { conditionPath, type Definition } from './definition.ts';
import { anyDuration, DURATION_MAX_LENGTH, durationBetween } from './durations.ts';
import { quantityAbove, quantityAtLeast } from './quantity.ts';
import {
  boolean,
  integer,
  intOrString,
  list,
  map,
  type ObjectOf,
  object,
  type Rule,
  required,
  section,
  string,
  type TypeOf,
} from './schema.ts';
import { WORKLOAD_MEANING, WORKLOADS } from './workloads.ts';

export const NAME_MAX_LENGTH = 32;
export const NAME_PATTERN = '^[a-z]([-a-z0-9]*[a-z0-9])?$';
export const GROUP_ID_MAX = SPEC.groups.maximum - 1;
export const PARTITION_ID_MAX = Math.max(...SPEC.chain.partitions.enum) - 1;
export const NODES_PER_GROUP_MAX = 16;
const IMAGE = /^[a-zA-Z0-9][-a-zA-Z0-9._/:@]*$/;
const IMAGE_MAX_LENGTH = 512;
const IMAGE_VALUES = 'A reference such as ghcr.io/acme/rexnet@sha256:...';
export const K8S_NAME_MAX_LENGTH = 253;
const LABEL_MAX_LENGTH = 63;

const interval = SPEC.chain.blockInterval;

function imageReference(cure: string): Rule<string> {
  return {
    cel: "self == '' || self.matches('^[a-zA-Z0-9][-a-zA-Z0-9._/:@]*$')",
    message: 'image must be a reference such as ghcr.io/acme/rexnet@sha256:...',
    cure,
    holds: (self) => self === '' || IMAGE.test(self),
  };
}

const chain = section('The protocol, fixed at genesis.', {
  partitions: integer({
    description:
      'Slices of the key space: a power of two. The unit of placement and of moving; an upper bound for groups.',
    format: 'int32',
    ...SPEC.chain.partitions,
  }),
  blockInterval: string({
    description: 'Least time between two blocks of a group.',
    values: `A duration from ${interval.minimum} to ${interval.maximum}, such as 500ms, 2s or 1m30s`,
    maxLength: DURATION_MAX_LENGTH,
    default: interval.default,
    rules: [
      durationBetween({
        minimum: interval.minimum,
        maximum: interval.maximum,
        message: `blockInterval must be a duration from ${interval.minimum} to ${interval.maximum}, such as 500ms, 2s or 1m30s`,
        cure: 'write it without spaces and with units, such as 500ms, 2s or 1m30s',
      }),
    ],
  }),
  blockGas: integer({
    description: "Gas limit of one block of one group. With blockInterval it caps a group's throughput.",
    format: 'int64',
    ...SPEC.chain.blockGas,
  }),
  difficulty: string({
    ...SPEC.chain.difficulty,
    description: 'Floor keeps every block at the least difficulty, a steady beat. Asert follows the hash rate.',
  }),
  confirmations: integer({
    description: 'Blocks on top of a source block before another group consumes its relays.',
    format: 'int32',
    ...SPEC.chain.confirmations,
  }),
});

const bitcoin = section('The parent chain.', {
  mode: string({
    description: 'Regtest starts a bitcoind; None mines without a parent (no peg).',
    enum: ['Regtest', 'None'],
    default: 'Regtest',
  }),
  blockInterval: string({
    description: 'Aimed time between two Bitcoin blocks.',
    values: 'A duration such as 500ms, 2s or 1m30s',
    maxLength: DURATION_MAX_LENGTH,
    ...SPEC.bitcoin.blockInterval,
    rules: [
      anyDuration(
        'bitcoin.blockInterval must be a duration such as 500ms, 2s or 1m30s (units ms, s, m, h; no spaces, no days)',
        'write it without spaces and with units, such as 500ms, 2s or 1m30s',
      ),
    ],
  }),
});

const mining = section('The merge miner. It mines with bitcoind when there is one, on a toy parent chain otherwise.', {
  miners: integer({
    format: 'int32',
    minimum: 0,
    maximum: 8,
    default: 1,
    description: 'Miner pods; 0 stops the chains.',
  }),
  cpuPercent: integer({
    format: 'int32',
    minimum: 1,
    maximum: 100,
    default: 10,
    description: 'Percent of one core spent on grinding.',
  }),
});

const shardMap = section('How partitions are placed on groups.', {
  approval: string({
    enum: ['Auto', 'Manual'],
    default: 'Auto',
    description:
      'Auto moves partitions as soon as a proposal is there. Manual waits for the annotation rexnet.dev/rebalance=approve on the ShardMap.',
  }),
  maxConcurrentMoves: integer({
    format: 'int32',
    minimum: 1,
    maximum: 256,
    default: 8,
    description: 'Moves in flight at once.',
  }),
  maxImbalancePercent: integer({
    format: 'int32',
    minimum: 1,
    maximum: 100,
    default: 20,
    description: 'How far the load of a group may lie from the mean, in percent of it, before partitions move.',
  }),
  pins: list(
    { description: 'Partitions that stay on one group.', maxItems: 256, listType: 'map', mapKeys: ['partition'] },
    object(undefined, {
      partition: required(
        integer({ description: 'The partition.', format: 'int32', minimum: 0, maximum: PARTITION_ID_MAX }),
      ),
      group: required(
        integer({ description: 'The group it stays on.', format: 'int32', minimum: 0, maximum: GROUP_ID_MAX }),
      ),
    }),
  ),
});

const contracts = list(
  {
    description:
      'PREDA contracts deployed after the first block, in this order. Names of shipped contracts (token, token_global, poll, airdrop) need no source.',
    maxItems: 64,
    listType: 'map',
    mapKeys: ['name'],
  },
  object(undefined, {
    name: required(
      string({
        description: 'Name it is deployed under; that of a shipped contract needs nothing else.',
        minLength: 1,
        maxLength: LABEL_MAX_LENGTH,
      }),
    ),
    configMapKeyRef: object('Where its source is, in a ConfigMap of this namespace.', {
      name: required(string({ description: 'Name of the ConfigMap.', maxLength: K8S_NAME_MAX_LENGTH })),
      key: required(string({ description: 'Key in it that holds the PREDA source.', maxLength: K8S_NAME_MAX_LENGTH })),
    }),
  }),
);

const load = section('Continuous load. Offered load grows with groups.', {
  tpsPerGroup: integer({
    format: 'int32',
    minimum: 0,
    maximum: 1_000_000,
    default: 0,
    description: 'Transactions per second offered to each group; 0 is none.',
  }),
  workload: string({
    enum: WORKLOADS,
    default: 'Token',
    description: WORKLOAD_MEANING,
  }),
  crossGroupPercent: integer({
    format: 'int32',
    minimum: 0,
    maximum: 100,
    description: 'Percent of relays that leave their group; absent means what random addresses give.',
  }),
  generators: integer({ format: 'int32', minimum: 1, maximum: 256, default: 1, description: 'Generator pods.' }),
});

const resources = section('Requests and limits alike (Guaranteed).', {
  cpu: intOrString({
    description: 'Processor of a node pod. Whole cores allow static CPU pinning.',
    values: 'A quantity of at least 50m, such as 250m or 2',
    default: '250m',
    maxLength: 16,
    rules: [
      {
        cel: "type(self) == int ? self >= 1 : isQuantity(self) && quantity(self).compareTo(quantity('50m')) >= 0",
        message: 'cpu must be a quantity of at least 50m, such as 250m or 2',
        cure: 'write 250m for a quarter of a core or 2 for two cores',
        holds: (self) => (typeof self === 'number' ? self >= 1 : quantityAtLeast(self, '50m')),
      },
    ],
  }),
  memory: string({
    description: 'Memory of a node pod.',
    values: 'A quantity of at least 256Mi, such as 384Mi or 2Gi',
    default: '384Mi',
    maxLength: 16,
    rules: [
      {
        cel: "isQuantity(self) && quantity(self).compareTo(quantity('256Mi')) >= 0",
        message: 'memory must be a quantity of at least 256Mi, such as 384Mi or 2Gi',
        cure: 'units are Mi and Gi (not MB): write 384Mi or 2Gi',
        holds: (self) => quantityAtLeast(self, '256Mi'),
      },
    ],
  }),
});

const template = section('The pods of a node.', {
  resources,
  storage: object('A volume for each node. Absent means emptyDir: the data goes with the pod.', {
    size: string({
      description: 'Size of each volume. A change counts for volumes made later.',
      values: 'A quantity above 64Mi, such as 2Gi',
      default: '2Gi',
      maxLength: 16,
      rules: [
        {
          cel: "isQuantity(self) && quantity(self).isGreaterThan(quantity('64Mi'))",
          message: 'storage.size must be a quantity above 64Mi, such as 2Gi',
          cure: 'units are Mi and Gi (not MB): write 2Gi',
          holds: (self) => quantityAbove(self, '64Mi'),
        },
      ],
    }),
    className: string({
      maxLength: K8S_NAME_MAX_LENGTH,
      default: '',
      description: "StorageClass. Empty means the cluster's default class.",
    }),
  }),
  priorityClassName: string({
    description: 'PriorityClass of the node pods. Empty means none.',
    maxLength: K8S_NAME_MAX_LENGTH,
    default: '',
  }),
  nodeSelector: map(
    { description: 'Labels a machine must have.', maxProperties: 16 },
    string({ maxLength: LABEL_MAX_LENGTH }),
  ),
  tolerations: list(
    { description: 'Taints of machines that are put up with, as in any pod.', maxItems: 16, listType: 'atomic' },
    object(undefined, {
      key: string({ description: 'Key of the taint; empty means all.', maxLength: 317 }),
      operator: string({ description: 'Whether the value counts.', enum: ['Exists', 'Equal'] }),
      value: string({ description: 'Value of the taint.', maxLength: LABEL_MAX_LENGTH }),
      effect: string({
        description: 'Effect of the taint; absent means all.',
        enum: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'],
      }),
      tolerationSeconds: integer({
        description: 'How long a pod stays on a machine tainted NoExecute; absent means for ever.',
        format: 'int64',
      }),
    }),
  ),
});

const placement = section('How groups spread over machines.', {
  strategy: string({
    enum: ['Spread', 'Exclusive', 'Packed'],
    default: 'Spread',
    description:
      'Spread: even over machines, nodes of one group apart where possible. Exclusive: one node pod per machine or wait. Packed: no rule.',
  }),
  separateLoad: string({
    enum: ['Preferred', 'Required', 'Never'],
    default: 'Preferred',
    description:
      'Keep generators off the machines of nodes. Preferred: where there is room elsewhere. Required: or wait. Never: no rule.',
  }),
});

const specFields = {
  groups: integer({
    description:
      'Number of consensus groups. This is what makes throughput grow. Change it with kubectl scale. At most chain.partitions.',
    values: `${SPEC.groups.minimum} to ${SPEC.groups.maximum}`,
    format: 'int32',
    maximum: SPEC.groups.maximum,
    default: SPEC.groups.default,
    rules: [
      {
        cel: `self >= ${SPEC.groups.minimum}`,
        message: 'groups must be at least 1; to stop all pods and keep the data set spec.suspend to true',
        cure: 'write 1 or more',
        holds: (self) => self >= SPEC.groups.minimum,
      },
    ],
  }),
  nodesPerGroup: integer({
    description: 'Nodes (pods) per group. They copy the same chain, so this gives fault tolerance, not throughput.',
    format: 'int32',
    minimum: 1,
    maximum: NODES_PER_GROUP_MAX,
    default: 1,
  }),
  image: string({
    values: IMAGE_VALUES,
    description: "Image of every Rexnet pod. Empty means the operator's own image.",
    maxLength: IMAGE_MAX_LENGTH,
    default: '',
    rules: [imageReference('leave it out for the image the operator itself runs')],
  }),
  imagePullSecrets: list(
    {
      description: 'Secrets in this namespace for pulling the image.',
      maxItems: 8,
      listType: 'map',
      mapKeys: ['name'],
    },
    object(undefined, {
      name: required(string({ description: 'Name of the Secret.', maxLength: K8S_NAME_MAX_LENGTH })),
    }),
  ),
  seed: integer({
    description: 'Genesis, keys and load derive from it. Same seed, same network.',
    format: 'int64',
    ...SPEC.seed,
  }),
  chain,
  bitcoin,
  mining,
  shardMap,
  contracts,
  load,
  template,
  placement,
  monitoring: section('What is made for Prometheus.', {
    podMonitor: string({
      enum: ['Auto', 'Always', 'Never'],
      default: 'Auto',
      description: 'Auto makes a PodMonitor where its CRD is installed, Always fails without it, Never makes none.',
    }),
  }),
  nodeOverrides: list(
    {
      description: 'Single nodes that differ from the others.',
      maxItems: 64,
      listType: 'map',
      mapKeys: ['group', 'ordinal'],
    },
    object(undefined, {
      group: required(
        integer({ description: 'Group of the node.', format: 'int32', minimum: 0, maximum: GROUP_ID_MAX }),
      ),
      ordinal: required(
        integer({
          description: 'Which node of the group; less than nodesPerGroup.',
          format: 'int32',
          minimum: 0,
          maximum: NODES_PER_GROUP_MAX - 1,
        }),
      ),
      image: string({
        values: IMAGE_VALUES,
        description: 'Image of this node; absent or empty means that of the others.',
        maxLength: IMAGE_MAX_LENGTH,
        rules: [imageReference('leave it out for the image of the others')],
      }),
    }),
  ),
  ttl: string({
    maxLength: DURATION_MAX_LENGTH,
    description: 'The operator deletes the testnet this long after its creation. Absent means never.',
    values: 'A duration of at least 1m, such as 30m, 2h or 48h',
    rules: [
      durationBetween({
        minimum: '1m',
        message: 'ttl must be a duration of at least 1m, such as 30m, 2h or 48h (there is no unit for days)',
        cure: 'write 30m, 2h or 48h',
      }),
    ],
  }),
  suspend: boolean({
    default: false,
    description:
      'Stop all pods and keep the data that is on volumes (template.storage); without them the chains begin anew.',
  }),
} as const;

export type TestnetSpec = ObjectOf<typeof specFields>;
export type Contract = NonNullable<TypeOf<typeof contracts>>[number];
export type Testnet = { readonly name: string; readonly spec: TestnetSpec };

const rules: Definition<TestnetSpec>['rules'] = [
  {
    kind: 'transition',
    freezes: ['.spec.chain'],
    cel: '!has(oldSelf.spec) || !has(self.spec) || oldSelf.spec.chain == self.spec.chain',
    message:
      'spec.chain is fixed at genesis; create a new Testnet (kubectl delete tn/NAME first, or another name) to run with other values',
    cure: 'put the old values back, or give the testnet another metadata.name',
    reason: 'FieldValueForbidden',
    fieldPath: '.spec.chain',
    holds: (self, old) => sameValue(self.spec.chain, old.spec.chain),
  },
  {
    kind: 'state',
    cel: 'self.spec.groups <= self.spec.chain.partitions',
    message: {
      expression:
        "'spec.groups is %d but spec.chain.partitions is %d: a group needs at least one partition; use at most %d groups'.format([self.spec.groups, self.spec.chain.partitions, self.spec.chain.partitions])",
      render: ({ spec }) => groupsProblem(spec.groups, spec.chain.partitions) ?? '',
    },
    cure: GROUPS_CURE,
    reason: 'FieldValueInvalid',
    fieldPath: '.spec.groups',
    holds: ({ spec }) => groupsProblem(spec.groups, spec.chain.partitions) === undefined,
  },
  {
    kind: 'transition',
    freezes: ['.spec.seed'],
    cel: 'self.spec.seed == oldSelf.spec.seed',
    message: 'spec.seed is fixed at genesis (keys and genesis derive from it); create a new Testnet instead',
    cure: 'put the old seed back, or give the testnet another metadata.name',
    reason: 'FieldValueForbidden',
    fieldPath: '.spec.seed',
    holds: (self, old) => self.spec.seed === old.spec.seed,
  },
  {
    kind: 'transition',
    freezes: ['.spec.bitcoin'],
    cel: 'self.spec.bitcoin.mode == oldSelf.spec.bitcoin.mode && self.spec.bitcoin.blockInterval == oldSelf.spec.bitcoin.blockInterval',
    message: 'spec.bitcoin.mode and blockInterval are fixed at genesis; create a new Testnet instead',
    cure: 'put the old values back, or give the testnet another metadata.name',
    reason: 'FieldValueForbidden',
    fieldPath: '.spec.bitcoin',
    holds: (self, old) =>
      self.spec.bitcoin.mode === old.spec.bitcoin.mode &&
      self.spec.bitcoin.blockInterval === old.spec.bitcoin.blockInterval,
  },
  {
    kind: 'state',
    cel: '!has(self.spec.nodeOverrides) || self.spec.nodeOverrides.all(o, o.ordinal < self.spec.nodesPerGroup)',
    message: 'spec.nodeOverrides names an ordinal that does not exist; ordinals run from 0 to nodesPerGroup - 1',
    cure: 'correct the ordinal or raise spec.nodesPerGroup',
    reason: 'FieldValueInvalid',
    fieldPath: '.spec.nodeOverrides',
    holds: ({ spec }) => (spec.nodeOverrides ?? []).every((override) => override.ordinal < spec.nodesPerGroup),
  },
  {
    kind: 'transition',
    freezes: ['.spec.template.storage.className'],
    cel: 'has(self.spec.template.storage) == has(oldSelf.spec.template.storage) && (!has(self.spec.template.storage) || self.spec.template.storage.className == oldSelf.spec.template.storage.className)',
    message:
      "spec.template.storage (present or not, className) cannot change on a running testnet: a StatefulSet's volumes are fixed; create a new Testnet",
    cure: 'put the old storage back, or give the testnet another metadata.name',
    reason: 'FieldValueForbidden',
    fieldPath: '.spec.template.storage',
    holds: (self, old) => self.spec.template.storage?.className === old.spec.template.storage?.className,
  },
];

/** Both sides went through the same defaults, so their keys come in the same order. */
function sameValue(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

const statusFields = {
  observedGeneration: integer({ description: 'Generation of the spec this status belongs to.', format: 'int64' }),
  groups: integer({ format: 'int32', description: 'Groups that exist (scale subresource).' }),
  readyGroups: integer({ description: 'Groups with a node in sync.', format: 'int32' }),
  nodes: integer({ description: 'Nodes that exist.', format: 'int32' }),
  readyNodes: integer({ description: 'Nodes in sync.', format: 'int32' }),
  groupsText: string({ description: 'Ready groups of all, such as 4/4.', maxLength: 32 }),
  nodesText: string({ description: 'Ready nodes of all, such as 8/8.', maxLength: 32 }),
  selector: string({ description: 'Label selector of the pods (scale subresource).', maxLength: 256 }),
  minHeight: integer({ description: 'Height of the lowest chain.', format: 'int64' }),
  tps: string({
    description: 'User transactions in blocks, per second, all groups together; a LoadTest counts completed ones.',
    maxLength: 16,
  }),
  utps: string({
    description: 'Invocations in blocks, per second, all groups together: user transactions and relays.',
    maxLength: 16,
  }),
  gasUsedRatio: string({
    description: 'Gas in blocks over the gas they may hold, the mean of all groups, such as 0.42.',
    maxLength: 16,
  }),
  firstBlockAfter: string({
    description: 'Time from creation to the first block of the last group, such as 23s.',
    maxLength: 16,
  }),
  bitcoinText: string({ description: 'The parent chain, such as btc#312.', maxLength: 64 }),
  shardMapEpoch: integer({ description: 'Epoch of the shard map on chain.', format: 'int64' }),
  requestedCpu: string({
    description: 'Processor asked for by its nodes, miners, bitcoind and load together; 0 while suspended.',
    maxLength: 32,
  }),
  requestedMemory: string({
    description: 'Memory asked for by its nodes, miners, bitcoind and load together; 0 while suspended.',
    maxLength: 32,
  }),
  expiresAt: string({ description: 'When spec.ttl, or else defaultTtl, ends it.', format: 'date-time' }),
  defaultTtl: string({
    description: "What counts while there is no spec.ttl: the operator's default of the time it was created.",
    maxLength: DURATION_MAX_LENGTH,
  }),
  networkId: string({ description: 'Id of the network, hex.', maxLength: 64 }),
  image: string({
    description: 'Image of the pods: fixed at creation, changed by spec.image only, never by a newer operator.',
    maxLength: 512,
  }),
  bitcoindImage: string({ description: 'Image of bitcoind, fixed at creation.', maxLength: 512 }),
  imagePullPolicy: string({
    description: 'When images are pulled, fixed at creation.',
    enum: ['Always', 'IfNotPresent', 'Never'],
  }),
  conditions,
} as const;

export type TestnetStatus = ObjectOf<typeof statusFields>;

export const TESTNET = {
  names: {
    kind: 'Testnet',
    listKind: 'TestnetList',
    plural: 'testnets',
    singular: 'testnet',
    shortNames: ['tn'],
    categories: ['rexnet'],
  },
  nameBounds: { maxLength: NAME_MAX_LENGTH, pattern: NAME_PATTERN },
  writtenBy: 'people',
  scale: {
    specReplicasPath: '.spec.groups',
    statusReplicasPath: '.status.groups',
    labelSelectorPath: '.status.selector',
  },
  selectableFields: ['.spec.suspend'],
  columns: [
    { name: 'Ready', type: 'string', jsonPath: conditionPath('Ready', 'status') },
    { name: 'Reason', type: 'string', jsonPath: conditionPath('Ready', 'reason') },
    { name: 'Groups', type: 'string', jsonPath: '.status.groupsText' },
    { name: 'Nodes', type: 'string', jsonPath: '.status.nodesText' },
    { name: 'Height', type: 'integer', format: 'int64', jsonPath: '.status.minHeight' },
    { name: 'TPS', type: 'string', jsonPath: '.status.tps' },
    { name: 'FirstBlock', type: 'string', jsonPath: '.status.firstBlockAfter' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    { name: 'UTPS', type: 'string', jsonPath: '.status.utps', priority: 1 },
    { name: 'CPU', type: 'string', jsonPath: '.status.requestedCpu', priority: 1 },
    { name: 'Memory', type: 'string', jsonPath: '.status.requestedMemory', priority: 1 },
    { name: 'Bitcoin', type: 'string', jsonPath: '.status.bitcoinText', priority: 1 },
    { name: 'Epoch', type: 'integer', jsonPath: '.status.shardMapEpoch', priority: 1 },
    { name: 'Expires', type: 'string', jsonPath: '.status.expiresAt', priority: 1 },
    { name: 'Message', type: 'string', jsonPath: conditionPath('Ready', 'message'), priority: 1 },
  ],
  description: 'A whole parallel-VM Bitcoin layer-2 test network. Eight lines suffice; every field has a default.',
  rules,
  spec: section('What you want. An empty spec is a valid testnet.', specFields),
  status: object('What is. Written by the operator, never by people.', statusFields),
} as const satisfies Definition<TestnetSpec>;
