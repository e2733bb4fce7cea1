// Original file: rexnet/v1/peer.proto


export interface BatchesRequest {
  'destination'?: (number);
  'ids'?: (Buffer | Uint8Array | string)[];
}

export interface BatchesRequest__Output {
  'destination': (number);
  'ids': (Buffer)[];
}
