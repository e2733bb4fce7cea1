// Original file: rexnet/v1/error.proto

import type { Long } from '@grpc/proto-loader';

export interface ErrorDetail {
  'code'?: (string);
  'message'?: (string);
  'field'?: (string);
  'retryAfterMs'?: (number);
  'group'?: (number);
  'epoch'?: (number | string | Long);
  '_group'?: "group";
  '_epoch'?: "epoch";
}

export interface ErrorDetail__Output {
  'code': (string);
  'message': (string);
  'field': (string);
  'retryAfterMs': (number);
  'group'?: (number);
  'epoch'?: (string);
  '_group'?: "group";
  '_epoch'?: "epoch";
}
