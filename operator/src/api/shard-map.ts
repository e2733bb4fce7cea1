// The ShardMap object, defined once: a mirror of the table on chain, and the way from one table to the next. The chain is the
// truth; nothing here moves a partition.
import { SPEC } from '@rexnet/node/chain/spec.ts';
import { conditions } from './conditions.ts';
import { API_GROUP, type Definition } from './definition.ts';
import { integer, list, type ObjectOf, object, required, string, type TypeOf } from './schema.ts';
import { NAME_MAX_LENGTH } from './testnet.ts';

/** What a person tells a proposal: `kubectl annotate shardmap/demo rexnet.dev/rebalance=approve`. */
export const REBALANCE_ANNOTATION = `${API_GROUP}/rebalance`;
export const REBALANCE_WISHES = ['approve', 'refresh', 'stop'] as const;

const FIGURE_MAX_LENGTH = 16;
const ID_MAX_LENGTH = 64;
/** A table of 4,096 partitions whose owners alternate fits. */
export const TABLE_MAX_LENGTH = 49_152;
export const MOVES_IN_FLIGHT_MAX = 256;
export const SUMMARY_MAX_LENGTH = 1024;

const specFields = {
  testnet: required(string({ description: 'Name of its Testnet in this namespace.', maxLength: NAME_MAX_LENGTH })),
  partitions: required(
    integer({
      description: 'Slices of the key space: spec.chain.partitions of the Testnet.',
      format: 'int32',
      minimum: 1,
      maximum: Math.max(...SPEC.chain.partitions.enum),
    }),
  ),
  approval: string({
    description: `Auto moves partitions as soon as a proposal is there. Manual waits for the annotation ${REBALANCE_ANNOTATION}=approve. Set by spec.shardMap of the Testnet.`,
    enum: ['Auto', 'Manual'],
    default: 'Auto',
  }),
} as const;

export type ShardMapSpec = ObjectOf<typeof specFields>;

const inFlight = list(
  { description: 'Moves under way.', maxItems: MOVES_IN_FLIGHT_MAX, listType: 'atomic' },
  object(undefined, {
    partition: integer({ description: 'The partition that moves.' }),
    from: integer({ description: 'The group that holds it.' }),
    to: integer({ description: 'The group that gets it.' }),
    state: string({ description: 'What the move waits for, such as group 3 to reach epoch 7.', maxLength: 32 }),
  }),
);

const statusFields = {
  observedGeneration: integer({ description: 'Generation of the spec this status belongs to.', format: 'int64' }),
  epoch: integer({ description: 'Epoch of the table on chain; each change adds one.', format: 'int64' }),
  phase: string({
    description: 'Where the way from one table to the next stands.',
    enum: ['Balanced', 'PendingProposal', 'ProposalReady', 'Rebalancing', 'Stopped', 'Failed'],
  }),
  groups: integer({ description: 'Groups of the table.', format: 'int32' }),
  imbalance: string({
    description: 'How far a group lies from the mean load, such as 0.8%.',
    maxLength: FIGURE_MAX_LENGTH,
  }),
  tableHash: string({ description: 'Hash of the map on chain, hex.', maxLength: ID_MAX_LENGTH }),
  table: string({
    description: 'Ranges, partition:group, such as 0-15:0,16-31:1.',
    maxLength: TABLE_MAX_LENGTH,
  }),
  proposal: object('The moves that are proposed or under way.', {
    id: string({ description: 'Changes with the moves.', maxLength: ID_MAX_LENGTH }),
    moves: integer({ description: 'How many partitions move.' }),
    bytes: string({ description: 'State that moves, such as 41.2MiB.', maxLength: FIGURE_MAX_LENGTH }),
    imbalanceBefore: string({ description: 'Imbalance now.', maxLength: FIGURE_MAX_LENGTH }),
    imbalanceAfter: string({ description: 'Imbalance when all have moved.', maxLength: FIGURE_MAX_LENGTH }),
    estimatedDuration: string({ description: 'How long it will take, such as 35s.', maxLength: FIGURE_MAX_LENGTH }),
    summary: string({ description: 'Partitions of each group before and after.', maxLength: SUMMARY_MAX_LENGTH }),
  }),
  progress: object('How far the moves are.', {
    text: string({ description: 'Share that is done, such as 61%.', maxLength: FIGURE_MAX_LENGTH }),
    eta: string({ description: 'Time left, such as 14s.', maxLength: FIGURE_MAX_LENGTH }),
    movesDone: integer({ description: 'Moves that are done.' }),
    inFlight,
  }),
  conditions,
} as const;

export type ShardMapStatus = ObjectOf<typeof statusFields>;
export type ShardMapPhase = NonNullable<ShardMapStatus['phase']>;
export type MoveInFlight = NonNullable<TypeOf<typeof inFlight>>[number];

export const SHARD_MAP = {
  names: {
    kind: 'ShardMap',
    listKind: 'ShardMapList',
    plural: 'shardmaps',
    singular: 'shardmap',
    shortNames: ['sm'],
    categories: ['rexnet'],
  },
  writtenBy: 'operator',
  selectableFields: [],
  columns: [
    { name: 'Epoch', type: 'integer', format: 'int64', jsonPath: '.status.epoch' },
    { name: 'Partitions', type: 'integer', jsonPath: '.spec.partitions' },
    { name: 'Groups', type: 'integer', jsonPath: '.status.groups' },
    { name: 'Imbalance', type: 'string', jsonPath: '.status.imbalance' },
    { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
    { name: 'Progress', type: 'string', jsonPath: '.status.progress.text' },
    { name: 'ETA', type: 'string', jsonPath: '.status.progress.eta' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
  description: 'Which group owns which partition, and the move from one table to the next.',
  rules: [
    {
      kind: 'transition',
      freezes: ['.spec.partitions'],
      cel: 'self.spec.partitions == oldSelf.spec.partitions',
      message: 'spec.partitions is fixed at genesis',
      cure: 'put the old value back; another number of partitions is another Testnet',
      reason: 'FieldValueForbidden',
      fieldPath: '.spec.partitions',
      holds: (self, old) => self.spec.partitions === old.spec.partitions,
    },
  ],
  spec: required(object('Whose table it is, and who approves of moves.', specFields)),
  status: object('What is. Written by the operator, never by people.', statusFields),
} as const satisfies Definition<ShardMapSpec>;
