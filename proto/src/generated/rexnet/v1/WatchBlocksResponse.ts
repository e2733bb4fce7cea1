// Original file: rexnet/v1/node.proto

import type { Tip as _rexnet_v1_Tip, Tip__Output as _rexnet_v1_Tip__Output } from '../../rexnet/v1/Tip.ts';
import type { Long } from '@grpc/proto-loader';

export interface WatchBlocksResponse {
  'group'?: (number);
  'tip'?: (_rexnet_v1_Tip | null);
  'header'?: (Buffer | Uint8Array | string);
  'transactions'?: (number);
  'receipts'?: (number);
  'gas'?: (number | string | Long);
}

export interface WatchBlocksResponse__Output {
  'group': (number);
  'tip': (_rexnet_v1_Tip__Output | null);
  'header': (Buffer);
  'transactions': (number);
  'receipts': (number);
  'gas': (string);
}
