// Names of the numbers in a receipt (docs/vm.md §2): what reports, clients and load say of a failure. A table.

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
  ...['NoAssetMintPermission', 'GasUsedUp', 'TokenMintNegative', 'InvalidTokenId', 'DeployFailed', 'DestinationBusy'],
];

const EXCEPTION_THROWN = 6;
/** The group the call's relay would go to lags: the same word as where a node refuses at its door. */
const DESTINATION_BUSY = 34;

/** 'Success', 'RunOutOfGas', 'DESTINATION_BUSY', 'ExceptionThrown: Underflow'. */
export function outcomeOf(status: number, exception: number): string {
  if (exception === DESTINATION_BUSY) return 'DESTINATION_BUSY';
  const name = STATUS[status] ?? `status ${status}`;
  return status === EXCEPTION_THROWN && exception !== 0
    ? `${name}: ${EXCEPTION[exception] ?? `exception ${exception}`}`
    : name;
}
