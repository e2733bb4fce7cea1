// What lowering one function keeps in mind: its locals, the state records it has at hand, the loops it is in.
import type { Value } from './arith.ts';
import type { FunctionBuilder } from './builder.ts';
import { fail } from './diagnostics.ts';
import { type Callee, get, global, type Expr as Ir, type Label, type Local, load, not } from './ir.ts';
import { RECORD_HEADER, type StateLayout, type StateSlot, slotsOf, stateLayout } from './layout.ts';
import type { ModuleBuilder } from './module-builder.ts';
import type { Constant, Contract, StateField, Local as Variable } from './program.ts';
import type { Span } from './source.ts';
import { loadRecord, loadTail } from './state.ts';
import type { Scope } from './types.ts';

/** A contract being lowered: every function is known before any body is written. */
export class Unit {
  readonly m: ModuleBuilder;
  readonly contract: Contract;
  readonly builders: readonly FunctionBuilder[];
  readonly #layouts = new Map<Scope, StateLayout>();
  readonly #constants = new Map<number, FunctionBuilder>();

  constructor(m: ModuleBuilder, contract: Contract) {
    this.m = m;
    this.contract = contract;
    this.builders = contract.functions.map((def) =>
      m.function(
        def.name,
        def.params.flatMap((param) => slotsOf(param.type)),
        slotsOf(def.returns),
        true,
      ),
    );
  }

  callee(opcode: number): Callee {
    return this.builders[opcode]!.func;
  }

  /** Computes a constant that is no literal. A function each, so that constants made of constants do not multiply. */
  constant(index: number): Callee {
    return this.#constants.get(index)!.func;
  }

  /** In the order of declaration: constants use earlier ones only. */
  addConstant({ index, name, type }: Constant): FunctionBuilder {
    const f = this.m.function(`const.${name}`, [], slotsOf(type), true);
    this.#constants.set(index, f);
    return f;
  }

  layout(scope: Scope): StateLayout {
    let layout = this.#layouts.get(scope);
    if (layout === undefined) {
      layout = stateLayout(this.contract, scope);
      this.#layouts.set(scope, layout);
    }
    return layout;
  }

  slot(field: StateField): StateSlot {
    return this.layout(field.scope).slots[field.index]!;
  }
}

export type Loop = { readonly exit: Label; readonly next: Label };

/** Which state is known to be in memory at the present place of the code. */
type Known = { readonly heads: ReadonlySet<Scope>; readonly tails: ReadonlySet<Scope> };

export class Body {
  readonly unit: Unit;
  readonly m: ModuleBuilder;
  readonly f: FunctionBuilder;
  readonly scope: Scope;
  readonly loops: Loop[] = [];
  readonly #variables = new Map<number, readonly Local[]>();
  readonly #records = new Map<Scope, Local>();
  #known: Known = { heads: new Set(), tails: new Set() };

  constructor(unit: Unit, f: FunctionBuilder, scope: Scope, params: readonly Variable[]) {
    this.unit = unit;
    this.m = unit.m;
    this.f = f;
    this.scope = scope;
    let index = 0;
    for (const param of params) {
      this.#variables.set(
        param.slot,
        slotsOf(param.type).map((type) => ({ type, index: index++ })),
      );
    }
  }

  variable(variable: Variable): readonly Local[] {
    let locals = this.#variables.get(variable.slot);
    if (locals === undefined) {
      locals = slotsOf(variable.type).map((type) => this.f.variable(type));
      this.#variables.set(variable.slot, locals);
    }
    return locals;
  }

  assign(locals: readonly Local[], value: Value): void {
    for (const [index, local] of locals.entries()) this.f.set(local, value[index]!);
  }

  /** Code that may be skipped: what it loads is not known behind it. */
  branch<T>(write: () => T): T {
    const before = this.#known;
    const result = write();
    this.#known = before;
    return result;
  }

  /** The record of the scope's instance, read on first touch. */
  record(scope: Scope, tail: boolean): Ir {
    const record = this.#recordLocal(scope);
    const layout = this.unit.layout(scope);
    if (!this.#known.heads.has(scope)) {
      this.f.set(record, global(this.m.record(scope)));
      this.f.when(not(get(record)), () => this.f.set(record, this.f.call1(loadRecord(this.m, layout))));
      this.#known = { ...this.#known, heads: new Set([...this.#known.heads, scope]) };
    }
    if (tail && !this.#known.tails.has(scope)) {
      const missing = not(load('i32.load', get(record), RECORD_HEADER.tailRead));
      this.f.when(missing, () => this.f.call(loadTail(this.m, layout), get(record)));
      this.#known = { ...this.#known, tails: new Set([...this.#known.tails, scope]) };
    }
    return get(record);
  }

  unsupported(span: Span, what: string, hint?: string): never {
    return fail(2001, span, `${what} is not supported by this version`, hint);
  }

  #recordLocal(scope: Scope): Local {
    let local = this.#records.get(scope);
    if (local === undefined) {
      local = this.f.variable('i32');
      this.#records.set(scope, local);
    }
    return local;
  }
}
