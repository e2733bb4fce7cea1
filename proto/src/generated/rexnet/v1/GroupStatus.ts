// Original file: rexnet/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface GroupStatus {
  'group'?: (number);
  'height'?: (number | string | Long);
  'id'?: (Buffer | Uint8Array | string);
  'readHeight'?: (number | string | Long);
  'timestampMs'?: (number | string | Long);
}

export interface GroupStatus__Output {
  'group': (number);
  'height': (string);
  'id': (Buffer);
  'readHeight': (string);
  'timestampMs': (string);
}
