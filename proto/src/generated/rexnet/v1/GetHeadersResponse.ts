// Original file: rexnet/v1/node.proto

import type { HeaderRecord as _rexnet_v1_HeaderRecord, HeaderRecord__Output as _rexnet_v1_HeaderRecord__Output } from '../../rexnet/v1/HeaderRecord.ts';

export interface GetHeadersResponse {
  'headers'?: (_rexnet_v1_HeaderRecord)[];
}

export interface GetHeadersResponse__Output {
  'headers': (_rexnet_v1_HeaderRecord__Output)[];
}
