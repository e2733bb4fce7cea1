// For tests and --check-state: a second copy of all cells grown from diffs alone, held against live memory's checkpoint roots.
import { toHex } from '../core/bytes.ts';
import { BLOCK_DIFF } from '../core/layouts.ts';
import type { PartitionDiff } from '../vm/types.ts';
import { type CellEntry, encodeEntries, entriesOf, sortEntries } from './cell-entries.ts';
import { checkpointOf } from './state.ts';

type Cells = Map<string, CellEntry>;

export class StateCheck {
  readonly #partitions: number;
  readonly #cells = new Map<number, Cells>();
  /** Per block, what its diff replaced; newest last. */
  readonly #undos: { readonly partition: number; readonly before: readonly CellEntry[] }[][] = [];
  readonly #depth: number;
  /** A block older than what it began with was undone: from then on it knows nothing. */
  #blind = false;

  /** `depth`: blocks that may be undone. */
  constructor(partitions: number, depth: number) {
    this.#partitions = partitions;
    this.#depth = depth;
  }

  /** What the state begins with: genesis, a snapshot, diffs replayed. */
  load(parts: readonly PartitionDiff[]): void {
    for (const { partition, diff } of parts) this.#apply(partition, entriesOf(diff));
  }

  /** Throws when live memory's root of a checkpoint differs from that of the diffs. */
  block(diff: Uint8Array, live: Uint8Array | undefined): void {
    const { height, parts } = BLOCK_DIFF.decode(diff.slice());
    this.#undos.push(
      parts.map(({ partition, cells }) => ({ partition, before: this.#apply(partition, entriesOf(cells)) })),
    );
    if (this.#undos.length > this.#depth) this.#undos.shift();
    if (live !== undefined && !this.#blind && toHex(this.root()) !== toHex(live)) {
      throw new Error(`live memory at height ${height} is not what the diffs lead to`);
    }
  }

  undo(): void {
    const undo = this.#undos.pop();
    if (undo === undefined) this.#blind = true;
    else for (const { partition, before } of undo) this.#apply(partition, before);
  }

  root(): Uint8Array {
    return checkpointOf((partition) => {
      const cells = this.#cells.get(partition)?.values() ?? [];
      return encodeEntries(sortEntries(cells));
    }, this.#partitions);
  }

  #apply(partition: number, entries: Iterable<CellEntry>): CellEntry[] {
    let cells = this.#cells.get(partition);
    if (cells === undefined) {
      cells = new Map();
      this.#cells.set(partition, cells);
    }
    const before: CellEntry[] = [];
    for (const { id, value } of entries) {
      const key = toHex(id);
      before.push({ id: id.slice(), value: cells.get(key)?.value });
      if (value === undefined) cells.delete(key);
      else cells.set(key, { id: id.slice(), value: value.slice() });
    }
    return before;
  }
}
