// What the language offers ready-made: members of built-in types and the `__` contexts, as tables. It checks nothing itself.
import {
  ADDRESS,
  arrayOf,
  BIGINT,
  BOOL,
  type Scope,
  STRING,
  TOKEN,
  TRANSACTION_TYPE,
  type Type,
  type TypeKind,
  UINT16,
  UINT32,
  UINT64,
  VOID,
} from './types.ts';

/** A built-in function. Types of container members depend on the container, so they are functions of the receiver. */
export type Builtin<Id extends string> = {
  readonly id: Id;
  /** One list per accepted form; `any` accepts every non-void type. */
  readonly forms: (receiver: Type) => readonly (readonly Type[])[];
  /** Further arguments of any type are allowed after the form. */
  readonly variadic: boolean;
  readonly returns: (receiver: Type) => Type;
  readonly returnsConst: boolean;
  /** Callable on a const receiver. */
  readonly isConst: boolean;
  /** The only scope it works in. */
  readonly scope?: Scope;
  /** It keeps a reference to its arguments, which must not be const then. */
  readonly keeps: boolean;
  /** What the current back-end lacks for it, worded for `not supported`. */
  readonly missing: string | undefined;
};

type Options = {
  readonly mutates?: true;
  readonly scope?: Scope;
  readonly variadic?: true;
  readonly returnsConst?: true;
  readonly keeps?: true;
  readonly missing?: string;
};

function builtin<Id extends string>(
  id: Id,
  forms: readonly (readonly Type[])[],
  returns: Type,
  options: Options = {},
): Builtin<Id> {
  return {
    id,
    forms: () => forms,
    variadic: options.variadic ?? false,
    returns: () => returns,
    returnsConst: options.returnsConst ?? false,
    isConst: !options.mutates,
    keeps: options.keeps ?? false,
    missing: options.missing,
    ...(options.scope && { scope: options.scope }),
  };
}

const elementOf = (type: Type): Type => (type.kind === 'array' ? type.element : VOID);
const keyOf = (type: Type): Type => (type.kind === 'map' ? type.key : VOID);

const METHODS = [
  builtin('string.set', [[STRING]], VOID, { mutates: true }),
  builtin('string.append', [[STRING]], STRING, { mutates: true }),
  builtin('string.length', [[]], UINT16),
  builtin('array.length', [[]], UINT32),
  builtin('array.set_length', [[UINT32]], VOID, { mutates: true }),
  { ...builtin('array.push', [], VOID, { mutates: true, keeps: true }), forms: (type: Type) => [[elementOf(type)]] },
  builtin('array.pop', [[]], VOID, { mutates: true }),
  { ...builtin('map.has', [], BOOL), forms: (type: Type) => [[keyOf(type)]] },
  { ...builtin('map.erase', [], VOID, { mutates: true }), forms: (type: Type) => [[keyOf(type)]] },
  builtin('address.is_user', [[]], BOOL),
  builtin('address.is_delegated', [[]], BOOL),
  builtin('address.is_dapp', [[]], BOOL),
  builtin('address.is_asset', [[]], BOOL),
  builtin('address.is_name', [[]], BOOL),
  builtin('address.is_contract', [[]], BOOL),
  builtin('address.is_custom', [[]], BOOL),
  builtin('bigint.div_uint32', [[UINT32]], BIGINT),
  builtin('token.get_id', [[]], UINT64),
  builtin('token.get_amount', [[]], BIGINT),
  builtin('token.transfer', [[TOKEN, BIGINT]], BOOL, { mutates: true, keeps: true }),
  builtin('token.transfer_all', [[TOKEN]], BOOL, { mutates: true, keeps: true }),
  builtin('token.deposit', [[]], VOID, { mutates: true, scope: 'address' }),
] as const;
export type MethodId = (typeof METHODS)[number]['id'];

const CONTEXT_FUNCTIONS = [
  builtin('__block.get_height', [[]], UINT64),
  builtin('__block.get_shard_index', [[]], UINT32),
  builtin('__block.get_shard_order', [[]], UINT32),
  builtin('__block.get_timestamp', [[]], UINT64),
  builtin('__block.get_random_number', [[]], UINT64),
  builtin('__block.get_miner_address', [[]], ADDRESS),
  builtin('__transaction.get_type', [[]], TRANSACTION_TYPE),
  builtin('__transaction.get_self_address', [[]], ADDRESS, { scope: 'address' }),
  builtin('__transaction.get_sender', [[]], ADDRESS),
  builtin('__transaction.get_timestamp', [[]], UINT64),
  builtin('__transaction.get_signers', [[]], arrayOf(ADDRESS)),
  builtin('__transaction.verify_signer', [[UINT32], [ADDRESS]], BOOL),
  builtin('__transaction.get_originated_shard_index', [[]], UINT32),
  builtin('__transaction.get_originated_shard_order', [[]], UINT32),
  builtin('__transaction.get_initiator_address', [[]], ADDRESS),
  builtin('__transaction.get_supplied_tokens', [[]], arrayOf(TOKEN)),
  builtin('__transaction.get_remaining_gas', [[]], UINT64),
  builtin('__debug.print', [[]], VOID, { variadic: true }),
  builtin('__debug.assert', [[BOOL]], VOID, { variadic: true }),
  builtin('__id', [[]], UINT64),
  builtin('__address', [[]], ADDRESS),
  builtin('__mint', [[UINT64, BIGINT]], TOKEN),
  builtin('__burn', [[TOKEN]], BOOL, { keeps: true }),
  builtin('token.id_to_symbol', [[UINT64]], STRING, { returnsConst: true, missing: 'token' }),
  builtin('token.symbol_to_id', [[STRING]], UINT64, { missing: 'token' }),
] as const;
export type ContextId = (typeof CONTEXT_FUNCTIONS)[number]['id'];

const methods = new Map<string, Builtin<MethodId>>(METHODS.map((row) => [row.id, row]));
const contexts = new Map<string, Builtin<ContextId>>(CONTEXT_FUNCTIONS.map((row) => [row.id, row]));

export const methodOf = (kind: TypeKind, name: string): Builtin<MethodId> | undefined => methods.get(`${kind}.${name}`);
export const contextFunction = (id: string): Builtin<ContextId> | undefined => contexts.get(id);

/** Names that stand left of a dot. */
export const CONTEXT_OBJECTS: ReadonlySet<string> = new Set(['__block', '__transaction', '__debug']);
