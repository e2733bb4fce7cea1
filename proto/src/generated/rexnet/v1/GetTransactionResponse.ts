// Original file: rexnet/v1/node.proto

import type { Tip as _rexnet_v1_Tip, Tip__Output as _rexnet_v1_Tip__Output } from '../../rexnet/v1/Tip.ts';
import type { Place as _rexnet_v1_Place, Place__Output as _rexnet_v1_Place__Output } from '../../rexnet/v1/Place.ts';
import type { PlacedReceipt as _rexnet_v1_PlacedReceipt, PlacedReceipt__Output as _rexnet_v1_PlacedReceipt__Output } from '../../rexnet/v1/PlacedReceipt.ts';

export interface GetTransactionResponse {
  'group'?: (number);
  'tip'?: (_rexnet_v1_Tip | null);
  'place'?: (_rexnet_v1_Place);
  'transaction'?: (Buffer | Uint8Array | string);
  'receipts'?: (_rexnet_v1_PlacedReceipt)[];
}

export interface GetTransactionResponse__Output {
  'group': (number);
  'tip': (_rexnet_v1_Tip__Output | null);
  'place': (_rexnet_v1_Place__Output);
  'transaction': (Buffer);
  'receipts': (_rexnet_v1_PlacedReceipt__Output)[];
}
