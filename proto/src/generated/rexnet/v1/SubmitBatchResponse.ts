// Original file: rexnet/v1/node.proto

import type { Refusal as _rexnet_v1_Refusal, Refusal__Output as _rexnet_v1_Refusal__Output } from '../../rexnet/v1/Refusal.ts';
import type { Long } from '@grpc/proto-loader';

export interface SubmitBatchResponse {
  'sequence'?: (number | string | Long);
  'count'?: (number);
  'refusals'?: (_rexnet_v1_Refusal)[];
}

export interface SubmitBatchResponse__Output {
  'sequence': (string);
  'count': (number);
  'refusals': (_rexnet_v1_Refusal__Output)[];
}
