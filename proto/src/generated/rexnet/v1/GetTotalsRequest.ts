// Original file: rexnet/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface GetTotalsRequest {
  'height'?: (number | string | Long);
  '_height'?: "height";
}

export interface GetTotalsRequest__Output {
  'height'?: (string);
  '_height'?: "height";
}
