// Names of the numbers in a receipt (preda.md a.15). A table.

const STATUS = [
  'Success',
  'Unspecified',
  'InsufficientFunds',
  'InsufficientGas',
  'RunOutOfGas',
  'AssertionFailed',
  'ExceptionThrown',
  'ExecutionEngineUnavailable',
  'ContractUnavailable',
  'ContractFunctionUnavailable',
  'ContractFunctionDisallowed',
  'InvalidFunctionArguments',
  'UnexpectedTokensResidual',
] as const;

const EXCEPTION: readonly string[] = [
  ...['none', 'Overflow', 'Underflow', 'DividedByZero'],
  ...['TokenTransfer', 'TokenTransfer', 'TokenTransfer', 'TokenTransfer'],
  ...[
    'OutOfRange',
    'PopEmptyArray',
    'MapInsertFailure',
    'ConstMapAccessNonExistingKey',
    'Deserialization',
    'InvalidMapKeyType',
  ],
  ...[
    'EnumValueOverflow',
    'MemoryWrite',
    'CrossCallFunctionNotFound',
    'CrossCallArgumentMismatch',
    'CrossCallContractNotFound',
  ],
  ...[
    'BigIntOverflow',
    'TokenDoubleSerialization',
    'AssertionFailure',
    'RelayError',
    'InitAddressWithInvalidLiteral',
    'Unknown',
  ],
  ...[
    'InitHashWithInvalidLiteral',
    'StringLengthOverflow',
    'AccessUnavailableContextFunction',
    'InvalidStringToAddressConversion',
  ],
  ...['NoAssetMintPermission', 'GasUsedUp', 'TokenMintNegative', 'InvalidTokenId', 'DeployFailed'],
];

const EXCEPTION_THROWN = 6;

/** 'Success', 'RunOutOfGas', 'ExceptionThrown: Underflow'. */
export function outcomeOf(status: number, exception: number): string {
  const name = STATUS[status] ?? `status ${status}`;
  return status === EXCEPTION_THROWN && exception !== 0
    ? `${name}: ${EXCEPTION[exception] ?? `exception ${exception}`}`
    : name;
}
