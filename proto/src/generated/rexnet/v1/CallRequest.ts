// Original file: rexnet/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface CallRequest {
  'contract'?: (number | string | Long);
  'op'?: (number);
  'scope'?: (number);
  'key'?: (Buffer | Uint8Array | string);
  'args'?: (Buffer | Uint8Array | string);
  'sender'?: (Buffer | Uint8Array | string);
  'gas'?: (number | string | Long);
}

export interface CallRequest__Output {
  'contract': (string);
  'op': (number);
  'scope': (number);
  'key': (Buffer);
  'args': (Buffer);
  'sender': (Buffer);
  'gas': (string);
}
