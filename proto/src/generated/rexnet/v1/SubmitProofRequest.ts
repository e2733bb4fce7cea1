// Original file: rexnet/v1/mining.proto


export interface SubmitProofRequest {
  'blockId'?: (Buffer | Uint8Array | string);
  'witness'?: (Buffer | Uint8Array | string);
}

export interface SubmitProofRequest__Output {
  'blockId': (Buffer);
  'witness': (Buffer);
}
