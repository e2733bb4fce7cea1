// A runtime in plain JavaScript for tests: imports as docs/vm.md section 3 has them, state as a map. It prices nothing but what contracts charge themselves.
import { createHash } from 'node:crypto';
import { formatAddress, parseAddress, toBase32 } from '../address.ts';
import { SCOPE_CODE } from '../rt.ts';
import type { Scope } from '../types.ts';

const HEAP_AT = 65_536;
const PAGES = 1024;
const CELLS_AT = 40 * 1024 * 1024;
const MAX_HEAP_BYTES = 16 * 1024 * 1024;
const STACK_BYTES = 256 * 1024;
const WORD = 1n << 64n;

export type Relay = {
  readonly kind: number;
  readonly scope: number;
  readonly key: Uint8Array;
  readonly op: number;
  readonly args: Uint8Array;
  /** Set where the runtime has routed it already. */
  readonly partition?: number;
};
export type Outcome = {
  /** Exception id, 0 = success. */
  readonly fault: number;
  readonly relays: readonly Relay[];
  readonly returned: Uint8Array | undefined;
  readonly amount: bigint | undefined;
  readonly gas: bigint;
};
export type Invocation = {
  readonly op: number;
  readonly scope: Scope;
  readonly key: Uint8Array;
  readonly args: Uint8Array;
  /** 0 user transaction, 1 relay. */
  readonly kind?: number;
  readonly initiator?: Uint8Array;
  readonly partition?: number;
  readonly gas?: bigint;
};
export type World = { height: number; partitionOrder: number };

/** What a story needs of a runtime: this one, or the real machine behind an adapter. */
export type StoryRuntime = {
  readonly world: World;
  run(invocation: Invocation): Outcome;
  partitionOf(scope: Scope, key: Uint8Array): number;
  /** Payload of a scope instance. */
  instance(scope: Scope, key: Uint8Array, partition: number): Uint8Array | undefined;
};

const GLOBAL_PARTITION = 65_535;

class Fault extends Error {
  readonly id: number;
  constructor(id: number) {
    super(`fault ${id}`);
    this.id = id;
  }
}

const keyText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** One contract with its state. Cells are named `scope/key[/field/element]`. */
export class FakeRuntime implements StoryRuntime {
  readonly cells = new Map<string, Uint8Array>();
  readonly world: World;
  readonly #memory = new WebAssembly.Memory({ initial: PAGES });
  readonly #fuel = new WebAssembly.Global({ value: 'i64', mutable: true }, 0n);
  readonly #stack = new WebAssembly.Global({ value: 'i32', mutable: true }, 0);
  readonly #len = new WebAssembly.Global({ value: 'i32', mutable: true }, 0);
  readonly #invoke: (op: number, descriptor: number) => void;
  #heap = HEAP_AT;
  #cellsEnd = CELLS_AT;
  /** Byte ranges a guard build may write besides the heap. */
  #open: { readonly from: number; readonly to: number }[] = [];
  #pending: { readonly cell: string; readonly at: number; readonly size: number }[] = [];
  #erased: string[] = [];
  #current: Invocation | undefined;
  #relays: Relay[] = [];
  #returned: Uint8Array | undefined;
  #amount: bigint | undefined;

  constructor(wasm: Uint8Array, world: World = { height: 1, partitionOrder: 2 }) {
    this.world = world;
    const module = new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>);
    const instance = new WebAssembly.Instance(module, { rt: this.#imports() });
    this.#invoke = instance.exports['invoke'] as (op: number, descriptor: number) => void;
  }

  run(invocation: Invocation): Outcome {
    const gas = invocation.gas ?? 1_000_000_000n;
    this.#begin(invocation, gas);
    let fault = 0;
    try {
      this.#invoke(invocation.op, this.#descriptor(invocation));
      this.#commit();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      fault = error.id;
    }
    return {
      fault,
      relays: fault ? [] : this.#relays,
      returned: this.#returned,
      amount: this.#amount,
      gas: gas - (this.#fuel.value as bigint),
    };
  }

  partitionOf(scope: Scope, key: Uint8Array): number {
    if (scope === 'global') return GLOBAL_PARTITION;
    return (key[0] ?? 0) & ((1 << this.world.partitionOrder) - 1);
  }

  instance(scope: Scope, key: Uint8Array, partition: number): Uint8Array | undefined {
    if (scope === 'global') return this.cells.get('global');
    return this.cells.get(scope === 'shard' ? `shard/${partition}` : `${scope}/${keyText(key)}`);
  }

  #begin(invocation: Invocation, gas: bigint): void {
    this.#current = invocation;
    this.#fuel.value = gas;
    this.#stack.value = STACK_BYTES;
    this.#heap = HEAP_AT;
    this.#cellsEnd = CELLS_AT;
    this.#open = [];
    this.#pending = [];
    this.#erased = [];
    this.#relays = [];
    this.#returned = undefined;
    this.#amount = undefined;
  }

  #commit(): void {
    for (const cell of this.#erased) this.cells.delete(cell);
    for (const { cell, at, size } of this.#pending) this.cells.set(cell, this.#read(at, size));
  }

  /** Outside the heap, so that a guard build catches writes to it. */
  #descriptor({ scope, key, args, kind, initiator, partition }: Invocation): number {
    const padded = Math.ceil(key.length / 8) * 8;
    const at = 1024;
    const bytes = new Uint8Array(200 + padded + args.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, bytes.length, true);
    bytes[4] = kind ?? 0;
    bytes[5] = SCOPE_CODE[scope];
    view.setBigUint64(8, 7n, true);
    bytes.set(initiator ?? (scope === 'address' ? key : new Uint8Array(36)), 112);
    view.setUint32(184, partition ?? 0, true);
    view.setUint32(192, args.length, true);
    bytes[196] = key.length;
    bytes.set(key, 200);
    bytes.set(args, 200 + padded);
    if (bytes.length > HEAP_AT - at) throw new Error('record too long for the test runtime');
    this.#bytes().set(bytes, at);
    return at;
  }

  #imports(): WebAssembly.ModuleImports {
    const wide = (signed: boolean, combine: (a: bigint, b: bigint) => bigint, divides: boolean) => {
      return (out: number, a: number, b: number) => {
        const [x, y] = [this.#wide(a, signed), this.#wide(b, signed)];
        if (divides && y === 0n) throw new Fault(3);
        const result = combine(x, y);
        const [low, high] = signed ? [-(1n << 127n), (1n << 127n) - 1n] : [0n, (1n << 128n) - 1n];
        if (result > high) throw new Fault(1);
        if (result < low) throw new Fault(2);
        this.#setWide(out, result);
      };
    };
    const text = (out: number, value: string) => this.#write(out, new TextEncoder().encode(value));
    return {
      memory: this.#memory,
      fuel: this.#fuel,
      stack: this.#stack,
      len: this.#len,
      fault: (id: number) => {
        throw new Fault(id);
      },
      alloc: (size: number) => this.#alloc(size >>> 0),
      check: (at: number, size: number) => this.#check(at >>> 0, size >>> 0),
      state_read: (scope: number) => this.#readCell(this.#instance(scope)),
      state_write: (scope: number, size: number) => this.#writeCell(this.#instance(scope), size),
      elem_read: (scope: number, field: number, key: number, size: number) =>
        this.#readCell(this.#element(scope, field, key, size)),
      elem_write: (scope: number, field: number, key: number, size: number, length: number) =>
        this.#writeCell(this.#element(scope, field, key, size), length),
      elem_erase: (scope: number, field: number, key: number, size: number) => {
        this.#erased.push(this.#element(scope, field, key, size));
      },
      relay: (kind: number, scope: number, key: number, keySize: number, op: number, args: number, size: number) => {
        this.#relays.push({ kind, scope, key: this.#read(key, keySize), op, args: this.#read(args, size) });
      },
      context: (id: number) => this.#context(id),
      context_bytes: (_id: number, out: number) => this.#write(out, new Uint8Array(36).fill(9)),
      log_amount: (low: bigint, high: bigint) => {
        this.#amount = BigInt.asUintN(64, low) + BigInt.asUintN(64, high) * WORD;
      },
      ret: (at: number, size: number) => {
        this.#returned = this.#read(at, size);
      },
      u128_mul: wide(false, (a, b) => a * b, false),
      u128_div: wide(false, (a, b) => a / b, true),
      u128_rem: wide(false, (a, b) => a % b, true),
      i128_mul: wide(true, (a, b) => a * b, false),
      i128_div: wide(true, (a, b) => a / b, true),
      i128_rem: wide(true, (a, b) => a % b, true),
      sha256: (out: number, at: number, size: number) =>
        this.#write(out, createHash('sha256').update(this.#read(at, size)).digest()),
      address_valid: (at: number) => (parseAddress(formatAddress(this.#read(at, 36)) ?? '') ? 1 : 0),
      text_u128: (out: number, at: number) => text(out, String(this.#wide(at, false))),
      text_i128: (out: number, at: number) => text(out, String(this.#wide(at, true))),
      text_address: (out: number, at: number) => text(out, formatAddress(this.#read(at, 36)) ?? ''),
      text_hash: (out: number, at: number) => text(out, toBase32(this.#read(at, 32))),
      parse_address: (out: number, at: number, size: number) => {
        const parsed = parseAddress(new TextDecoder().decode(this.#read(at, size)));
        if (parsed) this.#write(out, parsed);
        return parsed ? 1 : 0;
      },
    };
  }

  #context(id: number): bigint {
    const { kind, partition } = this.#current!;
    const values: Readonly<Record<number, bigint>> = {
      0: BigInt(this.world.height),
      1: BigInt(partition ?? 0),
      2: BigInt(this.world.partitionOrder),
      3: 1000n * BigInt(this.world.height),
      4: 4n,
      5: kind ? 1n : 0n,
      6: this.#fuel.value as bigint,
      7: 7n,
      8: 0n,
      9: kind ? 0n : 1n,
    };
    return values[id]!;
  }

  #instance(scope: number): string {
    const { scope: own, key, partition } = this.#current!;
    if (scope === 1) return `shard/${partition ?? 0}`;
    return scope === 2 ? 'global' : `${own}/${keyText(key)}`;
  }

  #element(scope: number, field: number, key: number, size: number): string {
    return `${this.#instance(scope)}/${field}/${keyText(this.#read(key, size))}`;
  }

  #readCell(cell: string): number {
    const bytes = this.cells.get(cell);
    if (!bytes) return 0;
    this.#len.value = bytes.length;
    return this.#place(bytes);
  }

  #writeCell(cell: string, size: number): number {
    const at = this.#place(new Uint8Array(size));
    this.#open.push({ from: at, to: at + size });
    this.#pending.push({ cell, at, size });
    return at;
  }

  #place(bytes: Uint8Array): number {
    const at = this.#cellsEnd;
    this.#bytes().set(bytes, at);
    this.#cellsEnd += bytes.length + 1;
    return at;
  }

  #alloc(size: number): number {
    const bytes = Math.ceil(size / 8) * 8;
    if (this.#heap - HEAP_AT + bytes > MAX_HEAP_BYTES) throw new Fault(15);
    const fuel = (this.#fuel.value as bigint) - BigInt(bytes / 8);
    this.#fuel.value = fuel;
    if (fuel < 0n) throw new Fault(30);
    const at = this.#heap;
    this.#heap += bytes;
    this.#bytes().fill(0, at, this.#heap);
    return at;
  }

  #check(at: number, size: number): void {
    if (at >= HEAP_AT && at + size <= this.#heap) return;
    if (this.#open.some(({ from, to }) => at >= from && at + size <= to)) return;
    throw new Error(`a store of ${size} bytes at ${at} is outside of what a contract may write`);
  }

  #bytes(): Uint8Array {
    return new Uint8Array(this.#memory.buffer);
  }

  #read(at: number, size: number): Uint8Array {
    return this.#bytes().slice(at, at + size);
  }

  #write(at: number, bytes: Uint8Array): number {
    this.#bytes().set(bytes, at);
    return bytes.length;
  }

  #wide(at: number, signed: boolean): bigint {
    const view = new DataView(this.#memory.buffer, at, 16);
    const value = view.getBigUint64(0, true) + view.getBigUint64(8, true) * WORD;
    return signed ? BigInt.asIntN(128, value) : value;
  }

  #setWide(at: number, value: bigint): void {
    const view = new DataView(this.#memory.buffer, at, 16);
    const bits = BigInt.asUintN(128, value);
    view.setBigUint64(0, bits % WORD, true);
    view.setBigUint64(8, bits / WORD, true);
  }
}
