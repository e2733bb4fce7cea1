// One HTTP exchange with the API server: one shared agent, a deadline, the request budget, credentials, and every failure as a KubeError.
// Knows nothing of kinds. Repeats a request only when a kept-alive socket turned out to be dead before any answer.
import { type Agent, request as httpRequest, type IncomingMessage, Agent as PlainAgent } from 'node:http';
import { request as httpsRequest, Agent as TlsAgent } from 'node:https';
import type { Access, Credentials } from './access.ts';
import { type Clock, sleep } from './clock.ts';
import { errorOfAnswer, KubeError } from './errors.ts';
import { MAX_RETRY_AFTER_MS, RequestBudget } from './request-budget.ts';

export interface Exchange {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
  /** Leaves at once: for the lease, which is lost when it waits behind others. Its caller obeys `retryAfterMs` itself. */
  readonly urgent?: boolean;
}

/** One finished exchange, for metrics. */
export interface Seen {
  readonly method: Exchange['method'];
  readonly path: string;
  /** The HTTP status, or the KubeError's code when none came. */
  readonly outcome: string;
  readonly durationMs: number;
}

export interface TransportOptions {
  readonly access: Access;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly deadlineMs?: number;
  /** Ends whatever is under way, and what would begin after it. */
  readonly signal?: AbortSignal;
  readonly observe?: (seen: Seen) => void;
  /** Asked when a write is about to leave: false and it does not. Urgent ones are not asked about. */
  readonly mayWrite?: () => boolean;
}

/** Short, so that a stalled request does not outlive the stall by much. */
const DEADLINE_MS = 10_000;
const KEEP_ALIVE_MS = 30_000;
/** Watches and workers together stay far below. */
const MAX_SOCKETS = 256;
/** As many as workers use at once: beyond it connections are made anew all the time, which costs both sides more than requests. */
const MAX_IDLE_SOCKETS = 64;
const MAX_BODY_BYTES = 128 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;
const RETRY_AFTER_STATUSES: ReadonlySet<number> = new Set([429, 503]);

export class Transport {
  readonly #options: TransportOptions;
  readonly #budget: RequestBudget;
  readonly #agent: Agent;
  readonly #secure: boolean;
  readonly #onAnswer = new Set<() => void>();

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#budget = new RequestBudget(options.clock.now());
    this.#secure = options.access.server.protocol === 'https:';
    const pool = {
      keepAlive: true,
      keepAliveMsecs: KEEP_ALIVE_MS,
      maxSockets: MAX_SOCKETS,
      maxFreeSockets: MAX_IDLE_SOCKETS,
    };
    this.#agent = this.#secure ? new TlsAgent(pool) : new PlainAgent(pool);
  }

  /** Something has failed since that moment, or in the seconds before it. */
  failedAround(atMs: number): boolean {
    return this.#budget.failing(atMs);
  }

  /** Calls at every answer that a server in order gives; the result unsubscribes. */
  onAnswer(listener: () => void): () => void {
    this.#onAnswer.add(listener);
    return () => this.#onAnswer.delete(listener);
  }

  /** Ends kept-alive connections; those in use end with their signals. */
  close(): void {
    this.#agent.destroy();
  }

  /** The whole answer of a 2xx as text; every other status throws. */
  async exchange(wanted: Exchange): Promise<string> {
    const exchange = this.#ending(wanted);
    const what = describe(exchange);
    await this.#admit(exchange, exchange.signal);
    const deadline = new Deadline(this.#options, exchange.signal);
    const startedAt = this.#options.clock.now();
    try {
      const response = await this.#open(exchange, deadline.signal);
      const text = await readText(response, MAX_BODY_BYTES);
      this.#answered(exchange, response, startedAt);
      return text;
    } catch (cause) {
      throw this.#failure(exchange, deadline.explain(what, cause), startedAt);
    } finally {
      deadline.end();
    }
  }

  /** A 2xx whose body goes on as long as `exchange.signal` lets it; the deadline covers only what comes before the body. */
  async stream(wanted: Exchange): Promise<IncomingMessage> {
    const exchange = this.#ending(wanted);
    await this.#admit(exchange, exchange.signal);
    const deadline = new Deadline(this.#options, exchange.signal);
    const startedAt = this.#options.clock.now();
    try {
      const response = await this.#open(exchange, deadline.signal);
      this.#answered(exchange, response, startedAt);
      return response;
    } catch (cause) {
      throw this.#failure(exchange, deadline.explain(describe(exchange), cause), startedAt);
    } finally {
      deadline.end();
    }
  }

  /** A stream that was open has broken: counts as a failure of the server. */
  broken(): void {
    this.#budget.failed(this.#options.clock.now());
  }

  #ending(exchange: Exchange): Exchange {
    const { signal } = this.#options;
    if (signal === undefined) return exchange;
    return { ...exchange, signal: exchange.signal === undefined ? signal : AbortSignal.any([signal, exchange.signal]) };
  }

  async #open(exchange: Exchange, signal: AbortSignal): Promise<IncomingMessage> {
    const response = await this.#send(exchange, signal);
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    const text = await readText(response, MAX_ERROR_BYTES);
    throw errorOfAnswer(describe(exchange), status, text, retryAfterMs(response, status, this.#options.clock.wallMs()));
  }

  async #send(exchange: Exchange, signal: AbortSignal): Promise<IncomingMessage> {
    const credentials = await this.#options.access.credentials();
    const first = await this.#once(exchange, credentials, signal);
    if (first !== 'dead socket') return first;
    await this.#admit(exchange, signal);
    const second = await this.#once(exchange, credentials, signal);
    if (second !== 'dead socket') return second;
    throw new KubeError('UNREACHABLE', `${describe(exchange)}: the server closes connections before it answers`);
  }

  /** Waits for its turn: before the deadline begins, for a request that has not left cannot be late. */
  async #admit(exchange: Exchange, signal: AbortSignal | undefined): Promise<void> {
    const { clock, mayWrite = () => true } = this.#options;
    for (;;) {
      if (signal?.aborted === true) throw new KubeError('ABORTED', `${describe(exchange)}: given up`);
      const waitMs = this.#budget.take(clock.now());
      if (exchange.urgent === true) return;
      if (waitMs === 0) {
        if (exchange.method === 'GET' || mayWrite()) return;
        throw new KubeError('ABORTED', `${describe(exchange)}: the lease may be another's by now`);
      }
      await sleep(clock, waitMs, signal);
    }
  }

  #once(exchange: Exchange, credentials: Credentials, signal: AbortSignal): Promise<IncomingMessage | 'dead socket'> {
    const url = new URL(this.#options.access.server);
    url.pathname = `${url.pathname.replace(/\/$/, '')}${exchange.path}`;
    for (const [name, value] of Object.entries(exchange.query ?? {})) url.searchParams.set(name, value);
    const body = exchange.body === undefined ? undefined : Buffer.from(JSON.stringify(exchange.body));
    const headers: Record<string, string> = {
      ...credentials.headers,
      accept: 'application/json',
      'user-agent': this.#options.userAgent,
    };
    if (body !== undefined) {
      headers['content-type'] = exchange.contentType ?? 'application/json';
      headers['content-length'] = String(body.length);
    }
    const send = this.#secure ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const request = send(url, {
        ...credentials.tls,
        method: exchange.method,
        headers,
        signal,
        agent: credentials.agent ?? this.#agent,
      });
      request.on('response', resolve);
      request.on('error', (error: NodeJS.ErrnoException) => {
        if (request.reusedSocket && error.code === 'ECONNRESET') resolve('dead socket');
        else reject(error);
      });
      request.end(body);
    });
  }

  #failure(exchange: Exchange, error: KubeError, startedAt: number): KubeError {
    if (error.transient) this.#budget.failed(this.#options.clock.now(), error.retryAfterMs);
    this.#report(exchange, error.status === undefined ? error.code : String(error.status), startedAt);
    return error;
  }

  #answered(exchange: Exchange, response: IncomingMessage, startedAt: number): void {
    this.#report(exchange, String(response.statusCode), startedAt);
    for (const listener of [...this.#onAnswer]) listener();
  }

  #report({ method, path }: Exchange, outcome: string, startedAt: number): void {
    this.#options.observe?.({ method, path, outcome, durationMs: this.#options.clock.now() - startedAt });
  }
}

/** The caller's signal and the time limit as one signal, and which of them it was. */
class Deadline {
  readonly signal: AbortSignal;
  readonly #expired = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #limitMs: number;
  readonly #cancel: () => void;

  constructor({ clock, deadlineMs = DEADLINE_MS }: TransportOptions, caller: AbortSignal | undefined) {
    this.#caller = caller;
    this.#limitMs = deadlineMs;
    this.signal = caller === undefined ? this.#expired.signal : AbortSignal.any([caller, this.#expired.signal]);
    this.#cancel = clock.after(deadlineMs, () => this.#expired.abort());
  }

  /** The time limit is over with; the caller's signal still counts. */
  end(): void {
    this.#cancel();
  }

  explain(what: string, cause: unknown): KubeError {
    if (cause instanceof KubeError) return cause;
    if (this.#caller?.aborted === true) return new KubeError('ABORTED', `${what}: given up`, { cause });
    if (this.#expired.signal.aborted) {
      return new KubeError('TIMEOUT', `${what}: no answer within ${this.#limitMs} ms`, { cause });
    }
    const text = cause instanceof Error ? cause.message : String(cause);
    return new KubeError('UNREACHABLE', `${what}: ${text}`, { cause });
  }
}

export function describe({ method, path }: Pick<Exchange, 'method' | 'path'>): string {
  return `${method} ${path}`;
}

async function readText(response: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new KubeError('BAD_REPLY', `an answer of more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Seconds or a date; only where it means "later", not "elsewhere". */
function retryAfterMs(response: IncomingMessage, status: number, wallMs: number): number | undefined {
  const header = response.headers['retry-after'];
  if (header === undefined || !RETRY_AFTER_STATUSES.has(status)) return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - wallMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS);
}
