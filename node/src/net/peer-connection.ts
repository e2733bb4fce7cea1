// One dialled peer: asks it for headers, bodies and leaves, and listens to what it announces. Chooses nothing and
// remembers nothing.
import { type ClientReadableStream, credentials } from '@grpc/grpc-js';
import type { BatchesResponse__Output } from '@rexnet/proto/generated/rexnet/v1/BatchesResponse.ts';
import type { BlocksResponse__Output } from '@rexnet/proto/generated/rexnet/v1/BlocksResponse.ts';
import type { GossipResponse__Output } from '@rexnet/proto/generated/rexnet/v1/GossipResponse.ts';
import type { PeerClient } from '@rexnet/proto/generated/rexnet/v1/Peer.ts';
import { Peer } from '@rexnet/proto/load.ts';
import type { GossipHandler, GossipLink, GossipMessage, HeaderRecord, PeerHeadersRequest } from '../rpc/backend.ts';
import { gossipLink, readGossip } from '../rpc/gossip.ts';
import { gossipFromWire, gossipToWire } from '../rpc/wire.ts';
import type { PeerAddress } from './peer-file.ts';

const ANSWER_DEADLINE_MS = 10_000;
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

const OPTIONS = {
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
  // Peers come back within seconds; gRPC's own patience grows to two minutes.
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 2_000,
};

export interface FetchedBody {
  readonly id: Uint8Array;
  readonly header: Uint8Array;
  readonly witness: Uint8Array;
  readonly body: Uint8Array;
}

export class PeerConnection {
  readonly group: number;
  readonly address: PeerAddress;
  readonly #client: PeerClient;

  constructor(group: number, address: PeerAddress) {
    this.group = group;
    this.address = address;
    this.#client = new Peer(address.peer, credentials.createInsecure(), OPTIONS);
  }

  headers({ group, locator, limit, branches }: PeerHeadersRequest): Promise<HeaderRecord[]> {
    const request = { group, locator: [...locator], limit, branches: [...branches] };
    return new Promise((resolve, reject) => {
      this.#client.headers(request, { deadline: deadline() }, (error, answer) => {
        if (error !== null) reject(error);
        else resolve(answer?.headers ?? []);
      });
    });
  }

  async *bodies(ids: readonly Uint8Array[]): AsyncGenerator<FetchedBody, void, undefined> {
    const stream: ClientReadableStream<BlocksResponse__Output> = this.#client.blocks(
      { ids: [...ids] },
      { deadline: deadline() },
    );
    for await (const answer of stream as AsyncIterable<BlocksResponse__Output>) if (answer.found) yield answer;
  }

  /** PROVEN_LEAF bytes of those blocks the peer has. */
  async *leaves(
    ids: readonly Uint8Array[],
    destination: number,
  ): AsyncGenerator<{ id: Uint8Array; leaf: Uint8Array }, void, undefined> {
    const stream: ClientReadableStream<BatchesResponse__Output> = this.#client.batches(
      { ids: [...ids], destination },
      { deadline: deadline() },
    );
    for await (const answer of stream as AsyncIterable<BatchesResponse__Output>) if (answer.found) yield answer;
  }

  /** Listens until the stream ends or `signal` aborts; resolves either way, rejects on a fault. */
  async gossip(open: (link: GossipLink) => GossipHandler, signal: AbortSignal): Promise<void> {
    const call = this.#client.gossip();
    const stop = (): void => call.cancel();
    signal.addEventListener('abort', stop, { once: true });
    const handler = open(
      gossipLink({
        connection: this.address.peer,
        write: (message) => call.write({ message: gossipToWire(message) }),
        onDrain: (listener) => call.on('drain', listener),
        end: () => call.cancel(),
      }),
    );
    try {
      await readGossip(messagesOf(call), handler);
    } finally {
      signal.removeEventListener('abort', stop);
      handler.closed();
      call.cancel();
    }
  }

  close(): void {
    this.#client.close();
  }
}

async function* messagesOf(
  call: AsyncIterable<GossipResponse__Output>,
): AsyncGenerator<GossipMessage, void, undefined> {
  for await (const answer of call) yield gossipFromWire(answer.message);
}

function deadline(): Date {
  return new Date(Date.now() + ANSWER_DEADLINE_MS);
}
