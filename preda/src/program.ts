// The typed program the front-end hands to the back-end: every name resolved, every conversion explicit, lambdas lifted. It holds data only.
import type { ContextId, MethodId } from './builtins.ts';
import type { Span } from './source.ts';
import type {
  BinaryOp,
  ConversionId,
  EnumDef,
  InterfaceDef,
  Scope,
  StepOp,
  StructDef,
  Type,
  TypeOf,
  UnaryOp,
} from './types.ts';

/** All contracts analysed together, in the order of their sources. */
export type Program = { readonly contracts: readonly Contract[] };

export type Contract = {
  readonly name: string;
  readonly span: Span;
  readonly imports: readonly { readonly contract: string; readonly alias: string; readonly span: Span }[];
  readonly implemented: readonly { readonly info: InterfaceDef; readonly span: Span }[];
  readonly enums: readonly EnumDef[];
  readonly structs: readonly StructDef[];
  readonly interfaces: readonly (InterfaceDef & { readonly span: Span })[];
  readonly constants: readonly Constant[];
  /** Fields of each scope's instance in declaration order; `StateField.index` counts within its scope. */
  readonly state: Readonly<Record<Scope, readonly StateField[]>>;
  /** The index is the opcode: declared functions in source order, then lifted lambdas in source order. */
  readonly functions: readonly FunctionDef[];
  /** Functions from this opcode on are lifted lambdas. */
  readonly declaredCount: number;
  readonly onDeploy?: number;
  readonly onScaleout?: number;
};

export type Constant = {
  readonly index: number;
  readonly name: string;
  readonly type: Type;
  readonly value: Expr;
  readonly span: Span;
};
export type StateField = {
  readonly scope: Scope;
  readonly index: number;
  readonly name: string;
  readonly type: Type;
  readonly span: Span;
};

/** One variable of a function. Slots are unique within the function (parameters first), also between sibling blocks. */
export type Local = {
  readonly slot: number;
  readonly name: string;
  readonly type: Type;
  readonly isConst: boolean;
  readonly span: Span;
};

export type FunctionDef = {
  readonly opcode: number;
  /** Lambdas are named after the function that holds them and their opcode: `pay#7`. */
  readonly name: string;
  readonly scope: Scope;
  /** The first `params.length` entries of `locals`. */
  readonly params: readonly Local[];
  readonly locals: readonly Local[];
  readonly returns: Type;
  readonly returnsConst: boolean;
  readonly isPublic: boolean;
  readonly isExport: boolean;
  readonly isConst: boolean;
  readonly isLambda: boolean;
  /** Some relay statement of this contract names it; only such functions accept relays. */
  readonly isRelayTarget: boolean;
  readonly role: 'ordinary' | 'on_deploy' | 'on_scaleout';
  readonly body: Block;
  readonly span: Span;
};

export type Block = { readonly kind: 'block'; readonly body: readonly Stmt[]; readonly span: Span };
/** Declares a local; without `value` it takes its type's default, each time the statement runs. */
export type Declare = { readonly kind: 'declare'; readonly local: Local; readonly value?: Expr; readonly span: Span };
export type Evaluate = { readonly kind: 'evaluate'; readonly expr: Expr; readonly span: Span };
export type Stmt =
  | Block
  | Declare
  | Evaluate
  | RelayStmt
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly condition: Expr; readonly body: Block }[];
      readonly otherwise?: Block;
      readonly span: Span;
    }
  | { readonly kind: 'while' | 'doWhile'; readonly condition: Expr; readonly body: Block; readonly span: Span }
  | {
      readonly kind: 'for';
      readonly init?: Declare | Evaluate;
      readonly condition?: Expr;
      readonly step?: Expr;
      readonly body: Block;
      readonly span: Span;
    }
  | { readonly kind: 'break' | 'continue'; readonly span: Span }
  | { readonly kind: 'return'; readonly value?: Expr; readonly span: Span };

/** The key's type is the target scope's key type. `next` keeps the running function's scope and key. */
export type RelayTarget =
  | { readonly kind: 'key'; readonly scope: Exclude<Scope, 'global' | 'shard'>; readonly key: Expr }
  | { readonly kind: 'shards' | 'global' | 'next' };
/** Key first, then arguments in order, are evaluated at the statement and serialised at once (deep copy). */
export type RelayStmt = {
  readonly kind: 'relay';
  readonly target: RelayTarget;
  readonly opcode: number;
  readonly args: readonly Expr[];
  readonly span: Span;
};

/** The contract a cross-contract expression speaks to: its named deployment, or the instance a value holds. */
export type ForeignTarget =
  | { readonly kind: 'named'; readonly contract: string }
  | { readonly kind: 'value'; readonly value: Expr };

/**
 * `type` is the node's own type, `isConst` says that nothing reached through it may change (the default insert of
 * `m[k]` does not happen on a const map either), `isPlace` that it may stand left of an assignment when not const.
 */
type Node = { readonly type: Type; readonly isConst: boolean; readonly isPlace: boolean; readonly span: Span };
export type Expr = Node &
  (
    | { readonly kind: 'bool'; readonly value: boolean }
    /** Of an int, uint or bigint type, in that type's range. */
    | { readonly kind: 'integer'; readonly value: bigint }
    | { readonly kind: 'float'; readonly text: string }
    /** To be stored as UTF-8, escapes already resolved. */
    | { readonly kind: 'string'; readonly value: string }
    /** The decoded 36 or 32 bytes. */
    | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
    | { readonly kind: 'enum'; readonly value: number }
    | { readonly kind: 'local'; readonly local: Local }
    | { readonly kind: 'state'; readonly field: StateField }
    | { readonly kind: 'constant'; readonly constant: Constant }
    /** `T()` */
    | { readonly kind: 'default' }
    /** `S(a, b)`: all fields in order. */
    | { readonly kind: 'struct'; readonly args: readonly Expr[] }
    | { readonly kind: 'field'; readonly object: Expr; readonly struct: TypeOf<'struct'>; readonly index: number }
    /** Array element (index type uint32) or map entry (key type exact). */
    | {
        readonly kind: 'index';
        readonly object: Expr;
        readonly container: TypeOf<'array' | 'map'>;
        readonly index: Expr;
      }
    | { readonly kind: 'unary'; readonly op: Exclude<UnaryOp, '+'>; readonly operand: Expr }
    /** Operands have the same type, except that `&& ||` are bool and short-circuit. Shift counts are widened to the left type. */
    | { readonly kind: 'binary'; readonly op: BinaryOp; readonly left: Expr; readonly right: Expr }
    | { readonly kind: 'ternary'; readonly condition: Expr; readonly yes: Expr; readonly no: Expr }
    /** Void. Without `op` a plain store; with it, read-modify-write of a place evaluated once. `value` has the target's type. */
    | { readonly kind: 'assign'; readonly op?: BinaryOp; readonly target: Expr; readonly value: Expr }
    /** Void; pre and post forms are the same. */
    | { readonly kind: 'step'; readonly op: StepOp; readonly target: Expr }
    /** Implicit integer widening to `type`; never fails. */
    | { readonly kind: 'widen'; readonly operand: Expr }
    | { readonly kind: 'convert'; readonly conversion: ConversionId; readonly operand: Expr }
    /** Synchronous call of a function of this contract. Scopes: same scope instance, current shard, or global. */
    | { readonly kind: 'call'; readonly opcode: number; readonly args: readonly Expr[] }
    /** Member function of a built-in type, named by builtins.ts. */
    | { readonly kind: 'method'; readonly method: MethodId; readonly object: Expr; readonly args: readonly Expr[] }
    /** `__block.…`, `__transaction.…`, `__debug.…`, `__id()`, `token.symbol_to_id(…)`: functions of the environment. */
    | { readonly kind: 'context'; readonly context: ContextId; readonly args: readonly Expr[] }
    | {
        readonly kind: 'foreignCall';
        readonly target: ForeignTarget;
        readonly name: string;
        readonly scope: Scope;
        readonly args: readonly Expr[];
      }
    /** `A.__id()`, `i.__valid()`, … of another contract. */
    | { readonly kind: 'foreignSelf'; readonly target: ForeignTarget; readonly what: '__id' | '__valid' | '__address' }
    | { readonly kind: 'deploy'; readonly contract: string; readonly args: readonly Expr[] }
  );
