// Original file: rexnet/v1/node.proto


export interface EstimateFeeRequest {
  'transaction'?: (Buffer | Uint8Array | string);
}

export interface EstimateFeeRequest__Output {
  'transaction': (Buffer);
}
