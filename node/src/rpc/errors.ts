// Every refusal a caller can meet, in one table: its gRPC status, its sentence, and what to do about it.
// Codes are the contract; messages are for people and may change.

/** gRPC's own numbers: threads that speak no gRPC read this table too. */
export const STATUS = {
  CANCELLED: 1,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
} as const;

/** `never`: change something first. `later`: the same bytes may pass after `retryAfterMs`. `elsewhere`: the same bytes, another group. */
export type Retry = 'never' | 'later' | 'elsewhere';

interface ErrorRow {
  readonly status: (typeof STATUS)[keyof typeof STATUS];
  readonly retry: Retry;
  readonly message: string;
}

export const ERRORS = {
  BAD_FRAME: {
    status: STATUS.INVALID_ARGUMENT,
    retry: 'never',
    message: 'the bytes of the message are not of its layout',
  },
  BAD_REQUEST: {
    status: STATUS.INVALID_ARGUMENT,
    retry: 'never',
    message: 'a field of the request is missing or out of range',
  },
  BAD_TRANSACTION: { status: STATUS.INVALID_ARGUMENT, retry: 'never', message: 'the bytes are not a transaction' },
  BAD_SIGNATURE: {
    status: STATUS.INVALID_ARGUMENT,
    retry: 'never',
    message: 'the signature does not belong to sender and bytes',
  },
  WRONG_NETWORK: { status: STATUS.INVALID_ARGUMENT, retry: 'never', message: 'made for another network' },
  WRONG_GROUP: { status: STATUS.FAILED_PRECONDITION, retry: 'elsewhere', message: 'another group answers this' },
  WRONG_VERSION: {
    status: STATUS.FAILED_PRECONDITION,
    retry: 'never',
    message: 'speaks another version of the protocol',
  },
  TOO_LARGE: { status: STATUS.INVALID_ARGUMENT, retry: 'never', message: 'larger than the limit' },
  EXPIRED: { status: STATUS.FAILED_PRECONDITION, retry: 'never', message: 'its time of validity is over' },
  NONCE_TOO_LOW: { status: STATUS.FAILED_PRECONDITION, retry: 'never', message: 'its nonce is already used' },
  NONCE_TOO_HIGH: {
    status: STATUS.FAILED_PRECONDITION,
    retry: 'later',
    message: 'its nonce is too far ahead of the account',
  },
  NONCE_TAKEN: {
    status: STATUS.ALREADY_EXISTS,
    retry: 'never',
    message: 'another transaction waits with this nonce and pays no less',
  },
  INSUFFICIENT_FUNDS: {
    status: STATUS.FAILED_PRECONDITION,
    retry: 'never',
    message: 'the balance does not cover amount and gas budget',
  },
  GAS_LIMIT_TOO_LOW: {
    status: STATUS.INVALID_ARGUMENT,
    retry: 'never',
    message: 'the gas limit is below the intrinsic gas',
  },
  GAS_LIMIT_TOO_HIGH: {
    status: STATUS.INVALID_ARGUMENT,
    retry: 'never',
    message: 'the gas limit exceeds what users may have of a block',
  },
  GAS_PRICE_TOO_LOW: {
    status: STATUS.FAILED_PRECONDITION,
    retry: 'never',
    message: 'the gas price is below the floor',
  },
  UNKNOWN_CONTRACT: { status: STATUS.NOT_FOUND, retry: 'never', message: 'no contract has this number or name' },
  WRONG_TARGET: {
    status: STATUS.INVALID_ARGUMENT,
    retry: 'never',
    message: 'the target is not of the scope of the function',
  },
  BAD_ARGUMENTS: {
    status: STATUS.INVALID_ARGUMENT,
    retry: 'never',
    message: 'the arguments are not those of the function',
  },
  BAD_MAP_UPDATE: {
    status: STATUS.FAILED_PRECONDITION,
    retry: 'never',
    message: 'the update cannot follow the shard map in force',
  },
  NAME_TAKEN: { status: STATUS.ALREADY_EXISTS, retry: 'never', message: 'the name belongs to another deployer' },
  POOL_FULL: {
    status: STATUS.RESOURCE_EXHAUSTED,
    retry: 'later',
    message: 'the pool is full of transactions that pay no less',
  },
  SENDER_FULL: {
    status: STATUS.RESOURCE_EXHAUSTED,
    retry: 'later',
    message: 'too many transactions of this sender wait',
  },
  DESTINATION_BUSY: { status: STATUS.UNAVAILABLE, retry: 'later', message: 'the group it goes to lags too far behind' },
  PARTITION_MOVED: {
    status: STATUS.FAILED_PRECONDITION,
    retry: 'elsewhere',
    message: 'another group holds this partition',
  },
  NOT_READY: { status: STATUS.UNAVAILABLE, retry: 'later', message: 'the node is not in sync yet' },
  STOPPING: { status: STATUS.UNAVAILABLE, retry: 'elsewhere', message: 'the node is stopping' },
  BUSY: { status: STATUS.RESOURCE_EXHAUSTED, retry: 'later', message: 'too much at once on this connection' },
  TOO_MANY_STREAMS: { status: STATUS.RESOURCE_EXHAUSTED, retry: 'later', message: 'too many streams are open' },
  NOT_FOUND: { status: STATUS.NOT_FOUND, retry: 'never', message: 'this node does not have it' },
  CURSOR_GONE: {
    status: STATUS.OUT_OF_RANGE,
    retry: 'never',
    message: 'the cursor is older than what this node keeps',
  },
  FAUCET_OFF: { status: STATUS.UNIMPLEMENTED, retry: 'never', message: 'this node has no faucet' },
  FAUCET_DRY: { status: STATUS.RESOURCE_EXHAUSTED, retry: 'later', message: 'the faucet gives no more for a while' },
  STALE_TEMPLATE: {
    status: STATUS.FAILED_PRECONDITION,
    retry: 'never',
    message: 'the block was never a template here, or its height is decided',
  },
  BAD_PROOF: {
    status: STATUS.INVALID_ARGUMENT,
    retry: 'never',
    message: 'the proof of work does not belong to the block',
  },
  BAD_HEADER: { status: STATUS.INVALID_ARGUMENT, retry: 'never', message: 'a header breaks a rule' },
  SELF: { status: STATUS.FAILED_PRECONDITION, retry: 'never', message: 'a node dialled itself' },
  NOT_SERVED: { status: STATUS.UNIMPLEMENTED, retry: 'never', message: 'this node does not serve that' },
  DEADLINE: { status: STATUS.DEADLINE_EXCEEDED, retry: 'later', message: 'not answered in time' },
  CANCELLED: { status: STATUS.CANCELLED, retry: 'never', message: 'the caller went away' },
  UNREACHABLE: { status: STATUS.UNAVAILABLE, retry: 'later', message: 'no node answers' },
  INTERNAL: { status: STATUS.INTERNAL, retry: 'never', message: 'the node made a mistake; its log says more' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** What a caller is told. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly field?: string;
  readonly retryAfterMs?: number;
  /** With PARTITION_MOVED and WRONG_GROUP: who to ask, by the map of which epoch. */
  readonly group?: number;
  readonly epoch?: number;
}
export type RefusalFacts = Partial<Omit<Refusal, 'code'>>;

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

export function refusal(code: ErrorCode, facts: RefusalFacts = {}): Refusal {
  return { code, message: ERRORS[code].message, ...facts };
}

/** Whether the same bytes may be sent again, and where. */
export function retryOf(code: ErrorCode): Retry {
  return ERRORS[code].retry;
}

/** An expected failure on its way to the caller. */
export class RpcError extends Error {
  readonly code: ErrorCode;
  readonly refusal: Refusal;

  constructor(code: ErrorCode, facts: RefusalFacts = {}, options?: ErrorOptions) {
    const told = refusal(code, facts);
    super(`${code}: ${told.message}`, options);
    this.code = code;
    this.refusal = told;
  }
}
