// Original file: rexnet/v1/mining.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { SubmitParentHeadersRequest as _rexnet_v1_SubmitParentHeadersRequest, SubmitParentHeadersRequest__Output as _rexnet_v1_SubmitParentHeadersRequest__Output } from '../../rexnet/v1/SubmitParentHeadersRequest.ts';
import type { SubmitParentHeadersResponse as _rexnet_v1_SubmitParentHeadersResponse, SubmitParentHeadersResponse__Output as _rexnet_v1_SubmitParentHeadersResponse__Output } from '../../rexnet/v1/SubmitParentHeadersResponse.ts';
import type { SubmitProofRequest as _rexnet_v1_SubmitProofRequest, SubmitProofRequest__Output as _rexnet_v1_SubmitProofRequest__Output } from '../../rexnet/v1/SubmitProofRequest.ts';
import type { SubmitProofResponse as _rexnet_v1_SubmitProofResponse, SubmitProofResponse__Output as _rexnet_v1_SubmitProofResponse__Output } from '../../rexnet/v1/SubmitProofResponse.ts';
import type { WatchTemplateRequest as _rexnet_v1_WatchTemplateRequest, WatchTemplateRequest__Output as _rexnet_v1_WatchTemplateRequest__Output } from '../../rexnet/v1/WatchTemplateRequest.ts';
import type { WatchTemplateResponse as _rexnet_v1_WatchTemplateResponse, WatchTemplateResponse__Output as _rexnet_v1_WatchTemplateResponse__Output } from '../../rexnet/v1/WatchTemplateResponse.ts';

export interface MiningClient extends grpc.Client {
  SubmitParentHeaders(argument: _rexnet_v1_SubmitParentHeadersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_SubmitParentHeadersResponse__Output>): grpc.ClientUnaryCall;
  SubmitParentHeaders(argument: _rexnet_v1_SubmitParentHeadersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_SubmitParentHeadersResponse__Output>): grpc.ClientUnaryCall;
  SubmitParentHeaders(argument: _rexnet_v1_SubmitParentHeadersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_SubmitParentHeadersResponse__Output>): grpc.ClientUnaryCall;
  SubmitParentHeaders(argument: _rexnet_v1_SubmitParentHeadersRequest, callback: grpc.requestCallback<_rexnet_v1_SubmitParentHeadersResponse__Output>): grpc.ClientUnaryCall;
  submitParentHeaders(argument: _rexnet_v1_SubmitParentHeadersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_SubmitParentHeadersResponse__Output>): grpc.ClientUnaryCall;
  submitParentHeaders(argument: _rexnet_v1_SubmitParentHeadersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_SubmitParentHeadersResponse__Output>): grpc.ClientUnaryCall;
  submitParentHeaders(argument: _rexnet_v1_SubmitParentHeadersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_SubmitParentHeadersResponse__Output>): grpc.ClientUnaryCall;
  submitParentHeaders(argument: _rexnet_v1_SubmitParentHeadersRequest, callback: grpc.requestCallback<_rexnet_v1_SubmitParentHeadersResponse__Output>): grpc.ClientUnaryCall;
  
  SubmitProof(argument: _rexnet_v1_SubmitProofRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_SubmitProofResponse__Output>): grpc.ClientUnaryCall;
  SubmitProof(argument: _rexnet_v1_SubmitProofRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_SubmitProofResponse__Output>): grpc.ClientUnaryCall;
  SubmitProof(argument: _rexnet_v1_SubmitProofRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_SubmitProofResponse__Output>): grpc.ClientUnaryCall;
  SubmitProof(argument: _rexnet_v1_SubmitProofRequest, callback: grpc.requestCallback<_rexnet_v1_SubmitProofResponse__Output>): grpc.ClientUnaryCall;
  submitProof(argument: _rexnet_v1_SubmitProofRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_SubmitProofResponse__Output>): grpc.ClientUnaryCall;
  submitProof(argument: _rexnet_v1_SubmitProofRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_SubmitProofResponse__Output>): grpc.ClientUnaryCall;
  submitProof(argument: _rexnet_v1_SubmitProofRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_SubmitProofResponse__Output>): grpc.ClientUnaryCall;
  submitProof(argument: _rexnet_v1_SubmitProofRequest, callback: grpc.requestCallback<_rexnet_v1_SubmitProofResponse__Output>): grpc.ClientUnaryCall;
  
  WatchTemplate(argument: _rexnet_v1_WatchTemplateRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_WatchTemplateResponse__Output>;
  WatchTemplate(argument: _rexnet_v1_WatchTemplateRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_WatchTemplateResponse__Output>;
  watchTemplate(argument: _rexnet_v1_WatchTemplateRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_WatchTemplateResponse__Output>;
  watchTemplate(argument: _rexnet_v1_WatchTemplateRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_WatchTemplateResponse__Output>;
  
}

export interface MiningHandlers extends grpc.UntypedServiceImplementation {
  SubmitParentHeaders: grpc.handleUnaryCall<_rexnet_v1_SubmitParentHeadersRequest__Output, _rexnet_v1_SubmitParentHeadersResponse>;
  
  SubmitProof: grpc.handleUnaryCall<_rexnet_v1_SubmitProofRequest__Output, _rexnet_v1_SubmitProofResponse>;
  
  WatchTemplate: grpc.handleServerStreamingCall<_rexnet_v1_WatchTemplateRequest__Output, _rexnet_v1_WatchTemplateResponse>;
  
}

export interface MiningDefinition extends grpc.ServiceDefinition {
  SubmitParentHeaders: MethodDefinition<_rexnet_v1_SubmitParentHeadersRequest, _rexnet_v1_SubmitParentHeadersResponse, _rexnet_v1_SubmitParentHeadersRequest__Output, _rexnet_v1_SubmitParentHeadersResponse__Output>
  SubmitProof: MethodDefinition<_rexnet_v1_SubmitProofRequest, _rexnet_v1_SubmitProofResponse, _rexnet_v1_SubmitProofRequest__Output, _rexnet_v1_SubmitProofResponse__Output>
  WatchTemplate: MethodDefinition<_rexnet_v1_WatchTemplateRequest, _rexnet_v1_WatchTemplateResponse, _rexnet_v1_WatchTemplateRequest__Output, _rexnet_v1_WatchTemplateResponse__Output>
}
