// JSON-RPC to one bitcoind over kept-alive HTTP, with cookie authentication and a deadline on every call.
// It knows no method and parses no result: callers do, with the readers below.
import { readFile } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';

const DEADLINE_MS = 10_000;
/** A block of 4 MB as hex inside a template, twice over. */
const REPLY_BYTES_MAX = 32 * 1024 * 1024;
/** bitcoind serves 16 calls at once by default. */
const SOCKETS_MAX = 8;

export type BitcoinRpcCode =
  /** No connection, or it broke before the reply. */
  | 'UNREACHABLE'
  /** Cookie or password refused, or no cookie to read. */
  | 'UNAUTHORISED'
  | 'TIMEOUT'
  /** The caller's signal fired. */
  | 'ABORTED'
  /** bitcoind answered with an error; see rpcCode. */
  | 'REFUSED'
  /** Not a JSON-RPC reply, too long, or a result of another shape than expected. */
  | 'BAD_REPLY';

export class BitcoinRpcError extends Error {
  readonly code: BitcoinRpcCode;
  readonly method: string;
  /** bitcoind's own number, e.g. −28 while it warms up. */
  readonly rpcCode: number | undefined;

  constructor(
    code: BitcoinRpcCode,
    method: string,
    message: string,
    facts: { rpcCode?: number; cause?: unknown } = {},
  ) {
    super(`bitcoind ${method}: ${message}`, facts.cause === undefined ? {} : { cause: facts.cause });
    this.code = code;
    this.method = method;
    this.rpcCode = facts.rpcCode;
  }
}

export type BitcoinAuth =
  /** Read again whenever bitcoind refuses, because each start writes a new one. */
  | { readonly kind: 'cookie'; readonly file: string }
  | { readonly kind: 'password'; readonly user: string; readonly password: string };

export interface CallOptions {
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

export class BitcoinRpc {
  readonly #url: URL;
  readonly #auth: BitcoinAuth;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX });
  #credentials: string | undefined;
  #nextId = 1;

  constructor(url: string, auth: BitcoinAuth) {
    this.#url = new URL(url);
    this.#auth = auth;
  }

  /** Calls a method and answers its result as it came. */
  async call(method: string, params: readonly unknown[] = [], options: CallOptions = {}): Promise<unknown> {
    try {
      return await this.#attempt(method, params, options);
    } catch (error) {
      if (!(error instanceof BitcoinRpcError) || !isWorthRetry(error)) throw error;
      this.#credentials = undefined;
      return this.#attempt(method, params, options);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #attempt(method: string, params: readonly unknown[], options: CallOptions): Promise<unknown> {
    const id = this.#nextId++;
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params });
    const deadline = AbortSignal.timeout(options.deadlineMs ?? DEADLINE_MS);
    const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal]);
    const authorization = await this.#authorization(method);
    try {
      const reply = await this.#post(body, authorization, signal);
      return readReply(method, reply);
    } catch (error) {
      if (error instanceof BitcoinRpcError) throw error;
      if (options.signal?.aborted === true) throw new BitcoinRpcError('ABORTED', method, 'given up', { cause: error });
      if (deadline.aborted) throw new BitcoinRpcError('TIMEOUT', method, 'no reply in time', { cause: error });
      const message = error instanceof Error ? error.message : String(error);
      throw new BitcoinRpcError('UNREACHABLE', method, message, { cause: error });
    }
  }

  async #authorization(method: string): Promise<string> {
    if (this.#credentials === undefined) {
      this.#credentials = await readCredentials(this.#auth).catch((cause) => {
        throw new BitcoinRpcError('UNAUTHORISED', method, 'no cookie file to read; is bitcoind running?', { cause });
      });
    }
    return `Basic ${Buffer.from(this.#credentials).toString('base64')}`;
  }

  #post(body: string, authorization: string, signal: AbortSignal): Promise<HttpReply> {
    return new Promise((resolve, reject) => {
      const outgoing = request(this.#url, {
        method: 'POST',
        agent: this.#agent,
        signal,
        headers: { authorization, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      });
      outgoing.once('error', reject);
      outgoing.once('response', (incoming) => readBody(incoming).then(resolve, reject));
      outgoing.end(body);
    });
  }
}

interface HttpReply {
  readonly status: number;
  readonly text: string;
}

async function readBody(incoming: IncomingMessage): Promise<HttpReply> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > REPLY_BYTES_MAX) throw new Error(`a reply above ${REPLY_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return { status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') };
}

function readReply(method: string, reply: HttpReply): unknown {
  if (reply.status === 401 || reply.status === 403) {
    throw new BitcoinRpcError('UNAUTHORISED', method, `HTTP ${reply.status}`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(reply.text);
  } catch (cause) {
    throw new BitcoinRpcError('BAD_REPLY', method, `HTTP ${reply.status} without JSON`, { cause });
  }
  if (!isObject(parsed)) throw new BitcoinRpcError('BAD_REPLY', method, 'not an object');
  const error = parsed['error'];
  if (isObject(error)) {
    const rpcCode = typeof error['code'] === 'number' ? error['code'] : 0;
    throw new BitcoinRpcError('REFUSED', method, String(error['message'] ?? 'error'), { rpcCode });
  }
  if (!('result' in parsed)) throw new BitcoinRpcError('BAD_REPLY', method, 'neither result nor error');
  return parsed['result'];
}

/** A fresh cookie or a fresh socket cures these, and every call we make may safely be made twice. */
function isWorthRetry(error: BitcoinRpcError): boolean {
  if (error.code === 'UNAUTHORISED') return true;
  const cause = error.cause;
  return error.code === 'UNREACHABLE' && cause instanceof Error && 'code' in cause && cause.code === 'ECONNRESET';
}

async function readCredentials(auth: BitcoinAuth): Promise<string> {
  return auth.kind === 'cookie' ? (await readFile(auth.file, 'utf8')).trim() : `${auth.user}:${auth.password}`;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads a field of a reply and says which one has the wrong type. */
export function field<T extends 'string' | 'number' | 'boolean'>(
  reply: unknown,
  name: string,
  type: T,
): T extends 'string' ? string : T extends 'number' ? number : boolean;
export function field(reply: unknown, name: string, type: string): unknown {
  const value = isObject(reply) ? reply[name] : undefined;
  if (typeof value === type) return value;
  throw new BitcoinRpcError('BAD_REPLY', 'reply', `${name} is not a ${type}`);
}
