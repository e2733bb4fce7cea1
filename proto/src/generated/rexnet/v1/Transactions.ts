// Original file: rexnet/v1/peer.proto


export interface Transactions {
  'batch'?: (Buffer | Uint8Array | string);
  'forwarded'?: (boolean);
}

export interface Transactions__Output {
  'batch': (Buffer);
  'forwarded': (boolean);
}
