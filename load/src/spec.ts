// What a load generator is told, as a JSON file. Strict: an unknown or impossible field is named and refused, never guessed.

/** What the transactions do; the others of a Testnet's list are refused until they exist. */
export const WORKLOADS = ['Token', 'Transfer'] as const;
export type WorkloadName = (typeof WORKLOADS)[number];

export interface LoadSpec {
  /** Genesis file. */
  readonly genesis: string;
  /** File that lists the nodes of every group. */
  readonly peers: string;
  /** Where the report goes: about once a second, and with `done` at the end. */
  readonly report: string;
  /** JSON lines of progress; standard output when absent. */
  readonly progress?: string;
  readonly workload: WorkloadName;
  /** `DApp.Contract` the workload calls; needed by Token. */
  readonly contract?: string;
  /** Dev key that hands out tokens. */
  readonly owner: string;
  /** Offered to the whole network. */
  readonly tps: number;
  /** Absent means until told to stop. */
  readonly seconds?: number;
  readonly accountsPerGroup: number;
  /** Share of transfers that leave their group; absent means what random pairs give. */
  readonly crossGroupPercent?: number;
  /** How long the end waits for what is still under way. */
  readonly drainSeconds: number;
  /** Who pays whom follows from it; the seed of genesis when absent. */
  readonly seed?: number;
  /** At the end, compare what the chain holds with what the completed transactions imply. */
  readonly verifyBalances: boolean;
}

/** What is written to the file: fields with a default may be left out. */
export type LoadSpecFile = Partial<LoadSpec> & Pick<LoadSpec, 'genesis' | 'peers' | 'report' | 'workload' | 'tps'>;

export class LoadSpecError extends Error {
  readonly code = 'BAD_LOAD_SPEC';
}

const ACCOUNTS_PER_GROUP_MAX = 1_000;
const TPS_MAX = 1_000_000;
/** One transaction in 100 seconds. */
const MIN_RATE = 0.01;
const SECONDS_MAX = 7 * 86_400;
const DEFAULTS = { owner: 'alice', accountsPerGroup: 100, drainSeconds: 15, verifyBalances: true } as const;

const CHECKS: { readonly [K in keyof LoadSpec]-?: (value: unknown) => string | undefined } = {
  genesis: aText,
  peers: aText,
  report: aText,
  progress: aText,
  workload: (value) =>
    WORKLOADS.some((name) => name === value)
      ? undefined
      : `must be one of ${WORKLOADS.join(', ')}; others do not exist yet`,
  contract: (value) =>
    typeof value === 'string' && /^[^.]+\.[^.]+$/.test(value) ? undefined : 'must be a name such as token.Token',
  owner: aText,
  tps: (value) => aNumber(value, MIN_RATE, TPS_MAX),
  seconds: (value) => aNumber(value, 1, SECONDS_MAX),
  accountsPerGroup: (value) => anInteger(value, 2, ACCOUNTS_PER_GROUP_MAX),
  crossGroupPercent: (value) => aNumber(value, 0, 100),
  drainSeconds: (value) => aNumber(value, 0, SECONDS_MAX),
  seed: (value) => anInteger(value, 0, Number.MAX_SAFE_INTEGER),
  verifyBalances: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
};
const REQUIRED = ['genesis', 'peers', 'report', 'workload', 'tps'] as const satisfies readonly (keyof LoadSpec)[];

/** Throws LoadSpecError. */
export function parseLoadSpec(text: string): LoadSpec {
  const value = parseObject(text);
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(CHECKS, name)) refuse(name, `is no field of a load spec (${Object.keys(CHECKS).join(', ')})`);
  }
  for (const name of REQUIRED) if (value[name] === undefined) refuse(name, 'is missing');
  for (const [name, check] of Object.entries(CHECKS)) {
    const problem = value[name] === undefined ? undefined : check(value[name]);
    if (problem !== undefined) refuse(name, problem);
  }
  // Every field has passed its check.
  const spec = { ...DEFAULTS, ...(value as LoadSpecFile) };
  if (spec.workload === 'Token' && spec.contract === undefined) refuse('contract', 'is missing; Token calls one');
  return spec;
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new LoadSpecError('the load spec is not JSON', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new LoadSpecError('a load spec is a JSON object');
  return value as Readonly<Record<string, unknown>>;
}

function refuse(name: string, problem: string): never {
  throw new LoadSpecError(`${name} ${problem}`);
}

function aText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? undefined : 'must be a text';
}

function aNumber(value: unknown, min: number, max: number): string | undefined {
  return typeof value === 'number' && value >= min && value <= max
    ? undefined
    : `must be a number from ${min} to ${max}`;
}

function anInteger(value: unknown, min: number, max: number): string | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
    ? undefined
    : `must be an integer from ${min} to ${max}`;
}
