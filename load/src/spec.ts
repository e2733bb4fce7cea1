// What a load generator is told, as a JSON file. Strict: an unknown or impossible field is named and refused, never guessed.

/** What the transactions do. Those of a Testnet's `spec.load` come first; benches use the rest as well. */
export const WORKLOADS = ['Token', 'Transfer', 'Airdrop', 'Poll', 'HotContract', 'HotAddress', 'TokenGlobal'] as const;
export type WorkloadName = (typeof WORKLOADS)[number];

/** The shipped contract that a workload calls, by its name in a Testnet's `spec.contracts`. */
export const CONTRACT_OF: Readonly<Record<WorkloadName, string | undefined>> = {
  Token: 'token',
  Transfer: undefined,
  Airdrop: 'airdrop',
  Poll: 'poll',
  HotContract: 'token',
  HotAddress: 'token',
  TokenGlobal: 'token_global',
};

export interface LoadSpec {
  /** Genesis file. */
  readonly genesis: string;
  /** File that lists the nodes of every group. */
  readonly peers: string;
  /** Where the report goes: about once a second, and with `done` at the end. */
  readonly report: string;
  /** Where the reading goes at the end, in so few bytes that a termination message holds it. */
  readonly summary?: string;
  /** JSON lines of progress; standard output when absent. */
  readonly progress?: string;
  /** A file that may change the rate or end the offering while it runs (control.ts). */
  readonly control?: string;
  readonly workload: WorkloadName;
  /** `DApp.Contract` the workload calls; needed by all but Transfer. */
  readonly contract?: string;
  /** Dev key that hands out tokens. Of several generators the first has it; it gives the others what they hand out. */
  readonly owner: string;
  /** Which of several generators this is, from 0 on: accounts and payments of its own follow from it. */
  readonly generator: number;
  /** How many there are, one included; together they offer what the rates below say. Absent: what others do is their affair. */
  readonly generators?: number;
  /** Offer nothing before all of them are ready. */
  readonly startTogether: boolean;
  /** Offered to the whole network; either this or one of the next two. */
  readonly tps?: number;
  /** Offered to each group that is loaded. */
  readonly tpsPerGroup?: number;
  /** Offered to each group, so many times what the protocol lets one do. */
  readonly overCapacity?: number;
  /** How long it is offered; absent means until told to stop. */
  readonly seconds?: number;
  /** How many in all, instead of `seconds`. */
  readonly transactions?: number;
  /** What completes in the first seconds is not measured; absent means until trees of the first seconds complete. */
  readonly warmUpSeconds?: number;
  /** Of several generators each has at most so many, and fewer where there are not enough for all. */
  readonly accountsPerGroup: number;
  /** So many accounts of every group are left to another load. */
  readonly skipAccountsPerGroup: number;
  /** So many in all instead of `accountsPerGroup`: the same accounts and the same payments whatever the groups. */
  readonly accounts?: number;
  /** Only accounts of these groups pay and are paid; absent means all. */
  readonly groups?: readonly number[];
  /** Share of transfers that leave their group; absent means what random pairs give. */
  readonly crossGroupPercent?: number;
  /** Receivers of one transaction of Airdrop. */
  readonly receivers: number;
  /** How long the end waits for what is still under way. */
  readonly drainSeconds: number;
  /** Who pays whom follows from it; the seed of genesis when absent. */
  readonly seed?: number;
  /** At the end, compare what the chain holds with what the completed transactions imply. */
  readonly verifyBalances: boolean;
  /** Sign everything into this file and offer nothing. */
  readonly presign?: string;
  /** Offer what such a file holds instead of signing. */
  readonly replay?: string;
  /** Test flag: busy work for every transaction, so that the generator is too slow and must say so. */
  readonly slowdownMs: number;
}

type Needed = 'genesis' | 'peers' | 'report' | 'workload';

/** What is written to the file: fields with a default may be left out. */
export type LoadSpecFile = Partial<LoadSpec> & Pick<LoadSpec, Needed>;

export class LoadSpecError extends Error {
  readonly code = 'BAD_LOAD_SPEC';
}

const ACCOUNTS_PER_GROUP_MAX = 1_000;
const ACCOUNTS_MAX = 100_000;
const GROUPS_MAX = 1_024;
const RECEIVERS_MAX = 100;
export const TPS_MAX = 1_000_000;
/** One transaction in 100 seconds. */
export const TPS_MIN = 0.01;
const OVER_CAPACITY = { min: 0.001, max: 100 } as const;
/** Of spec.load.generators of a Testnet. */
export const GENERATORS_MAX = 256;
const SECONDS_MAX = 7 * 86_400;
const TRANSACTIONS_MAX = 1_000_000_000;
const SLOWDOWN_MAX_MS = 10_000;
const DEFAULTS = {
  owner: 'alice',
  generator: 0,
  startTogether: false,
  accountsPerGroup: 100,
  skipAccountsPerGroup: 0,
  receivers: 10,
  drainSeconds: 15,
  verifyBalances: true,
  slowdownMs: 0,
} as const;

const CHECKS: { readonly [K in keyof LoadSpec]-?: (value: unknown) => string | undefined } = {
  genesis: aText,
  peers: aText,
  report: aText,
  summary: aText,
  progress: aText,
  control: aText,
  workload: (value) =>
    WORKLOADS.some((name) => name === value) ? undefined : `must be one of ${WORKLOADS.join(', ')}`,
  contract: (value) =>
    typeof value === 'string' && /^[^.]+\.[^.]+$/.test(value) ? undefined : 'must be a name such as token.Token',
  owner: aText,
  generator: (value) => anInteger(value, 0, GENERATORS_MAX - 1),
  generators: (value) => anInteger(value, 1, GENERATORS_MAX),
  startTogether: aBoolean,
  tps: (value) => aNumber(value, TPS_MIN, TPS_MAX),
  tpsPerGroup: (value) => aNumber(value, TPS_MIN, TPS_MAX),
  overCapacity: (value) => aNumber(value, OVER_CAPACITY.min, OVER_CAPACITY.max),
  seconds: (value) => aNumber(value, 1, SECONDS_MAX),
  transactions: (value) => anInteger(value, 1, TRANSACTIONS_MAX),
  warmUpSeconds: (value) => aNumber(value, 0, SECONDS_MAX),
  accountsPerGroup: (value) => anInteger(value, 2, ACCOUNTS_PER_GROUP_MAX),
  skipAccountsPerGroup: (value) => anInteger(value, 0, ACCOUNTS_PER_GROUP_MAX - 1),
  accounts: (value) => anInteger(value, 2, ACCOUNTS_MAX),
  groups: (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    new Set(value).size === value.length &&
    value.every((one) => anInteger(one, 0, GROUPS_MAX - 1) === undefined)
      ? undefined
      : 'must be a list of different group ids, such as [1, 2]',
  crossGroupPercent: (value) => aNumber(value, 0, 100),
  receivers: (value) => anInteger(value, 1, RECEIVERS_MAX),
  drainSeconds: (value) => aNumber(value, 0, SECONDS_MAX),
  seed: (value) => anInteger(value, 0, Number.MAX_SAFE_INTEGER),
  verifyBalances: aBoolean,
  presign: aText,
  replay: aText,
  slowdownMs: (value) => aNumber(value, 0, SLOWDOWN_MAX_MS),
};
const REQUIRED = ['genesis', 'peers', 'report', 'workload'] as const satisfies readonly Needed[];

/** Fields that exclude each other, and why. */
const EXCLUSIVE: readonly (readonly [keyof LoadSpec, keyof LoadSpec])[] = [
  ['tps', 'tpsPerGroup'],
  ['tps', 'overCapacity'],
  ['tpsPerGroup', 'overCapacity'],
  ['seconds', 'transactions'],
  ['accounts', 'groups'],
  ['accounts', 'crossGroupPercent'],
  ['accounts', 'skipAccountsPerGroup'],
  ['presign', 'replay'],
];

/** What would mean other accounts or other numbers to each of several generators. */
const ALONE: readonly (keyof LoadSpec)[] = ['accounts', 'groups', 'skipAccountsPerGroup', 'transactions', 'replay'];

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
  for (const [one, other] of EXCLUSIVE)
    if (value[one] !== undefined && value[other] !== undefined) refuse(one, `and ${other} exclude each other`);
  // Every field has passed its check.
  const spec = { ...DEFAULTS, ...(value as LoadSpecFile) };
  if (spec.tps === undefined && spec.tpsPerGroup === undefined && spec.overCapacity === undefined)
    refuse('tps', 'is missing, and tpsPerGroup as well');
  if (CONTRACT_OF[spec.workload] !== undefined && spec.contract === undefined)
    refuse('contract', `is missing; ${spec.workload} calls one`);
  const { generator, generators = 1 } = spec;
  if (generator >= generators) refuse('generator', `must be less than generators, which is ${generators}`);
  const alone = ALONE.find((name) => value[name] !== undefined);
  if (spec.generators !== undefined && alone !== undefined) refuse(alone, 'and generators exclude each other');
  if (spec.presign !== undefined && spec.seconds === undefined && spec.transactions === undefined)
    refuse('presign', 'needs seconds or transactions');
  return spec;
}

/** What of the network a generator loads. */
export interface Loaded {
  readonly groups: number;
  /** Generators that load the same groups, itself included. */
  readonly sharers: number;
  /** Groups that generators like it load, together. */
  readonly allGroups: number;
}

/** Transactions a second that a generator offers, where the protocol lets each group do so much. */
export function offeredTps(
  { tps, tpsPerGroup, overCapacity = 0 }: Pick<LoadSpec, 'tps' | 'tpsPerGroup' | 'overCapacity'>,
  { groups, sharers, allGroups }: Loaded,
  groupCapacityTps: number,
): number {
  const perGroup = tps === undefined ? (tpsPerGroup ?? overCapacity * groupCapacityTps) : tps / allGroups;
  return (perGroup * groups) / sharers;
}

/** How many transactions a run offers; infinitely many when nothing says. */
export function offeredCount(
  { seconds, transactions }: Pick<LoadSpec, 'seconds' | 'transactions'>,
  tps: number,
): number {
  if (transactions !== undefined) return transactions;
  return seconds === undefined ? Number.POSITIVE_INFINITY : Math.round(seconds * tps);
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

function aBoolean(value: unknown): string | undefined {
  return typeof value === 'boolean' ? undefined : 'must be true or false';
}

function anInteger(value: unknown, min: number, max: number): string | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
    ? undefined
    : `must be an integer from ${min} to ${max}`;
}
