// What genesis needs of a testnet.yaml, read strictly: known fields only, right types, possible values. It checks no other part
// of the file, because those who apply it do.
import type { ChainSpec } from '../chain/genesis.ts';
import { InputError } from '../exit.ts';
import { API_VERSION, type Found, parseTestnetDocument } from './yaml-file.ts';

export interface GenesisSpec {
  readonly chain: ChainSpec;
  readonly groups: number;
  readonly seed: number;
  readonly bitcoinIntervalMs: number;
}

type Rule =
  | { readonly kind: 'integer'; readonly min: number; readonly max: number; readonly oneOf?: readonly number[] }
  | { readonly kind: 'duration'; readonly minMs: number; readonly maxMs: number }
  | { readonly kind: 'word'; readonly words: readonly string[] };

const POWERS_OF_TWO: readonly number[] = Array.from({ length: 13 }, (_, i) => 2 ** i);
const SAFE = Number.MAX_SAFE_INTEGER;

/** The fields read, with the bounds and defaults of the Testnet schema. */
const FIELDS = {
  'spec.groups': { kind: 'integer', min: 1, max: 1_024, fallback: 2 },
  'spec.seed': { kind: 'integer', min: 0, max: SAFE, fallback: 1 },
  'spec.chain.partitions': { kind: 'integer', min: 1, max: 4_096, oneOf: POWERS_OF_TWO, fallback: 256 },
  'spec.chain.blockInterval': { kind: 'duration', minMs: 100, maxMs: 600_000, fallback: '1s' },
  'spec.chain.blockGas': { kind: 'integer', min: 100_000, max: 1_000_000_000_000, fallback: 4_000_000 },
  'spec.chain.difficulty': { kind: 'word', words: ['Floor', 'Asert'], fallback: 'Floor' },
  'spec.chain.confirmations': { kind: 'integer', min: 0, max: 100, fallback: 2 },
  'spec.bitcoin.blockInterval': { kind: 'duration', minMs: 0, maxMs: SAFE, fallback: '10s' },
} as const satisfies Record<string, Rule & { readonly fallback: string | number }>;
type Field = keyof typeof FIELDS;

/** All fields of the objects read from: another one is a slip of the pen and must not pass for a default. */
export const KNOWN_FIELDS = {
  spec: [
    ...['groups', 'nodesPerGroup', 'image', 'imagePullSecrets', 'seed', 'chain', 'bitcoin', 'mining', 'shardMap'],
    ...['contracts', 'load', 'template', 'placement', 'monitoring', 'nodeOverrides', 'ttl', 'suspend'],
  ],
  'spec.chain': ['partitions', 'blockInterval', 'blockGas', 'difficulty', 'confirmations'],
  'spec.bitcoin': ['mode', 'blockInterval'],
} as const satisfies Record<string, readonly string[]>;

/** Kubernetes reads these as octal or base 60. */
const AMBIGUOUS_NUMBER = /^[-+]?(0[0-9]+|0o[0-7]+|[0-9]+(:[0-5]?[0-9])+)$/;
const DURATION = /^([0-9]+(ms|s|m|h))+$/;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

interface Problem {
  readonly path: string;
  readonly what: string;
  readonly cure: string;
}

/** `file` is its name in messages. Throws InputError that lists every problem. */
export async function parseGenesisSpec(file: string, text: string): Promise<GenesisSpec> {
  const document = await parseTestnetDocument(file, text);
  const problems = [...frameProblems(document.at('apiVersion'))];
  for (const [path, known] of Object.entries(KNOWN_FIELDS))
    problems.push(...objectProblems(path, document.at(path), known));
  const read = (path: Field): unknown => {
    const rule: Rule = FIELDS[path];
    const { fallback } = FIELDS[path];
    const found = document.at(path);
    if (found.kind === 'absent') return fallback;
    const problem = valueProblem(path, rule, found);
    if (problem !== undefined) problems.push(problem);
    return found.kind === 'value' && problem === undefined ? found.value : fallback;
  };
  const spec: GenesisSpec = {
    groups: Number(read('spec.groups')),
    seed: Number(read('spec.seed')),
    chain: {
      partitions: Number(read('spec.chain.partitions')),
      blockIntervalMs: durationMs(read('spec.chain.blockInterval')) ?? 0,
      blockGas: BigInt(Number(read('spec.chain.blockGas'))),
      difficulty: read('spec.chain.difficulty') === 'Asert' ? 'Asert' : 'Floor',
      confirmations: Number(read('spec.chain.confirmations')),
    },
    bitcoinIntervalMs: durationMs(read('spec.bitcoin.blockInterval')) ?? 0,
  };
  if (problems.length === 0) problems.push(...crossProblems(spec));
  if (problems.length > 0) {
    const [first, ...rest] = problems.map(
      ({ path, what, cure }) => [`${document.place(path)}: ${what}`, cure] as const,
    );
    const [what, cure] = first!;
    throw new InputError(what, [cure, ...rest.map(([more, remedy]) => `${more}\n  cure: ${remedy}`)].join('\n'));
  }
  return spec;
}

function frameProblems(apiVersion: Found): Problem[] {
  if (apiVersion.kind === 'value' && apiVersion.value === API_VERSION) return [];
  return [
    { path: 'apiVersion', what: 'apiVersion is missing or another one', cure: `write apiVersion: ${API_VERSION}` },
  ];
}

function objectProblems(path: string, found: Found, known: readonly string[]): Problem[] {
  if (found.kind === 'absent') return [];
  if (found.kind !== 'fields')
    return [{ path, what: `${path} holds no fields`, cure: `write fields below ${path}, or remove it` }];
  return found.names
    .filter((name) => !known.includes(name))
    .map((name) => ({ path: `${path}.${name}`, what: `${path}.${name} is no field`, cure: homeOf(path, name, known) }));
}

/** Where an unknown field may belong. */
function homeOf(path: string, name: string, known: readonly string[]): string {
  const home = Object.entries<readonly string[]>(KNOWN_FIELDS).find(
    ([at, names]) => at !== path && names.includes(name),
  );
  if (home !== undefined) return `did you mean ${home[0]}.${name}?`;
  const meant = known.find((field) => field.toLowerCase().startsWith(name.toLowerCase().slice(0, 4)));
  return meant === undefined ? `remove it; there are ${known.join(', ')}` : `did you mean ${meant}?`;
}

function valueProblem(path: string, rule: Rule, found: Found): Problem | undefined {
  if (found.kind !== 'value') return { path, what: `${path} is no single value`, cure: wanted(rule) };
  const { value, source } = found;
  const shown = source ?? JSON.stringify(value);
  if (value === null) return { path, what: `${path} has no value`, cure: `${wanted(rule)}, or remove the line` };
  const problem = { path, what: `${path} is ${shown}, but must be ${meaning(rule)}`, cure: wanted(rule) };
  switch (rule.kind) {
    case 'integer': {
      if (source !== undefined && AMBIGUOUS_NUMBER.test(source))
        return { path, what: `${path} is ${source}, which Kubernetes reads as another number`, cure: wanted(rule) };
      if (typeof value !== 'number' || !Number.isInteger(value) || value < rule.min || value > rule.max) return problem;
      return rule.oneOf === undefined || rule.oneOf.includes(value) ? undefined : problem;
    }
    case 'duration': {
      const ms = durationMs(value);
      return ms === undefined || ms < rule.minMs || ms > rule.maxMs ? problem : undefined;
    }
    case 'word':
      return typeof value === 'string' && rule.words.includes(value) ? undefined : problem;
  }
}

function meaning(rule: Rule): string {
  switch (rule.kind) {
    case 'integer':
      return rule.oneOf === undefined
        ? `a whole number from ${rule.min} to ${rule.max}`
        : `a power of two from ${rule.min} to ${rule.max}`;
    case 'duration':
      return rule.maxMs === SAFE ? 'a duration' : `a duration from ${rule.minMs}ms to ${rule.maxMs / 60_000}m`;
    case 'word':
      return `one of ${rule.words.join(', ')}`;
  }
}

function wanted(rule: Rule): string {
  switch (rule.kind) {
    case 'integer':
      return 'write a plain decimal number without quotes';
    case 'duration':
      return 'write it with units and without spaces, such as 500ms, 2s or 1m30s';
    case 'word':
      return `write ${rule.words.join(' or ')}`;
  }
}

function crossProblems({ groups, chain: { partitions } }: GenesisSpec): Problem[] {
  if (groups <= partitions) return [];
  const what = `spec.groups is ${groups} but spec.chain.partitions is ${partitions}: a group needs at least one partition; use at most ${partitions} groups`;
  return [{ path: 'spec.groups', what, cure: 'lower spec.groups or raise spec.chain.partitions' }];
}

function durationMs(value: unknown): number | undefined {
  if (typeof value !== 'string' || !DURATION.test(value)) return undefined;
  let totalMs = 0;
  for (const [, digits, unit] of value.matchAll(/([0-9]+)(ms|s|m|h)/g)) totalMs += Number(digits) * UNIT_MS[unit!]!;
  return Number.isSafeInteger(totalMs) ? totalMs : undefined;
}
