// Collects the parts of one module: functions, routines made on first use, globals, data. It knows which contract is compiled, not how.
import { FunctionBuilder } from './builder.ts';
import { type Callee, type Expr, type Func, type Global, global, type Module, not } from './ir.ts';
import type { Contract, StateField } from './program.ts';
import type { Scope } from './types.ts';
import type { ValType } from './wasm.ts';

/** All of a default object or a default hash or address: zeros, read only. */
const MIN_ZERO_BYTES = 64;
/** Operands and result of the runtime's 128-bit arithmetic; keys of maps. */
const SCRATCH_BYTES = 64;

export class ModuleBuilder {
  readonly contract: Contract;
  readonly functions: Func[] = [];
  readonly globals: Global[] = [];
  readonly data: Uint8Array[] = [];
  readonly #routines = new Map<string, Func>();
  readonly #named = new Map<string, Global>();
  #zeroBytes = MIN_ZERO_BYTES;

  constructor(contract: Contract) {
    this.contract = contract;
  }

  function(name: string, params: readonly ValType[], results: readonly ValType[], framed = false): FunctionBuilder {
    const builder = new FunctionBuilder(name, params, results, framed);
    this.functions.push(builder.func);
    return builder;
  }

  /** A function of the module itself, written on first use and shared afterwards. */
  routine(
    name: string,
    params: readonly ValType[],
    results: readonly ValType[],
    write: (builder: FunctionBuilder) => void,
  ): Callee {
    const known = this.#routines.get(name);
    if (known) return known;
    const builder = this.function(name, params, results);
    this.#routines.set(name, builder.func);
    write(builder);
    return builder.func;
  }

  /** A mutable i32 that every invocation starts at zero. */
  variable(name: string): Global {
    let item = this.#named.get(name);
    if (item === undefined) {
      item = { name, type: 'i32', imported: false };
      this.#named.set(name, item);
      this.globals.push(item);
    }
    return item;
  }

  record(scope: Scope): Global {
    return this.variable(`record.${scope}`);
  }

  elements(field: StateField): Global {
    return this.variable(`elements.${field.scope}.${field.index}`);
  }

  /** The invocation record being run. */
  get descriptor(): Global {
    return this.variable('descriptor');
  }

  /** Reserves that the zero block is at least this long. */
  needZeros(bytes: number): void {
    this.#zeroBytes = Math.max(this.#zeroBytes, bytes);
  }

  zeros(f: FunctionBuilder): Expr {
    return this.#lazyBlock(f, 'zeros', () => this.#zeroBytes);
  }

  scratch(f: FunctionBuilder): Expr {
    return this.#lazyBlock(f, 'scratch', () => SCRATCH_BYTES);
  }

  segment(bytes: Uint8Array): number {
    return this.data.push(bytes) - 1;
  }

  finish(invoke: Func): Module {
    for (const write of this.#late) write();
    return { functions: this.functions, globals: this.globals, data: this.data, invoke };
  }

  /** Bodies that depend on what the rest of the module asked for. */
  readonly #late: (() => void)[] = [];

  #lazyBlock(f: FunctionBuilder, name: string, bytes: () => number): Expr {
    const item = this.variable(name);
    const make = this.routine(`${name}.make`, [], [], (builder) => {
      this.#late.push(() => builder.setGlobal(item, builder.alloc(bytes())));
    });
    f.when(not(global(item)), () => f.call(make));
    return f.hold(global(item));
  }
}

/** `pointer`, or the zero block where it is null. */
export function orZeros(m: ModuleBuilder, f: FunctionBuilder, pointer: Expr): Expr {
  const local = f.temp('i32');
  f.set(local, pointer);
  f.when(not({ kind: 'local', local }), () => f.set(local, m.zeros(f)));
  return { kind: 'local', local };
}
