// The Bitcoin headers group 0 has recorded: cells of the global partition in order of arrival, mirrored as a tree.
import { REGTEST_GENESIS_HEADER } from '../consensus/bitcoin-header.ts';
import type { BitcoinTree } from '../consensus/bitcoin-tree.ts';
import { GLOBAL_PARTITION } from '../core/scopes.ts';
import type { VirtualMachine } from '../vm/types.ts';
import { encodeEntry, LEDGER_SCOPE, ledgerCellId, sequenceKey } from './cell-entries.ts';
import { BlockInvalid } from './ports.ts';

function headerCell(sequence: number): Uint8Array {
  return ledgerCellId(LEDGER_SCOPE.bitcoin, sequenceKey(sequence));
}

/** Canonical bytes of one: every header and every sequence number is as long as any other. */
const CELL_BYTES = encodeEntry({ id: headerCell(0), value: REGTEST_GENESIS_HEADER }).length;

export class RecordedHeaders {
  readonly #machine: Pick<VirtualMachine, 'get' | 'put'>;
  readonly #tree: BitcoinTree | undefined;

  /** Without a tree (other groups) no header can be recorded. */
  constructor(machine: Pick<VirtualMachine, 'get' | 'put'>, tree: BitcoinTree | undefined) {
    this.#machine = machine;
    this.#tree = tree;
  }

  get size(): number {
    return this.#tree?.size ?? 0;
  }

  /** Canonical bytes of all their cells. */
  get cellBytes(): number {
    return this.size * CELL_BYTES;
  }

  /** Fills an empty tree from the cells: after a restart. */
  load(): void {
    if (this.#tree === undefined) return;
    for (let i = this.#tree.size; ; i++) {
      const bytes = this.#machine.get(GLOBAL_PARTITION, headerCell(i));
      if (bytes === undefined) return;
      if (this.#tree.add(bytes).kind !== 'added') throw new Error(`recorded Bitcoin header ${i} does not fit the tree`);
    }
  }

  /** Records the new ones of a block; answers those recorded. In a block that is judged every one must be new and valid. */
  record(headers: readonly Uint8Array[], strict: boolean): readonly Uint8Array[] {
    const recorded: Uint8Array[] = [];
    for (const bytes of headers) {
      const before = this.size;
      const result = this.#tree?.add(bytes);
      if (result?.kind === 'added') {
        this.#machine.put(GLOBAL_PARTITION, headerCell(before), bytes);
        recorded.push(bytes);
      } else if (strict)
        throw new BlockInvalid('BITCOIN_HEADER', result?.kind === 'refused' ? result.code : result?.kind);
    }
    return recorded;
  }

  /** Takes back the newest until `size` are left. */
  truncate(size: number): void {
    while (this.size > size) this.#tree!.removeNewest();
  }
}
