// What has to exist for a Testnet, as data: the genesis input, nodes, miners, parent chain, contracts, load. Pure: it starts
// nothing and knows neither processes nor pods, so that the laptop and the cluster follow the same plan.
import { parseDuration } from '../api/quantity.ts';
import type { Contract, Testnet } from '../api/testnet.ts';
import { evenRanges, ownersOf } from './partitions.ts';

/** Constants of genesis a person does not set; another value is another network version. */
export const GENESIS_CONSTANTS = {
  userShareNumerator: 7,
  userShareDenominator: 8,
  floorHashes: 1_000,
  halfLifeMs: 60_000,
  gasPriceFloorMsat: 1n,
  checkpointEvery: 256,
  maxBatchBytes: 1_048_576,
  maxReadBytes: 16_777_216,
  maxQueue: 65_536,
  maxRelays: 4_096,
  maxStateBytes: 1_610_612_736n,
  maxLag: 256,
  maxReorg: 1_024,
  headerWindow: 20_000,
  blockRewardMsat: 0n,
} as const;

/** Hashes a parent header takes under Asert, where no beat is given. */
const ASERT_PARENT_HASHES = 1_500_000;
export const DEV_ACCOUNTS = 10;
export const LOAD_ACCOUNTS_PER_GROUP = 1_000;
/** Gas of a broadcast: what its transaction costs at least, and one relay per partition. */
const TRANSACTION_GAS = 20_000;
const RELAY_GAS = 8_000;

/** What the plan takes from the world instead of the Testnet. */
export type Facts = {
  readonly bitcoind: { readonly kind: 'found' } | { readonly kind: 'absent'; readonly reason: string };
};

export type GenesisPlan = typeof GENESIS_CONSTANTS & {
  readonly seed: number;
  readonly partitions: number;
  readonly blockIntervalMs: number;
  readonly blockGas: number;
  readonly difficulty: 'Floor' | 'Asert';
  readonly confirmations: number;
  /** Hashes a parent header takes on average: how often work for Bitcoin is found. */
  readonly parentHashes: number;
  /** First owner of every partition. */
  readonly owners: readonly number[];
  readonly devAccounts: number;
  readonly loadAccounts: number;
};

export type NodePlan = { readonly name: string; readonly group: number; readonly ordinal: number };
export type GroupPlan = { readonly group: number; readonly nodes: readonly NodePlan[] };
export type MinerPlan = { readonly name: string; readonly cpuPercent: number };
export type BitcoinPlan =
  | { readonly kind: 'regtest'; readonly blockIntervalMs: number }
  /** Mining goes on over a toy parent chain; `reason` says why when a bitcoind was asked for. */
  | { readonly kind: 'toy'; readonly reason?: string };
export type ContractPlan = {
  readonly name: string;
  readonly source:
    | { readonly kind: 'shipped' }
    | { readonly kind: 'configMap'; readonly name: string; readonly key: string };
};
export type LoadPlan = {
  readonly workload: Testnet['spec']['load']['workload'];
  readonly tps: number;
  readonly generators: number;
  readonly crossGroupPercent?: number;
};

export type Plan = {
  readonly name: string;
  readonly suspended: boolean;
  readonly genesis: GenesisPlan;
  readonly groups: readonly GroupPlan[];
  readonly miners: readonly MinerPlan[];
  readonly bitcoin: BitcoinPlan;
  /** Deployed after the first block, in this order. */
  readonly contracts: readonly ContractPlan[];
  readonly load?: LoadPlan;
};

export type Planned =
  | { readonly plan: Plan }
  | { readonly refusal: { readonly field: string; readonly message: string; readonly cure: string } };

/** The whole plan, or why no chain can run with these values. */
export function planTestnet({ name, spec }: Testnet, facts: Facts): Planned {
  // A transaction may have at most the users' share of a block, and a broadcast must fit into it.
  const { userShareNumerator, userShareDenominator } = GENESIS_CONSTANTS;
  const broadcastGas = Math.ceil(
    ((TRANSACTION_GAS + RELAY_GAS * spec.chain.partitions) * userShareDenominator) / userShareNumerator,
  );
  if (spec.chain.blockGas < broadcastGas) {
    const message = `a broadcast to ${spec.chain.partitions} partitions must fit into a block: blockGas is ${spec.chain.blockGas}, at least ${broadcastGas} is needed`;
    return {
      refusal: {
        field: 'spec.chain.blockGas',
        message,
        cure: `raise spec.chain.blockGas to ${broadcastGas} or lower spec.chain.partitions`,
      },
    };
  }
  const load = planLoad({ name, spec });
  return {
    plan: {
      name,
      suspended: spec.suspend,
      genesis: planGenesis({ name, spec }),
      groups: Array.from({ length: spec.groups }, (_, group) => planGroup(group, spec.nodesPerGroup)),
      miners: Array.from({ length: spec.mining.miners }, (_, index) => ({
        name: `miner-${index}`,
        cpuPercent: spec.mining.cpuPercent,
      })),
      bitcoin: planBitcoin({ name, spec }, facts),
      contracts: (spec.contracts ?? []).map(planContract),
      ...(load === undefined ? {} : { load }),
    },
  };
}

function planGenesis({ spec }: Testnet): GenesisPlan {
  const { partitions, blockGas, difficulty, confirmations } = spec.chain;
  const blockIntervalMs = durationMs(spec.chain.blockInterval);
  const beats = durationMs(spec.bitcoin.blockInterval) / blockIntervalMs;
  const parentHashes =
    difficulty === 'Floor' ? Math.max(1, Math.round(GENESIS_CONSTANTS.floorHashes * beats)) : ASERT_PARENT_HASHES;
  return {
    ...GENESIS_CONSTANTS,
    seed: spec.seed,
    partitions,
    blockIntervalMs,
    blockGas,
    difficulty,
    confirmations,
    parentHashes,
    owners: ownersOf(evenRanges(partitions, spec.groups)),
    devAccounts: DEV_ACCOUNTS,
    loadAccounts: LOAD_ACCOUNTS_PER_GROUP * spec.groups,
  };
}

function planGroup(group: number, nodesPerGroup: number): GroupPlan {
  return {
    group,
    nodes: Array.from({ length: nodesPerGroup }, (_, ordinal) => ({ name: nodeName(group, ordinal), group, ordinal })),
  };
}

export function nodeName(group: number, ordinal: number): string {
  return `g${group}-n${ordinal}`;
}

function planBitcoin({ spec }: Testnet, { bitcoind }: Facts): BitcoinPlan {
  if (spec.bitcoin.mode === 'None') return { kind: 'toy' };
  if (bitcoind.kind === 'absent') return { kind: 'toy', reason: bitcoind.reason };
  return { kind: 'regtest', blockIntervalMs: durationMs(spec.bitcoin.blockInterval) };
}

function planContract({ name, configMapKeyRef }: Contract): ContractPlan {
  return {
    name,
    source:
      configMapKeyRef === undefined
        ? { kind: 'shipped' }
        : { kind: 'configMap', name: configMapKeyRef.name, key: configMapKeyRef.key },
  };
}

function planLoad({ spec }: Testnet): LoadPlan | undefined {
  const { tpsPerGroup, workload, generators, crossGroupPercent } = spec.load;
  if (tpsPerGroup === 0) return undefined;
  return {
    workload,
    tps: tpsPerGroup * spec.groups,
    generators,
    ...(crossGroupPercent === undefined ? {} : { crossGroupPercent }),
  };
}

/** The schema has checked the text already. */
function durationMs(text: string): number {
  const parsed = parseDuration(text);
  if (parsed === undefined) throw new RangeError(`${text} is no duration`);
  return parsed;
}
