// Original file: rexnet/v1/node.proto


export interface HeaderRecord {
  'header'?: (Buffer | Uint8Array | string);
  'witness'?: (Buffer | Uint8Array | string);
}

export interface HeaderRecord__Output {
  'header': (Buffer);
  'witness': (Buffer);
}
