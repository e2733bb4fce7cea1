// Original file: rexnet/v1/peer.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { BatchesRequest as _rexnet_v1_BatchesRequest, BatchesRequest__Output as _rexnet_v1_BatchesRequest__Output } from '../../rexnet/v1/BatchesRequest.ts';
import type { BatchesResponse as _rexnet_v1_BatchesResponse, BatchesResponse__Output as _rexnet_v1_BatchesResponse__Output } from '../../rexnet/v1/BatchesResponse.ts';
import type { BlocksRequest as _rexnet_v1_BlocksRequest, BlocksRequest__Output as _rexnet_v1_BlocksRequest__Output } from '../../rexnet/v1/BlocksRequest.ts';
import type { BlocksResponse as _rexnet_v1_BlocksResponse, BlocksResponse__Output as _rexnet_v1_BlocksResponse__Output } from '../../rexnet/v1/BlocksResponse.ts';
import type { GossipRequest as _rexnet_v1_GossipRequest, GossipRequest__Output as _rexnet_v1_GossipRequest__Output } from '../../rexnet/v1/GossipRequest.ts';
import type { GossipResponse as _rexnet_v1_GossipResponse, GossipResponse__Output as _rexnet_v1_GossipResponse__Output } from '../../rexnet/v1/GossipResponse.ts';
import type { HeadersRequest as _rexnet_v1_HeadersRequest, HeadersRequest__Output as _rexnet_v1_HeadersRequest__Output } from '../../rexnet/v1/HeadersRequest.ts';
import type { HeadersResponse as _rexnet_v1_HeadersResponse, HeadersResponse__Output as _rexnet_v1_HeadersResponse__Output } from '../../rexnet/v1/HeadersResponse.ts';
import type { HelloRequest as _rexnet_v1_HelloRequest, HelloRequest__Output as _rexnet_v1_HelloRequest__Output } from '../../rexnet/v1/HelloRequest.ts';
import type { HelloResponse as _rexnet_v1_HelloResponse, HelloResponse__Output as _rexnet_v1_HelloResponse__Output } from '../../rexnet/v1/HelloResponse.ts';
import type { StateChunksRequest as _rexnet_v1_StateChunksRequest, StateChunksRequest__Output as _rexnet_v1_StateChunksRequest__Output } from '../../rexnet/v1/StateChunksRequest.ts';
import type { StateChunksResponse as _rexnet_v1_StateChunksResponse, StateChunksResponse__Output as _rexnet_v1_StateChunksResponse__Output } from '../../rexnet/v1/StateChunksResponse.ts';

export interface PeerClient extends grpc.Client {
  Batches(argument: _rexnet_v1_BatchesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_BatchesResponse__Output>;
  Batches(argument: _rexnet_v1_BatchesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_BatchesResponse__Output>;
  batches(argument: _rexnet_v1_BatchesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_BatchesResponse__Output>;
  batches(argument: _rexnet_v1_BatchesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_BatchesResponse__Output>;
  
  Blocks(argument: _rexnet_v1_BlocksRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_BlocksResponse__Output>;
  Blocks(argument: _rexnet_v1_BlocksRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_BlocksResponse__Output>;
  blocks(argument: _rexnet_v1_BlocksRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_BlocksResponse__Output>;
  blocks(argument: _rexnet_v1_BlocksRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_BlocksResponse__Output>;
  
  Gossip(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_rexnet_v1_GossipRequest, _rexnet_v1_GossipResponse__Output>;
  Gossip(options?: grpc.CallOptions): grpc.ClientDuplexStream<_rexnet_v1_GossipRequest, _rexnet_v1_GossipResponse__Output>;
  gossip(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_rexnet_v1_GossipRequest, _rexnet_v1_GossipResponse__Output>;
  gossip(options?: grpc.CallOptions): grpc.ClientDuplexStream<_rexnet_v1_GossipRequest, _rexnet_v1_GossipResponse__Output>;
  
  Headers(argument: _rexnet_v1_HeadersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_HeadersResponse__Output>): grpc.ClientUnaryCall;
  Headers(argument: _rexnet_v1_HeadersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_HeadersResponse__Output>): grpc.ClientUnaryCall;
  Headers(argument: _rexnet_v1_HeadersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_HeadersResponse__Output>): grpc.ClientUnaryCall;
  Headers(argument: _rexnet_v1_HeadersRequest, callback: grpc.requestCallback<_rexnet_v1_HeadersResponse__Output>): grpc.ClientUnaryCall;
  headers(argument: _rexnet_v1_HeadersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_HeadersResponse__Output>): grpc.ClientUnaryCall;
  headers(argument: _rexnet_v1_HeadersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_HeadersResponse__Output>): grpc.ClientUnaryCall;
  headers(argument: _rexnet_v1_HeadersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_HeadersResponse__Output>): grpc.ClientUnaryCall;
  headers(argument: _rexnet_v1_HeadersRequest, callback: grpc.requestCallback<_rexnet_v1_HeadersResponse__Output>): grpc.ClientUnaryCall;
  
  Hello(argument: _rexnet_v1_HelloRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_HelloResponse__Output>): grpc.ClientUnaryCall;
  Hello(argument: _rexnet_v1_HelloRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_HelloResponse__Output>): grpc.ClientUnaryCall;
  Hello(argument: _rexnet_v1_HelloRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_HelloResponse__Output>): grpc.ClientUnaryCall;
  Hello(argument: _rexnet_v1_HelloRequest, callback: grpc.requestCallback<_rexnet_v1_HelloResponse__Output>): grpc.ClientUnaryCall;
  hello(argument: _rexnet_v1_HelloRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_HelloResponse__Output>): grpc.ClientUnaryCall;
  hello(argument: _rexnet_v1_HelloRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_HelloResponse__Output>): grpc.ClientUnaryCall;
  hello(argument: _rexnet_v1_HelloRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_HelloResponse__Output>): grpc.ClientUnaryCall;
  hello(argument: _rexnet_v1_HelloRequest, callback: grpc.requestCallback<_rexnet_v1_HelloResponse__Output>): grpc.ClientUnaryCall;
  
  StateChunks(argument: _rexnet_v1_StateChunksRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_StateChunksResponse__Output>;
  StateChunks(argument: _rexnet_v1_StateChunksRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_StateChunksResponse__Output>;
  stateChunks(argument: _rexnet_v1_StateChunksRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_StateChunksResponse__Output>;
  stateChunks(argument: _rexnet_v1_StateChunksRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_StateChunksResponse__Output>;
  
}

export interface PeerHandlers extends grpc.UntypedServiceImplementation {
  Batches: grpc.handleServerStreamingCall<_rexnet_v1_BatchesRequest__Output, _rexnet_v1_BatchesResponse>;
  
  Blocks: grpc.handleServerStreamingCall<_rexnet_v1_BlocksRequest__Output, _rexnet_v1_BlocksResponse>;
  
  Gossip: grpc.handleBidiStreamingCall<_rexnet_v1_GossipRequest__Output, _rexnet_v1_GossipResponse>;
  
  Headers: grpc.handleUnaryCall<_rexnet_v1_HeadersRequest__Output, _rexnet_v1_HeadersResponse>;
  
  Hello: grpc.handleUnaryCall<_rexnet_v1_HelloRequest__Output, _rexnet_v1_HelloResponse>;
  
  StateChunks: grpc.handleServerStreamingCall<_rexnet_v1_StateChunksRequest__Output, _rexnet_v1_StateChunksResponse>;
  
}

export interface PeerDefinition extends grpc.ServiceDefinition {
  Batches: MethodDefinition<_rexnet_v1_BatchesRequest, _rexnet_v1_BatchesResponse, _rexnet_v1_BatchesRequest__Output, _rexnet_v1_BatchesResponse__Output>
  Blocks: MethodDefinition<_rexnet_v1_BlocksRequest, _rexnet_v1_BlocksResponse, _rexnet_v1_BlocksRequest__Output, _rexnet_v1_BlocksResponse__Output>
  Gossip: MethodDefinition<_rexnet_v1_GossipRequest, _rexnet_v1_GossipResponse, _rexnet_v1_GossipRequest__Output, _rexnet_v1_GossipResponse__Output>
  Headers: MethodDefinition<_rexnet_v1_HeadersRequest, _rexnet_v1_HeadersResponse, _rexnet_v1_HeadersRequest__Output, _rexnet_v1_HeadersResponse__Output>
  Hello: MethodDefinition<_rexnet_v1_HelloRequest, _rexnet_v1_HelloResponse, _rexnet_v1_HelloRequest__Output, _rexnet_v1_HelloResponse__Output>
  StateChunks: MethodDefinition<_rexnet_v1_StateChunksRequest, _rexnet_v1_StateChunksResponse, _rexnet_v1_StateChunksRequest__Output, _rexnet_v1_StateChunksResponse__Output>
}
