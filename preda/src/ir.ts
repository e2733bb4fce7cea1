// The typed intermediate form: pure expression trees inside structured statements, on WebAssembly's value types. It knows no PREDA types and no indices.
import type { LoadOp, Op, StoreOp, ValType } from './wasm.ts';

/** A function the module imports from the runtime. */
export type ImportedFunc = {
  readonly kind: 'import';
  readonly name: string;
  readonly params: readonly ValType[];
  readonly results: readonly ValType[];
};
/** A function of the module. `locals` begins with the parameters. */
export type Func = {
  readonly kind: 'func';
  readonly name: string;
  readonly params: readonly ValType[];
  readonly results: readonly ValType[];
  readonly locals: ValType[];
  readonly body: Stmt[];
  /** Charges its frame estimate to the stack budget; routines that cannot recurse do not. */
  readonly framed: boolean;
};
export type Callee = ImportedFunc | Func;

export type Global = { readonly name: string; readonly type: ValType; readonly imported: boolean };
export type Local = { readonly type: ValType; readonly index: number };
/** A place to jump to: the end of a block, the head of a loop. */
export type Label = { readonly name: string };

/** Evaluating an expression has no effect, so it may be dropped or moved past whatever does not write what it reads. */
export type Expr =
  | { readonly kind: 'i32'; readonly value: number }
  | { readonly kind: 'i64'; readonly value: bigint }
  | { readonly kind: 'local'; readonly local: Local }
  | { readonly kind: 'global'; readonly global: Global }
  | { readonly kind: 'op'; readonly op: Op; readonly args: readonly Expr[] }
  | { readonly kind: 'load'; readonly op: LoadOp; readonly base: Expr; readonly offset: number }
  | { readonly kind: 'select'; readonly condition: Expr; readonly yes: Expr; readonly no: Expr };

export type Stmt =
  | { readonly kind: 'set'; readonly local: Local; readonly value: Expr }
  | { readonly kind: 'setGlobal'; readonly global: Global; readonly value: Expr }
  | { readonly kind: 'store'; readonly op: StoreOp; readonly base: Expr; readonly offset: number; readonly value: Expr }
  | { readonly kind: 'copy'; readonly to: Expr; readonly from: Expr; readonly size: Expr }
  | { readonly kind: 'fill'; readonly to: Expr; readonly size: Expr }
  | { readonly kind: 'init'; readonly to: Expr; readonly segment: number; readonly size: number }
  /** Results go to the named locals; an undefined one is dropped. */
  | {
      readonly kind: 'call';
      readonly callee: Callee;
      readonly args: readonly Expr[];
      readonly results: readonly (Local | undefined)[];
    }
  | { readonly kind: 'if'; readonly condition: Expr; readonly yes: readonly Stmt[]; readonly no: readonly Stmt[] }
  | { readonly kind: 'block' | 'loop'; readonly label: Label; readonly body: readonly Stmt[] }
  | { readonly kind: 'jump'; readonly label: Label; readonly condition?: Expr }
  | { readonly kind: 'switch'; readonly value: Expr; readonly cases: readonly (readonly Stmt[])[] }
  | { readonly kind: 'return'; readonly values: readonly Expr[] }
  /** Ends the invocation with an exception id. */
  | { readonly kind: 'fault'; readonly code: number }
  /** Pays for the straight-line code up to the next one; the amount grows while that code is lowered. */
  | Meter;
export type Meter = { readonly kind: 'meter'; units: number };

export type Module = {
  readonly functions: readonly Func[];
  readonly globals: readonly Global[];
  readonly data: readonly Uint8Array[];
  readonly invoke: Func;
};

export const i32 = (value: number): Expr => ({ kind: 'i32', value });
export const i64 = (value: bigint): Expr => ({ kind: 'i64', value: BigInt.asIntN(64, value) });
export const get = (local: Local): Expr => ({ kind: 'local', local });
export const global = (item: Global): Expr => ({ kind: 'global', global: item });
export const op = (name: Op, ...args: Expr[]): Expr => ({ kind: 'op', op: name, args });
export const load = (name: LoadOp, base: Expr, offset = 0): Expr => ({ kind: 'load', op: name, base, offset });
export const select = (condition: Expr, yes: Expr, no: Expr): Expr => ({ kind: 'select', condition, yes, no });
export const not = (value: Expr): Expr => op('i32.eqz', value);
export const add32 = (a: Expr, b: Expr | number): Expr => {
  if (typeof b !== 'number') return op('i32.add', a, b);
  if (b === 0) return a;
  return a.kind === 'i32' ? i32(a.value + b) : op('i32.add', a, i32(b));
};

/** Free to evaluate twice, and not changed by code that assigns no variable. */
export const isAtom = (expr: Expr): boolean => expr.kind === 'i32' || expr.kind === 'i64' || expr.kind === 'local';

const I64_RESULTS: ReadonlySet<Op> = new Set<Op>([
  'i64.add',
  'i64.sub',
  'i64.mul',
  'i64.div_s',
  'i64.div_u',
  'i64.rem_s',
  'i64.rem_u',
  'i64.and',
  'i64.or',
  'i64.xor',
  'i64.shl',
  'i64.shr_s',
  'i64.shr_u',
  'i64.extend_i32_s',
  'i64.extend_i32_u',
]);

export function typeOf(expr: Expr): ValType {
  switch (expr.kind) {
    case 'i32':
    case 'i64':
      return expr.kind;
    case 'local':
      return expr.local.type;
    case 'global':
      return expr.global.type;
    case 'op':
      return I64_RESULTS.has(expr.op) ? 'i64' : 'i32';
    case 'load':
      return expr.op.startsWith('i64') ? 'i64' : 'i32';
    case 'select':
      return typeOf(expr.yes);
  }
}
