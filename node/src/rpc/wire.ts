// Fields of wire messages to plain values, checked, and back: what the services and the clients share.

import type {
  GossipMessage__Output,
  GossipMessage as WireGossip,
} from '@rexnet/proto/generated/rexnet/v1/GossipMessage.ts';
import type { HeaderRecord as WireHeaderRecord } from '@rexnet/proto/generated/rexnet/v1/HeaderRecord.ts';
import type { PeerHello__Output, PeerHello as WireHello } from '@rexnet/proto/generated/rexnet/v1/PeerHello.ts';
import type { Tip__Output, Tip as WireTip } from '@rexnet/proto/generated/rexnet/v1/Tip.ts';
import type { GossipMessage, HeaderRecord, PeerHello, Tip } from './backend.ts';
import { RpcError } from './errors.ts';

export const ID_BYTES = 32;
export const ADDRESS_BYTES = 36;
export const NO_BYTES: Uint8Array = new Uint8Array(0);

export function bad(field: string, expected: string): RpcError {
  return new RpcError('BAD_REQUEST', { field, message: `${field}: expected ${expected}` });
}

/** A u64 that must be a safe integer: heights, times. */
export function countOf(wire: string | undefined, field: string): number {
  const value = Number(wire ?? '0');
  if (!Number.isSafeInteger(value) || value < 0) throw bad(field, 'an integer below 2^53');
  return value;
}

export function bigOf(wire: string | undefined): bigint {
  return BigInt(wire ?? '0');
}

export function bytesOf(wire: Uint8Array | undefined, size: number, field: string): Uint8Array {
  if (wire === undefined || wire.length !== size) throw bad(field, `${size} bytes`);
  return wire;
}

export function listOf<T>(wire: readonly T[], limit: number, field: string): readonly T[] {
  if (wire.length > limit) throw bad(field, `at most ${limit} entries`);
  return wire;
}

export function required<T>(wire: T | null | undefined, field: string): T {
  if (wire === null || wire === undefined) throw bad(field, 'a value');
  return wire;
}

export function tipToWire(tip: Tip): WireTip {
  return { height: tip.height, id: tip.id, timestampMs: tip.timestampMs };
}

export function tipFromWire(wire: Tip__Output | null): Tip {
  const tip = required(wire, 'tip');
  return {
    height: countOf(tip.height, 'tip.height'),
    id: tip.id,
    timestampMs: countOf(tip.timestampMs, 'tip.timestamp_ms'),
  };
}

export function headerToWire(record: HeaderRecord): WireHeaderRecord {
  return { header: record.header, witness: record.witness };
}

const NETWORK_ID_BYTES = 4;
const NODE_ID_BYTES = 16;
const MAX_SOFTWARE_CHARACTERS = 64;

export function helloToWire(hello: PeerHello): WireHello {
  return { ...hello };
}

export function helloFromWire(wire: PeerHello__Output | null | undefined): PeerHello {
  const hello = required(wire, 'hello');
  if (hello.software.length > MAX_SOFTWARE_CHARACTERS) throw bad('hello.software', 'at most 64 characters');
  return {
    protocol: hello.protocol,
    networkId: bytesOf(hello.networkId, NETWORK_ID_BYTES, 'hello.network_id'),
    genesisId: bytesOf(hello.genesisId, ID_BYTES, 'hello.genesis_id'),
    group: hello.group,
    height: countOf(hello.height, 'hello.height'),
    tipId: bytesOf(hello.tipId, ID_BYTES, 'hello.tip_id'),
    nodeId: bytesOf(hello.nodeId, NODE_ID_BYTES, 'hello.node_id'),
    software: hello.software,
  };
}

export function gossipToWire(message: GossipMessage): WireGossip {
  switch (message.kind) {
    case 'hello':
      return { hello: helloToWire(message.hello) };
    case 'announcement':
      return { announcement: { header: message.header, witness: message.witness, leaf: message.leaf } };
    case 'transactions':
      return { transactions: { batch: message.batch, forwarded: message.forwarded } };
  }
}

export function gossipFromWire(wire: GossipMessage__Output | null): GossipMessage {
  const { message, hello, announcement, transactions } = required(wire, 'message');
  switch (message) {
    case 'hello':
      return { kind: 'hello', hello: helloFromWire(hello) };
    case 'announcement': {
      const { header, witness, leaf } = required(announcement, 'announcement');
      return { kind: 'announcement', header, witness, leaf };
    }
    case 'transactions': {
      const { batch, forwarded } = required(transactions, 'transactions');
      return { kind: 'transactions', batch, forwarded };
    }
    default:
      throw bad('message', 'hello, announcement or transactions');
  }
}
