// Original file: rexnet/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface GetContractResponse {
  'id'?: (number | string | Long);
  'name'?: (string);
  'source'?: (string);
  'abi'?: (string);
  'codeHash'?: (Buffer | Uint8Array | string);
  'address'?: (Buffer | Uint8Array | string);
  'height'?: (number | string | Long);
}

export interface GetContractResponse__Output {
  'id': (string);
  'name': (string);
  'source': (string);
  'abi': (string);
  'codeHash': (Buffer);
  'address': (Buffer);
  'height': (string);
}
