// What genesis needs of a testnet.yaml, read strictly: known fields only, right types, possible values. It checks no other part
// of the file, because those who apply it do.
import type { ChainSpec } from '../chain/genesis.ts';
import { GROUPS_CURE, groupsProblem, SPEC } from '../chain/spec.ts';
import { parseDuration } from '../core/duration.ts';
import { InputError } from '../exit.ts';
import { API_VERSION, type Found, parseTestnetDocument } from './yaml-file.ts';

export interface GenesisSpec {
  readonly chain: ChainSpec;
  readonly groups: number;
  readonly seed: number;
  readonly bitcoinIntervalMs: number;
}

type Rule =
  | { readonly kind: 'integer'; readonly minimum: number; readonly maximum: number }
  | { readonly kind: 'power'; readonly enum: readonly number[] }
  | { readonly kind: 'duration'; readonly minimum?: string; readonly maximum?: string }
  | { readonly kind: 'word'; readonly enum: readonly string[] };

/** The fields read. */
const FIELDS = {
  'spec.groups': { kind: 'integer', ...SPEC.groups },
  'spec.seed': { kind: 'integer', ...SPEC.seed },
  'spec.chain.partitions': { kind: 'power', ...SPEC.chain.partitions },
  'spec.chain.blockInterval': { kind: 'duration', ...SPEC.chain.blockInterval },
  'spec.chain.blockGas': { kind: 'integer', ...SPEC.chain.blockGas },
  'spec.chain.difficulty': { kind: 'word', ...SPEC.chain.difficulty },
  'spec.chain.confirmations': { kind: 'integer', ...SPEC.chain.confirmations },
  'spec.bitcoin.blockInterval': { kind: 'duration', ...SPEC.bitcoin.blockInterval },
} as const satisfies Record<string, Rule & { readonly default: string | number }>;
type Field = keyof typeof FIELDS;

/** All fields of the objects read from: another one is a slip of the pen and must not pass for a default. */
export const KNOWN_FIELDS = {
  spec: [
    ...['groups', 'nodesPerGroup', 'image', 'imagePullSecrets', 'seed', 'chain', 'bitcoin', 'mining', 'shardMap'],
    ...['contracts', 'load', 'template', 'placement', 'monitoring', 'nodeOverrides', 'ttl', 'suspend'],
  ],
  'spec.chain': Object.keys(SPEC.chain),
  'spec.bitcoin': ['mode', ...Object.keys(SPEC.bitcoin)],
} as const satisfies Record<string, readonly string[]>;

/** Kubernetes reads these as octal or base 60. */
const AMBIGUOUS_NUMBER = /^[-+]?(0[0-9]+|0o[0-7]+|[0-9]+(:[0-5]?[0-9])+)$/;

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
    const { default: fallback } = FIELDS[path];
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
      blockIntervalMs: parseDuration(String(read('spec.chain.blockInterval'))) ?? 0,
      blockGas: BigInt(Number(read('spec.chain.blockGas'))),
      difficulty: read('spec.chain.difficulty') === 'Asert' ? 'Asert' : 'Floor',
      confirmations: Number(read('spec.chain.confirmations')),
    },
    bitcoinIntervalMs: parseDuration(String(read('spec.bitcoin.blockInterval'))) ?? 0,
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
  const isNumeric = rule.kind === 'integer' || rule.kind === 'power';
  if (isNumeric && source !== undefined && AMBIGUOUS_NUMBER.test(source))
    return { path, what: `${path} is ${source}, which Kubernetes reads as another number`, cure: wanted(rule) };
  return fits(rule, value) ? undefined : problem;
}

function fits(rule: Rule, value: unknown): boolean {
  switch (rule.kind) {
    case 'integer':
      return Number.isInteger(value) && Number(value) >= rule.minimum && Number(value) <= rule.maximum;
    case 'power':
      return typeof value === 'number' && rule.enum.includes(value);
    case 'duration': {
      const ms = typeof value === 'string' ? parseDuration(value) : undefined;
      if (ms === undefined) return false;
      return ms >= bound(rule.minimum, 0) && ms <= bound(rule.maximum, Number.POSITIVE_INFINITY);
    }
    case 'word':
      return typeof value === 'string' && rule.enum.includes(value);
  }
}

function bound(duration: string | undefined, otherwiseMs: number): number {
  return (duration === undefined ? undefined : parseDuration(duration)) ?? otherwiseMs;
}

function meaning(rule: Rule): string {
  switch (rule.kind) {
    case 'integer':
      return `a whole number from ${rule.minimum} to ${rule.maximum}`;
    case 'power':
      return `a power of two from ${rule.enum[0]} to ${rule.enum.at(-1)}`;
    case 'duration':
      return rule.minimum === undefined ? 'a duration' : `a duration from ${rule.minimum} to ${rule.maximum}`;
    case 'word':
      return `one of ${rule.enum.join(', ')}`;
  }
}

function wanted(rule: Rule): string {
  switch (rule.kind) {
    case 'integer':
    case 'power':
      return 'write a plain decimal number without quotes';
    case 'duration':
      return 'write it with units and without spaces, such as 500ms, 2s or 1m30s';
    case 'word':
      return `write ${rule.enum.join(' or ')}`;
  }
}

function crossProblems({ groups, chain: { partitions } }: GenesisSpec): Problem[] {
  const what = groupsProblem(groups, partitions);
  return what === undefined ? [] : [{ path: 'spec.groups', what, cure: GROUPS_CURE }];
}
