// The file beside the database that takes large values: appended, never changed, one write a commit. Written past the page
// cache where the system allows it: filling fresh pages of the cache costs more than executing what they hold. It knows
// offsets; which value lies where is the database's to say.
import { closeSync, constants, existsSync, fdatasyncSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

/** What direct writes are aligned to: places in the file, sizes, and memory. */
export const LOG_BLOCK_BYTES = 4_096;
/** Written at once; a larger commit goes out in several pieces. */
const STAGING_BYTES = 4 * 1024 * 1024;
const WASM_PAGE_BYTES = 65_536;
const O_DIRECT: number | undefined = constants.O_DIRECT;

export class ValueLog {
  readonly #path: string;
  /** Undefined: nothing may be appended. */
  #writer: number | undefined;
  #direct: boolean;
  #reader: number | undefined;
  #staging: Uint8Array | undefined;
  /** Bytes staged and not written yet; they belong behind `#written`. */
  #staged = 0;
  #written: number;
  #end: number;

  /** `end`: where the last commit left off; what lies behind it was never committed and is overwritten. */
  constructor(path: string, end: number, readOnly = false) {
    this.#path = path;
    this.#end = end;
    this.#written = end;
    this.#direct = O_DIRECT !== undefined;
    if (!readOnly) this.#writer = this.#openWriter();
  }

  /** Everything before it is on disk. */
  get end(): number {
    return this.#end;
  }

  get fileBytes(): number {
    if (!existsSync(this.#path)) return 0;
    return fstatSync(this.#toRead()).size;
  }

  /** Answers where the bytes will lie once `flush` has returned. */
  append(bytes: Uint8Array): number {
    const at = this.#written + this.#staged;
    // Memory of WebAssembly is aligned, which direct writes ask for and nothing else in JavaScript promises.
    this.#staging ??= new Uint8Array(new WebAssembly.Memory({ initial: STAGING_BYTES / WASM_PAGE_BYTES }).buffer);
    for (let from = 0; from < bytes.length; ) {
      const piece = bytes.subarray(from, from + STAGING_BYTES - this.#staged);
      this.#staging.set(piece, this.#staged);
      this.#staged += piece.length;
      from += piece.length;
      if (this.#staged === STAGING_BYTES) this.#writeStaged();
    }
    return at;
  }

  /** Everything appended is on disk when this returns. */
  flush(): void {
    if (this.#written + this.#staged === this.#end) return;
    const padded = Math.ceil(this.#staged / LOG_BLOCK_BYTES) * LOG_BLOCK_BYTES;
    this.#staging?.fill(0, this.#staged, padded);
    this.#staged = padded;
    this.#writeStaged();
    if (this.#writer !== undefined) fdatasyncSync(this.#writer);
    this.#end = this.#written;
  }

  /** Forgets what was appended behind `end`, flushed or not. */
  discard(end: number): void {
    this.#staged = 0;
    this.#written = end;
    this.#end = end;
  }

  /** Undefined: the file does not reach so far. */
  read(at: number, size: number): Buffer | undefined {
    if (at + size > this.#end) return undefined;
    const bytes = Buffer.allocUnsafeSlow(size);
    for (let done = 0; done < size; ) {
      const got = readSync(this.#toRead(), bytes, done, size - done, at + done);
      if (got === 0) return undefined;
      done += got;
    }
    return bytes;
  }

  close(): void {
    for (const file of [this.#reader, this.#writer]) if (file !== undefined) closeSync(file);
    this.#reader = undefined;
    this.#writer = undefined;
  }

  #writeStaged(): void {
    if (this.#staged === 0 || this.#staging === undefined) return;
    let done = 0;
    while (done < this.#staged) done += this.#write(this.#staging, done, this.#staged - done, this.#written + done);
    this.#written += this.#staged;
    this.#staged = 0;
  }

  #write(bytes: Uint8Array, from: number, size: number, at: number): number {
    if (this.#writer === undefined) throw new Error(`${this.#path} is open to be read only`);
    try {
      return writeSync(this.#writer, bytes, from, size, at);
    } catch (error) {
      if (!this.#direct || !isInvalid(error)) throw error;
      // A file system that takes direct files but no direct writes.
      closeSync(this.#writer);
      this.#direct = false;
      this.#writer = this.#openWriter();
      return writeSync(this.#writer, bytes, from, size, at);
    }
  }

  #openWriter(): number {
    const flags = constants.O_RDWR | constants.O_CREAT;
    if (this.#direct && O_DIRECT !== undefined) {
      try {
        return openSync(this.#path, flags | O_DIRECT, 0o600);
      } catch (error) {
        if (!isInvalid(error)) throw error;
        this.#direct = false;
      }
    }
    return openSync(this.#path, flags, 0o600);
  }

  #toRead(): number {
    this.#reader ??= openSync(this.#path, 'r');
    return this.#reader;
  }
}

function isInvalid(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EINVAL';
}
