// What can go wrong when the API server is asked: one error type, its code from a table, its text the server's own sentence.

export type KubeCode =
  /** No connection, or it broke. */
  | 'UNREACHABLE'
  /** The caller's signal fired. */
  | 'ABORTED'
  /** No answer within the deadline. */
  | 'TIMEOUT'
  | 'UNAUTHORISED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  /** A resourceVersion, uid or field owner is not what we believed. */
  | 'CONFLICT'
  /** The version asked for is no longer kept: list again. */
  | 'EXPIRED'
  /** The object does not pass its schema, its rules or strict field validation. */
  | 'INVALID'
  /** What is stored has not even the types of its schema: nothing can be applied to it. */
  | 'ILLEGIBLE'
  | 'BUSY'
  | 'SERVER'
  /** An answer no API server should give. */
  | 'BAD_REPLY';

export interface KubeFacts {
  readonly status?: number;
  /** `reason` of the server's Status. */
  readonly reason?: string;
  readonly retryAfterMs?: number;
  /** The field paths a refusal names. */
  readonly fields?: readonly string[];
  readonly cause?: unknown;
}

export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly code: KubeCode;
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly fields: readonly string[];

  constructor(code: KubeCode, message: string, facts: KubeFacts = {}) {
    super(message, facts.cause === undefined ? {} : { cause: facts.cause });
    this.code = code;
    this.status = facts.status;
    this.reason = facts.reason;
    this.retryAfterMs = facts.retryAfterMs;
    this.fields = facts.fields ?? [];
  }

  /** The server or the way to it is at fault: the same request may well succeed later. */
  get transient(): boolean {
    return TRANSIENT.has(this.code);
  }
}

const TRANSIENT: ReadonlySet<KubeCode> = new Set(['UNREACHABLE', 'TIMEOUT', 'BUSY', 'SERVER', 'BAD_REPLY']);

/** Reasons first: two of them share 409, and both 400 and 422 mean that the object is at fault. */
const BY_REASON: Readonly<Record<string, KubeCode>> = {
  AlreadyExists: 'ALREADY_EXISTS',
  Conflict: 'CONFLICT',
  Expired: 'EXPIRED',
  Gone: 'EXPIRED',
  Invalid: 'INVALID',
  BadRequest: 'INVALID',
  NotFound: 'NOT_FOUND',
  Forbidden: 'FORBIDDEN',
  Unauthorized: 'UNAUTHORISED',
  TooManyRequests: 'BUSY',
  ServiceUnavailable: 'SERVER',
  InternalError: 'SERVER',
  Timeout: 'TIMEOUT',
  ServerTimeout: 'TIMEOUT',
};

const BY_STATUS: Readonly<Record<number, KubeCode>> = {
  400: 'INVALID',
  401: 'UNAUTHORISED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'INVALID',
  406: 'INVALID',
  409: 'CONFLICT',
  410: 'EXPIRED',
  413: 'INVALID',
  415: 'INVALID',
  422: 'INVALID',
  429: 'BUSY',
  504: 'TIMEOUT',
};

/** The server's own words for `ILLEGIBLE`; it calls it an error of its own, and would do so for ever. */
const ILLEGIBLE = 'failed to create typed live object';
const MAX_FIELDS = 32;
const MAX_SENTENCE = 1024;

/** `body` is what the server said: a Status, or the words of a proxy in between. */
export function errorOfAnswer(what: string, status: number, body: string, retryAfterMs?: number): KubeError {
  const said = statusOf(body);
  const reason = said?.reason;
  const sentence = said?.message ?? body.trim();
  return new KubeError(
    codeOf(status, reason, sentence),
    `${what}: ${sentence === '' ? `the server answered ${status}` : sentence.slice(0, MAX_SENTENCE)}`,
    {
      status,
      ...(reason === undefined ? {} : { reason }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      fields: said?.fields ?? [],
    },
  );
}

function codeOf(status: number, reason: string | undefined, sentence: string): KubeCode {
  if (sentence.startsWith(ILLEGIBLE)) return 'ILLEGIBLE';
  const byReason = reason === undefined ? undefined : BY_REASON[reason];
  return byReason ?? BY_STATUS[status] ?? (status >= 500 ? 'SERVER' : 'BAD_REPLY');
}

type Said = { readonly reason?: string; readonly message?: string; readonly fields: readonly string[] };

function statusOf(body: string): Said | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!isRecord(parsed) || parsed['kind'] !== 'Status') return undefined;
  const { reason, message, details } = parsed;
  const causes = isRecord(details) && Array.isArray(details['causes']) ? details['causes'] : [];
  return {
    ...(typeof reason === 'string' && reason !== '' ? { reason } : {}),
    ...(typeof message === 'string' && message !== '' ? { message } : {}),
    fields: causes
      .slice(0, MAX_FIELDS)
      .flatMap((cause: unknown) => (isRecord(cause) && typeof cause['field'] === 'string' ? [cause['field']] : [])),
  };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
