// Original file: rexnet/v1/peer.proto

import type { PeerHello as _rexnet_v1_PeerHello, PeerHello__Output as _rexnet_v1_PeerHello__Output } from '../../rexnet/v1/PeerHello.ts';
import type { Announcement as _rexnet_v1_Announcement, Announcement__Output as _rexnet_v1_Announcement__Output } from '../../rexnet/v1/Announcement.ts';
import type { Transactions as _rexnet_v1_Transactions, Transactions__Output as _rexnet_v1_Transactions__Output } from '../../rexnet/v1/Transactions.ts';

export interface GossipMessage {
  'hello'?: (_rexnet_v1_PeerHello | null);
  'announcement'?: (_rexnet_v1_Announcement | null);
  'transactions'?: (_rexnet_v1_Transactions | null);
  'message'?: "hello"|"announcement"|"transactions";
}

export interface GossipMessage__Output {
  'hello'?: (_rexnet_v1_PeerHello__Output | null);
  'announcement'?: (_rexnet_v1_Announcement__Output | null);
  'transactions'?: (_rexnet_v1_Transactions__Output | null);
  'message'?: "hello"|"announcement"|"transactions";
}
