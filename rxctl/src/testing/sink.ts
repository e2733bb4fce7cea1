// A stream that keeps as text what a verb writes, as a terminal of some width or as none.
import { Writable } from 'node:stream';

const DEFAULT_COLUMNS = 100;

export class Sink extends Writable {
  readonly isTTY: boolean;
  readonly columns: number;
  text = '';

  constructor(isTTY = false, columns = DEFAULT_COLUMNS) {
    super();
    this.isTTY = isTTY;
    this.columns = columns;
  }

  override _write(chunk: unknown, _encoding: string, done: () => void): void {
    this.text += String(chunk);
    done();
  }
}
