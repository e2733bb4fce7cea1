// The LoadTest object, defined once: a measurement with points and a verdict. It measures and judges nothing itself.
import { SPEC } from '@rexnet/node/chain/spec.ts';
import { conditions } from './conditions.ts';
import { conditionPath, type Definition } from './definition.ts';
import { DURATION_MAX_LENGTH, durationBetween } from './durations.ts';
import { boolean, integer, list, type ObjectOf, object, type Rule, required, string, type TypeOf } from './schema.ts';
import { NAME_MAX_LENGTH } from './testnet.ts';
import { WORKLOAD_MEANING, WORKLOADS } from './workloads.ts';

const LOAD_TEST_NAME_MAX_LENGTH = 40;
const POINTS_MAX = 16;
const FIGURE_MAX_LENGTH = 16;

const growing: Rule<readonly number[]> = {
  cel: 'self.all(i, g, i == 0 || self[i-1] < g)',
  message: 'groups must grow from point to point, such as [1, 2, 4]',
  cure: 'write each number of groups once, the smallest first',
  holds: (self) => self.every((groups, index) => index === 0 || (self[index - 1] ?? 0) < groups),
};

const specFields = {
  testnet: required(
    string({
      description: 'Name of the Testnet in this namespace whose network is measured.',
      minLength: 1,
      maxLength: NAME_MAX_LENGTH,
    }),
  ),
  groups: list(
    {
      description: 'Numbers of groups to measure, one point each, growing.',
      minItems: 1,
      maxItems: POINTS_MAX,
      default: [1, 2, 4],
      listType: 'atomic',
      rules: [growing],
      values: `1 to ${POINTS_MAX} numbers from ${SPEC.groups.minimum} to ${SPEC.groups.maximum}`,
    },
    integer({ format: 'int32', minimum: SPEC.groups.minimum, maximum: SPEC.groups.maximum }),
  ),
  profile: string({
    enum: ['Capped', 'Open'],
    default: 'Capped',
    description:
      "Capped offers 1.2 times a group's capacity and judges completed over capacity; Open measures the hardware.",
  }),
  workload: string({ enum: WORKLOADS, default: 'Token', description: WORKLOAD_MEANING }),
  crossGroupPercent: integer({
    format: 'int32',
    minimum: 0,
    maximum: 100,
    description: 'Percent of relays that leave their group; absent means what random addresses give.',
  }),
  tpsPerGroup: integer({
    format: 'int32',
    minimum: 1,
    maximum: 1_000_000,
    description: 'Offered transactions per second and group; absent means what the profile says.',
  }),
  warmUp: string({
    description: 'What completes in this time is not measured.',
    values: 'A duration from 0s to 1h, such as 15s or 1m',
    maxLength: DURATION_MAX_LENGTH,
    default: '15s',
    rules: [
      durationBetween({
        minimum: '0s',
        maximum: '1h',
        message: 'warmUp must lie between 0s and 1h, such as 15s or 1m',
        cure: 'write it without spaces and with units, such as 15s or 1m',
      }),
    ],
  }),
  duration: string({
    description: 'How long each point is measured, each time.',
    values: 'A duration from 5s to 24h, such as 60s or 5m',
    maxLength: DURATION_MAX_LENGTH,
    default: '60s',
    rules: [
      durationBetween({
        minimum: '5s',
        maximum: '24h',
        message: 'duration must lie between 5s and 24h, such as 60s or 5m',
        cure: 'write it without spaces and with units, such as 60s or 5m',
      }),
    ],
  }),
  repeats: integer({
    description: 'How often each point is measured; the verdict needs more than one to tell noise.',
    format: 'int32',
    minimum: 1,
    maximum: 20,
    default: 3,
  }),
  minEfficiencyPercent: integer({
    description: 'The verdict is Linear when every point reaches this efficiency.',
    format: 'int32',
    minimum: 1,
    maximum: 100,
    default: 97,
  }),
} as const;

export type LoadTestSpec = ObjectOf<typeof specFields>;
export type LoadTest = { readonly name: string; readonly spec: LoadTestSpec };

const figure = (description: string) => string({ description, maxLength: FIGURE_MAX_LENGTH });

const points = list(
  { description: 'What was measured.', maxItems: POINTS_MAX, listType: 'map', mapKeys: ['groups'] },
  object(undefined, {
    groups: required(integer({ description: 'Groups of this point.', format: 'int32' })),
    offered: figure('Transactions offered per second.'),
    completed: figure('Transactions completed in all.'),
    tps: figure('Transactions completed per second.'),
    efficiency: figure('Share of what the profile expects, such as 0.99.'),
    p50: figure('Half of the latencies are below.'),
    p95: figure('95 % of the latencies are below.'),
    p99: figure('99 % of the latencies are below.'),
    crossGroupPercent: figure('Percent of relays that left their group.'),
    valid: boolean({ description: 'Whether the point counts.' }),
    invalidReason: string({ description: 'Why it does not count.', maxLength: 256 }),
  }),
);

const statusFields = {
  observedGeneration: integer({ description: 'Generation of the spec this status belongs to.', format: 'int64' }),
  verdict: string({ description: 'What the points say.', enum: ['Linear', 'Sublinear', 'Invalid'] }),
  reason: string({ description: 'Why, in a sentence.', maxLength: 1024 }),
  points,
  pointText: string({ description: 'The point under way, such as 2/3.', maxLength: FIGURE_MAX_LENGTH }),
  tps: figure('Transactions completed per second at the last point.'),
  p99: figure('99 % of the latencies of the last point are below.'),
  efficiency: figure('Efficiency of the last point.'),
  conditions,
} as const;

export type LoadTestStatus = ObjectOf<typeof statusFields>;
export type LoadTestPoint = NonNullable<TypeOf<typeof points>>[number];

export const LOAD_TEST = {
  names: {
    kind: 'LoadTest',
    listKind: 'LoadTestList',
    plural: 'loadtests',
    singular: 'loadtest',
    shortNames: ['lt'],
    categories: ['rexnet'],
  },
  nameBounds: { maxLength: LOAD_TEST_NAME_MAX_LENGTH },
  writtenBy: 'people',
  selectableFields: [],
  columns: [
    { name: 'Testnet', type: 'string', jsonPath: '.spec.testnet' },
    { name: 'Point', type: 'string', jsonPath: '.status.pointText' },
    { name: 'TPS', type: 'string', jsonPath: '.status.tps' },
    { name: 'P99', type: 'string', jsonPath: '.status.p99' },
    { name: 'Efficiency', type: 'string', jsonPath: '.status.efficiency' },
    { name: 'Verdict', type: 'string', jsonPath: '.status.verdict' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    { name: 'Message', type: 'string', jsonPath: conditionPath('Complete', 'message'), priority: 1 },
  ],
  description: 'A measurement as an object, with points and a verdict. Cannot be changed; create another.',
  rules: [
    {
      kind: 'transition',
      freezes: ['.spec'],
      cel: 'self.spec == oldSelf.spec',
      message: 'a LoadTest cannot be changed; delete it, or create another with a different name',
      cure: 'give it another metadata.name',
      reason: 'FieldValueForbidden',
      fieldPath: '.spec',
      holds: (self, old) => JSON.stringify(self.spec) === JSON.stringify(old.spec),
    },
  ],
  spec: required(object('What to measure, and what counts as linear.', specFields)),
  status: object('What is. Written by the operator, never by people.', statusFields),
} as const satisfies Definition<LoadTestSpec>;
