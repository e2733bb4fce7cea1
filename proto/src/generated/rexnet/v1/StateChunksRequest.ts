// Original file: rexnet/v1/peer.proto


export interface StateChunksRequest {
  'blockId'?: (Buffer | Uint8Array | string);
  'partition'?: (number);
  'fromChunk'?: (number);
}

export interface StateChunksRequest__Output {
  'blockId': (Buffer);
  'partition': (number);
  'fromChunk': (number);
}
