// The type table: what each PREDA type is and which answers it gives (size, operators, sharing, back-end support). It knows no syntax and no scopes of names.

/** Where code runs and state lives. Keyed scopes have one instance per key value. */
export const SCOPES = ['global', 'shard', 'address', 'uint32', 'uint64', 'uint128', 'uint256', 'uint512'] as const;
export type Scope = (typeof SCOPES)[number];

const INT_BITS = [8, 16, 32, 64, 128, 256, 512] as const;
export type IntBits = (typeof INT_BITS)[number];
const FLOAT_BITS = [256, 512, 1024] as const;
export type FloatBits = (typeof FLOAT_BITS)[number];

/** Identity of a declared type: contract plus name, with its index in that contract's table. */
type Declared = { readonly contract: string; readonly name: string; readonly index: number };
export type EnumDef = Declared & { readonly values: readonly string[] };
export type StructField = { readonly name: string; readonly type: Type };
/** `flatFields` counts the fields of fields too, how much a default value unfolds to; `nesting` is the depth of types inside. */
export type StructDef = Declared & {
  readonly fields: readonly StructField[];
  readonly flatFields: number;
  readonly nesting: number;
};
export type InterfaceFunction = {
  readonly name: string;
  readonly scope: Scope;
  readonly params: readonly { readonly name: string; readonly type: Type; readonly isConst: boolean }[];
  readonly returns: Type;
  readonly returnsConst: boolean;
  readonly isConst: boolean;
};
export type InterfaceDef = Declared & { readonly functions: readonly InterfaceFunction[] };

/** `id` is the canonical spelling; two types are the same type exactly when their ids are equal. */
export type Type =
  | {
      readonly kind: 'void' | 'bool' | 'bigint' | 'string' | 'blob' | 'hash' | 'address' | 'token';
      readonly id: string;
    }
  | { readonly kind: 'int' | 'uint'; readonly id: string; readonly bits: IntBits }
  | { readonly kind: 'float'; readonly id: string; readonly bits: FloatBits }
  | { readonly kind: 'enum'; readonly id: string; readonly info: EnumDef }
  | { readonly kind: 'struct'; readonly id: string; readonly info: StructDef }
  | { readonly kind: 'array'; readonly id: string; readonly element: Type; readonly scattered: boolean }
  | { readonly kind: 'map'; readonly id: string; readonly key: Type; readonly value: Type; readonly scattered: boolean }
  | { readonly kind: 'interface'; readonly id: string; readonly info: InterfaceDef }
  | { readonly kind: 'contract'; readonly id: string; readonly contract: string };
export type TypeKind = Type['kind'];
export type TypeOf<K extends TypeKind> = Type & { readonly kind: K };

export const VOID: Type = { kind: 'void', id: 'void' };
export const BOOL: Type = { kind: 'bool', id: 'bool' };
export const BIGINT: Type = { kind: 'bigint', id: 'bigint' };
export const STRING: Type = { kind: 'string', id: 'string' };
const BLOB: Type = { kind: 'blob', id: 'blob' };
export const HASH: Type = { kind: 'hash', id: 'hash' };
export const ADDRESS: Type = { kind: 'address', id: 'address' };
export const TOKEN: Type = { kind: 'token', id: 'token' };

const ints = new Map<string, Type>();
for (const bits of INT_BITS) {
  ints.set(`int${bits}`, { kind: 'int', id: `int${bits}`, bits });
  ints.set(`uint${bits}`, { kind: 'uint', id: `uint${bits}`, bits });
}
const floats = new Map<string, Type>(
  FLOAT_BITS.map((bits) => [`float${bits}`, { kind: 'float', id: `float${bits}`, bits }]),
);

export const intType = (bits: IntBits): Type => ints.get(`int${bits}`)!;
export const uintType = (bits: IntBits): Type => ints.get(`uint${bits}`)!;
export const floatType = (bits: FloatBits): Type => floats.get(`float${bits}`)!;
export const UINT16: Type = uintType(16);
export const UINT32: Type = uintType(32);
export const UINT64: Type = uintType(64);
export const INT32: Type = intType(32);

/** Types that are written as one word. */
export const SCALAR_TYPES: ReadonlyMap<string, Type> = new Map([
  ...[BOOL, BIGINT, STRING, BLOB, HASH, ADDRESS].map((type): [string, Type] => [type.id, type]),
  ...ints,
  ...floats,
]);

export function arrayOf(element: Type, scattered = false): TypeOf<'array'> {
  return { kind: 'array', id: `${scattered ? 'scattered_' : ''}array<${element.id}>`, element, scattered };
}
export function mapOf(key: Type, value: Type, scattered = false): TypeOf<'map'> {
  return { kind: 'map', id: `${scattered ? 'scattered_' : ''}map<${key.id},${value.id}>`, key, value, scattered };
}
export const enumOf = (info: EnumDef): TypeOf<'enum'> => ({ kind: 'enum', id: qualified(info), info });
export const structOf = (info: StructDef): TypeOf<'struct'> => ({ kind: 'struct', id: qualified(info), info });
export const interfaceOf = (info: InterfaceDef): TypeOf<'interface'> => ({
  kind: 'interface',
  id: qualified(info),
  info,
});
export const contractOf = (contract: string): TypeOf<'contract'> => ({ kind: 'contract', id: contract, contract });
const qualified = (info: Declared) => (info.contract === '' ? info.name : `${info.contract}.${info.name}`);

/** The enum of `__transaction.get_type()`. The reference documents `scheduled_type` and compiles `issue_type`; both name value 3. */
export const TRANSACTION_TYPE: TypeOf<'enum'> = enumOf({
  contract: '',
  name: 'transaction_type',
  index: -1,
  values: ['normal_type', 'relay_type', 'system_type', 'issue_type'],
});

export type BinaryOp =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '&'
  | '|'
  | '^'
  | '<<'
  | '>>'
  | '=='
  | '!='
  | '<'
  | '>'
  | '<='
  | '>='
  | '&&'
  | '||';
export type UnaryOp = '+' | '-' | '!' | '~';
export type StepOp = '++' | '--';
export type AssignOp = '=' | '+=' | '-=' | '*=' | '/=' | '%=' | '&=' | '|=' | '^=' | '<<=' | '>>=';

/** How an operator relates its operands and its result. */
export type OperatorRule =
  | 'arithmetic' // both widen to the wider operand, which is the result
  | 'bitwise' // right is at most as wide as left; the result is left
  | 'compare' // both widen to the wider operand; the result is bool
  | 'logic'; // bool only, short circuit

export const BINARY_OPERATORS: Readonly<
  Record<BinaryOp, { readonly precedence: number; readonly rule: OperatorRule }>
> = {
  '||': { precedence: 1, rule: 'logic' },
  '&&': { precedence: 2, rule: 'logic' },
  '|': { precedence: 3, rule: 'bitwise' },
  '^': { precedence: 4, rule: 'bitwise' },
  '&': { precedence: 5, rule: 'bitwise' },
  '==': { precedence: 6, rule: 'compare' },
  '!=': { precedence: 6, rule: 'compare' },
  '<': { precedence: 7, rule: 'compare' },
  '>': { precedence: 7, rule: 'compare' },
  '<=': { precedence: 7, rule: 'compare' },
  '>=': { precedence: 7, rule: 'compare' },
  '<<': { precedence: 8, rule: 'bitwise' },
  '>>': { precedence: 8, rule: 'bitwise' },
  '+': { precedence: 9, rule: 'arithmetic' },
  '-': { precedence: 9, rule: 'arithmetic' },
  '*': { precedence: 10, rule: 'arithmetic' },
  '/': { precedence: 10, rule: 'arithmetic' },
  '%': { precedence: 10, rule: 'arithmetic' },
};

const EQUALITY = ['==', '!='] as const;
const ORDER = [...EQUALITY, '<', '>', '<=', '>='] as const;
const ARITHMETIC = ['+', '-', '*', '/'] as const;
const BITS = ['&', '|', '^', '<<', '>>'] as const;

type Answers<K extends TypeKind> = {
  /** Assignment shares the object instead of copying it. */
  readonly reference: boolean;
  /** Stored size when every value has the same. */
  readonly bytes: (type: TypeOf<K>) => number | undefined;
  readonly binary: readonly BinaryOp[];
  readonly unary: readonly UnaryOp[];
  readonly steps: boolean;
  /** What the current back-end lacks for this type itself, worded for `not supported`; undefined when it compiles it. */
  readonly missing: (type: TypeOf<K>) => string | undefined;
  /** Types inside this one. */
  readonly parts: (type: TypeOf<K>) => readonly Type[];
};

const WIDEST_SUPPORTED_BITS = 128;
const none = () => undefined;
const noParts = () => [];
const isA = (what: string) => () => what;
const plain = { reference: false, binary: [], unary: [], steps: false, missing: none, parts: noParts } as const;
const shared = { ...plain, reference: true, bytes: none } as const;
const wide = (type: TypeOf<'int' | 'uint'>) =>
  type.bits > WIDEST_SUPPORTED_BITS ? `${type.bits}-bit integers` : undefined;
const scattered = (type: TypeOf<'array' | 'map'>) => (type.scattered ? `scattered_${type.kind}` : undefined);

const TABLE: { readonly [K in TypeKind]: Answers<K> } = {
  void: { ...plain, bytes: () => 0 },
  bool: { ...plain, bytes: () => 1, binary: [...EQUALITY, '&&', '||'], unary: ['!'] },
  int: {
    ...plain,
    bytes: (type) => type.bits / 8,
    binary: [...ORDER, ...ARITHMETIC, '%'],
    unary: ['-'],
    steps: true,
    missing: wide,
  },
  uint: {
    ...plain,
    bytes: (type) => type.bits / 8,
    binary: [...ORDER, ...ARITHMETIC, '%', ...BITS],
    unary: ['~'],
    steps: true,
    missing: wide,
  },
  bigint: {
    ...plain,
    bytes: none,
    binary: [...ORDER, ...ARITHMETIC, '%'],
    unary: ['-'],
    steps: true,
    missing: isA('bigint'),
  },
  float: {
    ...plain,
    bytes: (type) => type.bits / 8,
    binary: [...ORDER, ...ARITHMETIC],
    unary: ['-'],
    missing: isA('floating point'),
  },
  enum: { ...plain, bytes: () => 2, binary: EQUALITY },
  blob: { ...plain, bytes: () => 36, binary: ORDER, missing: isA('blob') },
  hash: { ...plain, bytes: () => 32, binary: ORDER },
  address: { ...plain, bytes: () => 36, binary: ORDER },
  string: { ...shared, binary: ORDER },
  array: { ...shared, missing: scattered, parts: (type) => [type.element] },
  map: { ...shared, missing: scattered, parts: (type) => [type.key, type.value] },
  struct: { ...shared, parts: (type) => type.info.fields.map((field) => field.type) },
  token: { ...shared, missing: isA('token') },
  interface: { ...plain, bytes: () => 8, missing: isA('interfaces') },
  contract: { ...plain, bytes: () => 8, missing: isA('contract types') },
};

/** The row of a type's kind, to be asked with that type. */
const answers = (type: Type): Answers<TypeKind> => TABLE[type.kind] as Answers<TypeKind>;

export const sameType = (a: Type, b: Type): boolean => a.id === b.id;
export const isReference = (type: Type): boolean => answers(type).reference;
export const sizeBytes = (type: Type): number | undefined => answers(type).bytes(type as never);
export const partsOf = (type: Type): readonly Type[] => answers(type).parts(type as never);
export const hasBinary = (type: Type, op: BinaryOp): boolean => answers(type).binary.includes(op);
export const hasUnary = (type: Type, op: UnaryOp): boolean => answers(type).unary.includes(op);
export const hasSteps = (type: Type): boolean => answers(type).steps;
export const missingFor = (type: Type): string | undefined => answers(type).missing(type as never);

/** Whether the predicate holds for the type or anything inside it; each type is asked once. */
export function containsType(type: Type, predicate: (type: Type) => boolean, seen: Set<string> = new Set()): boolean {
  if (seen.has(type.id)) return false;
  seen.add(type.id);
  return predicate(type) || partsOf(type).some((part) => containsType(part, predicate, seen));
}
/** How many types deep it is; every walk over a type recurses this far at most. */
export function nestingOf(type: Type): number {
  if (type.kind === 'struct') return type.info.nesting;
  return partsOf(type).reduce((deepest, part) => Math.max(deepest, 1 + nestingOf(part)), 1);
}
export const isScattered = (type: Type): boolean => 'scattered' in type && type.scattered;
export const isInteger = (type: Type): boolean => type.kind === 'int' || type.kind === 'uint' || type.kind === 'bigint';

/** The only implicit conversions: integer to a wider one of the same signedness, and any integer to bigint. */
export function widensTo(from: Type, to: Type): boolean {
  if (sameType(from, to)) return true;
  if (to.kind === 'bigint') return isInteger(from);
  return (from.kind === 'int' || from.kind === 'uint') && from.kind === to.kind && from.bits <= to.bits;
}

/** The type both operands of an arithmetic or comparing operator take. */
export function commonType(a: Type, b: Type): Type | undefined {
  if (widensTo(a, b)) return b;
  return widensTo(b, a) ? a : undefined;
}

/** What an explicit conversion `T(x)` does; the back-end lowers each by this name. */
export type ConversionId =
  | 'integer' // range-checked at run time
  | 'toDecimal' // number to string
  | 'sha256' // string to hash
  | 'parseAddress' // string to address
  | 'hashToAddress'
  | 'hashToBase32'
  | 'hashToUint256'
  | 'addressToText'
  | 'contractFromId'; // uint64 to interface or contract value

type Conversion = { readonly from: (type: Type) => boolean; readonly id: ConversionId };
const only = (kind: TypeKind, id: ConversionId): Conversion => ({ from: (type) => type.kind === kind, id });
const uint64Only: Conversion = { from: (type) => sameType(type, UINT64), id: 'contractFromId' };
const fromInteger: Conversion = { from: isInteger, id: 'integer' };

const CONVERSIONS: Partial<Record<TypeKind, readonly Conversion[]>> = {
  int: [fromInteger],
  uint: [fromInteger],
  bigint: [fromInteger],
  string: [
    { from: (type) => isInteger(type) || type.kind === 'float', id: 'toDecimal' },
    only('hash', 'hashToBase32'),
    only('address', 'addressToText'),
  ],
  hash: [only('string', 'sha256')],
  address: [only('string', 'parseAddress'), only('hash', 'hashToAddress')],
  interface: [uint64Only],
  contract: [uint64Only],
};
const FROM_HASH: readonly Conversion[] = [only('hash', 'hashToUint256')];

/** The conversions that lead to a type, in the order they are tried. */
export function conversionsTo(to: Type): readonly Conversion[] {
  const rows = CONVERSIONS[to.kind] ?? [];
  return to.id === 'uint256' ? [...rows, ...FROM_HASH] : rows;
}
