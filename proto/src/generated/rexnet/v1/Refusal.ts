// Original file: rexnet/v1/node.proto

import type { ErrorDetail as _rexnet_v1_ErrorDetail, ErrorDetail__Output as _rexnet_v1_ErrorDetail__Output } from '../../rexnet/v1/ErrorDetail.ts';

export interface Refusal {
  'index'?: (number);
  'error'?: (_rexnet_v1_ErrorDetail | null);
}

export interface Refusal__Output {
  'index': (number);
  'error': (_rexnet_v1_ErrorDetail__Output | null);
}
