import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { CallRequest as _rexnet_v1_CallRequest, CallRequest__Output as _rexnet_v1_CallRequest__Output } from './rexnet/v1/CallRequest.ts';
import type { CallResponse as _rexnet_v1_CallResponse, CallResponse__Output as _rexnet_v1_CallResponse__Output } from './rexnet/v1/CallResponse.ts';
import type { Condition as _rexnet_v1_Condition, Condition__Output as _rexnet_v1_Condition__Output } from './rexnet/v1/Condition.ts';
import type { Cursor as _rexnet_v1_Cursor, Cursor__Output as _rexnet_v1_Cursor__Output } from './rexnet/v1/Cursor.ts';
import type { ErrorDetail as _rexnet_v1_ErrorDetail, ErrorDetail__Output as _rexnet_v1_ErrorDetail__Output } from './rexnet/v1/ErrorDetail.ts';
import type { EstimateFeeRequest as _rexnet_v1_EstimateFeeRequest, EstimateFeeRequest__Output as _rexnet_v1_EstimateFeeRequest__Output } from './rexnet/v1/EstimateFeeRequest.ts';
import type { EstimateFeeResponse as _rexnet_v1_EstimateFeeResponse, EstimateFeeResponse__Output as _rexnet_v1_EstimateFeeResponse__Output } from './rexnet/v1/EstimateFeeResponse.ts';
import type { FaucetRequest as _rexnet_v1_FaucetRequest, FaucetRequest__Output as _rexnet_v1_FaucetRequest__Output } from './rexnet/v1/FaucetRequest.ts';
import type { FaucetResponse as _rexnet_v1_FaucetResponse, FaucetResponse__Output as _rexnet_v1_FaucetResponse__Output } from './rexnet/v1/FaucetResponse.ts';
import type { GetAccountRequest as _rexnet_v1_GetAccountRequest, GetAccountRequest__Output as _rexnet_v1_GetAccountRequest__Output } from './rexnet/v1/GetAccountRequest.ts';
import type { GetAccountResponse as _rexnet_v1_GetAccountResponse, GetAccountResponse__Output as _rexnet_v1_GetAccountResponse__Output } from './rexnet/v1/GetAccountResponse.ts';
import type { GetBlockRequest as _rexnet_v1_GetBlockRequest, GetBlockRequest__Output as _rexnet_v1_GetBlockRequest__Output } from './rexnet/v1/GetBlockRequest.ts';
import type { GetBlockResponse as _rexnet_v1_GetBlockResponse, GetBlockResponse__Output as _rexnet_v1_GetBlockResponse__Output } from './rexnet/v1/GetBlockResponse.ts';
import type { GetContractRequest as _rexnet_v1_GetContractRequest, GetContractRequest__Output as _rexnet_v1_GetContractRequest__Output } from './rexnet/v1/GetContractRequest.ts';
import type { GetContractResponse as _rexnet_v1_GetContractResponse, GetContractResponse__Output as _rexnet_v1_GetContractResponse__Output } from './rexnet/v1/GetContractResponse.ts';
import type { GetHeadersRequest as _rexnet_v1_GetHeadersRequest, GetHeadersRequest__Output as _rexnet_v1_GetHeadersRequest__Output } from './rexnet/v1/GetHeadersRequest.ts';
import type { GetHeadersResponse as _rexnet_v1_GetHeadersResponse, GetHeadersResponse__Output as _rexnet_v1_GetHeadersResponse__Output } from './rexnet/v1/GetHeadersResponse.ts';
import type { GetTotalsRequest as _rexnet_v1_GetTotalsRequest, GetTotalsRequest__Output as _rexnet_v1_GetTotalsRequest__Output } from './rexnet/v1/GetTotalsRequest.ts';
import type { GetTotalsResponse as _rexnet_v1_GetTotalsResponse, GetTotalsResponse__Output as _rexnet_v1_GetTotalsResponse__Output } from './rexnet/v1/GetTotalsResponse.ts';
import type { GetTransactionRequest as _rexnet_v1_GetTransactionRequest, GetTransactionRequest__Output as _rexnet_v1_GetTransactionRequest__Output } from './rexnet/v1/GetTransactionRequest.ts';
import type { GetTransactionResponse as _rexnet_v1_GetTransactionResponse, GetTransactionResponse__Output as _rexnet_v1_GetTransactionResponse__Output } from './rexnet/v1/GetTransactionResponse.ts';
import type { GroupStatus as _rexnet_v1_GroupStatus, GroupStatus__Output as _rexnet_v1_GroupStatus__Output } from './rexnet/v1/GroupStatus.ts';
import type { HeaderRecord as _rexnet_v1_HeaderRecord, HeaderRecord__Output as _rexnet_v1_HeaderRecord__Output } from './rexnet/v1/HeaderRecord.ts';
import type { LogBlock as _rexnet_v1_LogBlock, LogBlock__Output as _rexnet_v1_LogBlock__Output } from './rexnet/v1/LogBlock.ts';
import type { Network as _rexnet_v1_Network, Network__Output as _rexnet_v1_Network__Output } from './rexnet/v1/Network.ts';
import type { NodeClient as _rexnet_v1_NodeClient, NodeDefinition as _rexnet_v1_NodeDefinition } from './rexnet/v1/Node.ts';
import type { Parents as _rexnet_v1_Parents, Parents__Output as _rexnet_v1_Parents__Output } from './rexnet/v1/Parents.ts';
import type { PlacedReceipt as _rexnet_v1_PlacedReceipt, PlacedReceipt__Output as _rexnet_v1_PlacedReceipt__Output } from './rexnet/v1/PlacedReceipt.ts';
import type { Refusal as _rexnet_v1_Refusal, Refusal__Output as _rexnet_v1_Refusal__Output } from './rexnet/v1/Refusal.ts';
import type { StatusRequest as _rexnet_v1_StatusRequest, StatusRequest__Output as _rexnet_v1_StatusRequest__Output } from './rexnet/v1/StatusRequest.ts';
import type { StatusResponse as _rexnet_v1_StatusResponse, StatusResponse__Output as _rexnet_v1_StatusResponse__Output } from './rexnet/v1/StatusResponse.ts';
import type { SubmitBatchRequest as _rexnet_v1_SubmitBatchRequest, SubmitBatchRequest__Output as _rexnet_v1_SubmitBatchRequest__Output } from './rexnet/v1/SubmitBatchRequest.ts';
import type { SubmitBatchResponse as _rexnet_v1_SubmitBatchResponse, SubmitBatchResponse__Output as _rexnet_v1_SubmitBatchResponse__Output } from './rexnet/v1/SubmitBatchResponse.ts';
import type { Tip as _rexnet_v1_Tip, Tip__Output as _rexnet_v1_Tip__Output } from './rexnet/v1/Tip.ts';
import type { WatchBlocksRequest as _rexnet_v1_WatchBlocksRequest, WatchBlocksRequest__Output as _rexnet_v1_WatchBlocksRequest__Output } from './rexnet/v1/WatchBlocksRequest.ts';
import type { WatchBlocksResponse as _rexnet_v1_WatchBlocksResponse, WatchBlocksResponse__Output as _rexnet_v1_WatchBlocksResponse__Output } from './rexnet/v1/WatchBlocksResponse.ts';
import type { WatchLogsRequest as _rexnet_v1_WatchLogsRequest, WatchLogsRequest__Output as _rexnet_v1_WatchLogsRequest__Output } from './rexnet/v1/WatchLogsRequest.ts';
import type { WatchLogsResponse as _rexnet_v1_WatchLogsResponse, WatchLogsResponse__Output as _rexnet_v1_WatchLogsResponse__Output } from './rexnet/v1/WatchLogsResponse.ts';
import type { Work as _rexnet_v1_Work, Work__Output as _rexnet_v1_Work__Output } from './rexnet/v1/Work.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  rexnet: {
    v1: {
      CallRequest: MessageTypeDefinition<_rexnet_v1_CallRequest, _rexnet_v1_CallRequest__Output>
      CallResponse: MessageTypeDefinition<_rexnet_v1_CallResponse, _rexnet_v1_CallResponse__Output>
      Condition: MessageTypeDefinition<_rexnet_v1_Condition, _rexnet_v1_Condition__Output>
      Cursor: MessageTypeDefinition<_rexnet_v1_Cursor, _rexnet_v1_Cursor__Output>
      ErrorDetail: MessageTypeDefinition<_rexnet_v1_ErrorDetail, _rexnet_v1_ErrorDetail__Output>
      EstimateFeeRequest: MessageTypeDefinition<_rexnet_v1_EstimateFeeRequest, _rexnet_v1_EstimateFeeRequest__Output>
      EstimateFeeResponse: MessageTypeDefinition<_rexnet_v1_EstimateFeeResponse, _rexnet_v1_EstimateFeeResponse__Output>
      FaucetRequest: MessageTypeDefinition<_rexnet_v1_FaucetRequest, _rexnet_v1_FaucetRequest__Output>
      FaucetResponse: MessageTypeDefinition<_rexnet_v1_FaucetResponse, _rexnet_v1_FaucetResponse__Output>
      GetAccountRequest: MessageTypeDefinition<_rexnet_v1_GetAccountRequest, _rexnet_v1_GetAccountRequest__Output>
      GetAccountResponse: MessageTypeDefinition<_rexnet_v1_GetAccountResponse, _rexnet_v1_GetAccountResponse__Output>
      GetBlockRequest: MessageTypeDefinition<_rexnet_v1_GetBlockRequest, _rexnet_v1_GetBlockRequest__Output>
      GetBlockResponse: MessageTypeDefinition<_rexnet_v1_GetBlockResponse, _rexnet_v1_GetBlockResponse__Output>
      GetContractRequest: MessageTypeDefinition<_rexnet_v1_GetContractRequest, _rexnet_v1_GetContractRequest__Output>
      GetContractResponse: MessageTypeDefinition<_rexnet_v1_GetContractResponse, _rexnet_v1_GetContractResponse__Output>
      GetHeadersRequest: MessageTypeDefinition<_rexnet_v1_GetHeadersRequest, _rexnet_v1_GetHeadersRequest__Output>
      GetHeadersResponse: MessageTypeDefinition<_rexnet_v1_GetHeadersResponse, _rexnet_v1_GetHeadersResponse__Output>
      GetTotalsRequest: MessageTypeDefinition<_rexnet_v1_GetTotalsRequest, _rexnet_v1_GetTotalsRequest__Output>
      GetTotalsResponse: MessageTypeDefinition<_rexnet_v1_GetTotalsResponse, _rexnet_v1_GetTotalsResponse__Output>
      GetTransactionRequest: MessageTypeDefinition<_rexnet_v1_GetTransactionRequest, _rexnet_v1_GetTransactionRequest__Output>
      GetTransactionResponse: MessageTypeDefinition<_rexnet_v1_GetTransactionResponse, _rexnet_v1_GetTransactionResponse__Output>
      GroupStatus: MessageTypeDefinition<_rexnet_v1_GroupStatus, _rexnet_v1_GroupStatus__Output>
      HeaderRecord: MessageTypeDefinition<_rexnet_v1_HeaderRecord, _rexnet_v1_HeaderRecord__Output>
      LogBlock: MessageTypeDefinition<_rexnet_v1_LogBlock, _rexnet_v1_LogBlock__Output>
      Network: MessageTypeDefinition<_rexnet_v1_Network, _rexnet_v1_Network__Output>
      Node: SubtypeConstructor<typeof grpc.Client, _rexnet_v1_NodeClient> & { service: _rexnet_v1_NodeDefinition }
      Parents: MessageTypeDefinition<_rexnet_v1_Parents, _rexnet_v1_Parents__Output>
      Place: EnumTypeDefinition
      PlacedReceipt: MessageTypeDefinition<_rexnet_v1_PlacedReceipt, _rexnet_v1_PlacedReceipt__Output>
      Refusal: MessageTypeDefinition<_rexnet_v1_Refusal, _rexnet_v1_Refusal__Output>
      StatusRequest: MessageTypeDefinition<_rexnet_v1_StatusRequest, _rexnet_v1_StatusRequest__Output>
      StatusResponse: MessageTypeDefinition<_rexnet_v1_StatusResponse, _rexnet_v1_StatusResponse__Output>
      SubmitBatchRequest: MessageTypeDefinition<_rexnet_v1_SubmitBatchRequest, _rexnet_v1_SubmitBatchRequest__Output>
      SubmitBatchResponse: MessageTypeDefinition<_rexnet_v1_SubmitBatchResponse, _rexnet_v1_SubmitBatchResponse__Output>
      Tip: MessageTypeDefinition<_rexnet_v1_Tip, _rexnet_v1_Tip__Output>
      WatchBlocksRequest: MessageTypeDefinition<_rexnet_v1_WatchBlocksRequest, _rexnet_v1_WatchBlocksRequest__Output>
      WatchBlocksResponse: MessageTypeDefinition<_rexnet_v1_WatchBlocksResponse, _rexnet_v1_WatchBlocksResponse__Output>
      WatchLogsRequest: MessageTypeDefinition<_rexnet_v1_WatchLogsRequest, _rexnet_v1_WatchLogsRequest__Output>
      WatchLogsResponse: MessageTypeDefinition<_rexnet_v1_WatchLogsResponse, _rexnet_v1_WatchLogsResponse__Output>
      Work: MessageTypeDefinition<_rexnet_v1_Work, _rexnet_v1_Work__Output>
    }
  }
}

