// Original file: rexnet/v1/node.proto

import type { LogBlock as _rexnet_v1_LogBlock, LogBlock__Output as _rexnet_v1_LogBlock__Output } from '../../rexnet/v1/LogBlock.ts';
import type { Cursor as _rexnet_v1_Cursor, Cursor__Output as _rexnet_v1_Cursor__Output } from '../../rexnet/v1/Cursor.ts';

export interface WatchLogsResponse {
  'block'?: (_rexnet_v1_LogBlock | null);
  'undone'?: (_rexnet_v1_Cursor | null);
  'event'?: "block"|"undone";
}

export interface WatchLogsResponse__Output {
  'block'?: (_rexnet_v1_LogBlock__Output | null);
  'undone'?: (_rexnet_v1_Cursor__Output | null);
  'event'?: "block"|"undone";
}
