// What names stand for while one contract is checked: its members, its imports, and the variables of the function at hand.
import type { ContractDecl, FunctionDecl, Name } from './ast.ts';
import type { Builtin, ContextId, MethodId } from './builtins.ts';
import { fail, type Reporter } from './diagnostics.ts';
import { Rejected } from './limits.ts';
import type { Constant, Expr, ForeignTarget, FunctionDef, Local, StateField } from './program.ts';
import type { Span } from './source.ts';
import { type InterfaceFunction, type Scope, TOKEN, TRANSACTION_TYPE, type Type } from './types.ts';

/** A declared function before and after its body is checked. */
export type Signature = InterfaceFunction & {
  readonly opcode: number;
  readonly isPublic: boolean;
  readonly isExport: boolean;
  readonly role: FunctionDef['role'];
  readonly decl: FunctionDecl;
  readonly span: Span;
};

/** What other contracts see of a contract. */
export type Module = {
  readonly name: string;
  readonly types: Map<string, Type>;
  readonly functions: Signature[];
  /** Names under which the contract itself sees others. */
  readonly imports: Map<string, Module>;
  /** Opcodes of functions that send `relay@shards`, directly or through calls. */
  readonly broadcasters: Set<number>;
};

export type Meaning =
  | { readonly kind: 'state'; readonly field: StateField }
  | { readonly kind: 'constant'; readonly constant: Constant }
  | { readonly kind: 'functions'; readonly name: string; readonly overloads: readonly Signature[] }
  | { readonly kind: 'type'; readonly type: Type }
  | { readonly kind: 'module'; readonly module: Module }
  | { readonly kind: 'self' }
  | { readonly kind: 'local'; readonly local: Local }
  /** Declared with an error: every use is silently given up. */
  | { readonly kind: 'broken' };

/** What an expression denotes; only `value` can be computed with. */
export type Entity =
  | { readonly kind: 'value'; readonly expr: Expr }
  | { readonly kind: 'type'; readonly type: Type }
  | { readonly kind: 'module'; readonly module: Module }
  | { readonly kind: 'functions'; readonly name: string; readonly overloads: readonly Signature[] }
  | {
      readonly kind: 'foreign';
      readonly target: ForeignTarget;
      readonly name: string;
      readonly overloads: readonly InterfaceFunction[];
      readonly module: Module | undefined;
    }
  | { readonly kind: 'foreignSelf'; readonly target: ForeignTarget; readonly what: '__id' | '__valid' | '__address' }
  | { readonly kind: 'method'; readonly method: Builtin<MethodId>; readonly object: Expr }
  | { readonly kind: 'context'; readonly context: Builtin<ContextId> }
  | { readonly kind: 'contextObject'; readonly name: string };

/** The contract being checked. */
export type Unit = {
  readonly decl: ContractDecl;
  readonly module: Module;
  readonly reporter: Reporter;
  /** Every contract analysed so far, by its own name. */
  readonly contracts: ReadonlyMap<string, Module>;
  readonly symbols: Map<string, Meaning>;
  readonly state: Readonly<Record<Scope, StateField[]>>;
  readonly constants: Constant[];
  /** The next index in each table of declared types. */
  readonly typeCounts: { struct: number; enum: number; interface: number };
  readonly bodies: Map<number, FunctionBody>;
  /** The next opcode for a lambda. */
  nextOpcode: number;
  readonly relayTargets: Set<number>;
  /** Calls between functions of this contract, for the rules that look through them. */
  readonly calls: { readonly from: number; readonly fromScope: Scope; readonly to: Signature; readonly span: Span }[];
};
export type FunctionBody = Omit<FunctionDef, 'isRelayTarget'>;

/** The function, lambda or constant whose code is being checked. */
export type Env = {
  readonly unit: Unit;
  readonly opcode: number;
  readonly name: string;
  /** Undefined inside constants, which may read nothing but literals and earlier constants. */
  readonly scope: Scope | undefined;
  readonly isConst: boolean;
  readonly returns: Type;
  readonly returnsConst: boolean;
  readonly locals: Local[];
  readonly blocks: Map<string, Meaning>[];
  loops: number;
};

/** Names every contract knows. */
export const PREDECLARED: readonly (readonly [string, Meaning])[] = [
  ['token', { kind: 'type', type: TOKEN }],
  ['transaction_type', { kind: 'type', type: TRANSACTION_TYPE }],
];

/** A name declared with an error ends the check silently. */
export function lookUp(unit: Unit, name: string, env?: Env): Meaning | undefined {
  let meaning: Meaning | undefined;
  for (const block of env?.blocks ?? []) meaning ??= block.get(name);
  meaning ??= unit.symbols.get(name);
  if (meaning?.kind === 'broken') throw new Rejected(undefined);
  return meaning;
}

export function checkSpelling(name: Name): void {
  if (name.text.includes('__')) {
    fail(2, name.span, `\`${name.text}\` contains \`__\``, 'names with `__` belong to the language');
  }
}

/** No shadowing at all: a visible name is never declared again. */
export function checkFree(unit: Unit, name: Name, env?: Env): void {
  checkSpelling(name);
  const isTaken = unit.symbols.has(name.text) || env?.blocks.some((block) => block.has(name.text));
  if (isTaken)
    fail(1, name.span, `\`${name.text}\` is already declared`, 'choose another name: PREDA has no shadowing');
}

/** Declares a member; when building it fails the name stays known, so that its uses are not reported again. */
export function declareMember(unit: Unit, name: Name, build: () => Meaning): void {
  checkFree(unit, name);
  let meaning: Meaning = { kind: 'broken' };
  try {
    meaning = build();
  } finally {
    unit.symbols.set(name.text, meaning);
  }
}

export function declareLocal(env: Env, name: Name, type: Type, isConst: boolean): Local {
  checkFree(env.unit, name, env);
  const local: Local = { slot: env.locals.length, name: name.text, type, isConst, span: name.span };
  env.locals.push(local);
  env.blocks.at(-1)?.set(name.text, { kind: 'local', local });
  return local;
}

/** Keeps a local's name known after its declaration failed. */
export function declareBroken(env: Env, name: Name): void {
  const block = env.blocks.at(-1);
  if (block && !block.has(name.text)) block.set(name.text, { kind: 'broken' });
}

/** The declared name closest to a misspelt one, for hints. */
export function closestName(wrong: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wrong.length / 3)) + 1;
  let candidates = 0;
  for (const name of names) {
    if (++candidates > MAX_HINT_CANDIDATES) break;
    if (Math.abs(name.length - wrong.length) >= bestDistance || name.length > MAX_HINTED_LENGTH) continue;
    const distance = editDistance(wrong, name);
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}

const MAX_HINTED_LENGTH = 64;
const MAX_HINT_CANDIDATES = 256;

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
