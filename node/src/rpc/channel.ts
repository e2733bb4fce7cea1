// Calls from the caller's side: options of a channel, deadlines, typed errors. Knows no service and retries nothing.
import { once } from 'node:events';
import {
  type CallOptions,
  type ChannelOptions,
  type Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import { errorOf } from './error-details.ts';

/** What a unary call may take when its caller does not say. */
const UNARY_DEADLINE_MS = 5_000;

const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** Services answer where they run: a channel belongs to one address, so there is nothing to balance or to retry in it. */
export const CHANNEL_OPTIONS: ChannelOptions = {
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2_000,
  // A pod that was made anew has another address, and its name may tell the old one for a second or two.
  'grpc.dns_min_time_between_resolutions_ms': 5_000,
  'grpc.enable_retries': 0,
  'grpc.enable_channelz': 0,
  // Two nodes of one process (tests) must not share a connection.
  'grpc.use_local_subchannel_pool': 1,
};

export interface UnaryOptions {
  readonly signal?: AbortSignal | undefined;
  readonly deadlineMs?: number | undefined;
}

/** One call with a deadline; throws RpcError. */
export function callUnary<Q, A, RequestOut, Answer>(
  client: Client,
  method: MethodDefinition<Q, A, RequestOut, Answer>,
  request: Q,
  options: UnaryOptions = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { signal, deadlineMs = UNARY_DEADLINE_MS } = options;
    const { path, requestSerialize, responseDeserialize } = method;
    const limits: CallOptions = { deadline: Date.now() + deadlineMs };
    const onAbort = (): void => call.cancel();
    const call = client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      new Metadata(),
      limits,
      (error: ServiceError | null, answer?: Answer) => {
        signal?.removeEventListener('abort', onAbort);
        if (error !== null || answer === undefined) reject(errorOf(error));
        else resolve(answer);
      },
    );
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** The messages of a stream; leaving the loop or aborting cancels the call, and a failed call throws RpcError. */
export async function* messages<A>(
  call: ClientReadableStream<A>,
  signal?: AbortSignal,
): AsyncGenerator<A, void, undefined> {
  const onAbort = (): void => call.cancel();
  if (signal?.aborted === true) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  try {
    for await (const message of call as AsyncIterable<A>) yield message;
  } catch (error) {
    if (signal?.aborted === true) return;
    throw errorOf(error);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    // A stream that was left early still reports its cancellation.
    call.on('error', () => {});
    call.cancel();
  }
}

/** Writes one message and waits while the other side does not read. */
export async function send<Q, A>(call: ClientDuplexStream<Q, A>, message: Q, signal?: AbortSignal): Promise<void> {
  if (call.write(message)) return;
  await once(call, 'drain', signal === undefined ? {} : { signal });
}
