// Block 0 of every group and the state it stands for: pure functions of genesis, so that nobody has to be asked for them.
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
import { outboxDepth, ownerOf } from './shard-map.ts';
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

/** Header bytes of block 0: timestamp 0, nothing read, nobody paid. */
export function genesisHeader(network: Network, group: number): Uint8Array {
  const { genesis, firstMap, networkId } = network;
  const { accumulators, system } = genesisState(network, group);
  const none = new Uint8Array(0);
  return HEADER.encode({
    version: HEADER_VERSION,
    networkId,
    group,
    height: 0,
    parent: ZERO_HASH,
    timestampMs: 0,
    target: genesis.floorTarget,
    epoch: 0,
    transactionsRoot: transactionsRoot({ group, mapUpdate: none, bitcoinHeaders: [], ids: none }),
    outboxRoot: outboxTree([], outboxDepth(firstMap)).root,
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
