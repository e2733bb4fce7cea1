// From a person's five choices to genesis bytes, and back to the rules of a network. Pure; it refuses networks that could not run.

import { bitsFromTarget, targetForHashes, targetFromBits } from '../consensus/target.ts';
import { kindOf } from '../core/address.ts';
import { MSAT_PER_RXBTC } from '../core/amount.ts';
import { compareBytes, equalBytes } from '../core/bytes.ts';
import { parseDuration } from '../core/duration.ts';
import { sha256d } from '../core/hash.ts';
import {
  GENESIS,
  type Genesis,
  MAX_BATCH_BYTES,
  MAX_GENESIS_ACCOUNTS,
  MAX_SOURCE_BYTES,
  MAX_TRANSACTION_BYTES,
} from '../core/layouts.ts';
import { RELAY_GAS, TRANSACTION_GAS, userGas } from './gas.ts';
import { DEV_KEYS, deriveKey, FAUCET_KEY, loadAccountCount, loadKeyName } from './keys.ts';
import { evenOwners, firstShardMap, type ShardMap } from './shard-map.ts';
import { SPEC } from './spec.ts';

export type GenesisProblem =
  | 'BAD_PARTITIONS'
  | 'BAD_GROUPS'
  | 'BLOCK_GAS_TOO_LOW'
  | 'BAD_SHARE'
  | 'BAD_TARGET'
  | 'BAD_LIMIT'
  | 'BAD_KEY'
  | 'BAD_ACCOUNTS'
  | 'TOO_MANY_ACCOUNTS'
  | 'BAD_VERSION';

export class GenesisError extends Error {
  readonly code: GenesisProblem;

  constructor(code: GenesisProblem, detail: string) {
    super(`${code}: ${detail}`);
    this.code = code;
  }
}

/** What a person sets: `spec.chain` of testnet.yaml, durations resolved. */
export interface ChainSpec {
  readonly partitions: number;
  readonly blockIntervalMs: number;
  readonly blockGas: bigint;
  readonly difficulty: (typeof SPEC.chain.difficulty.enum)[number];
  readonly confirmations: number;
}

/** Everything else of a network; another value is another network version. */
export interface Constants {
  readonly userShareNumerator: number;
  readonly userShareDenominator: number;
  readonly floorHashes: bigint;
  readonly halfLifeMs: number;
  readonly gasPriceFloor: bigint;
  readonly checkpointEvery: number;
  readonly maxBatchBytes: number;
  readonly maxReadBytes: number;
  readonly maxQueue: number;
  readonly maxRelays: number;
  readonly maxStateBytes: bigint;
  readonly maxLag: number;
  readonly maxReorg: number;
  readonly headerWindow: number;
  readonly blockReward: bigint;
  readonly chainIdBase: number;
  /** Parent work under Asert; under Floor it follows from the beat. */
  readonly asertParentHashes: bigint;
  readonly compilerSteps: number;
  readonly sourceBytes: number;
  readonly nesting: number;
}

export const CONSTANTS: Constants = {
  userShareNumerator: 7,
  userShareDenominator: 8,
  floorHashes: 1_000n,
  halfLifeMs: 60_000,
  gasPriceFloor: 1n,
  checkpointEvery: 256,
  maxBatchBytes: 1 << 20,
  maxReadBytes: 16 << 20,
  maxQueue: 65_536,
  maxRelays: 4_096,
  maxStateBytes: 1_610_612_736n,
  maxLag: 256,
  maxReorg: 1_024,
  headerWindow: 20_000,
  blockReward: 0n,
  chainIdBase: 0x5258,
  asertParentHashes: 1_500_000n,
  compilerSteps: 4_000_000,
  sourceBytes: MAX_SOURCE_BYTES,
  nesting: 256,
};

export const DEFAULT_CHAIN: ChainSpec = {
  partitions: SPEC.chain.partitions.default,
  blockIntervalMs: parseDuration(SPEC.chain.blockInterval.default)!,
  blockGas: BigInt(SPEC.chain.blockGas.default),
  difficulty: SPEC.chain.difficulty.default,
  confirmations: SPEC.chain.confirmations.default,
};

export const DEFAULT_BITCOIN_INTERVAL_MS: number = parseDuration(SPEC.bitcoin.blockInterval.default)!;
const FAUCET_AMOUNT: bigint = 1_000_000n * MSAT_PER_RXBTC;
const DEV_AMOUNT: bigint = 1_000n * MSAT_PER_RXBTC;
const LOAD_AMOUNT: bigint = MSAT_PER_RXBTC;
/** No sum of balances may overflow a u64. */
const MAX_SUPPLY = 1n << 63n;
export const MAX_PARTITIONS = 4_096;
/** A relay of the largest transaction must fit a batch. */
const MIN_BATCH_BYTES = 2 * MAX_TRANSACTION_BYTES;
const POSITIVE = [
  'blockIntervalMs',
  'halfLifeMs',
  'checkpointEvery',
  'maxQueue',
  'maxRelays',
  'maxLag',
  'maxReorg',
  'headerWindow',
  'compilerSteps',
  'sourceBytes',
  'nesting',
] as const satisfies readonly (keyof Genesis)[];

export interface FundedAccount {
  readonly address: Uint8Array;
  /** msat */
  readonly amount: bigint;
}

export interface GenesisInput {
  readonly chain: ChainSpec;
  readonly groups: number;
  readonly seed: number;
  /** Ed25519 public key that signs map updates. */
  readonly governance: Uint8Array;
  readonly compilerHash: Uint8Array;
  /** Aimed time between two parent blocks. */
  readonly bitcoinIntervalMs: number;
  readonly accounts: readonly FundedAccount[];
  /** For networks that must differ from this version: those of tests and benches. */
  readonly constants?: Partial<Constants>;
}

/** Faucet, developers and load accounts of a seed, in no particular order. */
export function seedAccounts(seed: number, groups: number): FundedAccount[] {
  const out: FundedAccount[] = [{ address: deriveKey(seed, FAUCET_KEY).address, amount: FAUCET_AMOUNT }];
  for (const name of DEV_KEYS) out.push({ address: deriveKey(seed, name).address, amount: DEV_AMOUNT });
  const count = loadAccountCount(groups);
  for (let i = 0; i < count; i++) {
    out.push({ address: deriveKey(seed, loadKeyName(i)).address, amount: LOAD_AMOUNT });
  }
  return out;
}

/** The genesis of a network: the same input gives the same bytes everywhere. */
export function makeGenesis(input: GenesisInput): Uint8Array {
  const c = { ...CONSTANTS, ...input.constants };
  const { chain } = input;
  if (!Number.isInteger(input.groups) || input.groups < 1 || input.groups > chain.partitions) {
    throw new GenesisError('BAD_GROUPS', `${input.groups} groups for ${chain.partitions} partitions`);
  }
  const parentHashes =
    chain.difficulty === 'Floor'
      ? (c.floorHashes * BigInt(input.bitcoinIntervalMs) + BigInt(chain.blockIntervalMs) - 1n) /
        BigInt(chain.blockIntervalMs)
      : c.asertParentHashes;
  const genesis: Genesis = {
    version: 1,
    seed: input.seed,
    governance: input.governance,
    compilerHash: input.compilerHash,
    partitions: chain.partitions,
    blockIntervalMs: chain.blockIntervalMs,
    blockGas: chain.blockGas,
    userShareNumerator: c.userShareNumerator,
    userShareDenominator: c.userShareDenominator,
    difficulty: chain.difficulty === 'Floor' ? 0 : 1,
    floorTarget: bitsFromTarget(targetForHashes(c.floorHashes)),
    halfLifeMs: c.halfLifeMs,
    confirmations: chain.confirmations,
    gasPriceFloor: c.gasPriceFloor,
    checkpointEvery: c.checkpointEvery,
    maxBatchBytes: c.maxBatchBytes,
    maxReadBytes: c.maxReadBytes,
    maxQueue: c.maxQueue,
    maxRelays: c.maxRelays,
    maxStateBytes: c.maxStateBytes,
    maxLag: c.maxLag,
    maxReorg: c.maxReorg,
    headerWindow: c.headerWindow,
    blockReward: c.blockReward,
    parentTarget: bitsFromTarget(targetForHashes(parentHashes < 1n ? 1n : parentHashes)),
    chainIdBase: c.chainIdBase,
    compilerSteps: c.compilerSteps,
    sourceBytes: c.sourceBytes,
    nesting: c.nesting,
    owners: evenOwners(chain.partitions, input.groups),
    accounts: input.accounts
      .map(({ address, amount }) => ({ address, amount }))
      .sort((a, b) => compareBytes(a.address, b.address)),
  };
  checkGenesis(genesis);
  return GENESIS.encode(genesis);
}

/** What genesis bytes fix for every node: the rules, the network's name, the first map. */
export interface Network {
  readonly genesis: Genesis;
  readonly id: Uint8Array;
  /** First 4 bytes of the id; in every transaction, header and peer hello. */
  readonly networkId: Uint8Array;
  readonly firstMap: ShardMap;
}

/** Reads genesis bytes from anywhere; throws DecodeError or GenesisError. */
export function readGenesis(bytes: Uint8Array): Network {
  const genesis = GENESIS.decode(bytes.slice());
  checkGenesis(genesis);
  const id = sha256d(bytes);
  return { genesis, id, networkId: id.subarray(0, 4), firstMap: firstShardMap(genesis.owners) };
}

function checkGenesis(g: Genesis): void {
  const refuse = (code: GenesisProblem, detail: string): never => {
    throw new GenesisError(code, detail);
  };
  if (g.version !== 1) refuse('BAD_VERSION', `${g.version}`);
  if (g.partitions < 1 || g.partitions > MAX_PARTITIONS || (g.partitions & (g.partitions - 1)) !== 0) {
    refuse('BAD_PARTITIONS', `${g.partitions} is no power of two up to ${MAX_PARTITIONS}`);
  }
  if (g.owners.length !== g.partitions)
    refuse('BAD_GROUPS', `${g.owners.length} owners for ${g.partitions} partitions`);
  const ids = [...new Set(g.owners)].sort((a, b) => a - b);
  if (ids.some((id, i) => id !== i)) refuse('BAD_GROUPS', 'the ids of the first groups count up from 0');
  if (g.userShareNumerator < 1 || g.userShareNumerator > g.userShareDenominator) refuse('BAD_SHARE', 'userShare');
  const broadcast = TRANSACTION_GAS + RELAY_GAS * BigInt(g.partitions);
  if (userGas(g) < broadcast)
    refuse(
      'BLOCK_GAS_TOO_LOW',
      `a broadcast to ${g.partitions} partitions takes ${broadcast} gas, a block admits ${userGas(g)}`,
    );
  if (g.difficulty > 1) refuse('BAD_TARGET', `difficulty ${g.difficulty}`);
  if (targetFromBits(g.floorTarget) === undefined) refuse('BAD_TARGET', 'floorTarget');
  if (targetFromBits(g.parentTarget) === undefined) refuse('BAD_TARGET', 'parentTarget');
  for (const name of POSITIVE) if (g[name] < 1) refuse('BAD_LIMIT', `${name} must be at least 1`);
  if (g.maxBatchBytes < MIN_BATCH_BYTES || g.maxBatchBytes > MAX_BATCH_BYTES / 2) refuse('BAD_LIMIT', 'maxBatchBytes');
  if (g.maxReadBytes < 2 * g.maxBatchBytes) refuse('BAD_LIMIT', 'maxReadBytes');
  if (g.maxReorg > g.headerWindow) refuse('BAD_LIMIT', 'maxReorg exceeds headerWindow');
  if (g.maxStateBytes < 1n) refuse('BAD_LIMIT', 'maxStateBytes');
  checkAccounts(g, refuse);
}

function checkAccounts(g: Genesis, refuse: (code: GenesisProblem, detail: string) => never): void {
  if (g.accounts.length > MAX_GENESIS_ACCOUNTS) {
    refuse('TOO_MANY_ACCOUNTS', `${g.accounts.length} accounts, at most ${MAX_GENESIS_ACCOUNTS} can be funded`);
  }
  let supply = 0n;
  for (const [i, { address, amount }] of g.accounts.entries()) {
    if (kindOf(address) === undefined) refuse('BAD_KEY', `account ${i} is no address`);
    const before = g.accounts[i - 1];
    if (before !== undefined && compareBytes(before.address, address) >= 0) {
      refuse(
        'BAD_ACCOUNTS',
        equalBytes(before.address, address) ? `account ${i} is listed twice` : `account ${i} is out of order`,
      );
    }
    supply += amount;
  }
  if (supply >= MAX_SUPPLY) refuse('BAD_ACCOUNTS', 'the supply does not fit');
}

/** msat that exist before any block. */
export function supplyOf(genesis: Genesis): bigint {
  return genesis.accounts.reduce((sum, a) => sum + a.amount, 0n);
}
