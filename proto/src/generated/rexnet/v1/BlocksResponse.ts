// Original file: rexnet/v1/peer.proto


export interface BlocksResponse {
  'id'?: (Buffer | Uint8Array | string);
  'found'?: (boolean);
  'header'?: (Buffer | Uint8Array | string);
  'witness'?: (Buffer | Uint8Array | string);
  'body'?: (Buffer | Uint8Array | string);
}

export interface BlocksResponse__Output {
  'id': (Buffer);
  'found': (boolean);
  'header': (Buffer);
  'witness': (Buffer);
  'body': (Buffer);
}
