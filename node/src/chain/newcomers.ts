// Groups that have joined and do not know the global state yet: a cell of the global partition each, from the block that
// adopts the group to the next one, which tells it. It sends nothing itself.
import { GLOBAL_PARTITION } from '../core/scopes.ts';
import type { VirtualMachine } from '../vm/types.ts';
import { LEDGER_SCOPE, ledgerCellId, sequenceKey } from './cell-entries.ts';
import type { ShardMap } from './shard-map.ts';

type CellStore = Pick<VirtualMachine, 'get' | 'put' | 'remove'>;

const NOTHING = new Uint8Array(0);

function cellOf(group: number): Uint8Array {
  return ledgerCellId(LEDGER_SCOPE.joining, sequenceKey(group));
}

/** The groups of a map that are to be told in this block, ascending. */
export function newcomersOf(cells: CellStore, map: ShardMap): number[] {
  // Before any update nobody has joined, and no block need look.
  if (map.epoch === 0) return [];
  return map.groups.filter((group) => cells.get(GLOBAL_PARTITION, cellOf(group)) !== undefined);
}

export function noteNewcomer(cells: CellStore, group: number): void {
  cells.put(GLOBAL_PARTITION, cellOf(group), NOTHING);
}

export function forgetNewcomer(cells: CellStore, group: number): void {
  cells.remove(GLOBAL_PARTITION, cellOf(group));
}
