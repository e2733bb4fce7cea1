// Original file: rexnet/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface FaucetResponse {
  'transactionId'?: (Buffer | Uint8Array | string);
  'amount'?: (number | string | Long);
}

export interface FaucetResponse__Output {
  'transactionId': (Buffer);
  'amount': (string);
}
