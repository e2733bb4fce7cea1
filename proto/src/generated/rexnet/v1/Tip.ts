// Original file: rexnet/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface Tip {
  'height'?: (number | string | Long);
  'id'?: (Buffer | Uint8Array | string);
  'timestampMs'?: (number | string | Long);
}

export interface Tip__Output {
  'height': (string);
  'id': (Buffer);
  'timestampMs': (string);
}
