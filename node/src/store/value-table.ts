// A table whose values may be large: a row holds its value itself, or the places in the log that make it up. Whether
// what lies there is right is not seen here.
import type { RangeOptions } from 'lmdb';
import { concatBytes } from '../core/bytes.ts';
import type { Table } from './database.ts';
import type { ValueLog } from './value-log.ts';

const HERE = 0;
const IN_LOG = 1;
const PLACE_BYTES = 12;
/** Larger values go to the log: around them the database would write more than they are. */
export const INLINE_BYTES_MAX = 4_096;

/** A stretch of the log. */
export interface Place {
  readonly at: number;
  readonly size: number;
}

export class ValueTable {
  readonly #rows: Table;
  readonly #log: ValueLog;
  readonly #inlineBytes: number;

  constructor(rows: Table, log: ValueLog, inlineBytes: number) {
    this.#rows = rows;
    this.#log = log;
    this.#inlineBytes = inlineBytes;
  }

  /** The value is what these parts are one after the other; those that name places are there already. Answers the bytes written. */
  put(key: Buffer, ...parts: readonly (Uint8Array | Place)[]): number {
    const inMemory = parts.filter((part) => part instanceof Uint8Array);
    const size = inMemory.reduce((sum, part) => sum + part.length, 0);
    const isInline = inMemory.length === parts.length && size <= this.#inlineBytes;
    const row = isInline ? inlineRow(inMemory, size) : placesRow(parts.map((part) => this.#placed(part)));
    this.#rows.putSync(key, row);
    return key.length + row.length + (isInline ? 0 : size);
  }

  get(key: Buffer): Uint8Array | undefined {
    const row = this.#rows.get(key);
    return row === undefined ? undefined : this.#value(row);
  }

  /** Where a value lies; undefined when it is not in one piece of the log. */
  placeOf(key: Buffer): Place | undefined {
    const row = this.#rows.get(key);
    return row?.[0] === IN_LOG && row.length === 1 + PLACE_BYTES ? placesIn(row)[0] : undefined;
  }

  /** Values that cannot be read are left out. */
  *range(options: RangeOptions): IterableIterator<{ readonly key: Buffer; readonly value: Uint8Array }> {
    for (const { key, value: row } of this.#rows.getRange(options)) {
      const value = this.#value(row);
      if (value !== undefined) yield { key, value };
    }
  }

  #placed(part: Uint8Array | Place): Place {
    return part instanceof Uint8Array ? { at: this.#log.append(part), size: part.length } : part;
  }

  #value(row: Buffer): Uint8Array | undefined {
    if (row[0] === HERE) return row.subarray(1);
    const parts = placesIn(row).map(({ at, size }) => this.#log.read(at, size));
    if (parts.some((part) => part === undefined)) return undefined;
    return parts.length === 1 ? parts[0] : concatBytes(parts.filter((part) => part !== undefined));
  }
}

function inlineRow(parts: readonly Uint8Array[], size: number): Buffer {
  const row = Buffer.allocUnsafe(1 + size);
  row[0] = HERE;
  let at = 1;
  for (const part of parts) {
    row.set(part, at);
    at += part.length;
  }
  return row;
}

function placesRow(places: readonly Place[]): Buffer {
  const row = Buffer.allocUnsafe(1 + places.length * PLACE_BYTES);
  row[0] = IN_LOG;
  for (const [i, { at, size }] of places.entries()) {
    row.writeBigUInt64LE(BigInt(at), 1 + i * PLACE_BYTES);
    row.writeUInt32LE(size, 9 + i * PLACE_BYTES);
  }
  return row;
}

function placesIn(row: Buffer): Place[] {
  return Array.from({ length: Math.floor((row.length - 1) / PLACE_BYTES) }, (_, i) => ({
    at: Number(row.readBigUInt64LE(1 + i * PLACE_BYTES)),
    size: row.readUInt32LE(9 + i * PLACE_BYTES),
  }));
}
