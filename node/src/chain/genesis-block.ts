// Block 0 of every group and the state it stands for: pure functions of genesis, so that nobody has to be asked for them.
import type { HeaderEntry } from '../consensus/header-entry.ts';
import { partitionOf } from '../core/address.ts';
import { viewOf, ZERO_HASH } from '../core/bytes.ts';
import { HEADER } from '../core/layouts.ts';
import { GLOBAL_PARTITION } from '../core/scopes.ts';
import type { PartitionDiff } from '../vm/types.ts';
import { transactionsRoot } from './body.ts';
import { encodeEntries, LEDGER_SCOPE, ledgerCellId } from './cell-entries.ts';
import { receiptsRoot } from './effects.ts';
import type { Network } from './genesis.ts';
import { outboxTree } from './outbox-proof.ts';
import type { Birth } from './ports.ts';
import { outboxDepth, ownerOf, type ShardMap } from './shard-map.ts';
import { Accumulators, checkpointOf, SystemState } from './state.ts';

const HEADER_VERSION = 1;
const NOBODY = new Uint8Array(36);

export interface GenesisState {
  readonly parts: readonly PartitionDiff[];
  readonly accumulators: Accumulators;
  readonly system: SystemState;
  readonly checkpoint: Uint8Array;
}

/** Numbers of the funded accounts of every partition: asked for each group in turn, and there may be a thousand for each. */
function accountsByPartition(network: Network): readonly (readonly number[])[] {
  let found = partitioned.get(network);
  if (found === undefined) {
    const { accounts, partitions } = network.genesis;
    const lists = Array.from({ length: partitions }, (): number[] => []);
    for (const [i, { address }] of accounts.entries()) lists[partitionOf(address, partitions)]!.push(i);
    found = lists;
    partitioned.set(network, found);
  }
  return found;
}
const partitioned = new WeakMap<Network, readonly (readonly number[])[]>();

/** The funded accounts of the group's partitions, as the diff of a block 0. */
export function genesisState(network: Network, group: number): GenesisState {
  const { genesis, firstMap } = network;
  const parts: PartitionDiff[] = [];
  let held = 0n;
  for (const [partition, numbers] of accountsByPartition(network).entries()) {
    if (numbers.length === 0 || ownerOf(firstMap, partition) !== group) continue;
    // Accounts of genesis ascend, so their cells are in canonical order.
    const cells = numbers.map((i) => {
      const { address, amount } = genesis.accounts[i]!;
      const value = new Uint8Array(16);
      viewOf(value).setBigUint64(8, amount, true);
      held += amount;
      return { id: ledgerCellId(LEDGER_SCOPE.account, address), value };
    });
    parts.push({ partition, diff: encodeEntries(cells) });
  }
  const accumulators = new Accumulators(genesis.partitions);
  accumulators.fold(0, parts);
  const cellsOf = new Map(parts.map(({ partition, diff }) => [partition, diff]));
  const none = new Uint8Array(0);
  return {
    parts,
    accumulators,
    system: SystemState.genesis(firstMap, held),
    checkpoint: checkpointOf((partition) => cellsOf.get(partition) ?? none, genesis.partitions),
  };
}

/** Header bytes of block 0 of a first group: timestamp 0, nothing read, nobody paid. */
export function genesisHeader(network: Network, group: number): Uint8Array {
  return blockZero(network, group, network.firstMap, 0, genesisState(network, group));
}

/** `read`: the block that adopts the group and what its chain has read; blocks 0 need no cursor. */
export function birthOf(map: ShardMap, read: ReadonlyMap<number, HeaderEntry>): Birth {
  const above = [...read.values()].filter(({ height }) => height > 0).sort((a, b) => a.group - b.group);
  return { map, read: above.map(({ group, height, id }) => ({ group, height, id })) };
}

export function joinedState(network: Network, { map, read }: Birth): GenesisState {
  const { partitions } = network.genesis;
  return {
    parts: [],
    accumulators: new Accumulators(partitions),
    system: SystemState.joined(map, read),
    checkpoint: checkpointOf(() => new Uint8Array(0), partitions),
  };
}

/** Header bytes of block 0 of a group that joins: stamped like the block that adopts it. */
export function joinedHeader(network: Network, group: number, birth: Birth, timestampMs: number): Uint8Array {
  return blockZero(network, group, birth.map, timestampMs, joinedState(network, birth));
}

function blockZero(
  { genesis, networkId }: Network,
  group: number,
  map: ShardMap,
  timestampMs: number,
  { accumulators, system }: GenesisState,
): Uint8Array {
  const none = new Uint8Array(0);
  return HEADER.encode({
    version: HEADER_VERSION,
    networkId,
    group,
    height: 0,
    parent: ZERO_HASH,
    timestampMs,
    target: genesis.floorTarget,
    epoch: map.epoch,
    transactionsRoot: transactionsRoot({ group, mapUpdate: none, bitcoinHeaders: [], ids: none }),
    outboxRoot: outboxTree([], outboxDepth(map)).root,
    receiptsRoot: receiptsRoot(none),
    stateRoot: accumulators.stateRoot(system.encode()),
    checkpointRoot: ZERO_HASH,
    miner: NOBODY,
    reads: [],
  });
}

/** Partitions a group executes, the global one last. */
export function heldPartitions(network: Network, group: number): number[] {
  const own = [...network.firstMap.owners.keys()].filter((p) => ownerOf(network.firstMap, p) === group);
  return ownerOf(network.firstMap, GLOBAL_PARTITION) === group ? [...own, GLOBAL_PARTITION] : own;
}
