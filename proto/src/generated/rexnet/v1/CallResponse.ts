// Original file: rexnet/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface CallResponse {
  'status'?: (number);
  'exception'?: (number);
  'gas'?: (number | string | Long);
  'value'?: (Buffer | Uint8Array | string);
  'height'?: (number | string | Long);
}

export interface CallResponse__Output {
  'status': (number);
  'exception': (number);
  'gas': (string);
  'value': (Buffer);
  'height': (string);
}
