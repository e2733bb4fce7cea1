// Around every handler: admission, deadline, cancellation, backpressure, errors by table, metrics. Knows no service.
import { once } from 'node:events';
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  type ServerDuplexStream,
  type ServerWritableStream,
  status,
} from '@grpc/grpc-js';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/telemetry.ts';
import type { Caller } from './backend.ts';
import type { Connections } from './connections.ts';
import { failureOf, refusalOf } from './error-details.ts';
import { RpcError } from './errors.ts';

/** A unary call that asks for more time, or for none, gets this much. */
const MAX_UNARY_MS = 30_000;
/** Streams open at once on one port. */
const MAX_STREAMS = 512;
/** A reader that takes nothing for so long is gone. */
const MAX_STALL_MS = 60_000;
const BUSY_RETRY_MS = 200;

/** A call as the wrappers see it. */
interface AnyCall {
  getPeer(): string;
  once(event: 'cancelled', listener: () => void): unknown;
}

export interface ActiveCall {
  readonly caller: Caller;
  /** Rejects when the call is cancelled or the node stops. */
  readonly aborted: Promise<never>;
  finish(error?: unknown): void;
}

export interface CallsOptions {
  readonly connections: Connections;
  readonly log: Log;
  readonly metrics?: Metrics | undefined;
}

/** The calls in flight on one port. */
export class Calls {
  readonly #options: CallsOptions;
  readonly #active = new Set<AbortController>();
  #streams = 0;
  #stopping = false;

  constructor(options: CallsOptions) {
    this.#options = options;
  }

  get active(): number {
    return this.#active.size;
  }

  /** Ends every call in flight and refuses new ones. */
  stop(): void {
    this.#stopping = true;
    for (const call of this.#active) call.abort(new RpcError('STOPPING'));
  }

  drop(connection: string, reason: string): void {
    this.#options.connections.drop(connection, reason);
  }

  begin(call: AnyCall, method: string, kind: 'unary' | 'stream'): ActiveCall {
    const { connections, metrics } = this.#options;
    const connection = call.getPeer();
    if (this.#stopping) throw new RpcError('STOPPING');
    if (!connections.admitCall(connection)) throw new RpcError('BUSY', { retryAfterMs: BUSY_RETRY_MS });
    if (kind === 'stream' && this.#streams >= MAX_STREAMS) throw new RpcError('TOO_MANY_STREAMS');
    const abort = new AbortController();
    const startedMs = performance.now();
    this.#active.add(abort);
    if (kind === 'stream') {
      this.#streams += 1;
      metrics?.rpc.streams.inc({ method });
    }
    call.once('cancelled', () => abort.abort(new RpcError('CANCELLED')));
    const timer =
      kind === 'unary' ? setTimeout(() => abort.abort(new RpcError('DEADLINE')), MAX_UNARY_MS).unref() : undefined;
    const aborted = new Promise<never>((_, reject) => {
      abort.signal.addEventListener('abort', () => reject(abort.signal.reason), { once: true });
    });
    aborted.catch(() => {});
    return {
      caller: { connection, signal: abort.signal },
      aborted,
      finish: (error) => {
        clearTimeout(timer);
        if (!this.#active.delete(abort)) return;
        if (kind === 'stream') {
          this.#streams -= 1;
          metrics?.rpc.streams.dec({ method });
        } else {
          metrics?.rpc.callSeconds.observe({ method }, (performance.now() - startedMs) / 1_000);
        }
        this.#count(method, error);
      },
    };
  }

  #count(method: string, error: unknown): void {
    const { log, metrics } = this.#options;
    const code = error === undefined ? status.OK : failureOf(error).code;
    metrics?.rpc.calls.inc({ method, code: status[code] ?? 'UNKNOWN' });
    if (error !== undefined && refusalOf(error).code === 'INTERNAL') log.error({ err: error, method }, 'call failed');
  }

  unary<Q, A>(method: string, run: (request: Q, caller: Caller) => Promise<A>): handleUnaryCall<Q, A> {
    return (call, callback) => {
      let active: ActiveCall;
      try {
        active = this.begin(call, method, 'unary');
      } catch (error) {
        this.#count(method, error);
        callback(failureOf(error));
        return;
      }
      Promise.race([run(call.request, active.caller), active.aborted]).then(
        (answer) => {
          active.finish();
          callback(null, answer);
        },
        (error: unknown) => {
          active.finish(error);
          callback(failureOf(error));
        },
      );
    };
  }

  /** Pulls from `run` only as fast as the caller reads. */
  serverStream<Q, A>(
    method: string,
    run: (request: Q, caller: Caller) => AsyncGenerator<A, void, undefined>,
  ): handleServerStreamingCall<Q, A> {
    return (call) => {
      this.stream(call, method, async (active) => {
        const source = run(call.request, active.caller);
        try {
          for (;;) {
            const next = await unlessAborted(source.next(), active.caller.signal);
            if (next.done === true) return;
            await writeTo(call, next.value, active);
          }
        } finally {
          // Not awaited: a generator that waits for something ends by its signal.
          source.return().catch(() => {});
        }
      });
    };
  }

  /** Runs a stream to its end and turns what it throws into the status of the call. */
  stream<Q, A>(
    call: ServerWritableStream<Q, A> | ServerDuplexStream<Q, A>,
    method: string,
    run: (active: ActiveCall) => Promise<void>,
  ): void {
    let active: ActiveCall;
    try {
      active = this.begin(call, method, 'stream');
    } catch (error) {
      this.#count(method, error);
      call.emit('error', failureOf(error));
      return;
    }
    run(active).then(
      () => {
        active.finish();
        call.end();
      },
      (error: unknown) => {
        active.finish(error);
        call.emit('error', failureOf(error));
      },
    );
  }
}

/** Not a race with `aborted`: a promise that outlives the stream's messages would keep every one of them. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    if (signal.aborted) onAbort();
  });
}

/**
 * The messages of a caller, one at a time. Not the stream's own iterator: that one destroys the call when an error is
 * set as its status, and the status would never be sent.
 */
export async function* incoming<Q, A>(call: ServerDuplexStream<Q, A>): AsyncGenerator<Q, void, undefined> {
  let over = false;
  let wake = (): void => {};
  call.on('readable', () => wake());
  for (const event of ['end', 'close', 'cancelled'] as const) {
    call.once(event, () => {
      over = true;
      wake();
    });
  }
  while (!over) {
    const message = call.read() as Q | null;
    if (message !== null) yield message;
    else if (!over) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}

/** Writes one message and waits while the caller does not read; throws when that takes too long. */
export async function writeTo<Q, A>(
  call: ServerWritableStream<Q, A> | ServerDuplexStream<Q, A>,
  message: A,
  active: ActiveCall,
): Promise<void> {
  if (call.write(message)) return;
  const signal = AbortSignal.any([active.caller.signal, AbortSignal.timeout(MAX_STALL_MS)]);
  try {
    await once(call, 'drain', { signal });
  } catch (error) {
    if (active.caller.signal.aborted) throw active.caller.signal.reason;
    throw new RpcError('BUSY', { message: 'the caller does not read' }, { cause: error });
  }
}
