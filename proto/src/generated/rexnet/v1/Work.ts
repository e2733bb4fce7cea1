// Original file: rexnet/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface Work {
  'blocks'?: (number | string | Long);
  'transactions'?: (number | string | Long);
  'invocations'?: (number | string | Long);
  'gas'?: (number | string | Long);
}

export interface Work__Output {
  'blocks': (string);
  'transactions': (string);
  'invocations': (string);
  'gas': (string);
}
