// What genesis bytes fix: ids, rules, the first shard map, block 0 of every group and the cells it stands for.
import { compare, join, NOTHING, u32Bytes, u64Bytes, ZEROS } from './bytes.ts';
import { type Entry, encodeEntry, GLOBAL, LEDGER, ledgerCell, partitionOf, REPLICA } from './cells.ts';
import { depthFor, listRoot, sha256, sha256d, tagged, treeRoot } from './hash.ts';
import { decodeGenesis, type Genesis, type System } from './layouts.ts';
import { type ShardMap, shardMap, updateLeaf } from './shard-map.ts';

export interface Network {
  readonly genesis: Genesis;
  readonly id: Uint8Array;
  readonly networkId: Uint8Array;
  readonly firstMap: ShardMap;
}

export function readNetwork(bytes: Uint8Array): Network {
  const genesis = decodeGenesis(bytes);
  const id = sha256d(bytes);
  const groups = [...new Set(genesis.owners)].sort((a, b) => a - b);
  return { genesis, id, networkId: id.subarray(0, 4), firstMap: shardMap(0, genesis.owners, groups) };
}

export function ownerOf(network: Network, partition: number): number | undefined {
  return partition === GLOBAL ? 0 : network.genesis.owners[partition];
}

/** Cells a group begins with, by partition. */
export function genesisCells(network: Network, group: number): Map<number, Entry[]> {
  const { accounts, partitions } = network.genesis;
  const cells = new Map<number, Entry[]>();
  for (const { address, amount } of [...accounts].sort((a, b) => compare(a.address, b.address))) {
    const partition = partitionOf(address, partitions);
    if (ownerOf(network, partition) !== group) continue;
    const list = cells.get(partition) ?? [];
    list.push({ id: ledgerCell(LEDGER.account, address), value: join([u64Bytes(0), u64Bytes(amount)]) });
    cells.set(partition, list);
  }
  return cells;
}

/** What a group that joins begins with: its map, the block that adopts it and what that had read. */
export interface Birth {
  readonly map: ShardMap;
  readonly timestampMs: number;
  /** Ascending by group, none of height 0. */
  readonly read: readonly { readonly group: number; readonly height: number; readonly id: Uint8Array }[];
}

/** System of a group before its first block. */
export function genesisSystem(network: Network, held: bigint, birth?: Birth): System {
  return {
    map: (birth?.map ?? network.firstMap).hash,
    served: GLOBAL,
    deltas: 0,
    replica: ZEROS,
    cursors: (birth?.read ?? []).map((read) => ({ ...read, seen: 0 })),
    totals: { held, burnt: 0n, perGroup: [] },
  };
}

export function encodeSystem(system: System): Uint8Array {
  const { cursors, totals } = system;
  return join([
    system.map,
    u32Bytes(system.served),
    u64Bytes(system.deltas),
    system.replica,
    u32Bytes(cursors.length),
    ...cursors.flatMap(({ group, height, id, seen }) => [u32Bytes(group), u64Bytes(height), id, u64Bytes(seen)]),
    u64Bytes(totals.held),
    u64Bytes(totals.burnt),
    u32Bytes(totals.perGroup.length),
    ...totals.perGroup.flatMap(({ group, sent, received }) => [u32Bytes(group), u64Bytes(sent), u64Bytes(received)]),
  ]);
}

export function foldAccumulator(before: Uint8Array, height: number, diff: Uint8Array): Uint8Array {
  return tagged('rexnet/accumulator', before, u64Bytes(height), sha256(diff));
}

/** H(merkle(acc_0 … acc_P−1) ‖ acc_global ‖ H(system)) */
export function stateRoot(accumulators: readonly Uint8Array[], system: Uint8Array): Uint8Array {
  const partitions = accumulators.length - 1;
  const tree = treeRoot(accumulators.slice(0, partitions), depthFor(partitions));
  return tagged('rexnet/state', tree, accumulators[partitions]!, tagged('rexnet/system', system));
}

/** Accumulators of a group before its first block: of every partition, the global one last. */
export function genesisAccumulators(network: Network, group: number): Uint8Array[] {
  const { partitions } = network.genesis;
  const out = new Array<Uint8Array>(partitions + 1).fill(ZEROS);
  for (const [partition, cells] of genesisCells(network, group)) {
    out[partition] = foldAccumulator(ZEROS, 0, join(cells.map(encodeEntry)));
  }
  return out;
}

/** List root over partitions, the global one and its replica; `cellBytes` are their cells as entries in canonical order. */
export function checkpointRoot(partitions: number, cellBytes: (partition: number) => Uint8Array): Uint8Array {
  const leaves = [...Array(partitions).keys(), GLOBAL, REPLICA].map((partition) => {
    const bytes = cellBytes(partition);
    return bytes.length === 0 ? ZEROS : tagged('rexnet/checkpoint', bytes);
  });
  return listRoot(leaves);
}

export function transactionsRoot(
  group: number,
  mapUpdate: Uint8Array,
  bitcoinHeaders: readonly Uint8Array[],
  transactions: readonly Uint8Array[],
): Uint8Array {
  const leaves: Uint8Array[] = [];
  if (mapUpdate.length > 0) leaves.push(updateLeaf(mapUpdate));
  if (group === 0) leaves.push(tagged('rexnet/bitcoin-headers', join(bitcoinHeaders)));
  return listRoot([...leaves, ...transactions.map(sha256d)]);
}

/** Header bytes of block 0 of a group. */
export function genesisHeader(network: Network, group: number, birth?: Birth): Uint8Array {
  const map = birth?.map ?? network.firstMap;
  const cells = [...genesisCells(network, group).values()].flat();
  const held = cells.reduce((sum, { value }) => sum + Buffer.from(value!).readBigUInt64LE(8), 0n);
  const system = encodeSystem(genesisSystem(network, held, birth));
  return join([
    Uint8Array.of(1, 0),
    network.networkId,
    u32Bytes(group),
    u64Bytes(0),
    ZEROS,
    u64Bytes(birth?.timestampMs ?? 0),
    u32Bytes(network.genesis.floorTarget),
    u64Bytes(map.epoch),
    transactionsRoot(group, NOTHING, [], []),
    treeRoot([], map.outboxDepth),
    listRoot([]),
    stateRoot(genesisAccumulators(network, group), system),
    ZEROS,
    new Uint8Array(36),
    Uint8Array.of(0, 0),
  ]);
}
