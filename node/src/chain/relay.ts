// Invocation records as bytes: where their fields are, whether one from another group is well-formed, what it is worth. It runs none.
import { partitionOfTarget } from '../core/address.ts';
import { equalBytes, viewOf } from '../core/bytes.ts';
import { sha256 } from '../core/hash.ts';
import { RELAY_FIXED_BYTES } from '../core/layouts.ts';
import { SCOPE, SCOPES } from '../core/scopes.ts';

/** Offsets of an invocation record's fields (docs/vm.md §1). */
export const RECORD = {
  size: 0,
  kind: 4,
  scope: 5,
  op: 6,
  contract: 8,
  gas: 16,
  price: 24,
  value: 32,
  nonce: 40,
  id: 48,
  root: 80,
  initiator: 112,
  from: 148,
  partition: 184,
  index: 188,
  argsLen: 192,
  keyLen: 196,
  zero: 197,
  origin: 198,
  key: 200,
} as const;

export const RECORD_KIND = { user: 0, relay: 1, deferred: 2, value: 3, credit: 4 } as const;
/** The op of what runs no contract code. */
export const NO_OP = 0xffff;

/** Relays of one block and destination take part in sums of 64 bits. */
const U64_END = 1n << 64n;

export function pad8(size: number): number {
  return (size + 7) & ~7;
}

/**
 * Id of the invocation a wire record stands for. What the user transaction itself emitted (emitter = root) has its id with
 * index + 1 added to the first four bytes; deeper ones are SHA-256(id of the emitter ‖ child index).
 */
export function relayId(emitter: Uint8Array, root: Uint8Array, index: number): Uint8Array {
  if (equalBytes(emitter, root)) {
    const id = Uint8Array.from(root);
    const view = viewOf(id);
    view.setUint32(0, view.getUint32(0, true) + index + 1, true);
    return id;
  }
  const bytes = new Uint8Array(36);
  bytes.set(emitter);
  viewOf(bytes).setUint32(32, index, true);
  return sha256(bytes);
}

export function recordKey(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.subarray(at + RECORD.key, at + RECORD.key + bytes[at + RECORD.keyLen]!);
}

/** msat a record carries: its value and its whole budget. */
export function worthOf(view: DataView, at: number): bigint {
  const value = view.getBigUint64(at + RECORD.value, true);
  const gas = view.getUint32(at + RECORD.gas, true);
  const price = view.getUint32(at + RECORD.price, true);
  const small = view.getUint32(at + RECORD.gas + 4, true) === 0 && view.getUint32(at + RECORD.price + 4, true) === 0;
  if (small && gas < SMALL && price < SMALL) return value + BigInt(gas * price);
  return value + view.getBigUint64(at + RECORD.gas, true) * view.getBigUint64(at + RECORD.price, true);
}

/** Two numbers below this have a product that a double holds exactly. */
const SMALL = 2 ** 26;

export interface RelayRules {
  readonly partitions: number;
  /** Whether this group is who the source had to send the partition's relays to. */
  readonly holds: (partition: number) => boolean;
  /** A record that asks for more could never run, and its partition would wait for ever. */
  readonly maxGas: bigint;
}

/**
 * Whether bytes from another group are well-formed relays for this one. Bodies of foreign blocks are never judged, so
 * this is the only fence between a forged batch and the machine; what fails it reads as empty, for every node alike.
 * Answers what they are worth together, undefined when anything is wrong.
 */
export function checkRelays(bytes: Uint8Array, rules: RelayRules): bigint | undefined {
  const view = viewOf(bytes);
  let worth = 0n;
  let at = 0;
  while (at < bytes.length) {
    const size = bytes.length - at < RELAY_FIXED_BYTES ? 0 : view.getUint32(at, true);
    if (size < RELAY_FIXED_BYTES || size > bytes.length - at) return undefined;
    if (!shapeFits(bytes, view, at, size) || !targetFits(bytes, view, at, rules)) return undefined;
    if (view.getBigUint64(at + RECORD.gas, true) > rules.maxGas) return undefined;
    worth += worthOf(view, at);
    if (worth >= U64_END) return undefined;
    at += size;
  }
  return worth;
}

function shapeFits(bytes: Uint8Array, view: DataView, at: number, size: number): boolean {
  const scope = SCOPES[bytes[at + RECORD.scope]!];
  if (scope === undefined || bytes[at + RECORD.keyLen] !== scope.keyBytes || bytes[at + RECORD.zero] !== 0)
    return false;
  if (view.getUint32(at + RECORD.nonce, true) !== 0 || view.getUint32(at + RECORD.nonce + 4, true) !== 0) return false;
  const argsLen = view.getUint32(at + RECORD.argsLen, true);
  const argsAt = RECORD.key + pad8(scope.keyBytes);
  if (argsAt + argsLen > size || argsAt + pad8(argsLen) !== size) return false;
  return (
    isZeroRange(bytes, at + RECORD.key + scope.keyBytes, at + argsAt) &&
    isZeroRange(bytes, at + argsAt + argsLen, at + size)
  );
}

function isZeroRange(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== 0) return false;
  return true;
}

function targetFits(bytes: Uint8Array, view: DataView, at: number, rules: RelayRules): boolean {
  const kind = bytes[at + RECORD.kind]!;
  const scope = bytes[at + RECORD.scope]!;
  const bare = scope === SCOPE.account && view.getUint16(at + RECORD.op, true) === NO_OP;
  if (kind === RECORD_KIND.relay ? scope === SCOPE.account : !bare) return false;
  if (kind < RECORD_KIND.relay || kind > RECORD_KIND.credit || kind === RECORD_KIND.deferred) return false;
  const partition = view.getUint32(at + RECORD.partition, true);
  if (scope === SCOPE.shard) {
    if (partition >= rules.partitions) return false;
  } else if (partition !== partitionOfTarget(scope, recordKey(bytes, at), rules.partitions)) return false;
  return rules.holds(partition);
}
