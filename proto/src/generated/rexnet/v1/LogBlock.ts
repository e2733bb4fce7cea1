// Original file: rexnet/v1/node.proto

import type { Cursor as _rexnet_v1_Cursor, Cursor__Output as _rexnet_v1_Cursor__Output } from '../../rexnet/v1/Cursor.ts';
import type { Long } from '@grpc/proto-loader';

export interface LogBlock {
  'cursor'?: (_rexnet_v1_Cursor | null);
  'timestampMs'?: (number | string | Long);
  'tipHeight'?: (number | string | Long);
  'receipts'?: (Buffer | Uint8Array | string);
}

export interface LogBlock__Output {
  'cursor': (_rexnet_v1_Cursor__Output | null);
  'timestampMs': (string);
  'tipHeight': (string);
  'receipts': (Buffer);
}
