// The Testnet object, defined once: every field, default, bound, rule and message. Types, checks and the CRD are derived from
// this table; it checks and reads nothing itself.
import { GROUPS_CURE, groupsProblem, SPEC } from '@rexnet/node/chain/spec.ts';
import { DURATION_PATTERN, parseDuration } from '@rexnet/node/core/duration.ts';
import { quantityAbove, quantityAtLeast } from './quantity.ts';
import {
  boolean,
  integer,
  intOrString,
  list,
  map,
  type ObjectOf,
  object,
  type RootRule,
  required,
  section,
  string,
  type TypeOf,
} from './schema.ts';

export const API_VERSION = 'rexnet.dev/v1alpha1';
export const NAME_MAX_LENGTH = 32;
export const NAME_PATTERN = '^[a-z]([-a-z0-9]*[a-z0-9])?$';
const IMAGE = /^[a-zA-Z0-9][-a-zA-Z0-9._/:@]*$/;
const DURATION_MEANING = 'a duration such as 500ms, 2s or 1m30s (units ms, s, m, h; no spaces, no days)';
const DURATION_CEL = `self.matches('${DURATION_PATTERN}')`;
const K8S_NAME_MAX_LENGTH = 253;
const LABEL_MAX_LENGTH = 63;
const DURATION_MAX_LENGTH = 16;

const durationAtLeast = (text: string, floor: string): boolean => durationMs(text) >= durationMs(floor);
/** Not a number for what is no duration, so that no comparison holds. */
const durationMs = (text: string): number => parseDuration(text) ?? Number.NaN;

const interval = SPEC.chain.blockInterval;

const chain = section('The protocol. Fixed at genesis.', {
  partitions: integer({
    description:
      'Slices of the key space: a power of two. The unit of placement and of moving; an upper bound for groups.',
    format: 'int32',
    ...SPEC.chain.partitions,
  }),
  blockInterval: string({
    description: 'Least time between two blocks of a group, such as 500ms or 2s.',
    maxLength: DURATION_MAX_LENGTH,
    default: interval.default,
    rules: [
      {
        cel: `${DURATION_CEL} && duration(self) >= duration('${interval.minimum}') && duration(self) <= duration('${interval.maximum}')`,
        message: `blockInterval must be a duration from ${interval.minimum} to ${interval.maximum}, such as 500ms, 2s or 1m30s`,
        cure: 'write it without spaces and with units, such as 500ms, 2s or 1m30s',
        holds: (self) => durationAtLeast(self, interval.minimum) && durationAtLeast(interval.maximum, self),
      },
    ],
  }),
  blockGas: integer({
    description: "Gas limit of one block of one group. With blockInterval it caps a group's throughput.",
    format: 'int64',
    ...SPEC.chain.blockGas,
  }),
  difficulty: string({
    ...SPEC.chain.difficulty,
    description:
      'Floor keeps every block at the least difficulty, a steady beat. Asert follows the hash rate. Fixed at genesis.',
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
    maxLength: DURATION_MAX_LENGTH,
    pattern: DURATION_PATTERN,
    patternMeans: DURATION_MEANING,
    ...SPEC.bitcoin.blockInterval,
  }),
});

const mining = section('The merge miner. It mines with bitcoind when there is one, on a toy parent chain otherwise.', {
  miners: integer({
    format: 'int32',
    minimum: 0,
    maximum: 8,
    default: 1,
    description: 'Miner pods. 0 to 8; 0 stops the chains. Default 1; may change.',
  }),
  cpuPercent: integer({
    format: 'int32',
    minimum: 1,
    maximum: 100,
    default: 10,
    description: 'Share of one core spent on grinding, 1 to 100. Default 10; may change.',
  }),
});

const shardMap = section('How partitions are placed on groups.', {
  approval: string({
    enum: ['Auto', 'Manual'],
    default: 'Auto',
    description: 'Manual waits for the annotation rexnet.dev/rebalance=approve on the ShardMap.',
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
    description: 'Load difference that is left alone.',
  }),
  pins: list(
    { description: 'Partitions that stay on one group.', maxItems: 256, listType: 'map', mapKeys: ['partition'] },
    object(undefined, {
      partition: required(integer({ format: 'int32', minimum: 0, maximum: 4095 })),
      group: required(integer({ format: 'int32', minimum: 0, maximum: 1023 })),
    }),
  ),
});

const contracts = list(
  {
    description:
      'PREDA contracts deployed after the first block, in this order. Names of shipped contracts (token, poll, airdrop) need no source.',
    maxItems: 64,
    listType: 'map',
    mapKeys: ['name'],
  },
  object(undefined, {
    name: required(string({ minLength: 1, maxLength: LABEL_MAX_LENGTH })),
    configMapKeyRef: object(undefined, {
      name: required(string({ maxLength: K8S_NAME_MAX_LENGTH })),
      key: required(string({ maxLength: K8S_NAME_MAX_LENGTH })),
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
    enum: ['Transfer', 'Token', 'Airdrop', 'Poll'],
    default: 'Token',
    description: 'What the transactions do.',
  }),
  crossGroupPercent: integer({
    format: 'int32',
    minimum: 0,
    maximum: 100,
    description: 'Share of relays that leave their group; absent means what random addresses give.',
  }),
  generators: integer({ format: 'int32', minimum: 1, maximum: 256, default: 1, description: 'Generator pods.' }),
});

const resources = section('Requests and limits alike (Guaranteed).', {
  cpu: intOrString({
    description: 'Whole cores allow static CPU pinning.',
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
  storage: object('Absent means emptyDir.', {
    size: string({
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
      description: "Empty means the cluster's default class.",
    }),
  }),
  priorityClassName: string({ maxLength: K8S_NAME_MAX_LENGTH, default: '' }),
  nodeSelector: map({ maxProperties: 16 }, string({ maxLength: LABEL_MAX_LENGTH })),
  tolerations: list(
    { maxItems: 16, listType: 'atomic' },
    object(undefined, {
      key: string({ maxLength: 317 }),
      operator: string({ enum: ['Exists', 'Equal'] }),
      value: string({ maxLength: LABEL_MAX_LENGTH }),
      effect: string({ enum: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] }),
      tolerationSeconds: integer({ format: 'int64' }),
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
    description: 'Keep generators off the machines of nodes.',
  }),
});

const specFields = {
  groups: integer({
    description: 'Number of consensus groups. This is what makes throughput grow. Change it with kubectl scale.',
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
    maximum: 16,
    default: 1,
  }),
  image: string({
    description: "Image of every Rexnet pod. Empty means the operator's own image.",
    maxLength: 512,
    default: '',
    rules: [
      {
        cel: "self == '' || self.matches('^[a-zA-Z0-9][-a-zA-Z0-9._/:@]*$')",
        message: 'image must be a reference such as ghcr.io/acme/rexnet@sha256:...',
        cure: 'leave it out for the image the operator itself runs',
        holds: (self) => self === '' || IMAGE.test(self),
      },
    ],
  }),
  imagePullSecrets: list(
    {
      description: 'Secrets in this namespace for pulling the image.',
      maxItems: 8,
      listType: 'map',
      mapKeys: ['name'],
    },
    object(undefined, { name: required(string({ maxLength: K8S_NAME_MAX_LENGTH })) }),
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
      description: 'Auto makes one where the CRD is installed.',
    }),
  }),
  nodeOverrides: list(
    { maxItems: 64, listType: 'map', mapKeys: ['group', 'ordinal'] },
    object(undefined, {
      group: required(integer({ format: 'int32', minimum: 0, maximum: 1023 })),
      ordinal: required(integer({ format: 'int32', minimum: 0, maximum: 15 })),
      image: string({ maxLength: 512 }),
    }),
  ),
  ttl: string({
    maxLength: DURATION_MAX_LENGTH,
    description: 'The operator deletes the testnet this long after its creation. Absent means never.',
    rules: [
      {
        cel: `${DURATION_CEL} && duration(self) >= duration('1m')`,
        message: 'ttl must be a duration of at least 1m, such as 30m, 2h or 48h (there is no unit for days)',
        cure: 'write 30m, 2h or 48h',
        holds: (self) => durationAtLeast(self, '1m'),
      },
    ],
  }),
  suspend: boolean({ default: false, description: 'Stop all pods and keep the data.' }),
} as const;

export type TestnetSpec = ObjectOf<typeof specFields>;
export type Contract = NonNullable<TypeOf<typeof contracts>>[number];
export type Testnet = { readonly name: string; readonly spec: TestnetSpec };

/** What a rule over the whole object sees. */
export type TestnetObject = { readonly spec: TestnetSpec };

const rules: readonly RootRule<TestnetObject>[] = [
  {
    kind: 'transition',
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
    cel: 'self.spec.seed == oldSelf.spec.seed',
    message: 'spec.seed is fixed at genesis (keys and genesis derive from it); create a new Testnet instead',
    cure: 'put the old seed back, or give the testnet another metadata.name',
    reason: 'FieldValueForbidden',
    fieldPath: '.spec.seed',
    holds: (self, old) => self.spec.seed === old.spec.seed,
  },
  {
    kind: 'transition',
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

const conditions = list(
  { maxItems: 16, listType: 'map', mapKeys: ['type'] },
  object(undefined, {
    type: required(string({ maxLength: 64, pattern: '^[A-Z][A-Za-z]*$' })),
    status: required(string({ enum: ['True', 'False', 'Unknown'] })),
    observedGeneration: integer({ format: 'int64', minimum: 0 }),
    lastTransitionTime: required(string({ format: 'date-time' })),
    reason: required(string({ minLength: 1, maxLength: 64, pattern: '^[A-Z][A-Za-z0-9]*$' })),
    message: required(string({ maxLength: 1024 })),
  }),
);

const statusFields = {
  observedGeneration: integer({ format: 'int64' }),
  groups: integer({ format: 'int32', description: 'Groups that exist (scale subresource).' }),
  readyGroups: integer({ format: 'int32' }),
  nodes: integer({ format: 'int32' }),
  readyNodes: integer({ format: 'int32' }),
  groupsText: string({ maxLength: 32 }),
  nodesText: string({ maxLength: 32 }),
  selector: string({ maxLength: 256 }),
  minHeight: integer({ format: 'int64' }),
  tps: string({ maxLength: 16 }),
  firstBlockAfter: string({ maxLength: 16 }),
  bitcoinText: string({ maxLength: 64 }),
  shardMapEpoch: integer({ format: 'int64' }),
  expiresAt: string({ format: 'date-time' }),
  networkId: string({ maxLength: 64 }),
  conditions,
} as const;

export type TestnetStatus = ObjectOf<typeof statusFields>;
export type Condition = NonNullable<TypeOf<typeof conditions>>[number];

const ready = (field: string): string => `.status.conditions[?(@.type=="Ready")].${field}`;

export const TESTNET = {
  group: 'rexnet.dev',
  version: 'v1alpha1',
  names: {
    kind: 'Testnet',
    listKind: 'TestnetList',
    plural: 'testnets',
    singular: 'testnet',
    shortNames: ['tn'],
    categories: ['rexnet'],
  },
  scale: {
    specReplicasPath: '.spec.groups',
    statusReplicasPath: '.status.groups',
    labelSelectorPath: '.status.selector',
  },
  selectableFields: ['.spec.suspend'],
  columns: [
    { name: 'Ready', type: 'string', jsonPath: ready('status') },
    { name: 'Reason', type: 'string', jsonPath: ready('reason') },
    { name: 'Groups', type: 'string', jsonPath: '.status.groupsText' },
    { name: 'Nodes', type: 'string', jsonPath: '.status.nodesText' },
    { name: 'Height', type: 'integer', format: 'int64', jsonPath: '.status.minHeight' },
    { name: 'TPS', type: 'string', jsonPath: '.status.tps' },
    { name: 'FirstBlock', type: 'string', jsonPath: '.status.firstBlockAfter' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    { name: 'Bitcoin', type: 'string', jsonPath: '.status.bitcoinText', priority: 1 },
    { name: 'Epoch', type: 'integer', jsonPath: '.status.shardMapEpoch', priority: 1 },
    { name: 'Expires', type: 'string', jsonPath: '.status.expiresAt', priority: 1 },
    { name: 'Message', type: 'string', jsonPath: ready('message'), priority: 1 },
  ],
  description: 'A whole parallel-VM Bitcoin layer-2 test network. Eight lines suffice; every field has a default.',
  rules,
  spec: section('What you want. An empty spec is a valid testnet.', specFields),
  status: object('What is. Written by the operator.', statusFields),
} as const;
