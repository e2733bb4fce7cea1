import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { MiningClient as _rexnet_v1_MiningClient, MiningDefinition as _rexnet_v1_MiningDefinition } from './rexnet/v1/Mining.ts';
import type { SubmitParentHeadersRequest as _rexnet_v1_SubmitParentHeadersRequest, SubmitParentHeadersRequest__Output as _rexnet_v1_SubmitParentHeadersRequest__Output } from './rexnet/v1/SubmitParentHeadersRequest.ts';
import type { SubmitParentHeadersResponse as _rexnet_v1_SubmitParentHeadersResponse, SubmitParentHeadersResponse__Output as _rexnet_v1_SubmitParentHeadersResponse__Output } from './rexnet/v1/SubmitParentHeadersResponse.ts';
import type { SubmitProofRequest as _rexnet_v1_SubmitProofRequest, SubmitProofRequest__Output as _rexnet_v1_SubmitProofRequest__Output } from './rexnet/v1/SubmitProofRequest.ts';
import type { SubmitProofResponse as _rexnet_v1_SubmitProofResponse, SubmitProofResponse__Output as _rexnet_v1_SubmitProofResponse__Output } from './rexnet/v1/SubmitProofResponse.ts';
import type { WatchTemplateRequest as _rexnet_v1_WatchTemplateRequest, WatchTemplateRequest__Output as _rexnet_v1_WatchTemplateRequest__Output } from './rexnet/v1/WatchTemplateRequest.ts';
import type { WatchTemplateResponse as _rexnet_v1_WatchTemplateResponse, WatchTemplateResponse__Output as _rexnet_v1_WatchTemplateResponse__Output } from './rexnet/v1/WatchTemplateResponse.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  rexnet: {
    v1: {
      Mining: SubtypeConstructor<typeof grpc.Client, _rexnet_v1_MiningClient> & { service: _rexnet_v1_MiningDefinition }
      SubmitParentHeadersRequest: MessageTypeDefinition<_rexnet_v1_SubmitParentHeadersRequest, _rexnet_v1_SubmitParentHeadersRequest__Output>
      SubmitParentHeadersResponse: MessageTypeDefinition<_rexnet_v1_SubmitParentHeadersResponse, _rexnet_v1_SubmitParentHeadersResponse__Output>
      SubmitProofRequest: MessageTypeDefinition<_rexnet_v1_SubmitProofRequest, _rexnet_v1_SubmitProofRequest__Output>
      SubmitProofResponse: MessageTypeDefinition<_rexnet_v1_SubmitProofResponse, _rexnet_v1_SubmitProofResponse__Output>
      WatchTemplateRequest: MessageTypeDefinition<_rexnet_v1_WatchTemplateRequest, _rexnet_v1_WatchTemplateRequest__Output>
      WatchTemplateResponse: MessageTypeDefinition<_rexnet_v1_WatchTemplateResponse, _rexnet_v1_WatchTemplateResponse__Output>
    }
  }
}

