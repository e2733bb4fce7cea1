// Original file: rexnet/v1/peer.proto


export interface StateChunksResponse {
  'index'?: (number);
  'chunk'?: (Buffer | Uint8Array | string);
  'last'?: (boolean);
}

export interface StateChunksResponse__Output {
  'index': (number);
  'chunk': (Buffer);
  'last': (boolean);
}
