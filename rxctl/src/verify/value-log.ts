// The large values of a folder: rows of some tables hold a value itself or name stretches of chain.log. A row that does
// neither is a finding, and its bytes are handed on as they are.
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { hex, join, NOTHING, viewOf } from './bytes.ts';
import type { Row } from './pages.ts';
import type { Place } from './report.ts';

const HERE = 0;
const IN_LOG = 1;
const PLACE_BYTES = 12;
const BLOCK_BYTES = 4_096;
const ID_BYTES = 32;

export interface RowDamage extends Place {
  readonly what: string;
}

interface Stretch {
  readonly at: number;
  readonly size: number;
}

export class ValueLog {
  readonly #path: string;
  readonly damages: RowDamage[] = [];
  #size = 0;
  /** Where the stretches that were named end. */
  #named = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** The rows with their values in place of what the table holds. */
  resolve(table: string, rows: readonly Row[]): Row[] {
    const file = existsSync(this.#path) ? openSync(this.#path, 'r') : undefined;
    try {
      this.#size = file === undefined ? 0 : fstatSync(file).size;
      return rows.map(({ key, value: row }) => {
        const value = row[0] === HERE ? row.subarray(1) : this.#fromLog(file, row);
        if (value !== undefined) return { key, value };
        const what = 'the row neither holds its value nor says where in chain.log it lies';
        this.damages.push({ table, id: hex(key.subarray(0, ID_BYTES)), what });
        return { key, value: row.length === 0 ? NOTHING : row.subarray(1) };
      });
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }

  /** To be asked when every table was resolved: `end` is what the table of single values says of the log. */
  checkEnd(end: Uint8Array | undefined): void {
    const wrong = (what: string): void => {
      this.damages.push({ table: 'meta', what });
    };
    if (end === undefined) {
      if (this.#named > 0) wrong('the end of chain.log is missing');
    } else if (end.length !== 8) wrong(`the end of chain.log has ${end.length} bytes`);
    else {
      const at = Number(viewOf(end).getBigUint64(0, true));
      if (at % BLOCK_BYTES !== 0 || at > this.#size || at < this.#named)
        wrong(`chain.log ends at ${at}, has ${this.#size} bytes, and rows name ${this.#named}`);
    }
  }

  #fromLog(file: number | undefined, row: Uint8Array): Uint8Array | undefined {
    if (file === undefined || row[0] !== IN_LOG || row.length === 1 || (row.length - 1) % PLACE_BYTES !== 0)
      return undefined;
    const view = viewOf(row);
    const stretches: Stretch[] = [];
    for (let at = 1; at < row.length; at += PLACE_BYTES) {
      stretches.push({ at: Number(view.getBigUint64(at, true)), size: view.getUint32(at + 8, true) });
    }
    const end = Math.max(...stretches.map(({ at, size }) => at + size));
    if (end > this.#size) return undefined;
    this.#named = Math.max(this.#named, end);
    return join(stretches.map((stretch) => readStretch(file, stretch)));
  }
}

function readStretch(file: number, { at, size }: Stretch): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let done = 0; done < size; ) {
    const got = readSync(file, bytes, done, size - done, at + done);
    if (got === 0) break;
    done += got;
  }
  return bytes;
}
