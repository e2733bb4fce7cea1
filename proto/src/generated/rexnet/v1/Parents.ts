// Original file: rexnet/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface Parents {
  'onChain'?: (number | string | Long);
  'orphan'?: (number | string | Long);
  'premature'?: (number | string | Long);
}

export interface Parents__Output {
  'onChain': (string);
  'orphan': (string);
  'premature': (string);
}
