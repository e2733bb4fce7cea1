// Original file: rexnet/v1/peer.proto

import type { GossipMessage as _rexnet_v1_GossipMessage, GossipMessage__Output as _rexnet_v1_GossipMessage__Output } from '../../rexnet/v1/GossipMessage.ts';

export interface GossipResponse {
  'message'?: (_rexnet_v1_GossipMessage | null);
}

export interface GossipResponse__Output {
  'message': (_rexnet_v1_GossipMessage__Output | null);
}
