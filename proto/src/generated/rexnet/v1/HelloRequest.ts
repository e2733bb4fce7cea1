// Original file: rexnet/v1/peer.proto

import type { PeerHello as _rexnet_v1_PeerHello, PeerHello__Output as _rexnet_v1_PeerHello__Output } from '../../rexnet/v1/PeerHello.ts';

export interface HelloRequest {
  'hello'?: (_rexnet_v1_PeerHello | null);
}

export interface HelloRequest__Output {
  'hello': (_rexnet_v1_PeerHello__Output | null);
}
