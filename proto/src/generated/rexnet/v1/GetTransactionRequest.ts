// Original file: rexnet/v1/node.proto


export interface GetTransactionRequest {
  'id'?: (Buffer | Uint8Array | string);
}

export interface GetTransactionRequest__Output {
  'id': (Buffer);
}
