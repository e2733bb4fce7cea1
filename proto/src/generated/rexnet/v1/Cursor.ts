// Original file: rexnet/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface Cursor {
  'height'?: (number | string | Long);
  'id'?: (Buffer | Uint8Array | string);
}

export interface Cursor__Output {
  'height': (string);
  'id': (Buffer);
}
