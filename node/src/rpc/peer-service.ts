// The Peer service: what other nodes ask of this one. Pulls one block, leaf or chunk at a time from the backend.
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { BatchesRequest__Output } from '@rexnet/proto/generated/rexnet/v1/BatchesRequest.ts';
import type { BatchesResponse } from '@rexnet/proto/generated/rexnet/v1/BatchesResponse.ts';
import type { BlocksRequest__Output } from '@rexnet/proto/generated/rexnet/v1/BlocksRequest.ts';
import type { BlocksResponse } from '@rexnet/proto/generated/rexnet/v1/BlocksResponse.ts';
import type { GossipRequest__Output } from '@rexnet/proto/generated/rexnet/v1/GossipRequest.ts';
import type { GossipResponse } from '@rexnet/proto/generated/rexnet/v1/GossipResponse.ts';
import type { PeerHandlers } from '@rexnet/proto/generated/rexnet/v1/Peer.ts';
import type { StateChunksRequest__Output } from '@rexnet/proto/generated/rexnet/v1/StateChunksRequest.ts';
import type { StateChunksResponse } from '@rexnet/proto/generated/rexnet/v1/StateChunksResponse.ts';
import type { Caller, GossipMessage, PeerBackend } from './backend.ts';
import { type ActiveCall, type Calls, incoming } from './calls.ts';
import { isErrorCode, RpcError } from './errors.ts';
import { gossipLink, readGossip } from './gossip.ts';
import { InFlight } from './in-flight.ts';
import { MAX_HEADERS_PER_ANSWER } from './node-service.ts';
import { StatePace } from './state-pace.ts';
import {
  bytesOf,
  gossipFromWire,
  gossipToWire,
  headerToWire,
  helloFromWire,
  helloToWire,
  ID_BYTES,
  listOf,
} from './wire.ts';

const MAX_LOCATOR_IDS = 64;
const MAX_BRANCH_IDS = 64;
const MAX_IDS_PER_REQUEST = 512;
/** A thousand headers from disk keep the engine's thread for milliseconds; all nodes of a laptop are one address. */
const HEADER_ANSWERS_PER_ADDRESS = 32;

export function peerService(backend: PeerBackend, calls: Calls): PeerHandlers {
  const pace = new StatePace(() => performance.now());
  const headerAnswers = new InFlight(HEADER_ANSWERS_PER_ADDRESS);
  return {
    Hello: calls.unary('Peer.Hello', async (request, caller) => ({
      hello: helloToWire(await backend.hello(helloFromWire(request.hello), caller)),
    })),

    Headers: calls.unary('Peer.Headers', async (request, caller) => {
      const locator = listOf(request.locator, MAX_LOCATOR_IDS, 'locator').map((id) => bytesOf(id, ID_BYTES, 'locator'));
      const branches = listOf(request.branches, MAX_BRANCH_IDS, 'branches').map((id) =>
        bytesOf(id, ID_BYTES, 'branches'),
      );
      const limit = Math.min(request.limit, MAX_HEADERS_PER_ANSWER);
      const question = { group: request.group, locator, limit, branches };
      const headers = await headerAnswers.run(caller.connection, () => backend.peerHeaders(question, caller));
      return { headers: headers.map(headerToWire) };
    }),

    Blocks: calls.serverStream('Peer.Blocks', (request, caller) => blocks(backend, request, caller)),
    Batches: calls.serverStream('Peer.Batches', (request, caller) => batches(backend, request, caller)),
    StateChunks: calls.serverStream('Peer.StateChunks', (request, caller) => chunks(backend, pace, request, caller)),
    Gossip: (call) => calls.stream(call, 'Peer.Gossip', (active) => gossip(backend, calls, call, active)),
  };
}

async function* blocks(
  backend: PeerBackend,
  request: BlocksRequest__Output,
  caller: Caller,
): AsyncGenerator<BlocksResponse, void, undefined> {
  for (const id of listOf(request.ids, MAX_IDS_PER_REQUEST, 'ids')) {
    const found = await backend.peerBlock(bytesOf(id, ID_BYTES, 'ids'), caller);
    if (found === undefined) yield { id, found: false };
    else yield { id, found: true, header: found.header, witness: found.witness, body: found.body };
  }
}

async function* batches(
  backend: PeerBackend,
  request: BatchesRequest__Output,
  caller: Caller,
): AsyncGenerator<BatchesResponse, void, undefined> {
  for (const id of listOf(request.ids, MAX_IDS_PER_REQUEST, 'ids')) {
    const leaf = await backend.peerBatch(bytesOf(id, ID_BYTES, 'ids'), request.destination, caller);
    yield leaf === undefined ? { id, found: false } : { id, found: true, leaf };
  }
}

async function* chunks(
  backend: PeerBackend,
  pace: StatePace,
  request: StateChunksRequest__Output,
  caller: Caller,
): AsyncGenerator<StateChunksResponse, void, undefined> {
  const blockId = bytesOf(request.blockId, ID_BYTES, 'block_id');
  const stream = pace.begin(caller.connection);
  try {
    for (let index = request.fromChunk; ; index++) {
      const chunk = await backend.peerStateChunk({ blockId, partition: request.partition, index }, caller);
      if (chunk === undefined) throw new RpcError('NOT_FOUND');
      await stream.spend(chunk.bytes.length, caller.signal);
      yield { index, chunk: chunk.bytes, last: chunk.last };
      if (chunk.last) return;
    }
  } finally {
    stream.end();
  }
}

async function* messagesOf(
  call: ServerDuplexStream<GossipRequest__Output, GossipResponse>,
): AsyncGenerator<GossipMessage, void, undefined> {
  for await (const request of incoming(call)) yield gossipFromWire(request.message);
}

async function gossip(
  backend: PeerBackend,
  calls: Calls,
  call: ServerDuplexStream<GossipRequest__Output, GossipResponse>,
  active: ActiveCall,
): Promise<void> {
  const { connection } = active.caller;
  const closed = Promise.withResolvers<void>();
  const handler = backend.openGossip(
    gossipLink({
      connection,
      write: (message) => call.write({ message: gossipToWire(message) }),
      onDrain: (listener) => call.on('drain', listener),
      end: (code) => {
        if (code === undefined) return closed.resolve();
        calls.drop(connection, code);
        closed.reject(new RpcError(isErrorCode(code) ? code : 'BAD_REQUEST', { message: code }));
      },
    }),
  );
  try {
    await Promise.race([readGossip(messagesOf(call), handler), closed.promise, active.aborted]);
  } finally {
    closed.promise.catch(() => {});
    handler.closed();
  }
}
