// Original file: rexnet/v1/node.proto

import type { Cursor as _rexnet_v1_Cursor, Cursor__Output as _rexnet_v1_Cursor__Output } from '../../rexnet/v1/Cursor.ts';
import type { Long } from '@grpc/proto-loader';

export interface WatchLogsRequest {
  'cursor'?: (_rexnet_v1_Cursor | null);
  'contract'?: (number | string | Long);
  'address'?: (Buffer | Uint8Array | string);
  '_contract'?: "contract";
}

export interface WatchLogsRequest__Output {
  'cursor': (_rexnet_v1_Cursor__Output | null);
  'contract'?: (string);
  'address': (Buffer);
  '_contract'?: "contract";
}
