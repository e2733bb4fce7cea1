// Bytes as docs/protocol.md writes them: strict little-endian reading, comparing, joining, hex. It knows no layout.

/** Bytes that no correct program wrote. */
export class FormatError extends Error {
  readonly code = 'FORMAT';
}

/** Reads one value after the other; what it hands out are views. */
export class Cursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  get at(): number {
    return this.#at;
  }

  take(size: number): Uint8Array {
    if (size > this.left) throw new FormatError(`${size} bytes wanted at ${this.#at}, ${this.left} are left`);
    this.#at += size;
    return this.#bytes.subarray(this.#at - size, this.#at);
  }

  u8(): number {
    return this.take(1)[0]!;
  }

  u16(): number {
    this.take(2);
    return this.#view.getUint16(this.#at - 2, true);
  }

  u32(): number {
    this.take(4);
    return this.#view.getUint32(this.#at - 4, true);
  }

  i32(): number {
    return this.u32() | 0;
  }

  u64(): bigint {
    this.take(8);
    return this.#view.getBigUint64(this.#at - 8, true);
  }

  /** A u64 below 2^53. */
  uint(): number {
    const value = this.u64();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new FormatError(`${value} is 2^53 or more`);
    return Number(value);
  }

  /** Bytes behind a u32 length. */
  blob(max: number): Uint8Array {
    return this.take(bounded(this.u32(), max));
  }

  list<T>(count: number, max: number, item: () => T): T[] {
    return Array.from({ length: bounded(count, max) }, item);
  }

  end(): void {
    if (this.left > 0) throw new FormatError(`${this.left} bytes too many`);
  }
}

function bounded(value: number, max: number): number {
  if (value > max) throw new FormatError(`${value} where at most ${max} may stand`);
  return value;
}

/** Decodes all of `bytes`. */
export function decodeAll<T>(bytes: Uint8Array, read: (cursor: Cursor) => T): T {
  const cursor = new Cursor(bytes);
  const value = read(cursor);
  cursor.end();
  return value;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Left to right; a prefix comes first. */
export function compare(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b);
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

export function u32Bytes(value: number): Uint8Array {
  const out = new Uint8Array(4);
  viewOf(out).setUint32(0, value, true);
  return out;
}

export function u64Bytes(value: bigint | number): Uint8Array {
  const out = new Uint8Array(8);
  viewOf(out).setBigUint64(0, BigInt(value), true);
  return out;
}

export const ZEROS: Uint8Array = new Uint8Array(32);
export const NOTHING: Uint8Array = new Uint8Array(0);

export function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
