// Original file: rexnet/v1/node.proto


export interface GetBlockResponse {
  'id'?: (Buffer | Uint8Array | string);
  'header'?: (Buffer | Uint8Array | string);
  'witness'?: (Buffer | Uint8Array | string);
  'body'?: (Buffer | Uint8Array | string);
  'receipts'?: (Buffer | Uint8Array | string);
}

export interface GetBlockResponse__Output {
  'id': (Buffer);
  'header': (Buffer);
  'witness': (Buffer);
  'body': (Buffer);
  'receipts': (Buffer);
}
