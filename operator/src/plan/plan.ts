// What has to exist for a Testnet, as data: the genesis input, nodes, miners, parent chain, contracts, load. Pure: it starts
// nothing and knows neither processes nor pods, so that the laptop and the cluster follow the same plan.
import { RELAY_GAS, TRANSACTION_GAS, userGas } from '@rexnet/node/chain/gas.ts';
import { CONSTANTS, type GenesisInput, seedAccounts } from '@rexnet/node/chain/genesis.ts';
import { evenOwners } from '@rexnet/node/chain/shard-map.ts';
import { parseDuration } from '@rexnet/node/core/duration.ts';
import type { Contract, Testnet } from '../api/testnet.ts';
import { type LoadPlan, planLoad } from './load.ts';

/** What the plan takes from the world instead of the Testnet. */
export type Facts = {
  readonly bitcoind: { readonly kind: 'found' } | { readonly kind: 'absent'; readonly reason: string };
  /** Public half of the network's random governance key. */
  readonly governance: Uint8Array;
  readonly compilerHash: Uint8Array;
  /** Groups the network began with, once it has; the others join, and own nothing while partitions cannot move. */
  readonly firstGroups?: number;
};

export type NodePlan = { readonly name: string; readonly group: number; readonly ordinal: number };
export type PartitionRange = { readonly first: number; readonly count: number };
export type GroupPlan = {
  readonly group: number;
  readonly nodes: readonly NodePlan[];
  /** What the group owns at genesis. */
  readonly partitions: PartitionRange;
};
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
export type Plan = {
  readonly name: string;
  readonly suspended: boolean;
  readonly genesis: GenesisInput;
  readonly groups: readonly GroupPlan[];
  readonly miners: readonly MinerPlan[];
  readonly bitcoin: BitcoinPlan;
  /** Deployed after the first block, in this order. */
  readonly contracts: readonly ContractPlan[];
  readonly load?: LoadPlan;
};

export type Refusal = { readonly field: string; readonly message: string; readonly cure: string };
export type Planned = { readonly plan: Plan } | { readonly refusal: Refusal };

/** The whole plan, or why no chain can run with these values. */
export function planTestnet({ name, spec }: Testnet, facts: Facts): Planned {
  const refusal = refusalOf({ name, spec });
  if (refusal !== undefined) return { refusal };
  const { firstGroups = spec.groups } = facts;
  // Load is offered for the groups that have accounts.
  const load = planLoad({ spec: { ...spec, groups: firstGroups } });
  const owners = evenOwners(spec.chain.partitions, firstGroups);
  return {
    plan: {
      name,
      suspended: spec.suspend,
      genesis: planGenesis({ name, spec }, facts),
      groups: Array.from({ length: spec.groups }, (_, group) => planGroup(group, spec.nodesPerGroup, owners)),
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

/** What genesis would refuse, in the words of the file it comes from. */
export function refusalOf({ spec }: Testnet): Refusal | undefined {
  const { partitions, blockGas } = spec.chain;
  const broadcast = TRANSACTION_GAS + RELAY_GAS * BigInt(partitions);
  if (userGas({ ...CONSTANTS, blockGas: BigInt(blockGas) }) >= broadcast) return undefined;
  const least = (broadcast * BigInt(CONSTANTS.userShareDenominator)) / BigInt(CONSTANTS.userShareNumerator) + 1n;
  return {
    field: 'spec.chain.blockGas',
    message: `a broadcast to ${partitions} partitions must fit into a block: blockGas is ${blockGas}, at least ${least} is needed`,
    cure: `raise spec.chain.blockGas to ${least} or lower spec.chain.partitions`,
  };
}

function planGenesis({ spec }: Testnet, { governance, compilerHash, firstGroups = spec.groups }: Facts): GenesisInput {
  const { partitions, blockGas, difficulty, confirmations } = spec.chain;
  return {
    chain: {
      partitions,
      blockIntervalMs: durationMs(spec.chain.blockInterval),
      blockGas: BigInt(blockGas),
      difficulty,
      confirmations,
    },
    groups: firstGroups,
    seed: spec.seed,
    governance,
    compilerHash,
    bitcoinIntervalMs: durationMs(spec.bitcoin.blockInterval),
    // A thousand keys a group: derived when a genesis is made, not whenever somebody plans.
    get accounts() {
      return seedAccounts(spec.seed, firstGroups);
    },
  };
}

function planGroup(group: number, nodesPerGroup: number, owners: readonly number[]): GroupPlan {
  const count = owners.filter((owner) => owner === group).length;
  return {
    group,
    nodes: Array.from({ length: nodesPerGroup }, (_, ordinal) => ({ name: nodeName(group, ordinal), group, ordinal })),
    partitions: { first: Math.max(0, owners.indexOf(group)), count },
  };
}

function nodeName(group: number, ordinal: number): string {
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

/** The schema has checked the text already. */
function durationMs(text: string): number {
  const parsed = parseDuration(text);
  if (parsed === undefined) throw new RangeError(`${text} is no duration`);
  return parsed;
}
