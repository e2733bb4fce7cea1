// Original file: rexnet/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface GetAccountResponse {
  'nonce'?: (number | string | Long);
  'nextNonce'?: (number | string | Long);
  'balance'?: (number | string | Long);
  'partition'?: (number);
  'group'?: (number);
  'height'?: (number | string | Long);
}

export interface GetAccountResponse__Output {
  'nonce': (string);
  'nextNonce': (string);
  'balance': (string);
  'partition': (number);
  'group': (number);
  'height': (string);
}
