// Original file: rexnet/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface GetContractRequest {
  'id'?: (number | string | Long);
  'name'?: (string);
  'ref'?: "id"|"name";
}

export interface GetContractRequest__Output {
  'id'?: (string);
  'name'?: (string);
  'ref'?: "id"|"name";
}
