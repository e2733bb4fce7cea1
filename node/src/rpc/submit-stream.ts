// One SubmitBatch stream from the caller's side: batches go out in order, verdicts come back in order. Resends nothing.
import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { SubmitBatchRequest } from '@rexnet/proto/generated/rexnet/v1/SubmitBatchRequest.ts';
import type { SubmitBatchResponse__Output } from '@rexnet/proto/generated/rexnet/v1/SubmitBatchResponse.ts';
import type { BatchVerdict } from './backend.ts';
import { errorOf, refusalFromWire } from './error-details.ts';
import { RpcError } from './errors.ts';

/** Batches sent and not answered; more are refused here, so that callers pace themselves. */
const MAX_BATCHES_WAITING = 64;

/** A batch that is not answered by then is given up, with its stream. */
const VERDICT_DEADLINE_MS = 30_000;

export class SubmitStream {
  readonly #call: ClientDuplexStream<SubmitBatchRequest, SubmitBatchResponse__Output>;
  readonly #waiting: { resolve(verdict: BatchVerdict): void; reject(error: RpcError): void; sentMs: number }[] = [];
  #sequence = 0;
  #failure: RpcError | undefined;
  readonly #watchdog: NodeJS.Timeout;

  constructor(call: ClientDuplexStream<SubmitBatchRequest, SubmitBatchResponse__Output>) {
    this.#call = call;
    call.on('data', (wire: SubmitBatchResponse__Output) => {
      const { count, refusals } = wire;
      const told = refusals.map(({ index, error }) => ({ index, ...refusalFromWire(error) }));
      this.#waiting.shift()?.resolve({ count, refusals: told });
    });
    call.on('error', (error: Error) => this.#fail(errorOf(error)));
    call.on('end', () => this.#fail(new RpcError('UNREACHABLE', { message: 'the stream ended' })));
    this.#watchdog = setInterval(() => {
      const oldest = this.#waiting[0];
      if (oldest !== undefined && performance.now() - oldest.sentMs > VERDICT_DEADLINE_MS) {
        this.#fail(new RpcError('DEADLINE'));
        call.cancel();
      }
    }, 1_000).unref();
  }

  /** Why nothing more can be sent on this stream. */
  get failure(): RpcError | undefined {
    return this.#failure;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** `batch`: packed transactions. Throws what ended the stream; the batch may or may not have arrived, so send it again. */
  submit(batch: Uint8Array): Promise<BatchVerdict> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#waiting.length >= MAX_BATCHES_WAITING) return Promise.reject(new RpcError('BUSY'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject, sentMs: performance.now() });
      this.#call.write({ sequence: this.#sequence++, transactions: batch });
    });
  }

  close(): void {
    clearInterval(this.#watchdog);
    if (this.#failure !== undefined) return;
    this.#call.end();
  }

  #fail(error: RpcError): void {
    clearInterval(this.#watchdog);
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
