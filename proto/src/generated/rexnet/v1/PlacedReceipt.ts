// Original file: rexnet/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface PlacedReceipt {
  'receipt'?: (Buffer | Uint8Array | string);
  'height'?: (number | string | Long);
  'blockId'?: (Buffer | Uint8Array | string);
  'timestampMs'?: (number | string | Long);
}

export interface PlacedReceipt__Output {
  'receipt': (Buffer);
  'height': (string);
  'blockId': (Buffer);
  'timestampMs': (string);
}
