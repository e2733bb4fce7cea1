// Original file: rexnet/v1/mining.proto

import type { Long } from '@grpc/proto-loader';

export interface SubmitProofResponse {
  'height'?: (number | string | Long);
}

export interface SubmitProofResponse__Output {
  'height': (string);
}
