// The cells of one group, grown from diffs, and what can be counted in them. It goes forward and back; it judges nothing.
import { hex, join } from './bytes.ts';
import {
  type Account,
  accountOf,
  type Entry,
  encodeEntry,
  entriesOf,
  keyOf,
  LEDGER,
  ledgerCell,
  ledgerScope,
  partitionOf,
  recordOf,
  worthOf,
} from './cells.ts';
import { decodeSystem, type System } from './layouts.ts';
import {
  type Birth,
  checkpointRoot,
  encodeSystem,
  genesisAccumulators,
  genesisCells,
  genesisSystem,
  type Network,
} from './network.ts';
import type { BlockDiff, Snapshot } from './stored-layouts.ts';

/** What a block replaced; going back restores it. */
export interface Replaced {
  readonly partition: number;
  readonly entries: readonly Entry[];
}

/** Everything of a block's state that is not a cell. */
export interface Standing {
  readonly accumulators: readonly Uint8Array[];
  readonly system: System;
  readonly systemBytes: Uint8Array;
  /** Root of the cells at the newest checkpoint height. */
  readonly checkpoint: Uint8Array;
}

export class World {
  readonly #partitions: number;
  readonly #cells = new Map<number, Map<string, Uint8Array>>();
  /** msat in accounts and queues. */
  worth = 0n;
  /** Ids of the relays that wait, hex. */
  readonly waiting = new Map<string, number>();
  /** Recorded Bitcoin headers. */
  recorded = 0;
  standing: Standing;

  /** At genesis, or where a group that joins begins, or at a state that came from a peer. */
  constructor(
    network: Network,
    group: number,
    begin: { readonly birth?: Birth | undefined; readonly base?: Snapshot },
  ) {
    this.#partitions = network.genesis.partitions;
    const { birth, base } = begin;
    if (base !== undefined) {
      for (const { partition, cells } of base.parts) this.#apply(partition, entriesOf(cells));
      const { accumulators, checkpoint } = base;
      this.standing = { accumulators, system: decodeSystem(base.system), systemBytes: base.system, checkpoint };
      return;
    }
    for (const [partition, entries] of genesisCells(network, group)) this.#apply(partition, entries);
    const system = genesisSystem(network, this.worth, birth);
    this.standing = {
      accumulators: genesisAccumulators(network, group),
      system,
      systemBytes: encodeSystem(system),
      checkpoint: this.checkpoint(),
    };
  }

  get waitingCount(): number {
    return [...this.waiting.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Throws FormatError, having changed nothing, when an entry is malformed. */
  apply(diff: BlockDiff): Replaced[] {
    const parts = diff.parts.map(({ partition, cells }) => ({ partition, entries: entriesOf(cells) }));
    for (const { entries } of parts) for (const entry of entries) worthOf(entry);
    return parts.map(({ partition, entries }) => ({ partition, entries: this.#apply(partition, entries) }));
  }

  revert(replaced: readonly Replaced[]): void {
    for (const { partition, entries } of [...replaced].reverse()) this.#apply(partition, [...entries].reverse());
  }

  get(partition: number, id: Uint8Array): Uint8Array | undefined {
    return this.#cells.get(partition)?.get(hex(id));
  }

  account(address: Uint8Array): Account {
    return accountOf(this.get(partitionOf(address, this.#partitions), ledgerCell(LEDGER.account, address)));
  }

  /** All cells of a partition as entries in canonical order. */
  cellBytes(partition: number): Uint8Array {
    const cells = [...(this.#cells.get(partition) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
    return join(cells.map(([id, value]) => encodeEntry({ id: Buffer.from(id, 'hex'), value })));
  }

  checkpoint(): Uint8Array {
    return checkpointRoot(this.#partitions, (partition) => this.cellBytes(partition));
  }

  /** Answers the entries as they were. */
  #apply(partition: number, entries: readonly Entry[]): Entry[] {
    let cells = this.#cells.get(partition);
    if (cells === undefined) {
      cells = new Map();
      this.#cells.set(partition, cells);
    }
    const before: Entry[] = [];
    for (const { id, value } of entries) {
      const key = hex(id);
      const old = { id, value: cells.get(key) };
      before.push(old);
      this.#count(old, -1);
      this.#count({ id, value }, 1);
      if (value === undefined) cells.delete(key);
      else cells.set(key, value);
    }
    return before;
  }

  #count(entry: Entry, sign: 1 | -1): void {
    if (entry.value === undefined) return;
    this.worth += BigInt(sign) * worthOf(entry);
    const scope = ledgerScope(entry.id);
    if (scope === LEDGER.bitcoin) this.recorded += sign;
    if (scope !== LEDGER.queue && scope !== LEDGER.deferred) return;
    const { id } = recordOf(entry.value);
    const count = (this.waiting.get(id) ?? 0) + sign;
    if (count === 0) this.waiting.delete(id);
    else this.waiting.set(id, count);
  }
}

/** Bitcoin headers among entries, in order of arrival when the entries are in canonical order. */
export function bitcoinHeadersIn(entries: readonly Entry[]): Uint8Array[] {
  return entries.flatMap(({ id, value }) => (value === undefined || ledgerScope(id) !== LEDGER.bitcoin ? [] : [value]));
}

/** Numbers of the contracts whose registry rows entries write, in their order. */
export function contractsIn(entries: readonly Entry[]): number[] {
  return entries.flatMap(({ id, value }) => {
    if (value === undefined || ledgerScope(id) !== LEDGER.registry) return [];
    const key = keyOf(id);
    return key.length === 8 && key[0] === 0 ? [Number(Buffer.from(key).readBigUInt64BE(0))] : [];
  });
}
