// Writes one IR function: statements in order, temporaries that are reused, meters at the head of each basic block. It knows no PREDA types.
import {
  add32,
  type Callee,
  type Expr,
  type Func,
  type Global,
  get,
  global,
  i32,
  i64,
  isAtom,
  type Label,
  type Local,
  type Meter,
  op,
  type Stmt,
  typeOf,
} from './ir.ts';
import { FUEL, RT } from './rt.ts';
import type { StoreOp, ValType } from './wasm.ts';

export class FunctionBuilder {
  readonly func: Func;
  #stmts: Stmt[];
  #meter: Meter;
  /** Temporaries handed out, in order; those past a mark are free to be used again. */
  readonly #inUse: Local[] = [];
  readonly #free: Record<ValType, Local[]> = { i32: [], i64: [] };

  constructor(name: string, params: readonly ValType[], results: readonly ValType[], framed = false) {
    this.#stmts = [];
    this.#meter = { kind: 'meter', units: 0 };
    this.func = { kind: 'func', name, params, results, locals: [...params], body: this.#stmts, framed };
    this.#stmts.push(this.#meter);
  }

  param(index: number): Expr {
    return get({ type: this.func.params[index]!, index });
  }

  /** Gas of the code being written, paid at the head of its basic block. */
  charge(units: number): void {
    this.#meter.units += units;
  }

  /** Gas known only at run time. */
  burn(units: Expr): void {
    const amount = typeOf(units) === 'i64' ? units : op('i64.extend_i32_u', units);
    this.setGlobal(FUEL, op('i64.sub', global(FUEL), amount));
    this.faultIf(op('i64.lt_s', global(FUEL), i64(0n)), 30);
  }

  /** A local of its own, never reused. */
  variable(type: ValType): Local {
    return { type, index: this.func.locals.push(type) - 1 };
  }

  temp(type: ValType): Local {
    const local = this.#free[type].pop() ?? this.variable(type);
    this.#inUse.push(local);
    return local;
  }

  /** Runs `write` and frees the temporaries it took. */
  scoped<T>(write: () => T): T {
    const mark = this.#inUse.length;
    const result = write();
    for (const local of this.#inUse.splice(mark)) this.#free[local.type].push(local);
    return result;
  }

  /** The value in a form that may be evaluated often. */
  atom(value: Expr): Expr {
    return isAtom(value) ? value : this.hold(value);
  }

  /** The value as it is now, in a temporary. */
  hold(value: Expr): Expr {
    const local = this.temp(typeOf(value));
    this.set(local, value);
    return get(local);
  }

  emit(stmt: Stmt): void {
    this.#stmts.push(stmt);
  }

  set(local: Local, value: Expr): void {
    this.emit({ kind: 'set', local, value });
  }

  setGlobal(item: Global, value: Expr): void {
    this.emit({ kind: 'setGlobal', global: item, value });
  }

  store(name: StoreOp, base: Expr, offset: number, value: Expr): void {
    this.emit({ kind: 'store', op: name, base, offset, value });
  }

  copy(to: Expr, from: Expr, size: Expr): void {
    this.emit({ kind: 'copy', to, from, size });
  }

  fill(to: Expr, size: Expr): void {
    this.emit({ kind: 'fill', to, size });
  }

  /** Calls and keeps the results in temporaries. */
  call(callee: Callee, ...args: Expr[]): Expr[] {
    const results = callee.results.map((type) => this.temp(type));
    this.emit({ kind: 'call', callee, args, results });
    return results.map(get);
  }

  call1(callee: Callee, ...args: Expr[]): Expr {
    return this.call(callee, ...args)[0]!;
  }

  /** Zeroed bytes of the invocation heap. */
  alloc(size: Expr | number): Expr {
    return this.call1(RT.alloc, typeof size === 'number' ? i32(size) : size);
  }

  fault(code: number): void {
    this.emit({ kind: 'fault', code });
  }

  faultIf(condition: Expr, code: number): void {
    this.emit({ kind: 'if', condition, yes: [{ kind: 'fault', code }], no: [] });
  }

  /** A rare path inside a basic block: nothing is metered anew behind it. */
  when(condition: Expr, write: () => void): void {
    this.emit({ kind: 'if', condition, yes: this.#capture(write), no: [] });
  }

  if(condition: Expr, yes: () => void, no?: () => void): void {
    this.emit({ kind: 'if', condition, yes: this.#capture(yes), no: no ? this.#capture(no) : [] });
    this.#newBasicBlock();
  }

  block(write: (end: Label) => void): void {
    const label: Label = { name: 'block' };
    this.emit({ kind: 'block', label, body: this.#capture(() => write(label)) });
    this.#newBasicBlock();
  }

  /** A loop that ends where nothing jumps to its head. */
  loop(write: (head: Label) => void): void {
    const label: Label = { name: 'loop' };
    this.emit({ kind: 'loop', label, body: this.#capture(() => write(label)) });
    this.#newBasicBlock();
  }

  jump(label: Label, condition?: Expr): void {
    this.emit({ kind: 'jump', label, ...(condition && { condition }) });
    this.#newBasicBlock();
  }

  switch(value: Expr, cases: readonly (() => void)[]): void {
    this.emit({ kind: 'switch', value, cases: cases.map((write) => this.#capture(write)) });
    this.#newBasicBlock();
  }

  return(...values: Expr[]): void {
    this.emit({ kind: 'return', values });
  }

  /** `for (i = 0; i < count; i++)`, with what each round costs. */
  times(count: Expr, gasPerRound: number, write: (index: Expr) => void): void {
    const limit = this.atom(count);
    const index = this.temp('i32');
    this.set(index, i32(0));
    this.block((end) => {
      this.loop((head) => {
        this.jump(end, op('i32.ge_u', get(index), limit));
        this.charge(gasPerRound);
        write(get(index));
        this.set(index, add32(get(index), 1));
        this.jump(head);
      });
    });
  }

  #capture(write: () => void): Stmt[] {
    const outer = { stmts: this.#stmts, meter: this.#meter };
    const inner: Stmt[] = [];
    this.#stmts = inner;
    this.#newBasicBlock();
    this.scoped(write);
    this.#stmts = outer.stmts;
    this.#meter = outer.meter;
    return inner;
  }

  #newBasicBlock(): void {
    this.#meter = { kind: 'meter', units: 0 };
    this.#stmts.push(this.#meter);
  }
}
