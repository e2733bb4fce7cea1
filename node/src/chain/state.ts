// What a state root commits: an accumulator per partition, the global one, and the system's own few hundred bytes.
// It folds diffs; it never looks at cells but to hash all of them at a checkpoint.
import { concatBytes, viewOf, ZERO_HASH } from '../core/bytes.ts';
import { sha256, taggedHash } from '../core/hash.ts';
import { type Cursor, type Genesis, type Read, SYSTEM, type System } from '../core/layouts.ts';
import { listRoot } from '../core/merkle.ts';
import { GLOBAL_PARTITION, REPLICA_PARTITION } from '../core/scopes.ts';
import type { PartitionDiff, VirtualMachine } from '../vm/types.ts';
import type { ShardMap } from './shard-map.ts';
import { GroupTotals } from './totals.ts';

/** acc ← H(acc ‖ height ‖ H(diff)); a block that changes nothing of a partition leaves it as it was. */
export function foldAccumulator(before: Uint8Array, height: number, diff: Uint8Array): Uint8Array {
  const at = new Uint8Array(8);
  viewOf(at).setBigUint64(0, BigInt(height), true);
  return taggedHash('rexnet/accumulator', before, at, sha256(diff));
}

export interface AccumulatorChange {
  /** Number of the partition, P for the global one. */
  readonly slot: number;
  readonly before: Uint8Array;
}

/** Accumulators of all partitions and the tree over them, rehashed only where it changed. */
export class Accumulators {
  readonly #partitions: number;
  /** levels[0] are the partitions', the last level is the root alone. */
  readonly #levels: Uint8Array[][] = [];
  readonly #dirty = new Set<number>();
  #global: Uint8Array = ZERO_HASH;

  constructor(partitions: number) {
    this.#partitions = partitions;
    for (let n = partitions; ; n >>= 1) {
      this.#levels.push(new Array<Uint8Array>(n).fill(ZERO_HASH));
      if (n === 1) break;
    }
    for (let p = 0; p < partitions; p++) this.#dirty.add(p);
  }

  get(slot: number): Uint8Array {
    return slot === this.#partitions ? this.#global : this.#levels[0]![slot]!;
  }

  set(slot: number, acc: Uint8Array): void {
    if (slot === this.#partitions) this.#global = acc;
    else {
      this.#levels[0]![slot] = acc;
      this.#dirty.add(slot);
    }
  }

  all(): Uint8Array[] {
    return [...this.#levels[0]!, this.#global];
  }

  /** Folds a block's diffs in; answers what to set back to undo it. The replica's belong to the system. */
  fold(height: number, diffs: readonly PartitionDiff[]): AccumulatorChange[] {
    const changes: AccumulatorChange[] = [];
    for (const { partition, diff } of diffs) {
      if (partition === REPLICA_PARTITION) continue;
      const slot = partition === GLOBAL_PARTITION ? this.#partitions : partition;
      const before = this.get(slot);
      changes.push({ slot, before });
      this.set(slot, foldAccumulator(before, height, diff));
    }
    return changes;
  }

  /** H(merkle(acc_0 … acc_P−1) ‖ acc_global ‖ H(system)) */
  stateRoot(system: Uint8Array): Uint8Array {
    return taggedHash('rexnet/state', this.#tree(), this.#global, taggedHash('rexnet/system', system));
  }

  #tree(): Uint8Array {
    let dirty = this.#dirty;
    for (let level = 1; level < this.#levels.length; level++) {
      const below = this.#levels[level - 1]!;
      const above = new Set<number>();
      for (const i of dirty) above.add(i >> 1);
      for (const i of above) this.#levels[level]![i] = sha256(concatBytes([below[2 * i]!, below[2 * i + 1]!]));
      dirty = above;
    }
    this.#dirty.clear();
    return this.#levels.at(-1)![0]!;
  }
}

/** State that is no cell: committed as one piece, small enough to be copied every block. */
export class SystemState {
  map: Uint8Array;
  served: number;
  deltas: number;
  replica: Uint8Array;
  readonly cursors: Map<number, Cursor>;
  readonly totals: GroupTotals;

  constructor(system: System) {
    this.map = system.map.slice();
    this.served = system.served;
    this.deltas = system.deltas;
    this.replica = system.replica.slice();
    this.cursors = new Map(system.cursors.map((c) => [c.group, { ...c, id: c.id.slice() }]));
    this.totals = new GroupTotals(system.totals);
  }

  static decode(bytes: Uint8Array): SystemState {
    return new SystemState(SYSTEM.decode(bytes));
  }

  copy(): SystemState {
    return SystemState.decode(this.encode());
  }

  /** Before any block; `served` is the last partition, so that the first cycle starts at the lowest. */
  static genesis(map: ShardMap, held: bigint): SystemState {
    return new SystemState({
      map: map.hash,
      served: GLOBAL_PARTITION,
      deltas: 0,
      replica: ZERO_HASH,
      cursors: [],
      totals: { held, burnt: 0n, perGroup: [] },
    });
  }

  /** Of a group that joins: it has read what the block that adopted it had read, and that block. */
  static joined(map: ShardMap, cursors: readonly Read[]): SystemState {
    return new SystemState({
      ...SystemState.genesis(map, 0n),
      cursors: cursors.map((read) => ({ ...read, seen: 0 })),
      totals: { held: 0n, burnt: 0n, perGroup: [] },
    });
  }

  encode(): Uint8Array {
    const cursors = [...this.cursors.values()].sort((a, b) => a.group - b.group);
    const { map, served, deltas, replica } = this;
    return SYSTEM.encode({ map, served, deltas, replica, cursors, totals: this.totals.record() });
  }
}

/** A header's height asks for the root of the cells `checkpointEvery` blocks earlier. */
export function isCheckpoint(height: number, genesis: Genesis): boolean {
  return height > 0 && height % genesis.checkpointEvery === 0;
}

/** What a checkpoint commits of one partition: the hash of its cells as entries in canonical order, zeros when it has none. */
export function checkpointLeaf(cells: Uint8Array): Uint8Array {
  return cells.length === 0 ? ZERO_HASH : taggedHash('rexnet/checkpoint', cells);
}

/** List root over the leaves of partitions, the global one and its replica. */
export function checkpointOfLeaves(leafOf: (partition: number) => Uint8Array, partitions: number): Uint8Array {
  return listRoot([...Array(partitions).keys(), GLOBAL_PARTITION, REPLICA_PARTITION].map(leafOf));
}

export function checkpointOf(exportCells: (partition: number) => Uint8Array, partitions: number): Uint8Array {
  return checkpointOfLeaves((partition) => checkpointLeaf(exportCells(partition)), partitions);
}

/** The checkpoint root of live memory. */
export function liveCheckpoint(machine: Pick<VirtualMachine, 'exportPartition'>, partitions: number): Uint8Array {
  return checkpointOf((p) => machine.exportPartition(p), partitions);
}
