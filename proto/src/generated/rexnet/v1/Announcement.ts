// Original file: rexnet/v1/peer.proto


export interface Announcement {
  'header'?: (Buffer | Uint8Array | string);
  'witness'?: (Buffer | Uint8Array | string);
  'leaf'?: (Buffer | Uint8Array | string);
}

export interface Announcement__Output {
  'header': (Buffer);
  'witness': (Buffer);
  'leaf': (Buffer);
}
