// Original file: rexnet/v1/peer.proto


export interface HeadersRequest {
  'group'?: (number);
  'locator'?: (Buffer | Uint8Array | string)[];
  'limit'?: (number);
  'branches'?: (Buffer | Uint8Array | string)[];
}

export interface HeadersRequest__Output {
  'group': (number);
  'locator': (Buffer)[];
  'limit': (number);
  'branches': (Buffer)[];
}
