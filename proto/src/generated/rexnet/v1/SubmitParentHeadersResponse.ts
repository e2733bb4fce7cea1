// Original file: rexnet/v1/mining.proto

import type { Long } from '@grpc/proto-loader';

export interface SubmitParentHeadersResponse {
  'accepted'?: (number);
  'bestHeight'?: (number | string | Long);
}

export interface SubmitParentHeadersResponse__Output {
  'accepted': (number);
  'bestHeight': (string);
}
