// Original file: rexnet/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface GetBlockRequest {
  'height'?: (number | string | Long);
  'id'?: (Buffer | Uint8Array | string);
  'ref'?: "height"|"id";
}

export interface GetBlockRequest__Output {
  'height'?: (string);
  'id'?: (Buffer);
  'ref'?: "height"|"id";
}
