// Original file: rexnet/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface FaucetRequest {
  'address'?: (Buffer | Uint8Array | string);
  'amount'?: (number | string | Long);
  '_amount'?: "amount";
}

export interface FaucetRequest__Output {
  'address': (Buffer);
  'amount'?: (string);
  '_amount'?: "amount";
}
