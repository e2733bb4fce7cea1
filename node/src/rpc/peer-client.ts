// The Peer service from the side of the node that dials. Checks shapes, judges nothing.
import { type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import type { GossipRequest } from '@rexnet/proto/generated/rexnet/v1/GossipRequest.ts';
import type { GossipResponse__Output } from '@rexnet/proto/generated/rexnet/v1/GossipResponse.ts';
import type { PeerClient as PeerStub } from '@rexnet/proto/generated/rexnet/v1/Peer.ts';
import { Peer } from '@rexnet/proto/load.ts';
import type {
  GossipHandler,
  GossipLink,
  GossipMessage,
  HeaderRecord,
  PeerHeadersRequest,
  PeerHello,
} from './backend.ts';
import { CHANNEL_OPTIONS, callUnary, messages, type UnaryOptions } from './channel.ts';
import { gossipLink, readGossip } from './gossip.ts';
import { gossipFromWire, gossipToWire, helloFromWire, helloToWire } from './wire.ts';

/** Another peer is asked for what has not come by then. */
const BULK_DEADLINE_MS = 10_000;

/** Of one part of a state, however large; who gives none of it for a while is left earlier. */
const STATE_DEADLINE_MS = 600_000;

/** What a peer answered for one id. */
export interface PeerBlockAnswer {
  readonly id: Uint8Array;
  readonly found: boolean;
  readonly header: Uint8Array;
  readonly witness: Uint8Array;
  readonly body: Uint8Array;
}
export interface PeerBatchAnswer {
  readonly id: Uint8Array;
  readonly found: boolean;
  readonly leaf: Uint8Array;
}

export class PeerRpc {
  readonly address: string;
  readonly #stub: PeerStub;

  constructor(address: string) {
    this.address = address;
    this.#stub = new Peer(address, credentials.createInsecure(), CHANNEL_OPTIONS);
  }

  close(): void {
    this.#stub.close();
  }

  async hello(ours: PeerHello, options?: UnaryOptions): Promise<PeerHello> {
    const answer = await callUnary(this.#stub, Peer.service.Hello, { hello: helloToWire(ours) }, options);
    return helloFromWire(answer.hello);
  }

  async headers(request: PeerHeadersRequest, options?: UnaryOptions): Promise<readonly HeaderRecord[]> {
    const { group, limit } = request;
    const wire = { group, limit, locator: [...request.locator], branches: [...request.branches] };
    return (await callUnary(this.#stub, Peer.service.Headers, wire, options)).headers;
  }

  /** One answer per id, in order; the caller checks that they are what was asked for. */
  blocks(ids: readonly Uint8Array[], signal?: AbortSignal): AsyncGenerator<PeerBlockAnswer, void, undefined> {
    return messages(this.#stub.Blocks({ ids: [...ids] }, { deadline: Date.now() + BULK_DEADLINE_MS }), signal);
  }

  batches(
    destination: number,
    ids: readonly Uint8Array[],
    signal?: AbortSignal,
  ): AsyncGenerator<PeerBatchAnswer, void, undefined> {
    const call = this.#stub.Batches({ destination, ids: [...ids] }, { deadline: Date.now() + BULK_DEADLINE_MS });
    return messages(call, signal);
  }

  stateChunks(
    request: { readonly blockId: Uint8Array; readonly partition: number; readonly fromChunk: number },
    signal?: AbortSignal,
  ): AsyncGenerator<{ readonly index: number; readonly chunk: Uint8Array; readonly last: boolean }, void, undefined> {
    return messages(this.#stub.StateChunks({ ...request }, { deadline: Date.now() + STATE_DEADLINE_MS }), signal);
  }

  /**
   * Opens a gossip stream. `open` gets the near end, must send a hello first, and answers the handler of what arrives.
   * Resolves when the stream is over; throws RpcError when the other side or a handler ended it.
   */
  async gossip(open: (link: GossipLink) => GossipHandler, signal: AbortSignal): Promise<void> {
    const call = this.#stub.Gossip();
    const handler = open(
      gossipLink({
        connection: this.address,
        write: (message) => call.write({ message: gossipToWire(message) }),
        onDrain: (listener) => call.on('drain', listener),
        end: () => call.cancel(),
      }),
    );
    try {
      await readGossip(received(call, signal), handler);
    } finally {
      handler.closed();
    }
  }
}

async function* received(
  call: ClientDuplexStream<GossipRequest, GossipResponse__Output>,
  signal: AbortSignal,
): AsyncGenerator<GossipMessage, void, undefined> {
  for await (const answer of messages(call, signal)) yield gossipFromWire(answer.message);
}
