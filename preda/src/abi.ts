// What callers see of a contract: functions by opcode, state fields, structs, enums, as plain data that survives JSON. It converts no values.
import { isInvocable } from './lower.ts';
import type { Contract, FunctionDef } from './program.ts';
import { SCOPES, type Scope, type StructDef, TRANSACTION_TYPE } from './types.ts';

/** The canonical spelling of a type: `uint128`, `array<Payroll.Entry>`, `map<address,uint64>`. */
export type AbiType = string;
export type AbiParam = { readonly name: string; readonly type: AbiType };
export type AbiFunction = {
  readonly op: number;
  readonly name: string;
  readonly scope: Scope;
  readonly params: readonly AbiParam[];
  /** `void` when it returns nothing. */
  readonly returns: AbiType;
  /** Users may call it. */
  readonly isExport: boolean;
  /** Other contracts, and reads at the tip, may call it. */
  readonly isPublic: boolean;
  readonly isConst: boolean;
  /** Relays may name it. */
  readonly isRelayTarget: boolean;
  readonly isLambda: boolean;
};
export type AbiState = {
  readonly scope: Scope;
  /** Counts within the scope; names the field of a state-level map's elements. */
  readonly index: number;
  readonly name: string;
  readonly type: AbiType;
};
export type AbiStruct = { readonly name: AbiType; readonly fields: readonly AbiParam[] };
export type AbiEnum = { readonly name: AbiType; readonly values: readonly string[] };

export type Abi = {
  readonly contract: string;
  readonly functions: readonly AbiFunction[];
  readonly state: readonly AbiState[];
  readonly structs: readonly AbiStruct[];
  readonly enums: readonly AbiEnum[];
  /** Opcode run once by deployment. */
  readonly onDeploy?: number;
};

export function abiOf(contract: Contract): Abi {
  const qualified = (name: string) => `${contract.name}.${name}`;
  return {
    contract: contract.name,
    functions: contract.functions.filter(isInvocable).map(functionOf),
    state: SCOPES.flatMap((scope) =>
      contract.state[scope].map(({ index, name, type }) => ({ scope, index, name, type: type.id })),
    ),
    structs: contract.structs.map((info) => structOf(info, qualified(info.name))),
    enums: [
      ...contract.enums.map((info) => ({ name: qualified(info.name), values: info.values })),
      { name: TRANSACTION_TYPE.id, values: TRANSACTION_TYPE.info.values },
    ],
    ...(contract.onDeploy !== undefined && { onDeploy: contract.onDeploy }),
  };
}

const functionOf = (def: FunctionDef): AbiFunction => ({
  op: def.opcode,
  name: def.name,
  scope: def.scope,
  params: def.params.map(({ name, type }) => ({ name, type: type.id })),
  returns: def.returns.id,
  isExport: def.isExport,
  isPublic: def.isPublic,
  isConst: def.isConst,
  isRelayTarget: def.isRelayTarget,
  isLambda: def.isLambda,
});

const structOf = (info: StructDef, name: string): AbiStruct => ({
  name,
  fields: info.fields.map((field) => ({ name: field.name, type: field.type.id })),
});

/** Overloads are told apart by their parameters: by number, then by names where the arguments have names. */
export function findFunction(abi: Abi, name: string, argNames?: readonly string[] | number): AbiFunction | undefined {
  const named = abi.functions.filter((item) => item.name === name);
  if (named.length <= 1 || argNames === undefined) return named[0];
  const count = typeof argNames === 'number' ? argNames : argNames.length;
  const sameCount = named.filter((item) => item.params.length === count);
  if (typeof argNames === 'number') return sameCount[0];
  return sameCount.find((item) => item.params.every((param) => argNames.includes(param.name)));
}
