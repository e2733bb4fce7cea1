// Original file: rexnet/v1/mining.proto


export interface SubmitParentHeadersRequest {
  'headers'?: (Buffer | Uint8Array | string);
}

export interface SubmitParentHeadersRequest__Output {
  'headers': (Buffer);
}
