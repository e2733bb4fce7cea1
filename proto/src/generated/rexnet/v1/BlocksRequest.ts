// Original file: rexnet/v1/peer.proto


export interface BlocksRequest {
  'ids'?: (Buffer | Uint8Array | string)[];
}

export interface BlocksRequest__Output {
  'ids': (Buffer)[];
}
