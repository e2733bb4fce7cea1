// Original file: rexnet/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface SubmitBatchRequest {
  'sequence'?: (number | string | Long);
  'transactions'?: (Buffer | Uint8Array | string);
}

export interface SubmitBatchRequest__Output {
  'sequence': (string);
  'transactions': (Buffer);
}
