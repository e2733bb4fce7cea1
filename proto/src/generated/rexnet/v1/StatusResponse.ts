// Original file: rexnet/v1/node.proto

import type { Network as _rexnet_v1_Network, Network__Output as _rexnet_v1_Network__Output } from '../../rexnet/v1/Network.ts';
import type { Tip as _rexnet_v1_Tip, Tip__Output as _rexnet_v1_Tip__Output } from '../../rexnet/v1/Tip.ts';
import type { GroupStatus as _rexnet_v1_GroupStatus, GroupStatus__Output as _rexnet_v1_GroupStatus__Output } from '../../rexnet/v1/GroupStatus.ts';
import type { Parents as _rexnet_v1_Parents, Parents__Output as _rexnet_v1_Parents__Output } from '../../rexnet/v1/Parents.ts';
import type { Condition as _rexnet_v1_Condition, Condition__Output as _rexnet_v1_Condition__Output } from '../../rexnet/v1/Condition.ts';
import type { Work as _rexnet_v1_Work, Work__Output as _rexnet_v1_Work__Output } from '../../rexnet/v1/Work.ts';
import type { Long } from '@grpc/proto-loader';

export interface StatusResponse {
  'version'?: (string);
  'network'?: (_rexnet_v1_Network | null);
  'group'?: (number);
  'tip'?: (_rexnet_v1_Tip | null);
  'stateRoot'?: (Buffer | Uint8Array | string);
  'epoch'?: (number | string | Long);
  'owners'?: (number)[];
  'groups'?: (_rexnet_v1_GroupStatus)[];
  'poolTransactions'?: (number);
  'queuedRelays'?: (number);
  'peers'?: (number);
  'inSync'?: (boolean);
  'faucet'?: (boolean);
  'bitcoinHeight'?: (number | string | Long);
  'parents'?: (_rexnet_v1_Parents | null);
  'conditions'?: (_rexnet_v1_Condition)[];
  'cpuPeriods'?: (number | string | Long);
  'cpuThrottled'?: (number | string | Long);
  'work'?: (_rexnet_v1_Work | null);
}

export interface StatusResponse__Output {
  'version': (string);
  'network': (_rexnet_v1_Network__Output | null);
  'group': (number);
  'tip': (_rexnet_v1_Tip__Output | null);
  'stateRoot': (Buffer);
  'epoch': (string);
  'owners': (number)[];
  'groups': (_rexnet_v1_GroupStatus__Output)[];
  'poolTransactions': (number);
  'queuedRelays': (number);
  'peers': (number);
  'inSync': (boolean);
  'faucet': (boolean);
  'bitcoinHeight': (string);
  'parents': (_rexnet_v1_Parents__Output | null);
  'conditions': (_rexnet_v1_Condition__Output)[];
  'cpuPeriods': (string);
  'cpuThrottled': (string);
  'work': (_rexnet_v1_Work__Output | null);
}
