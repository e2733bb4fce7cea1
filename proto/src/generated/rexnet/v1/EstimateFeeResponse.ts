// Original file: rexnet/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface EstimateFeeResponse {
  'gas'?: (number | string | Long);
  'gasPrice'?: (number | string | Long);
  'fee'?: (number | string | Long);
  'status'?: (number);
  'exception'?: (number);
}

export interface EstimateFeeResponse__Output {
  'gas': (string);
  'gasPrice': (string);
  'fee': (string);
  'status': (number);
  'exception': (number);
}
