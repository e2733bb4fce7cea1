// The syntax tree as the parser leaves it: names unresolved, no types. The typed tree the back-end reads is in program.ts.
import type { Span } from './source.ts';
import type { AssignOp, BinaryOp, StepOp, UnaryOp } from './types.ts';

export type Name = { readonly text: string; readonly span: Span };

export type File = { readonly imports: readonly Import[]; readonly contract: ContractDecl };
export type Import = { readonly dapp?: Name; readonly name: Name; readonly alias?: Name; readonly span: Span };

export type ContractDecl = {
  readonly name: Name;
  readonly implements: readonly TypeName[];
  readonly members: readonly Member[];
  readonly span: Span;
};
export type Member = StateDecl | ConstDecl | StructDecl | EnumDecl | InterfaceDecl | FunctionDecl;

export type StateDecl = { readonly kind: 'state'; readonly scope?: Name; readonly type: TypeNode; readonly name: Name };
export type ConstDecl = { readonly kind: 'const'; readonly type: TypeNode; readonly name: Name; readonly value: Expr };
export type FieldDecl = { readonly type: TypeNode; readonly name: Name };
export type StructDecl = { readonly kind: 'struct'; readonly name: Name; readonly fields: readonly FieldDecl[] };
export type EnumDecl = { readonly kind: 'enum'; readonly name: Name; readonly values: readonly Name[] };
export type InterfaceDecl = {
  readonly kind: 'interface';
  readonly name: Name;
  readonly functions: readonly FunctionHead[];
};
export type FunctionHead = {
  readonly name: Name;
  readonly scope?: Name;
  readonly returns?: TypeNode;
  readonly returnsConst: boolean;
  readonly params: readonly Param[];
  readonly isPublic: boolean;
  readonly isExport: boolean;
  readonly isConst: boolean;
};
export type FunctionDecl = FunctionHead & { readonly kind: 'function'; readonly body: Block };
export type Param = { readonly isConst: boolean; readonly type: TypeNode; readonly name: Name };

/** A possibly qualified name such as `Api.Unit`. */
export type TypeName = { readonly kind: 'named'; readonly path: readonly Name[]; readonly span: Span };
export type TypeNode =
  | TypeName
  | { readonly kind: 'scalar'; readonly word: string; readonly span: Span }
  | { readonly kind: 'array'; readonly element: TypeNode; readonly scattered: boolean; readonly span: Span }
  | {
      readonly kind: 'map';
      readonly key: TypeNode;
      readonly value: TypeNode;
      readonly scattered: boolean;
      readonly span: Span;
    };

export type Block = { readonly kind: 'block'; readonly body: readonly Stmt[]; readonly span: Span };
/** `type` is undefined for `auto`. */
export type LocalDecl = {
  readonly kind: 'local';
  readonly isConst: boolean;
  readonly type: TypeNode | undefined;
  readonly name: Name;
  readonly value?: Expr;
  readonly span: Span;
};
export type ExprStmt = { readonly kind: 'expr'; readonly expr: Expr; readonly span: Span };
export type Stmt =
  | Block
  | LocalDecl
  | ExprStmt
  | Relay
  | { readonly kind: 'if'; readonly branches: readonly Branch[]; readonly otherwise?: Block; readonly span: Span }
  | { readonly kind: 'while'; readonly condition: Expr; readonly body: Block; readonly span: Span }
  | { readonly kind: 'doWhile'; readonly condition: Expr; readonly body: Block; readonly span: Span }
  | {
      readonly kind: 'for';
      readonly init?: LocalDecl | ExprStmt;
      readonly condition?: Expr;
      readonly step?: Expr;
      readonly body: Block;
      readonly span: Span;
    }
  | { readonly kind: 'break' | 'continue'; readonly span: Span }
  | { readonly kind: 'return'; readonly value?: Expr; readonly span: Span };
export type Branch = { readonly condition: Expr; readonly body: Block };

export type RelayTarget =
  | { readonly kind: 'shards' | 'global' | 'next'; readonly span: Span }
  | { readonly kind: 'key'; readonly expr: Expr; readonly span: Span };
export type Relay = {
  readonly kind: 'relay';
  readonly target: RelayTarget;
  readonly message:
    | { readonly kind: 'named'; readonly name: Name; readonly args: readonly Expr[] }
    | {
        readonly kind: 'lambda';
        readonly params: readonly LambdaParam[];
        readonly isConst: boolean;
        readonly body: Block;
      };
  readonly span: Span;
};
/** `^x` has neither type nor value; `auto x = e` has no type. */
export type LambdaParam =
  | { readonly kind: 'capture'; readonly name: Name }
  | {
      readonly kind: 'init';
      readonly isConst: boolean;
      readonly type: TypeNode | undefined;
      readonly name: Name;
      readonly value: Expr;
    };

/** Every node carries the depth of the tree below it, so that nesting is bounded by a number and never by the stack. */
type Node = { readonly span: Span; readonly depth: number };
export type Expr = Node &
  (
    | { readonly kind: 'integer'; readonly text: string; readonly negative: boolean }
    | { readonly kind: 'float'; readonly text: string }
    | { readonly kind: 'bool'; readonly value: boolean }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'addressLiteral' | 'hashLiteral'; readonly text: string }
    | { readonly kind: 'name'; readonly name: Name }
    | { readonly kind: 'type'; readonly type: TypeNode }
    | { readonly kind: 'member'; readonly object: Expr; readonly name: Name }
    | { readonly kind: 'index'; readonly object: Expr; readonly index: Expr }
    | { readonly kind: 'call'; readonly callee: Expr; readonly args: readonly Expr[] }
    | { readonly kind: 'deploy'; readonly target: Expr; readonly args: readonly Expr[] }
    | { readonly kind: 'unary'; readonly op: UnaryOp; readonly operand: Expr }
    | { readonly kind: 'step'; readonly op: StepOp; readonly target: Expr }
    | { readonly kind: 'binary'; readonly op: BinaryOp; readonly left: Expr; readonly right: Expr }
    | { readonly kind: 'ternary'; readonly condition: Expr; readonly yes: Expr; readonly no: Expr }
    | { readonly kind: 'assign'; readonly op: AssignOp; readonly target: Expr; readonly value: Expr }
  );
