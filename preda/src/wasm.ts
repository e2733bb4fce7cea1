// The binary form of a WebAssembly module: opcodes, LEB128 and sections. It writes what it is given and checks nothing.

export type ValType = 'i32' | 'i64';
const VAL_TYPE_BYTES: Readonly<Record<ValType, number>> = { i32: 0x7f, i64: 0x7e };

/** Instructions without immediates, by their text name. */
export const OPS = {
  'i32.eqz': 0x45,
  'i32.eq': 0x46,
  'i32.ne': 0x47,
  'i32.lt_s': 0x48,
  'i32.lt_u': 0x49,
  'i32.gt_s': 0x4a,
  'i32.gt_u': 0x4b,
  'i32.le_s': 0x4c,
  'i32.le_u': 0x4d,
  'i32.ge_s': 0x4e,
  'i32.ge_u': 0x4f,
  'i64.eqz': 0x50,
  'i64.eq': 0x51,
  'i64.ne': 0x52,
  'i64.lt_s': 0x53,
  'i64.lt_u': 0x54,
  'i64.gt_s': 0x55,
  'i64.gt_u': 0x56,
  'i64.le_s': 0x57,
  'i64.le_u': 0x58,
  'i64.ge_s': 0x59,
  'i64.ge_u': 0x5a,
  'i32.clz': 0x67,
  'i32.add': 0x6a,
  'i32.sub': 0x6b,
  'i32.mul': 0x6c,
  'i32.div_s': 0x6d,
  'i32.div_u': 0x6e,
  'i32.rem_s': 0x6f,
  'i32.rem_u': 0x70,
  'i32.and': 0x71,
  'i32.or': 0x72,
  'i32.xor': 0x73,
  'i32.shl': 0x74,
  'i32.shr_s': 0x75,
  'i32.shr_u': 0x76,
  'i64.add': 0x7c,
  'i64.sub': 0x7d,
  'i64.mul': 0x7e,
  'i64.div_s': 0x7f,
  'i64.div_u': 0x80,
  'i64.rem_s': 0x81,
  'i64.rem_u': 0x82,
  'i64.and': 0x83,
  'i64.or': 0x84,
  'i64.xor': 0x85,
  'i64.shl': 0x86,
  'i64.shr_s': 0x87,
  'i64.shr_u': 0x88,
  'i32.wrap_i64': 0xa7,
  'i64.extend_i32_s': 0xac,
  'i64.extend_i32_u': 0xad,
  'i32.extend8_s': 0xc0,
  'i32.extend16_s': 0xc1,
} as const;
export type Op = keyof typeof OPS;

export const LOADS = {
  'i32.load': 0x28,
  'i64.load': 0x29,
  'i32.load8_s': 0x2c,
  'i32.load8_u': 0x2d,
  'i32.load16_s': 0x2e,
  'i32.load16_u': 0x2f,
  'i64.load32_u': 0x35,
} as const;
export type LoadOp = keyof typeof LOADS;

export const STORES = { 'i32.store': 0x36, 'i64.store': 0x37, 'i32.store8': 0x3a, 'i32.store16': 0x3b } as const;
export type StoreOp = keyof typeof STORES;

export const CODE = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  select: 0x1b,
  localGet: 0x20,
  localSet: 0x21,
  globalGet: 0x23,
  globalSet: 0x24,
  i32Const: 0x41,
  i64Const: 0x42,
  emptyBlock: 0x40,
  bulk: 0xfc,
  memoryInit: 8,
  memoryCopy: 10,
  memoryFill: 11,
} as const;

/** A growing byte buffer with the encodings a module is made of. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#size++] = value;
  }

  bytes(values: Uint8Array): void {
    this.#reserve(values.length);
    this.#bytes.set(values, this.#size);
    this.#size += values.length;
  }

  u32(value: number): void {
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** Signed LEB128. */
  signed(value: bigint): void {
    let rest = value;
    for (;;) {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      const done = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0);
      this.byte(done ? low : low | 0x80);
      if (done) return;
    }
  }

  text(value: string): void {
    const utf8 = new TextEncoder().encode(value);
    this.u32(utf8.length);
    this.bytes(utf8);
  }

  /** A length-prefixed run of bytes. */
  sized(fill: (inner: ByteWriter) => void): void {
    const inner = new ByteWriter();
    fill(inner);
    this.u32(inner.size);
    this.bytes(inner.finish());
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#size);
  }

  #reserve(extra: number): void {
    if (this.#size + extra <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#size + extra));
    grown.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = grown;
  }
}

export type FunctionType = { readonly params: readonly ValType[]; readonly results: readonly ValType[] };
export type Import =
  | { readonly kind: 'function'; readonly name: string; readonly type: number }
  | { readonly kind: 'memory'; readonly name: string }
  | { readonly kind: 'global'; readonly name: string; readonly type: ValType };

/** Everything a module consists of, indices already resolved. */
export type ModuleParts = {
  readonly importModule: string;
  readonly types: readonly FunctionType[];
  readonly imports: readonly Import[];
  /** Type index of each defined function. */
  readonly functions: readonly number[];
  /** Mutable globals, all starting at zero. */
  readonly globals: readonly ValType[];
  readonly exports: readonly { readonly name: string; readonly func: number }[];
  /** Body of each defined function: locals and code, as in the code section but without its length. */
  readonly bodies: readonly Uint8Array[];
  /** Passive data segments. */
  readonly data: readonly Uint8Array[];
  /** Function names by index, for readers of the text form. */
  readonly names?: readonly string[];
};

const SECTION = { custom: 0, type: 1, import: 2, function: 3, global: 6, export: 7, code: 10, data: 11, dataCount: 12 };

/** Declared locals followed by code, as the code section wants them. */
export function encodeBody(locals: readonly ValType[], code: Uint8Array): Uint8Array {
  const runs: { type: ValType; count: number }[] = [];
  for (const type of locals) {
    const last = runs.at(-1);
    if (last?.type === type) last.count++;
    else runs.push({ type, count: 1 });
  }
  const out = new ByteWriter();
  out.u32(runs.length);
  for (const run of runs) {
    out.u32(run.count);
    out.byte(VAL_TYPE_BYTES[run.type]);
  }
  out.bytes(code);
  return out.finish();
}

export function encodeModule(parts: ModuleParts): Uint8Array {
  const out = new ByteWriter();
  out.bytes(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  const section = <T>(id: number, items: readonly T[], write: (inner: ByteWriter, item: T) => void) => {
    if (items.length === 0) return;
    out.byte(id);
    out.sized((inner) => {
      inner.u32(items.length);
      for (const item of items) write(inner, item);
    });
  };
  const valTypes = (inner: ByteWriter, types: readonly ValType[]) => {
    inner.u32(types.length);
    for (const type of types) inner.byte(VAL_TYPE_BYTES[type]);
  };
  section(SECTION.type, parts.types, (inner, type) => {
    inner.byte(0x60);
    valTypes(inner, type.params);
    valTypes(inner, type.results);
  });
  section(SECTION.import, parts.imports, (inner, item) => {
    inner.text(parts.importModule);
    inner.text(item.name);
    writeImport(inner, item);
  });
  section(SECTION.function, parts.functions, (inner, type) => inner.u32(type));
  section(SECTION.global, parts.globals, (inner, type) => {
    inner.byte(VAL_TYPE_BYTES[type]);
    inner.byte(1);
    inner.byte(type === 'i32' ? CODE.i32Const : CODE.i64Const);
    inner.byte(0);
    inner.byte(CODE.end);
  });
  section(SECTION.export, parts.exports, (inner, item) => {
    inner.text(item.name);
    inner.byte(0);
    inner.u32(item.func);
  });
  if (parts.data.length > 0) {
    out.byte(SECTION.dataCount);
    out.sized((inner) => inner.u32(parts.data.length));
  }
  section(SECTION.code, parts.bodies, (inner, body) => {
    inner.u32(body.length);
    inner.bytes(body);
  });
  section(SECTION.data, parts.data, (inner, bytes) => {
    inner.byte(1);
    inner.u32(bytes.length);
    inner.bytes(bytes);
  });
  if (parts.names !== undefined) writeNames(out, parts.names);
  return out.finish();
}

function writeImport(out: ByteWriter, item: Import): void {
  switch (item.kind) {
    case 'function':
      out.byte(0);
      out.u32(item.type);
      return;
    case 'memory':
      out.byte(2);
      out.byte(0);
      out.u32(0);
      return;
    case 'global':
      out.byte(3);
      out.byte(VAL_TYPE_BYTES[item.type]);
      out.byte(1);
  }
}

function writeNames(out: ByteWriter, names: readonly string[]): void {
  out.byte(SECTION.custom);
  out.sized((inner) => {
    inner.text('name');
    inner.byte(1);
    inner.sized((table) => {
      table.u32(names.length);
      names.forEach((name, index) => {
        table.u32(index);
        table.text(name);
      });
    });
  });
}
