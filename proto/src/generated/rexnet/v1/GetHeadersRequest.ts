// Original file: rexnet/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface GetHeadersRequest {
  'group'?: (number);
  'fromHeight'?: (number | string | Long);
  'limit'?: (number);
}

export interface GetHeadersRequest__Output {
  'group': (number);
  'fromHeight': (string);
  'limit': (number);
}
