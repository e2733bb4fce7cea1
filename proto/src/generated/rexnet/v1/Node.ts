// Original file: rexnet/v1/node.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CallRequest as _rexnet_v1_CallRequest, CallRequest__Output as _rexnet_v1_CallRequest__Output } from '../../rexnet/v1/CallRequest.ts';
import type { CallResponse as _rexnet_v1_CallResponse, CallResponse__Output as _rexnet_v1_CallResponse__Output } from '../../rexnet/v1/CallResponse.ts';
import type { EstimateFeeRequest as _rexnet_v1_EstimateFeeRequest, EstimateFeeRequest__Output as _rexnet_v1_EstimateFeeRequest__Output } from '../../rexnet/v1/EstimateFeeRequest.ts';
import type { EstimateFeeResponse as _rexnet_v1_EstimateFeeResponse, EstimateFeeResponse__Output as _rexnet_v1_EstimateFeeResponse__Output } from '../../rexnet/v1/EstimateFeeResponse.ts';
import type { FaucetRequest as _rexnet_v1_FaucetRequest, FaucetRequest__Output as _rexnet_v1_FaucetRequest__Output } from '../../rexnet/v1/FaucetRequest.ts';
import type { FaucetResponse as _rexnet_v1_FaucetResponse, FaucetResponse__Output as _rexnet_v1_FaucetResponse__Output } from '../../rexnet/v1/FaucetResponse.ts';
import type { GetAccountRequest as _rexnet_v1_GetAccountRequest, GetAccountRequest__Output as _rexnet_v1_GetAccountRequest__Output } from '../../rexnet/v1/GetAccountRequest.ts';
import type { GetAccountResponse as _rexnet_v1_GetAccountResponse, GetAccountResponse__Output as _rexnet_v1_GetAccountResponse__Output } from '../../rexnet/v1/GetAccountResponse.ts';
import type { GetBlockRequest as _rexnet_v1_GetBlockRequest, GetBlockRequest__Output as _rexnet_v1_GetBlockRequest__Output } from '../../rexnet/v1/GetBlockRequest.ts';
import type { GetBlockResponse as _rexnet_v1_GetBlockResponse, GetBlockResponse__Output as _rexnet_v1_GetBlockResponse__Output } from '../../rexnet/v1/GetBlockResponse.ts';
import type { GetContractRequest as _rexnet_v1_GetContractRequest, GetContractRequest__Output as _rexnet_v1_GetContractRequest__Output } from '../../rexnet/v1/GetContractRequest.ts';
import type { GetContractResponse as _rexnet_v1_GetContractResponse, GetContractResponse__Output as _rexnet_v1_GetContractResponse__Output } from '../../rexnet/v1/GetContractResponse.ts';
import type { GetHeadersRequest as _rexnet_v1_GetHeadersRequest, GetHeadersRequest__Output as _rexnet_v1_GetHeadersRequest__Output } from '../../rexnet/v1/GetHeadersRequest.ts';
import type { GetHeadersResponse as _rexnet_v1_GetHeadersResponse, GetHeadersResponse__Output as _rexnet_v1_GetHeadersResponse__Output } from '../../rexnet/v1/GetHeadersResponse.ts';
import type { GetTotalsRequest as _rexnet_v1_GetTotalsRequest, GetTotalsRequest__Output as _rexnet_v1_GetTotalsRequest__Output } from '../../rexnet/v1/GetTotalsRequest.ts';
import type { GetTotalsResponse as _rexnet_v1_GetTotalsResponse, GetTotalsResponse__Output as _rexnet_v1_GetTotalsResponse__Output } from '../../rexnet/v1/GetTotalsResponse.ts';
import type { GetTransactionRequest as _rexnet_v1_GetTransactionRequest, GetTransactionRequest__Output as _rexnet_v1_GetTransactionRequest__Output } from '../../rexnet/v1/GetTransactionRequest.ts';
import type { GetTransactionResponse as _rexnet_v1_GetTransactionResponse, GetTransactionResponse__Output as _rexnet_v1_GetTransactionResponse__Output } from '../../rexnet/v1/GetTransactionResponse.ts';
import type { StatusRequest as _rexnet_v1_StatusRequest, StatusRequest__Output as _rexnet_v1_StatusRequest__Output } from '../../rexnet/v1/StatusRequest.ts';
import type { StatusResponse as _rexnet_v1_StatusResponse, StatusResponse__Output as _rexnet_v1_StatusResponse__Output } from '../../rexnet/v1/StatusResponse.ts';
import type { SubmitBatchRequest as _rexnet_v1_SubmitBatchRequest, SubmitBatchRequest__Output as _rexnet_v1_SubmitBatchRequest__Output } from '../../rexnet/v1/SubmitBatchRequest.ts';
import type { SubmitBatchResponse as _rexnet_v1_SubmitBatchResponse, SubmitBatchResponse__Output as _rexnet_v1_SubmitBatchResponse__Output } from '../../rexnet/v1/SubmitBatchResponse.ts';
import type { WatchBlocksRequest as _rexnet_v1_WatchBlocksRequest, WatchBlocksRequest__Output as _rexnet_v1_WatchBlocksRequest__Output } from '../../rexnet/v1/WatchBlocksRequest.ts';
import type { WatchBlocksResponse as _rexnet_v1_WatchBlocksResponse, WatchBlocksResponse__Output as _rexnet_v1_WatchBlocksResponse__Output } from '../../rexnet/v1/WatchBlocksResponse.ts';
import type { WatchLogsRequest as _rexnet_v1_WatchLogsRequest, WatchLogsRequest__Output as _rexnet_v1_WatchLogsRequest__Output } from '../../rexnet/v1/WatchLogsRequest.ts';
import type { WatchLogsResponse as _rexnet_v1_WatchLogsResponse, WatchLogsResponse__Output as _rexnet_v1_WatchLogsResponse__Output } from '../../rexnet/v1/WatchLogsResponse.ts';

export interface NodeClient extends grpc.Client {
  Call(argument: _rexnet_v1_CallRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_CallResponse__Output>): grpc.ClientUnaryCall;
  Call(argument: _rexnet_v1_CallRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_CallResponse__Output>): grpc.ClientUnaryCall;
  Call(argument: _rexnet_v1_CallRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_CallResponse__Output>): grpc.ClientUnaryCall;
  Call(argument: _rexnet_v1_CallRequest, callback: grpc.requestCallback<_rexnet_v1_CallResponse__Output>): grpc.ClientUnaryCall;
  call(argument: _rexnet_v1_CallRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_CallResponse__Output>): grpc.ClientUnaryCall;
  call(argument: _rexnet_v1_CallRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_CallResponse__Output>): grpc.ClientUnaryCall;
  call(argument: _rexnet_v1_CallRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_CallResponse__Output>): grpc.ClientUnaryCall;
  call(argument: _rexnet_v1_CallRequest, callback: grpc.requestCallback<_rexnet_v1_CallResponse__Output>): grpc.ClientUnaryCall;
  
  EstimateFee(argument: _rexnet_v1_EstimateFeeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_EstimateFeeResponse__Output>): grpc.ClientUnaryCall;
  EstimateFee(argument: _rexnet_v1_EstimateFeeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_EstimateFeeResponse__Output>): grpc.ClientUnaryCall;
  EstimateFee(argument: _rexnet_v1_EstimateFeeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_EstimateFeeResponse__Output>): grpc.ClientUnaryCall;
  EstimateFee(argument: _rexnet_v1_EstimateFeeRequest, callback: grpc.requestCallback<_rexnet_v1_EstimateFeeResponse__Output>): grpc.ClientUnaryCall;
  estimateFee(argument: _rexnet_v1_EstimateFeeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_EstimateFeeResponse__Output>): grpc.ClientUnaryCall;
  estimateFee(argument: _rexnet_v1_EstimateFeeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_EstimateFeeResponse__Output>): grpc.ClientUnaryCall;
  estimateFee(argument: _rexnet_v1_EstimateFeeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_EstimateFeeResponse__Output>): grpc.ClientUnaryCall;
  estimateFee(argument: _rexnet_v1_EstimateFeeRequest, callback: grpc.requestCallback<_rexnet_v1_EstimateFeeResponse__Output>): grpc.ClientUnaryCall;
  
  Faucet(argument: _rexnet_v1_FaucetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_FaucetResponse__Output>): grpc.ClientUnaryCall;
  Faucet(argument: _rexnet_v1_FaucetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_FaucetResponse__Output>): grpc.ClientUnaryCall;
  Faucet(argument: _rexnet_v1_FaucetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_FaucetResponse__Output>): grpc.ClientUnaryCall;
  Faucet(argument: _rexnet_v1_FaucetRequest, callback: grpc.requestCallback<_rexnet_v1_FaucetResponse__Output>): grpc.ClientUnaryCall;
  faucet(argument: _rexnet_v1_FaucetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_FaucetResponse__Output>): grpc.ClientUnaryCall;
  faucet(argument: _rexnet_v1_FaucetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_FaucetResponse__Output>): grpc.ClientUnaryCall;
  faucet(argument: _rexnet_v1_FaucetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_FaucetResponse__Output>): grpc.ClientUnaryCall;
  faucet(argument: _rexnet_v1_FaucetRequest, callback: grpc.requestCallback<_rexnet_v1_FaucetResponse__Output>): grpc.ClientUnaryCall;
  
  GetAccount(argument: _rexnet_v1_GetAccountRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetAccountResponse__Output>): grpc.ClientUnaryCall;
  GetAccount(argument: _rexnet_v1_GetAccountRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_GetAccountResponse__Output>): grpc.ClientUnaryCall;
  GetAccount(argument: _rexnet_v1_GetAccountRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetAccountResponse__Output>): grpc.ClientUnaryCall;
  GetAccount(argument: _rexnet_v1_GetAccountRequest, callback: grpc.requestCallback<_rexnet_v1_GetAccountResponse__Output>): grpc.ClientUnaryCall;
  getAccount(argument: _rexnet_v1_GetAccountRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetAccountResponse__Output>): grpc.ClientUnaryCall;
  getAccount(argument: _rexnet_v1_GetAccountRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_GetAccountResponse__Output>): grpc.ClientUnaryCall;
  getAccount(argument: _rexnet_v1_GetAccountRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetAccountResponse__Output>): grpc.ClientUnaryCall;
  getAccount(argument: _rexnet_v1_GetAccountRequest, callback: grpc.requestCallback<_rexnet_v1_GetAccountResponse__Output>): grpc.ClientUnaryCall;
  
  GetBlock(argument: _rexnet_v1_GetBlockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetBlockResponse__Output>): grpc.ClientUnaryCall;
  GetBlock(argument: _rexnet_v1_GetBlockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_GetBlockResponse__Output>): grpc.ClientUnaryCall;
  GetBlock(argument: _rexnet_v1_GetBlockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetBlockResponse__Output>): grpc.ClientUnaryCall;
  GetBlock(argument: _rexnet_v1_GetBlockRequest, callback: grpc.requestCallback<_rexnet_v1_GetBlockResponse__Output>): grpc.ClientUnaryCall;
  getBlock(argument: _rexnet_v1_GetBlockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetBlockResponse__Output>): grpc.ClientUnaryCall;
  getBlock(argument: _rexnet_v1_GetBlockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_GetBlockResponse__Output>): grpc.ClientUnaryCall;
  getBlock(argument: _rexnet_v1_GetBlockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetBlockResponse__Output>): grpc.ClientUnaryCall;
  getBlock(argument: _rexnet_v1_GetBlockRequest, callback: grpc.requestCallback<_rexnet_v1_GetBlockResponse__Output>): grpc.ClientUnaryCall;
  
  GetContract(argument: _rexnet_v1_GetContractRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetContractResponse__Output>): grpc.ClientUnaryCall;
  GetContract(argument: _rexnet_v1_GetContractRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_GetContractResponse__Output>): grpc.ClientUnaryCall;
  GetContract(argument: _rexnet_v1_GetContractRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetContractResponse__Output>): grpc.ClientUnaryCall;
  GetContract(argument: _rexnet_v1_GetContractRequest, callback: grpc.requestCallback<_rexnet_v1_GetContractResponse__Output>): grpc.ClientUnaryCall;
  getContract(argument: _rexnet_v1_GetContractRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetContractResponse__Output>): grpc.ClientUnaryCall;
  getContract(argument: _rexnet_v1_GetContractRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_GetContractResponse__Output>): grpc.ClientUnaryCall;
  getContract(argument: _rexnet_v1_GetContractRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetContractResponse__Output>): grpc.ClientUnaryCall;
  getContract(argument: _rexnet_v1_GetContractRequest, callback: grpc.requestCallback<_rexnet_v1_GetContractResponse__Output>): grpc.ClientUnaryCall;
  
  GetHeaders(argument: _rexnet_v1_GetHeadersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetHeadersResponse__Output>): grpc.ClientUnaryCall;
  GetHeaders(argument: _rexnet_v1_GetHeadersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_GetHeadersResponse__Output>): grpc.ClientUnaryCall;
  GetHeaders(argument: _rexnet_v1_GetHeadersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetHeadersResponse__Output>): grpc.ClientUnaryCall;
  GetHeaders(argument: _rexnet_v1_GetHeadersRequest, callback: grpc.requestCallback<_rexnet_v1_GetHeadersResponse__Output>): grpc.ClientUnaryCall;
  getHeaders(argument: _rexnet_v1_GetHeadersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetHeadersResponse__Output>): grpc.ClientUnaryCall;
  getHeaders(argument: _rexnet_v1_GetHeadersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_GetHeadersResponse__Output>): grpc.ClientUnaryCall;
  getHeaders(argument: _rexnet_v1_GetHeadersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetHeadersResponse__Output>): grpc.ClientUnaryCall;
  getHeaders(argument: _rexnet_v1_GetHeadersRequest, callback: grpc.requestCallback<_rexnet_v1_GetHeadersResponse__Output>): grpc.ClientUnaryCall;
  
  GetTotals(argument: _rexnet_v1_GetTotalsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetTotalsResponse__Output>): grpc.ClientUnaryCall;
  GetTotals(argument: _rexnet_v1_GetTotalsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_GetTotalsResponse__Output>): grpc.ClientUnaryCall;
  GetTotals(argument: _rexnet_v1_GetTotalsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetTotalsResponse__Output>): grpc.ClientUnaryCall;
  GetTotals(argument: _rexnet_v1_GetTotalsRequest, callback: grpc.requestCallback<_rexnet_v1_GetTotalsResponse__Output>): grpc.ClientUnaryCall;
  getTotals(argument: _rexnet_v1_GetTotalsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetTotalsResponse__Output>): grpc.ClientUnaryCall;
  getTotals(argument: _rexnet_v1_GetTotalsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_GetTotalsResponse__Output>): grpc.ClientUnaryCall;
  getTotals(argument: _rexnet_v1_GetTotalsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetTotalsResponse__Output>): grpc.ClientUnaryCall;
  getTotals(argument: _rexnet_v1_GetTotalsRequest, callback: grpc.requestCallback<_rexnet_v1_GetTotalsResponse__Output>): grpc.ClientUnaryCall;
  
  GetTransaction(argument: _rexnet_v1_GetTransactionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetTransactionResponse__Output>): grpc.ClientUnaryCall;
  GetTransaction(argument: _rexnet_v1_GetTransactionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_GetTransactionResponse__Output>): grpc.ClientUnaryCall;
  GetTransaction(argument: _rexnet_v1_GetTransactionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetTransactionResponse__Output>): grpc.ClientUnaryCall;
  GetTransaction(argument: _rexnet_v1_GetTransactionRequest, callback: grpc.requestCallback<_rexnet_v1_GetTransactionResponse__Output>): grpc.ClientUnaryCall;
  getTransaction(argument: _rexnet_v1_GetTransactionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetTransactionResponse__Output>): grpc.ClientUnaryCall;
  getTransaction(argument: _rexnet_v1_GetTransactionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_GetTransactionResponse__Output>): grpc.ClientUnaryCall;
  getTransaction(argument: _rexnet_v1_GetTransactionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_GetTransactionResponse__Output>): grpc.ClientUnaryCall;
  getTransaction(argument: _rexnet_v1_GetTransactionRequest, callback: grpc.requestCallback<_rexnet_v1_GetTransactionResponse__Output>): grpc.ClientUnaryCall;
  
  Status(argument: _rexnet_v1_StatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_StatusResponse__Output>): grpc.ClientUnaryCall;
  Status(argument: _rexnet_v1_StatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_StatusResponse__Output>): grpc.ClientUnaryCall;
  Status(argument: _rexnet_v1_StatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_StatusResponse__Output>): grpc.ClientUnaryCall;
  Status(argument: _rexnet_v1_StatusRequest, callback: grpc.requestCallback<_rexnet_v1_StatusResponse__Output>): grpc.ClientUnaryCall;
  status(argument: _rexnet_v1_StatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_StatusResponse__Output>): grpc.ClientUnaryCall;
  status(argument: _rexnet_v1_StatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_rexnet_v1_StatusResponse__Output>): grpc.ClientUnaryCall;
  status(argument: _rexnet_v1_StatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_rexnet_v1_StatusResponse__Output>): grpc.ClientUnaryCall;
  status(argument: _rexnet_v1_StatusRequest, callback: grpc.requestCallback<_rexnet_v1_StatusResponse__Output>): grpc.ClientUnaryCall;
  
  SubmitBatch(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_rexnet_v1_SubmitBatchRequest, _rexnet_v1_SubmitBatchResponse__Output>;
  SubmitBatch(options?: grpc.CallOptions): grpc.ClientDuplexStream<_rexnet_v1_SubmitBatchRequest, _rexnet_v1_SubmitBatchResponse__Output>;
  submitBatch(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_rexnet_v1_SubmitBatchRequest, _rexnet_v1_SubmitBatchResponse__Output>;
  submitBatch(options?: grpc.CallOptions): grpc.ClientDuplexStream<_rexnet_v1_SubmitBatchRequest, _rexnet_v1_SubmitBatchResponse__Output>;
  
  WatchBlocks(argument: _rexnet_v1_WatchBlocksRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_WatchBlocksResponse__Output>;
  WatchBlocks(argument: _rexnet_v1_WatchBlocksRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_WatchBlocksResponse__Output>;
  watchBlocks(argument: _rexnet_v1_WatchBlocksRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_WatchBlocksResponse__Output>;
  watchBlocks(argument: _rexnet_v1_WatchBlocksRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_WatchBlocksResponse__Output>;
  
  WatchLogs(argument: _rexnet_v1_WatchLogsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_WatchLogsResponse__Output>;
  WatchLogs(argument: _rexnet_v1_WatchLogsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_WatchLogsResponse__Output>;
  watchLogs(argument: _rexnet_v1_WatchLogsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_WatchLogsResponse__Output>;
  watchLogs(argument: _rexnet_v1_WatchLogsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_rexnet_v1_WatchLogsResponse__Output>;
  
}

export interface NodeHandlers extends grpc.UntypedServiceImplementation {
  Call: grpc.handleUnaryCall<_rexnet_v1_CallRequest__Output, _rexnet_v1_CallResponse>;
  
  EstimateFee: grpc.handleUnaryCall<_rexnet_v1_EstimateFeeRequest__Output, _rexnet_v1_EstimateFeeResponse>;
  
  Faucet: grpc.handleUnaryCall<_rexnet_v1_FaucetRequest__Output, _rexnet_v1_FaucetResponse>;
  
  GetAccount: grpc.handleUnaryCall<_rexnet_v1_GetAccountRequest__Output, _rexnet_v1_GetAccountResponse>;
  
  GetBlock: grpc.handleUnaryCall<_rexnet_v1_GetBlockRequest__Output, _rexnet_v1_GetBlockResponse>;
  
  GetContract: grpc.handleUnaryCall<_rexnet_v1_GetContractRequest__Output, _rexnet_v1_GetContractResponse>;
  
  GetHeaders: grpc.handleUnaryCall<_rexnet_v1_GetHeadersRequest__Output, _rexnet_v1_GetHeadersResponse>;
  
  GetTotals: grpc.handleUnaryCall<_rexnet_v1_GetTotalsRequest__Output, _rexnet_v1_GetTotalsResponse>;
  
  GetTransaction: grpc.handleUnaryCall<_rexnet_v1_GetTransactionRequest__Output, _rexnet_v1_GetTransactionResponse>;
  
  Status: grpc.handleUnaryCall<_rexnet_v1_StatusRequest__Output, _rexnet_v1_StatusResponse>;
  
  SubmitBatch: grpc.handleBidiStreamingCall<_rexnet_v1_SubmitBatchRequest__Output, _rexnet_v1_SubmitBatchResponse>;
  
  WatchBlocks: grpc.handleServerStreamingCall<_rexnet_v1_WatchBlocksRequest__Output, _rexnet_v1_WatchBlocksResponse>;
  
  WatchLogs: grpc.handleServerStreamingCall<_rexnet_v1_WatchLogsRequest__Output, _rexnet_v1_WatchLogsResponse>;
  
}

export interface NodeDefinition extends grpc.ServiceDefinition {
  Call: MethodDefinition<_rexnet_v1_CallRequest, _rexnet_v1_CallResponse, _rexnet_v1_CallRequest__Output, _rexnet_v1_CallResponse__Output>
  EstimateFee: MethodDefinition<_rexnet_v1_EstimateFeeRequest, _rexnet_v1_EstimateFeeResponse, _rexnet_v1_EstimateFeeRequest__Output, _rexnet_v1_EstimateFeeResponse__Output>
  Faucet: MethodDefinition<_rexnet_v1_FaucetRequest, _rexnet_v1_FaucetResponse, _rexnet_v1_FaucetRequest__Output, _rexnet_v1_FaucetResponse__Output>
  GetAccount: MethodDefinition<_rexnet_v1_GetAccountRequest, _rexnet_v1_GetAccountResponse, _rexnet_v1_GetAccountRequest__Output, _rexnet_v1_GetAccountResponse__Output>
  GetBlock: MethodDefinition<_rexnet_v1_GetBlockRequest, _rexnet_v1_GetBlockResponse, _rexnet_v1_GetBlockRequest__Output, _rexnet_v1_GetBlockResponse__Output>
  GetContract: MethodDefinition<_rexnet_v1_GetContractRequest, _rexnet_v1_GetContractResponse, _rexnet_v1_GetContractRequest__Output, _rexnet_v1_GetContractResponse__Output>
  GetHeaders: MethodDefinition<_rexnet_v1_GetHeadersRequest, _rexnet_v1_GetHeadersResponse, _rexnet_v1_GetHeadersRequest__Output, _rexnet_v1_GetHeadersResponse__Output>
  GetTotals: MethodDefinition<_rexnet_v1_GetTotalsRequest, _rexnet_v1_GetTotalsResponse, _rexnet_v1_GetTotalsRequest__Output, _rexnet_v1_GetTotalsResponse__Output>
  GetTransaction: MethodDefinition<_rexnet_v1_GetTransactionRequest, _rexnet_v1_GetTransactionResponse, _rexnet_v1_GetTransactionRequest__Output, _rexnet_v1_GetTransactionResponse__Output>
  Status: MethodDefinition<_rexnet_v1_StatusRequest, _rexnet_v1_StatusResponse, _rexnet_v1_StatusRequest__Output, _rexnet_v1_StatusResponse__Output>
  SubmitBatch: MethodDefinition<_rexnet_v1_SubmitBatchRequest, _rexnet_v1_SubmitBatchResponse, _rexnet_v1_SubmitBatchRequest__Output, _rexnet_v1_SubmitBatchResponse__Output>
  WatchBlocks: MethodDefinition<_rexnet_v1_WatchBlocksRequest, _rexnet_v1_WatchBlocksResponse, _rexnet_v1_WatchBlocksRequest__Output, _rexnet_v1_WatchBlocksResponse__Output>
  WatchLogs: MethodDefinition<_rexnet_v1_WatchLogsRequest, _rexnet_v1_WatchLogsResponse, _rexnet_v1_WatchLogsRequest__Output, _rexnet_v1_WatchLogsResponse__Output>
}
