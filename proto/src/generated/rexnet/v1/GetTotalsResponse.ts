// Original file: rexnet/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface GetTotalsResponse {
  'height'?: (number | string | Long);
  'blockId'?: (Buffer | Uint8Array | string);
  'totals'?: (Buffer | Uint8Array | string);
}

export interface GetTotalsResponse__Output {
  'height': (string);
  'blockId': (Buffer);
  'totals': (Buffer);
}
