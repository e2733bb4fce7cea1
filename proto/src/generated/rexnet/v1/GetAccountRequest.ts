// Original file: rexnet/v1/node.proto


export interface GetAccountRequest {
  'address'?: (Buffer | Uint8Array | string);
}

export interface GetAccountRequest__Output {
  'address': (Buffer);
}
