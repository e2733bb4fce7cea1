// Original file: rexnet/v1/peer.proto

import type { Long } from '@grpc/proto-loader';

export interface PeerHello {
  'protocol'?: (number);
  'networkId'?: (Buffer | Uint8Array | string);
  'genesisId'?: (Buffer | Uint8Array | string);
  'group'?: (number);
  'height'?: (number | string | Long);
  'tipId'?: (Buffer | Uint8Array | string);
  'nodeId'?: (Buffer | Uint8Array | string);
  'software'?: (string);
}

export interface PeerHello__Output {
  'protocol': (number);
  'networkId': (Buffer);
  'genesisId': (Buffer);
  'group': (number);
  'height': (string);
  'tipId': (Buffer);
  'nodeId': (Buffer);
  'software': (string);
}
