// Typed calls and events between two threads over a MessagePort. Carries plain values and bytes, never functions.
import type { MessagePort, Worker } from 'node:worker_threads';
import { RpcError } from '../rpc/errors.ts';

/** Calls waiting for an answer before new ones are refused. */
const MAX_CALLS_IN_FLIGHT = 4_096;

/** An error that crossed a thread: its code and words survive, its class does not. */
export class RemoteError extends Error {
  readonly code: string;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.facts = facts;
  }
}

type Channel = Pick<MessagePort | Worker, 'postMessage'> & {
  on(event: 'message', listener: (m: Message) => void): unknown;
};

type Message =
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly args: unknown[] }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | {
      readonly kind: 'failure';
      readonly id: number;
      readonly code: string;
      readonly message: string;
      readonly facts: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'event'; readonly name: string; readonly payload: unknown };

/** Everything callable of T, answered later. */
export type Remote<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never;
};

/** Serves the methods of `target` to the other end; answers how to send it events. */
export function serve<E extends Record<string, unknown>>(
  channel: Channel,
  target: object,
): <K extends keyof E & string>(name: K, payload: E[K]) => void {
  channel.on('message', (message) => {
    if (message.kind === 'call') void answer(channel, target, message);
  });
  return (name, payload) => channel.postMessage({ kind: 'event', name, payload } satisfies Message);
}

async function answer(channel: Channel, target: object, call: Message & { kind: 'call' }): Promise<void> {
  try {
    const method: unknown = Reflect.get(target, call.method);
    if (typeof method !== 'function') throw new RemoteError('INTERNAL', `no method ${call.method}`);
    const value: unknown = await Reflect.apply(method, target, call.args);
    channel.postMessage({ kind: 'answer', id: call.id, value } satisfies Message);
  } catch (error) {
    channel.postMessage({ kind: 'failure', id: call.id, ...describe(error) } satisfies Message);
  }
}

function describe(error: unknown): { code: string; message: string; facts: Record<string, unknown> } {
  if (!(error instanceof Error)) return { code: 'INTERNAL', message: String(error), facts: {} };
  const told = error instanceof RpcError ? error.refusal : error;
  const facts = Object.fromEntries(
    Object.entries(told).filter(([, v]) => typeof v === 'string' || typeof v === 'number' || typeof v === 'boolean'),
  );
  const code = typeof facts['code'] === 'string' ? facts['code'] : 'INTERNAL';
  return { code, message: code === 'INTERNAL' ? (error.stack ?? error.message) : error.message, facts };
}

/** The other end: calls answered as promises, events handed to `onEvent`. */
export class Caller<T extends object, E extends Record<string, unknown>> {
  readonly remote: Remote<T>;
  readonly #channel: Channel;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #next = 0;

  constructor(channel: Channel, onEvent: <K extends keyof E & string>(name: K, payload: E[K]) => void) {
    this.#channel = channel;
    channel.on('message', (message) => {
      if (message.kind === 'event') onEvent(message.name, message.payload as E[string]);
      else if (message.kind !== 'call') this.#settle(message);
    });
    this.remote = new Proxy({} as Remote<T>, {
      get: (_, method) => (method === 'then' ? undefined : (...args: unknown[]) => this.#call(String(method), args)),
    });
  }

  get inFlight(): number {
    return this.#waiting.size;
  }

  /** Fails everything in flight: the other thread is gone. */
  close(reason: Error): void {
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }

  #call(method: string, args: unknown[]): Promise<unknown> {
    if (this.#waiting.size >= MAX_CALLS_IN_FLIGHT) {
      return Promise.reject(new RemoteError('BUSY', `${MAX_CALLS_IN_FLIGHT} calls are waiting already`));
    }
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#channel.postMessage({ kind: 'call', id, method, args } satisfies Message);
    });
  }

  #settle(message: Message & { kind: 'answer' | 'failure' }): void {
    const waiting = this.#waiting.get(message.id);
    if (waiting === undefined) return;
    this.#waiting.delete(message.id);
    if (message.kind === 'answer') waiting.resolve(message.value);
    else waiting.reject(new RemoteError(message.code, message.message, message.facts));
  }
}
