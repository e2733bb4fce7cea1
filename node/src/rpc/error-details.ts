// Refusals on the wire: gRPC status with google.rpc.Status details, and back. The table is in errors.ts.
import { Metadata, type StatusObject, type status } from '@grpc/grpc-js';
import type { ErrorDetail, ErrorDetail__Output } from '@rexnet/proto/generated/rexnet/v1/ErrorDetail.ts';
import { ErrorDetailType, StatusType } from '@rexnet/proto/load.ts';
import { DecodeError } from '../core/codec.ts';
import { ERRORS, type ErrorCode, isErrorCode, type Refusal, RpcError, refusal } from './errors.ts';

const DETAILS_KEY = 'grpc-status-details-bin';
const DETAIL_TYPE = 'type.googleapis.com/rexnet.v1.ErrorDetail';
/** HTTP/2 headers are small: a longer sentence is cut. */
const MAX_MESSAGE_CHARACTERS = 512;

export function refusalToWire(told: Refusal): ErrorDetail {
  return {
    code: told.code,
    message: told.message.slice(0, MAX_MESSAGE_CHARACTERS),
    field: told.field ?? '',
    retryAfterMs: told.retryAfterMs ?? 0,
    ...(told.group === undefined ? {} : { group: told.group }),
    ...(told.epoch === undefined ? {} : { epoch: told.epoch }),
  };
}

/** A code of a newer node that this one does not know becomes INTERNAL with that node's sentence. */
export function refusalFromWire(wire: ErrorDetail__Output | undefined | null): Refusal {
  if (wire === undefined || wire === null) return refusal('INTERNAL');
  const known = isErrorCode(wire.code) ? wire.code : undefined;
  return {
    code: known ?? 'INTERNAL',
    message: known === undefined ? `${wire.code}: ${wire.message}` : wire.message,
    ...(wire.field === '' ? {} : { field: wire.field }),
    ...(wire.retryAfterMs === 0 ? {} : { retryAfterMs: wire.retryAfterMs }),
    ...(wire._group === 'group' && wire.group !== undefined ? { group: wire.group } : {}),
    ...(wire._epoch === 'epoch' && wire.epoch !== undefined ? { epoch: Number(wire.epoch) } : {}),
  };
}

/** Any typed error whose code is in the table says what it means; everything else is our mistake. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof RpcError) return error.refusal;
  if (error instanceof DecodeError) return refusal('BAD_FRAME', { message: error.message, field: error.field });
  if (error instanceof Error && 'code' in error && typeof error.code === 'string' && isErrorCode(error.code)) {
    return refusal(error.code, { message: error.message });
  }
  return refusal('INTERNAL');
}

export interface CallFailure {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
}

export function failureOf(error: unknown): CallFailure {
  const told = refusalOf(error);
  const code = ERRORS[told.code].status;
  const metadata = new Metadata();
  const value = ErrorDetailType.serialize(refusalToWire(told));
  const message = told.message.slice(0, MAX_MESSAGE_CHARACTERS);
  metadata.set(DETAILS_KEY, StatusType.serialize({ code, message, details: [{ type_url: DETAIL_TYPE, value }] }));
  return { code, details: message, metadata };
}

/** For statuses that carry no details: made by gRPC itself, or by a program that is not ours. */
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  1: 'CANCELLED',
  3: 'BAD_REQUEST',
  4: 'DEADLINE',
  5: 'NOT_FOUND',
  8: 'BUSY',
  12: 'NOT_SERVED',
  14: 'UNREACHABLE',
};

function detailOf(metadata: Metadata | undefined): Refusal | undefined {
  const packed = metadata?.get(DETAILS_KEY)[0];
  if (!Buffer.isBuffer(packed)) return undefined;
  try {
    const found = StatusType.deserialize(packed).details.find((detail) => detail.type_url === DETAIL_TYPE);
    return found === undefined ? undefined : refusalFromWire(ErrorDetailType.deserialize(Buffer.from(found.value)));
  } catch {
    return undefined;
  }
}

/** What a caller throws for a failed call. */
export function errorOf(failure: unknown): RpcError {
  if (failure instanceof RpcError) return failure;
  if (!(failure instanceof Error) || !('code' in failure) || typeof failure.code !== 'number') {
    return new RpcError('INTERNAL', {}, { cause: failure });
  }
  const { metadata, details, code } = failure as Error & Partial<StatusObject>;
  const told =
    detailOf(metadata) ?? refusal(BY_STATUS[code ?? 2] ?? 'INTERNAL', { message: details ?? failure.message });
  return new RpcError(told.code, told, { cause: failure });
}
