// Original file: rexnet/v1/mining.proto

import type { Long } from '@grpc/proto-loader';

export interface WatchTemplateResponse {
  'group'?: (number);
  'sequence'?: (number | string | Long);
  'header'?: (Buffer | Uint8Array | string);
  'blockId'?: (Buffer | Uint8Array | string);
  'height'?: (number | string | Long);
  'target'?: (number);
  'notBeforeMs'?: (number | string | Long);
}

export interface WatchTemplateResponse__Output {
  'group': (number);
  'sequence': (string);
  'header': (Buffer);
  'blockId': (Buffer);
  'height': (string);
  'target': (number);
  'notBeforeMs': (string);
}
