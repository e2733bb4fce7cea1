// Strict little-endian codecs: a layout is a table of fields, and reading refuses what writing would not have written.
import { viewOf } from './bytes.ts';

export type DecodeProblem = 'truncated' | 'trailing' | 'too-long' | 'out-of-range' | 'not-canonical';

/** What was wrong with bytes from outside, and in which field. */
export class DecodeError extends Error {
  readonly code: DecodeProblem;
  readonly field: string;

  constructor(code: DecodeProblem, field: string, detail = '') {
    super(`${field}: ${code}${detail === '' ? '' : ` (${detail})`}`);
    this.code = code;
    this.field = field;
  }
}

/** Walks over bytes; what it hands out are views of them, never copies. */
export class Reader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = viewOf(bytes);
  }

  /** Advances over `size` bytes and answers where they began. */
  skip(size: number, field: string): number {
    const from = this.at;
    if (size > this.bytes.length - from) throw new DecodeError('truncated', field);
    this.at = from + size;
    return from;
  }

  take(size: number, field: string): Uint8Array {
    const from = this.skip(size, field);
    return this.bytes.subarray(from, from + size);
  }

  end(field: string): void {
    if (this.at !== this.bytes.length) throw new DecodeError('trailing', field, `${this.bytes.length - this.at} bytes`);
  }
}

const FIRST_BUFFER_BYTES = 256;

export class Writer {
  #bytes: Uint8Array;
  #view: DataView;
  #at = 0;

  /** `bytes`: how many are expected; when they are known exactly none is copied. */
  constructor(bytes = FIRST_BUFFER_BYTES) {
    this.#bytes = new Uint8Array(bytes);
    this.#view = viewOf(this.#bytes);
  }

  /** Makes room for `size` more bytes and answers where they begin. */
  reserve(size: number): number {
    const from = this.#at;
    const need = from + size;
    if (need > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(need, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, from));
      this.#bytes = grown;
      this.#view = viewOf(grown);
    }
    this.#at = need;
    return from;
  }

  /** Valid until the next `reserve`. */
  get view(): DataView {
    return this.#view;
  }

  put(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    this.#bytes.set(bytes, at);
  }

  finish(): Uint8Array {
    return this.#at === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, this.#at);
  }
}

/** One field of a layout: how it is written, read and described. */
export interface Field<T> {
  readonly type: string;
  /** Size in bytes when it is the same for every value. */
  readonly size?: number;
  readonly doc?: string;
  read(r: Reader, name: string): T;
  write(w: Writer, value: T, name: string): void;
}

/** The same field with a sentence for the generated documentation. */
export function doc<T>(field: Field<T>, text: string): Field<T> {
  return { ...field, doc: text };
}

function integer(bits: 8 | 16 | 32): Field<number> {
  const size = bits / 8;
  const max = 2 ** bits - 1;
  const getter = `getUint${bits}` as const;
  const setter = `setUint${bits}` as const;
  return {
    type: `u${bits}`,
    size,
    read: (r, name) => r.view[getter](r.skip(size, name), true),
    write: (w, value, name) => {
      if (!Number.isInteger(value) || value < 0 || value > max) throw new DecodeError('out-of-range', name, `${value}`);
      const at = w.reserve(size);
      w.view[setter](at, value, true);
    },
  };
}

export const u8: Field<number> = integer(8);
export const u16: Field<number> = integer(16);
export const u32: Field<number> = integer(32);

const U64_END = 1n << 64n;

export const u64: Field<bigint> = {
  type: 'u64',
  size: 8,
  read: (r, name) => r.view.getBigUint64(r.skip(8, name), true),
  write: (w, value, name) => {
    if (value < 0n || value >= U64_END) throw new DecodeError('out-of-range', name, `${value}`);
    const at = w.reserve(8);
    w.view.setBigUint64(at, value, true);
  },
};

/** A u64 that must fit a safe integer: heights, times, epochs. */
export const uint: Field<number> = {
  type: 'u64 below 2^53',
  size: 8,
  read: (r, name) => {
    const at = r.skip(8, name);
    const value = r.view.getUint32(at + 4, true) * 2 ** 32 + r.view.getUint32(at, true);
    if (value > Number.MAX_SAFE_INTEGER) throw new DecodeError('out-of-range', name);
    return value;
  },
  write: (w, value, name) => {
    if (!Number.isSafeInteger(value) || value < 0) throw new DecodeError('out-of-range', name, `${value}`);
    const at = w.reserve(8);
    w.view.setUint32(at, value % 2 ** 32, true);
    w.view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
  },
};

export function bytes(size: number): Field<Uint8Array> {
  return {
    type: `${size} bytes`,
    size,
    read: (r, name) => r.take(size, name),
    write: (w, value, name) => {
      if (value.length !== size) throw new DecodeError('out-of-range', name, `${value.length} bytes, expected ${size}`);
      w.put(value);
    },
  };
}

/** Bytes behind their length. */
export function blob(length: Field<number>, maxBytes: number): Field<Uint8Array> {
  return {
    type: `${length.type} length ≤ ${maxBytes}, bytes`,
    read: (r, name) => {
      const size = length.read(r, name);
      if (size > maxBytes) throw new DecodeError('too-long', name, `${size} > ${maxBytes}`);
      return r.take(size, name);
    },
    write: (w, value, name) => {
      if (value.length > maxBytes) throw new DecodeError('too-long', name, `${value.length} > ${maxBytes}`);
      length.write(w, value.length, name);
      w.put(value);
    },
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const toUtf8 = new TextEncoder();

export function text(length: Field<number>, maxBytes: number): Field<string> {
  const raw = blob(length, maxBytes);
  return {
    type: `${length.type} length ≤ ${maxBytes}, UTF-8`,
    read: (r, name) => {
      const value = raw.read(r, name);
      try {
        return utf8.decode(value);
      } catch {
        throw new DecodeError('not-canonical', name, 'not UTF-8');
      }
    },
    write: (w, value, name) => raw.write(w, toUtf8.encode(value), name),
  };
}

/** Items behind their count. */
export function list<T>(count: Field<number>, item: Field<T>, maxItems: number): Field<T[]> {
  return {
    type: `${count.type} count ≤ ${maxItems}, ${item.type}`,
    read: (r, name) => {
      const n = count.read(r, name);
      if (n > maxItems) throw new DecodeError('too-long', name, `${n} > ${maxItems}`);
      const out: T[] = [];
      for (let i = 0; i < n; i++) out.push(item.read(r, name));
      return out;
    },
    write: (w, value, name) => {
      if (value.length > maxItems) throw new DecodeError('too-long', name, `${value.length} > ${maxItems}`);
      count.write(w, value.length, name);
      for (const v of value) item.write(w, v, name);
    },
  };
}

type ValueOf<F> = F extends Field<infer T> ? T : never;
export type RecordOf<S> = { -readonly [K in keyof S]: ValueOf<S[K]> };

/** A named sequence of fields, in the order they are written. */
export interface Layout<T> extends Field<T> {
  readonly name: string;
  readonly fields: readonly (readonly [name: string, field: Field<unknown>])[];
  /** `bytes`: how many it makes, where that is known and many. */
  encode(value: T, bytes?: number): Uint8Array;
  /** Refuses truncated, trailing and non-canonical bytes; what it answers views `bytes`. */
  decode(bytes: Uint8Array): T;
}

// biome-ignore lint/suspicious/noExplicitAny: a field is read and written, so its type is invariant and only `any` admits them all; values stay typed by RecordOf.
export function layout<S extends Record<string, Field<any>>>(name: string, shape: S): Layout<RecordOf<S>>;
export function layout(name: string, shape: Record<string, Field<unknown>>): Layout<Record<string, unknown>> {
  const fields = Object.entries(shape);
  const sizes = fields.map(([, f]) => f.size);
  const fixed = sizes.every((s) => s !== undefined) ? sizes.reduce<number>((a, s) => a + (s ?? 0), 0) : undefined;
  const self: Layout<Record<string, unknown>> = {
    name,
    type: name,
    ...(fixed === undefined ? {} : { size: fixed }),
    fields,
    read: (r) => {
      const value: Record<string, unknown> = {};
      for (const [key, field] of fields) value[key] = field.read(r, `${name}.${key}`);
      return value;
    },
    write: (w, value) => {
      for (const [key, field] of fields) field.write(w, value[key], `${name}.${key}`);
    },
    encode: (value, bytes) => {
      const w = new Writer(bytes);
      self.write(w, value, name);
      return w.finish();
    },
    decode: (input) => {
      const r = new Reader(input);
      const value = self.read(r, name);
      r.end(name);
      return value;
    },
  };
  return self;
}
