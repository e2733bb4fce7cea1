// Original file: rexnet/v1/peer.proto


export interface BatchesResponse {
  'id'?: (Buffer | Uint8Array | string);
  'found'?: (boolean);
  'leaf'?: (Buffer | Uint8Array | string);
}

export interface BatchesResponse__Output {
  'id': (Buffer);
  'found': (boolean);
  'leaf': (Buffer);
}
