// One IR function -> its instruction bytes, with metering, frame accounting and, in a guard build, a check before every store.
import type { Callee, Expr, Func, Global, Label, Stmt } from './ir.ts';
import { add32, i32 } from './ir.ts';
import { FAULT, FUEL, RT, STACK } from './rt.ts';
import { ByteWriter, CODE, LOADS, OPS, STORES, type StoreOp } from './wasm.ts';

export type CodeContext = {
  readonly functionIndex: ReadonlyMap<Callee, number>;
  readonly globalIndex: ReadonlyMap<Global, number>;
  readonly guard: boolean;
};

const STORE_BYTES: Readonly<Record<StoreOp, number>> = {
  'i32.store': 4,
  'i64.store': 8,
  'i32.store8': 1,
  'i32.store16': 2,
};

export function emitCode(func: Func, frame: number, context: CodeContext): Uint8Array {
  const emitter = new CodeEmitter(frame, context);
  emitter.function(func.body);
  return emitter.out.finish();
}

class CodeEmitter {
  readonly out = new ByteWriter();
  readonly #frame: number;
  readonly #context: CodeContext;
  /** Enclosing labels, innermost last; undefined for constructs nothing jumps to. */
  readonly #labels: (Label | undefined)[] = [];

  constructor(frame: number, context: CodeContext) {
    this.#frame = frame;
    this.#context = context;
  }

  function(body: readonly Stmt[]): void {
    if (this.#frame > 0) {
      this.#moveStack(OPS['i32.sub']);
      this.#global(CODE.globalGet, STACK);
      this.#i32(0);
      this.out.byte(OPS['i32.lt_s']);
      this.#faultIf(FAULT.memory);
    }
    this.#stmts(body);
    if (body.at(-1)?.kind !== 'return') this.#leave();
    this.out.byte(CODE.end);
  }

  #stmts(stmts: readonly Stmt[]): void {
    for (const stmt of stmts) this.#stmt(stmt);
  }

  #stmt(stmt: Stmt): void {
    switch (stmt.kind) {
      case 'set':
        this.#expr(stmt.value);
        this.#indexed(CODE.localSet, stmt.local.index);
        return;
      case 'setGlobal':
        this.#expr(stmt.value);
        this.#global(CODE.globalSet, stmt.global);
        return;
      case 'store':
        this.#guard(add32(stmt.base, stmt.offset), i32(STORE_BYTES[stmt.op]));
        this.#expr(stmt.base);
        this.#expr(stmt.value);
        this.#access(STORES[stmt.op], stmt.offset);
        return;
      case 'copy':
        this.#guard(stmt.to, stmt.size);
        for (const operand of [stmt.to, stmt.from, stmt.size]) this.#expr(operand);
        this.#bulk(CODE.memoryCopy, [0, 0]);
        return;
      case 'fill':
        this.#guard(stmt.to, stmt.size);
        for (const operand of [stmt.to, i32(0), stmt.size]) this.#expr(operand);
        this.#bulk(CODE.memoryFill, [0]);
        return;
      case 'init':
        this.#guard(stmt.to, i32(stmt.size));
        for (const operand of [stmt.to, i32(0), i32(stmt.size)]) this.#expr(operand);
        this.#bulk(CODE.memoryInit, [stmt.segment, 0]);
        return;
      case 'call':
        for (const arg of stmt.args) this.#expr(arg);
        this.#call(stmt.callee);
        for (const result of stmt.results.toReversed()) {
          if (result) this.#indexed(CODE.localSet, result.index);
          else this.out.byte(DROP);
        }
        return;
      case 'if':
        this.#if(stmt);
        return;
      case 'block':
      case 'loop':
        this.#open(stmt.kind === 'loop' ? CODE.loop : CODE.block, stmt.label);
        this.#stmts(stmt.body);
        this.#close();
        return;
      case 'jump':
        if (stmt.condition) this.#expr(stmt.condition);
        this.#indexed(stmt.condition ? CODE.brIf : CODE.br, this.#depthOf(stmt.label));
        return;
      case 'switch':
        this.#switch(stmt.value, stmt.cases);
        return;
      case 'return':
        for (const value of stmt.values) this.#expr(value);
        this.#leave();
        this.out.byte(CODE.return);
        return;
      case 'fault':
        this.#fault(stmt.code);
        return;
      case 'meter':
        this.#meter(stmt.units);
    }
  }

  #if(stmt: Stmt & { readonly kind: 'if' }): void {
    this.#expr(stmt.condition);
    this.#open(CODE.if);
    this.#stmts(stmt.yes);
    if (stmt.no.length > 0) {
      this.out.byte(CODE.else);
      this.#stmts(stmt.no);
    }
    this.#close();
  }

  /** Cases sit behind nested blocks: the jump table leaves as many of them as the value says. No case falls through. */
  #switch(value: Expr, cases: readonly (readonly Stmt[])[]): void {
    this.#open(CODE.block);
    for (const _ of cases) this.#open(CODE.block);
    this.#expr(value);
    this.out.byte(CODE.brTable);
    this.out.u32(cases.length);
    for (let depth = 0; depth <= cases.length; depth++) this.out.u32(depth);
    cases.forEach((body, index) => {
      this.#close();
      this.#stmts(body);
      this.#indexed(CODE.br, cases.length - 1 - index);
    });
    this.#close();
  }

  #expr(expr: Expr): void {
    switch (expr.kind) {
      case 'i32':
        this.#i32(expr.value);
        return;
      case 'i64':
        this.#i64(expr.value);
        return;
      case 'local':
        this.#indexed(CODE.localGet, expr.local.index);
        return;
      case 'global':
        this.#global(CODE.globalGet, expr.global);
        return;
      case 'op':
        for (const arg of expr.args) this.#expr(arg);
        this.out.byte(OPS[expr.op]);
        return;
      case 'load':
        this.#expr(expr.base);
        this.#access(LOADS[expr.op], expr.offset);
        return;
      case 'select':
        for (const part of [expr.yes, expr.no, expr.condition]) this.#expr(part);
        this.out.byte(CODE.select);
    }
  }

  #meter(units: number): void {
    if (units === 0) return;
    this.#global(CODE.globalGet, FUEL);
    this.#i64(BigInt(units));
    this.out.byte(OPS['i64.sub']);
    this.#global(CODE.globalSet, FUEL);
    this.#global(CODE.globalGet, FUEL);
    this.#i64(0n);
    this.out.byte(OPS['i64.lt_s']);
    this.#faultIf(FAULT.gasUsedUp);
  }

  #leave(): void {
    if (this.#frame > 0) this.#moveStack(OPS['i32.add']);
  }

  #moveStack(direction: number): void {
    this.#global(CODE.globalGet, STACK);
    this.#i32(this.#frame);
    this.out.byte(direction);
    this.#global(CODE.globalSet, STACK);
  }

  #faultIf(code: number): void {
    this.#open(CODE.if);
    this.#fault(code);
    this.#close();
  }

  #fault(code: number): void {
    this.#i32(code);
    this.#call(RT.fault);
    this.out.byte(CODE.unreachable);
  }

  #guard(to: Expr, size: Expr): void {
    if (!this.#context.guard) return;
    this.#expr(to);
    this.#expr(size);
    this.#call(RT.check);
  }

  #call(callee: Callee): void {
    const index = this.#context.functionIndex.get(callee);
    if (index === undefined) throw new Error(`function ${callee.name} is not part of the module`);
    this.#indexed(CODE.call, index);
  }

  #global(code: number, item: Global): void {
    const index = this.#context.globalIndex.get(item);
    if (index === undefined) throw new Error(`global ${item.name} is not part of the module`);
    this.#indexed(code, index);
  }

  #open(code: number, label?: Label): void {
    this.#labels.push(label);
    this.out.byte(code);
    this.out.byte(CODE.emptyBlock);
  }

  #close(): void {
    this.#labels.pop();
    this.out.byte(CODE.end);
  }

  #depthOf(label: Label): number {
    const at = this.#labels.lastIndexOf(label);
    if (at < 0) throw new Error(`jump to ${label.name} from outside`);
    return this.#labels.length - 1 - at;
  }

  #indexed(code: number, index: number): void {
    this.out.byte(code);
    this.out.u32(index);
  }

  /** Alignment hint 0: payload bytes are packed. */
  #access(code: number, offset: number): void {
    this.out.byte(code);
    this.out.u32(0);
    this.out.u32(offset);
  }

  #bulk(code: number, immediates: readonly number[]): void {
    this.out.byte(CODE.bulk);
    this.out.u32(code);
    for (const value of immediates) this.out.u32(value);
  }

  #i32(value: number): void {
    this.out.byte(CODE.i32Const);
    this.out.signed(BigInt(value | 0));
  }

  #i64(value: bigint): void {
    this.out.byte(CODE.i64Const);
    this.out.signed(value);
  }
}

const DROP = 0x1a;
