// Objects at and beyond the edges of what their definition allows: each differs from a good one in one place. They are made from the
// definition itself, so a new field brings its own; whether one is good is not said here.
import { type AnyDefinition, API_VERSION } from '@rexnet/operator/api/definition.ts';
import type { Field, FieldData } from '@rexnet/operator/api/schema.ts';

export type Edge = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly [field: string]: unknown };
  readonly spec?: unknown;
};

type Of<K extends FieldData['kind']> = Extract<Field, { readonly kind: K }>;

const INT32_MAX = 2_147_483_647;
/** What Kubernetes' two notations make of text; each is no good somewhere. */
const DURATIONS = [
  '0s',
  '1ms',
  '99ms',
  '100ms',
  '1s',
  '4999ms',
  '5s',
  '59s',
  '1m',
  '1m30s',
  '10m',
  '10m1ms',
  '1h',
  '24h',
  '24h1ms',
];
const NO_DURATIONS = [
  '1d',
  '1.5s',
  '-1s',
  '+1s',
  '1 s',
  ' 1s',
  '1s\n',
  '1us',
  '1',
  's',
  '01s',
  '9999999999999h',
  '2562047h',
  '2562048h',
];
const QUANTITIES = [
  '49m',
  '50m',
  '0.05',
  '0.0499',
  '.5',
  '1.',
  '5e-2',
  '1E3',
  '2k',
  '50000u',
  '49999999n',
  '64Mi',
  '67108865',
  '255Mi',
];
const MORE_QUANTITIES = [
  '256Mi',
  '268435456',
  '0.25Gi',
  '0.2499Gi',
  '268M',
  '269M',
  '1e9',
  '+1Gi',
  '-1Gi',
  '9Ei',
  '999999999999999E',
];
const NO_QUANTITIES = [
  '512MB',
  '1gi',
  '1 Gi',
  ' 1Gi',
  '1Gi ',
  '1e',
  '0x10',
  '1e1.5',
  '1e19',
  '1e100',
  '1e-100',
  '1ee9',
  'Mi',
  '1Mi1',
  '.',
  '-',
  '१Gi',
];
const REFERENCES = ['ghcr.io/acme/rexnet@sha256:00ff', 'a b', '-a', 'a\n', '/a', 'ä', 'A_b:c-d'];
const RULED = [...DURATIONS, ...NO_DURATIONS, ...QUANTITIES, ...MORE_QUANTITIES, ...NO_QUANTITIES, ...REFERENCES];
const NAMES = [
  'a',
  'a-b',
  '9a',
  'a.b',
  'a..b',
  'a.-b',
  'a-',
  '-a',
  'A',
  'a_b',
  'ä',
  'a b',
  '0',
  ...[32, 33, 40, 41, 63, 64, 253, 254].map((length) => 'a'.repeat(length)),
];
const METADATA: readonly Edge['metadata'][] = [
  { labels: { team: 'core' } },
  { labels: { team: 1 } },
  { labels: { team: true } },
  { labels: ['team'] },
  { labels: { 'a b': 'c' } },
  { labels: { team: 'a b' } },
  { labels: { team: 'x'.repeat(63) } },
  { labels: { team: 'x'.repeat(64) } },
  { labels: { 'example.com/team': '' } },
  { labels: { 'Example.com/team': '' } },
  { labels: { '/team': '' } },
  { annotations: { note: 'any text at all, ü' } },
  { annotations: { note: 1 } },
  { annotations: { 'a b': 'c' } },
  { label: { team: 'core' } },
  { nmae: 'x' },
  { generateName: 'x-' },
  { finalizers: [] },
];

/** All edges of a kind, around a spec that is good. */
export function edgesOf(definition: AnyDefinition, good: object): readonly Edge[] {
  const { kind } = definition.names;
  const edge = (metadata: object, spec?: unknown): Edge => ({
    apiVersion: API_VERSION,
    kind,
    metadata: { name: 'edge', ...metadata },
    ...(spec === undefined ? {} : { spec }),
  });
  const specs = variants(definition.spec).map((spec) => edge({}, isPlain(spec) ? { ...good, ...spec } : spec));
  const frames = [...NAMES.map((name) => ({ name })), ...METADATA].map((metadata) => edge(metadata, good));
  return [edge({}, good), edge({}), ...frames, ...specs];
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Values a field may be given, good and bad ones. */
function variants(field: Field): readonly unknown[] {
  switch (field.kind) {
    case 'integer':
      return [...integers(field), '4', '', 2.5, 1e3, true, [], {}];
    case 'string':
      return [...strings(field), 1, false, [], {}];
    case 'boolean':
      return [true, false, 'true', 1, [], {}];
    case 'intOrString':
      return [...RULED, ...['', 'x'.repeat(64)], 0, 1, -1, 2.5, true, [], {}];
    case 'map':
      return [
        {},
        'x',
        [],
        many(field.options.maxProperties),
        many(field.options.maxProperties + 1),
        ...variants(field.values).map((value) => ({ key: value })),
      ];
    case 'list':
      return lists(field);
    case 'object':
      return objects(field);
  }
}

function integers({ options }: Of<'integer'>): readonly number[] {
  const { minimum, maximum, format, enum: numbers = [] } = options;
  const bounds = [minimum ?? (format === 'int32' ? -INT32_MAX : 0), maximum ?? (format === 'int32' ? INT32_MAX : 0)];
  const around = [...bounds, ...numbers].flatMap((number) => [number - 1, number, number + 1]);
  // Beyond these a number is not what it says: a laptop refuses them, and a cluster reads another.
  return [...new Set([0, 1, ...around])].filter((number) => Number.isSafeInteger(number));
}

function strings({ options }: Of<'string'>): readonly string[] {
  const { enum: words = [], maxLength, rules } = options;
  const lengths = maxLength === undefined ? [] : [maxLength, maxLength + 1];
  return [
    '',
    'x',
    ...words.flatMap((word) => [word, word.toLowerCase(), `${word} `]),
    ...lengths.flatMap((length) => ['x'.repeat(length), 'ü'.repeat(length), '𝄞'.repeat(length)]),
    ...(rules === undefined ? [] : RULED),
  ];
}

function lists({ options, items }: Of<'list'>): readonly unknown[] {
  const several = (count: number) => Array.from({ length: count }, (_, index) => sample(items, index));
  return [
    [],
    'x',
    {},
    several(1),
    several(2).toReversed(),
    several(options.maxItems),
    several(options.maxItems + 1),
    [sample(items, 0), sample(items, 0)],
    ...variants(items).map((item) => [item]),
  ];
}

function objects({ fields }: Of<'object'>): readonly unknown[] {
  const names = Object.keys(fields);
  const required = names.filter((name) => fields[name]?.presence === 'required');
  const full = Object.fromEntries(required.map((name) => [name, sample(fields[name]!, 0)]));
  return [
    'x',
    [],
    full,
    { ...full, unknown: 1 },
    ...required.map((missing) => Object.fromEntries(Object.entries(full).filter(([name]) => name !== missing))),
    ...names.flatMap((name) => variants(fields[name]!).map((value) => ({ ...full, [name]: value }))),
  ];
}

/** A good value; those of different indexes differ where they can. */
function sample(field: Field, index: number): unknown {
  switch (field.kind) {
    case 'integer':
      return field.options.enum?.[index] ?? (field.options.minimum ?? 0) + index;
    case 'string':
      return field.options.enum?.[0] ?? `n${index}`;
    case 'boolean':
      return false;
    case 'intOrString':
      return 1;
    case 'map':
      return {};
    case 'list':
      return [sample(field.items, 0)];
    case 'object':
      return Object.fromEntries(
        Object.entries(field.fields)
          .filter(([, child]) => child.presence === 'required')
          .map(([name, child]) => [name, sample(child, index)]),
      );
  }
}

function many(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, 'x']));
}
