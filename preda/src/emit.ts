// IR -> module: resolves indices, lays fuel before each basic block and the frame estimate around each function. It decides nothing about the language.
import { type CodeContext, emitCode } from './emit-code.ts';
import type { Callee, Expr, Func, Global, ImportedFunc, Module, Stmt } from './ir.ts';
import { FUEL, RT, RUNTIME_MODULE, STACK } from './rt.ts';
import { encodeBody, encodeModule, type FunctionType, type Import } from './wasm.ts';

export type EmitOptions = {
  /** Check every store against the heap and the writable cell bytes. */
  readonly guard: boolean;
  /** Add function names, for readers of the text form. */
  readonly names: boolean;
};

/** Frames above this estimate are refused: a few calls would use up the stack budget. */
const MAX_FRAME_BYTES = 8192;
const FRAME_BASE_BYTES = 128;
const FRAME_SLOT_BYTES = 8;

export class FrameTooLargeError extends Error {
  readonly code = 'FRAME_TOO_LARGE';
  readonly functionName: string;
  constructor(functionName: string) {
    super(`function ${functionName} needs a larger stack frame than ${MAX_FRAME_BYTES} bytes`);
    this.functionName = functionName;
  }
}

export function emitModule(module: Module, options: EmitOptions): Uint8Array {
  const uses = collectUses(module, options.guard);
  const types = new TypeTable();
  const imports: Import[] = [
    { kind: 'memory', name: 'memory' },
    ...uses.globals.map((item): Import => ({ kind: 'global', name: item.name, type: item.type })),
    ...uses.imports.map((item): Import => ({ kind: 'function', name: item.name, type: types.indexOf(item) })),
  ];
  const functionIndex = new Map<Callee, number>();
  for (const item of [...uses.imports, ...module.functions]) functionIndex.set(item, functionIndex.size);
  const globalIndex = new Map<Global, number>();
  for (const item of [...uses.globals, ...module.globals]) globalIndex.set(item, globalIndex.size);
  const context: CodeContext = { functionIndex, globalIndex, guard: options.guard };
  const functions = module.functions.map((func) => types.indexOf(func));
  const bodies = module.functions.map((func) =>
    encodeBody(func.locals.slice(func.params.length), emitCode(func, frameBytes(func), context)),
  );
  return encodeModule({
    importModule: RUNTIME_MODULE,
    types: types.list,
    imports,
    functions,
    globals: module.globals.map((item) => item.type),
    exports: [{ name: 'invoke', func: functionIndex.get(module.invoke)! }],
    bodies,
    data: module.data,
    ...(options.names && { names: [...functionIndex.keys()].map((item) => item.name) }),
  });
}

class TypeTable {
  readonly list: FunctionType[] = [];
  readonly #indices = new Map<string, number>();

  indexOf({ params, results }: FunctionType): number {
    const key = `${params.join()}>${results.join()}`;
    let index = this.#indices.get(key);
    if (index === undefined) {
      index = this.list.push({ params, results }) - 1;
      this.#indices.set(key, index);
    }
    return index;
  }
}

type Uses = { readonly imports: ImportedFunc[]; readonly globals: Global[] };

/** Imports in the order of first use. */
function collectUses(module: Module, guard: boolean): Uses {
  const imports = new Set<ImportedFunc>([RT.fault]);
  const globals = new Set<Global>([FUEL, STACK]);
  if (guard) imports.add(RT.check);
  for (const func of module.functions) {
    visit(func.body, {
      stmt: (stmt) => {
        if (stmt.kind === 'call' && stmt.callee.kind === 'import') imports.add(stmt.callee);
        if (stmt.kind === 'setGlobal' && stmt.global.imported) globals.add(stmt.global);
      },
      expr: (expr) => {
        if (expr.kind === 'global' && expr.global.imported) globals.add(expr.global);
      },
    });
  }
  return { imports: [...imports], globals: [...globals] };
}

/** The frame estimate of DESIGN §6: locals, deepest operand stack and a fixed part, in bytes. */
function frameBytes(func: Func): number {
  if (!func.framed) return 0;
  let height = 0;
  visit(func.body, {
    stmt: (stmt) => {
      height = Math.max(height, stmtOperands(stmt).length + 1);
    },
    expr: () => undefined,
    root: (expr) => {
      height = Math.max(height, heightOf(expr) + 1);
    },
  });
  const bytes = FRAME_SLOT_BYTES * (func.locals.length + height) + FRAME_BASE_BYTES;
  if (bytes > MAX_FRAME_BYTES) throw new FrameTooLargeError(func.name);
  return bytes;
}

const heightOf = (expr: Expr): number =>
  childrenOf(expr).reduce((max, child, index) => Math.max(max, index + heightOf(child)), 1);

function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'op':
      return expr.args;
    case 'load':
      return [expr.base];
    case 'select':
      return [expr.yes, expr.no, expr.condition];
    default:
      return [];
  }
}

type Visitor = {
  readonly stmt: (stmt: Stmt) => void;
  readonly expr: (expr: Expr) => void;
  /** Each whole operand of a statement. */
  readonly root?: (expr: Expr) => void;
};

function visit(stmts: readonly Stmt[], visitor: Visitor): void {
  const expression = (expr: Expr) => {
    visitor.expr(expr);
    for (const child of childrenOf(expr)) expression(child);
  };
  for (const stmt of stmts) {
    visitor.stmt(stmt);
    for (const expr of stmtOperands(stmt)) {
      visitor.root?.(expr);
      expression(expr);
    }
    for (const body of stmtBodies(stmt)) visit(body, visitor);
  }
}

function stmtOperands(stmt: Stmt): readonly Expr[] {
  switch (stmt.kind) {
    case 'set':
    case 'setGlobal':
    case 'switch':
      return [stmt.value];
    case 'store':
      return [stmt.base, stmt.value];
    case 'copy':
      return [stmt.to, stmt.from, stmt.size];
    case 'fill':
      return [stmt.to, stmt.size];
    case 'init':
      return [stmt.to];
    case 'call':
      return stmt.args;
    case 'if':
      return [stmt.condition];
    case 'jump':
      return stmt.condition ? [stmt.condition] : [];
    case 'return':
      return stmt.values;
    default:
      return [];
  }
}

function stmtBodies(stmt: Stmt): readonly (readonly Stmt[])[] {
  switch (stmt.kind) {
    case 'if':
      return [stmt.yes, stmt.no];
    case 'block':
    case 'loop':
      return [stmt.body];
    case 'switch':
      return stmt.cases;
    default:
      return [];
  }
}
