// State by its canonical names: single cells, what a block changed and how to take it back, partitions in and out.

import type { Runtime } from '@rexnet/preda/runtime.ts';
import { viewOf } from '../core/bytes.ts';
import { GLOBAL_PARTITION, REPLICA_PARTITION } from '../core/scopes.ts';
import { type Linear, Region } from './linear.ts';
import type { Account, BlockChanges, PartitionDiff } from './types.ts';

/** Holds the largest entry: an id, a value of 1 MiB, 7 bytes. */
const TRANSFER_BYTES = 2 * 1024 * 1024;
const ROW_BYTES = 16;
const SECTION_BYTES = 8;
const MAX_ID_BYTES = 256;
const MAX_VALUE_BYTES = 1024 * 1024;
const ADDRESS_BYTES = 36;

/** One partition's part of a block's changes. */
interface Row {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  readonly newBytes: number;
  readonly oldBytes: number;
}

export class Cells {
  readonly #runtime: Runtime;
  readonly #linear: Linear;
  readonly #partitions: number;
  readonly #transfer: Region;

  constructor(runtime: Runtime, linear: Linear, partitions: number) {
    this.#runtime = runtime;
    this.#linear = linear;
    this.#partitions = partitions;
    this.#transfer = new Region(runtime);
  }

  get(partition: number, id: Uint8Array): Uint8Array | undefined {
    const rt = this.#runtime;
    const at = rt.get_cell(this.#known(partition), this.#name(id), id.length) >>> 0;
    return at === 0 ? undefined : this.#linear.slice(at, at + rt.len.value);
  }

  put(partition: number, id: Uint8Array, value: Uint8Array): void {
    if (value.length > MAX_VALUE_BYTES) throw new RangeError(`a cell of ${value.length} bytes`);
    const at = this.#runtime.put_cell(this.#known(partition), this.#name(id), id.length, value.length) >>> 0;
    this.#linear.bytes.set(value, at);
  }

  remove(partition: number, id: Uint8Array): void {
    this.#runtime.remove_cell(this.#known(partition), this.#name(id), id.length);
  }

  credit(address: Uint8Array, msat: bigint): void {
    this.#runtime.credit(this.#address(address), msat);
  }

  account(address: Uint8Array): Account {
    const out = this.#runtime.account_at();
    this.#runtime.read_account(this.#address(address), out);
    const { view } = this.#linear;
    return { nonce: view.getBigUint64(out, true), balance: view.getBigUint64(out + 8, true) };
  }

  /** The block's changes so far. */
  changes(): BlockChanges {
    const rows = this.#rows();
    const news = new Uint8Array(rows.reduce((sum, row) => sum + row.newBytes, 0));
    const undo = new Uint8Array(rows.reduce((sum, row) => sum + SECTION_BYTES + row.oldBytes, 0));
    const view = viewOf(undo);
    const diffs: PartitionDiff[] = [];
    let at = 0;
    let undoAt = 0;
    for (const row of rows) {
      const diff = news.subarray(at, at + row.newBytes);
      this.#entries(row, false, diff);
      diffs.push({ partition: row.partition, diff });
      at += row.newBytes;
      view.setUint32(undoAt, row.partition, true);
      view.setUint32(undoAt + 4, row.oldBytes, true);
      undoAt += SECTION_BYTES;
      this.#entries(row, true, undo.subarray(undoAt, undoAt + row.oldBytes));
      undoAt += row.oldBytes;
    }
    return { diffs, undo };
  }

  changesOf(partition: number): Uint8Array {
    const row = this.#rows().find((r) => r.partition === partition);
    return row === undefined ? new Uint8Array(0) : this.#entries(row, false, new Uint8Array(row.newBytes));
  }

  undo(undo: Uint8Array): void {
    const view = viewOf(undo);
    for (let at = 0; at < undo.length; ) {
      const end = at + SECTION_BYTES + view.getUint32(at + 4, true);
      if (end > undo.length) throw new RangeError('undo data is cut off');
      this.apply(view.getUint32(at, true), undo.subarray(at + SECTION_BYTES, end));
      at = end;
    }
  }

  apply(partition: number, diff: Uint8Array): void {
    this.#known(partition);
    this.#transfer.ensure(TRANSFER_BYTES);
    const { at, size } = this.#transfer;
    for (let from = 0; from < diff.length; ) {
      const part = diff.subarray(from, from + size);
      this.#linear.bytes.set(part, at);
      const done = (this.#runtime.apply_entries(partition, at, at + part.length) >>> 0) - at;
      if (done <= 0) throw new RangeError('not a sequence of diff entries');
      from += done;
    }
  }

  exportPartition(partition: number): Uint8Array {
    const rt = this.#runtime;
    const out = new Uint8Array(Number(rt.bytes_of(this.#known(partition))));
    rt.open_export(partition);
    this.#fill(out, (at, end) => rt.emit_export(at, end));
    rt.close_export();
    return out;
  }

  drop(partition: number): void {
    this.#runtime.drop_partition(this.#known(partition));
  }

  bytesOf(partition: number): number {
    return Number(this.#runtime.bytes_of(this.#known(partition)));
  }

  cellsOf(partition: number): number {
    return this.#runtime.cells_of(this.#known(partition));
  }

  #rows(): Row[] {
    const at = this.#runtime.prepare_diff() >>> 0;
    const { view } = this.#linear;
    const rows: Row[] = [];
    const read = (slot: number, partition: number): void => {
      const row = at + slot * ROW_BYTES;
      const count = view.getUint32(row, true);
      const to = view.getUint32(row + 4, true);
      const newBytes = view.getUint32(row + 8, true);
      const oldBytes = view.getUint32(row + 12, true);
      if (count > 0) rows.push({ partition, from: to - count, to, newBytes, oldBytes });
    };
    for (let p = 0; p < this.#partitions; p++) read(p, p);
    read(this.#partitions + 1, REPLICA_PARTITION);
    read(this.#partitions, GLOBAL_PARTITION);
    return rows;
  }

  #entries(row: Row, old: boolean, out: Uint8Array): Uint8Array {
    this.#runtime.rewind_diff(old ? 1 : 0, row.from, row.to);
    this.#fill(out, this.#emitDiff);
    return out;
  }

  readonly #emitDiff = (at: number, end: number): number => this.#runtime.emit_diff(at, end);

  /** Lets `emit` fill the transfer buffer again and again until `out` is full. */
  #fill(out: Uint8Array, emit: (at: number, end: number) => number): void {
    this.#transfer.ensure(TRANSFER_BYTES);
    const { at, end } = this.#transfer;
    for (let have = 0; have < out.length; ) {
      const stop = emit(at, end) >>> 0;
      if (stop === at) throw new Error('canonical bytes were counted wrongly');
      out.set(this.#linear.bytes.subarray(at, stop), have);
      have += stop - at;
    }
  }

  #known(partition: number): number {
    const known = partition >= 0 && (partition < this.#partitions || partition === GLOBAL_PARTITION);
    if (!known && partition !== REPLICA_PARTITION) throw new RangeError(`no partition ${partition}`);
    return partition;
  }

  #name(id: Uint8Array): number {
    if (id.length > MAX_ID_BYTES - 8) throw new RangeError(`a cell id of ${id.length} bytes`);
    const at = this.#runtime.id_at();
    this.#linear.bytes.set(id, at);
    return at;
  }

  #address(address: Uint8Array): number {
    if (address.length !== ADDRESS_BYTES) throw new RangeError(`an address of ${address.length} bytes`);
    return this.#name(address);
  }
}
