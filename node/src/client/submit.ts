// Signed bytes to the group of their sender, in batches over streams kept open. What silence or a moved partition stopped
// is sent again with the same bytes until patience ends; nothing is ever signed twice.
import { setTimeout as delay } from 'node:timers/promises';
import { senderOf, transactionId } from '../chain/transaction.ts';
import { MAX_BATCH_TRANSACTIONS, packTransactions } from '../core/transaction-batch.ts';
import type { BatchVerdict } from '../rpc/backend.ts';
import { type Refusal, RpcError, refusal, retryOf } from '../rpc/errors.ts';
import type { NodeRpc } from '../rpc/node-client.ts';
import type { SubmitStream } from '../rpc/submit-stream.ts';
import { type Connection, isSilence, PATIENCE_MS } from './connection.ts';

const MAX_BATCH_BYTES = 2 * 1024 * 1024;
const MIN_TRANSACTION_BYTES = 149;
const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 1_000;

/** `undefined` = in a pool or a block. */
export type Verdict = Refusal | undefined;

export interface SubmitOptions {
  readonly signal?: AbortSignal;
  readonly patienceMs?: number;
  /** Of all their senders, for callers that know it; else their keys are asked. */
  readonly group?: number;
  /** Also waits out refusals that pass with time, such as POOL_FULL. */
  readonly waitForRoom?: boolean;
}

interface Item {
  readonly index: number;
  readonly bytes: Uint8Array;
  group: number;
  /** Sent before without an answer: it may have arrived. */
  doubtful: boolean;
}

export class Submitter {
  readonly #connection: Connection;
  readonly #streams = new Map<number, { readonly node: NodeRpc; readonly stream: SubmitStream }>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** One verdict per transaction, in order. */
  async submit(transactions: readonly Uint8Array[], options: SubmitOptions = {}): Promise<Verdict[]> {
    const until = performance.now() + (options.patienceMs ?? PATIENCE_MS);
    const verdicts: Verdict[] = new Array<Verdict>(transactions.length).fill(undefined);
    let left: Item[] = [];
    for (const [index, bytes] of transactions.entries()) {
      if (bytes.length < MIN_TRANSACTION_BYTES) verdicts[index] = refusal('BAD_TRANSACTION');
      else {
        const group = options.group ?? this.#connection.ownerOf(senderOf(bytes));
        left.push({ index, bytes, group, doubtful: false });
      }
    }
    for (let pauseMs = FIRST_PAUSE_MS; left.length > 0; pauseMs = Math.min(MAX_PAUSE_MS, pauseMs * 2)) {
      left = await this.#round(left, verdicts, options.waitForRoom === true);
      if (left.length === 0 || performance.now() + pauseMs > until || options.signal?.aborted === true) break;
      await delay(pauseMs, undefined, options.signal === undefined ? {} : { signal: options.signal });
    }
    return verdicts;
  }

  close(): void {
    for (const { stream } of this.#streams.values()) stream.close();
    this.#streams.clear();
  }

  /** Sends everything once; answers what should be sent again, with its last refusal noted. */
  async #round(items: readonly Item[], verdicts: Verdict[], waitForRoom: boolean): Promise<Item[]> {
    const batches = [...Map.groupBy(items, ({ group }) => group)].flatMap(([group, own]) =>
      chunksOf(own).map((chunk) => ({ group, chunk })),
    );
    // BAD_SIGNATURE ends a stream after the guilty batch has its answer: what else was on it is innocent.
    const again: Item[] = [];
    let moved = false;
    await Promise.all(
      batches.map(async ({ group, chunk }) => {
        const node = this.#connection.node(group);
        const verdict = await this.#send(group, node, chunk).catch((error: unknown) => {
          if (error instanceof RpcError && (error.code === 'BAD_SIGNATURE' || isSilence(error))) return error;
          throw error;
        });
        if (verdict instanceof RpcError) {
          this.#connection.skip(group, node);
          for (const item of chunk) {
            verdicts[item.index] = verdict.refusal;
            item.doubtful = true;
            again.push(item);
          }
          return;
        }
        for (const item of chunk) verdicts[item.index] = undefined;
        for (const { index, ...refused } of verdict.refusals) {
          const item = chunk[index];
          if (item === undefined) continue;
          if (item.doubtful && (await this.#arrived(item, refused))) continue;
          verdicts[item.index] = refused;
          const retry = retryOf(refused.code);
          if (retry === 'elsewhere') {
            moved = true;
            item.group = refused.group ?? item.group;
            again.push(item);
          } else if (refused.code === 'BUSY' || (retry === 'later' && waitForRoom)) again.push(item);
        }
      }),
    );
    if (moved) await this.#connection.refresh().catch(() => undefined);
    return again;
  }

  /** A nonce that is already used may be this very transaction, sent before its stream broke. */
  async #arrived(item: Item, refused: Refusal): Promise<boolean> {
    if (refused.code !== 'NONCE_TOO_LOW' && refused.code !== 'NONCE_TAKEN') return false;
    const id = transactionId(item.bytes);
    const seen = await this.#connection.ask(item.group, (node) => node.getTransaction(id)).catch(() => undefined);
    return seen !== undefined && seen.place !== 'unknown';
  }

  #send(group: number, node: NodeRpc, chunk: readonly Item[]): Promise<BatchVerdict> {
    let open = this.#streams.get(group);
    if (open === undefined || open.node !== node || open.stream.failure !== undefined) {
      open?.stream.close();
      open = { node, stream: node.openSubmit() };
      this.#streams.set(group, open);
    }
    return open.stream.submit(packTransactions(chunk.map(({ bytes }) => bytes)));
  }
}

function chunksOf(items: readonly Item[]): Item[][] {
  const chunks: Item[][] = [];
  let chunk: Item[] = [];
  let size = 0;
  for (const item of items) {
    if (chunk.length === MAX_BATCH_TRANSACTIONS || (chunk.length > 0 && size + item.bytes.length > MAX_BATCH_BYTES)) {
      chunks.push(chunk);
      chunk = [];
      size = 0;
    }
    chunk.push(item);
    size += item.bytes.length + 4;
  }
  if (chunk.length > 0) chunks.push(chunk);
  return chunks;
}
