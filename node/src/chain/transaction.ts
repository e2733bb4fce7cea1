// One user transaction: its bytes, its id, what can be judged without state, and the record it runs as. It checks no signature itself.
import { ADDRESS_BYTES, ADDRESS_KIND, addressOf, kindOf, partitionOfTarget, tagOf } from '../core/address.ts';
import { concatBytes, viewOf } from '../core/bytes.ts';
import { sha256d } from '../core/hash.ts';
import {
  DEPLOY_ARGS,
  type Genesis,
  MAX_TRANSACTION_BYTES,
  RELAY_FIXED_BYTES,
  TRANSACTION,
  TRANSACTION_BODY,
  type Transaction,
} from '../core/layouts.ts';
import { SCOPE, SCOPES } from '../core/scopes.ts';
import { SENDER_AT, SIGNATURE_BYTES, senderKeyOf, signedMessage } from '../core/signed-bytes.ts';
import { TRANSACTION_GAS, userGas } from './gas.ts';
import { NO_OP, pad8, RECORD } from './relay.ts';

export const TRANSACTION_VERSION = 1;
export const TRANSACTION_KIND = { transfer: 0, call: 1, deploy: 2, mapUpdate: 4 } as const;

/** Why bytes are no transaction this network could ever run; codes of the error table. */
export type TransactionProblem =
  | 'BAD_TRANSACTION'
  | 'TOO_LARGE'
  | 'WRONG_NETWORK'
  | 'GAS_PRICE_TOO_LOW'
  | 'GAS_LIMIT_TOO_LOW'
  | 'GAS_LIMIT_TOO_HIGH'
  | 'WRONG_TARGET'
  | 'BAD_ARGUMENTS';

/** Everything a user decides; network, version and signature are added by `signTransaction`. */
export type TransactionFields = Omit<Transaction, 'version' | 'networkId' | 'signature'>;

export function signTransaction(
  fields: TransactionFields,
  networkId: Uint8Array,
  sign: (message: Uint8Array) => Uint8Array,
): Uint8Array {
  const body = TRANSACTION_BODY.encode({ version: TRANSACTION_VERSION, networkId, ...fields });
  return concatBytes([body, sign(signedMessage(body))]);
}

export function transactionId(bytes: Uint8Array): Uint8Array {
  return sha256d(bytes);
}

/** Throws DecodeError. */
export function decodeTransaction(bytes: Uint8Array): Transaction {
  return TRANSACTION.decode(bytes);
}

/** The map update that an envelope of the governance key carries, undefined for any other transaction. It never enters a block as one. */
export function mapUpdateIn(bytes: Uint8Array): Uint8Array | undefined {
  return bytes[AT.kind] === TRANSACTION_KIND.mapUpdate ? decodeTransaction(bytes).args : undefined;
}

/** Offsets of the fixed part; `key` and what follows depend on the scope. */
const AT = {
  kind: 1,
  networkId: 2,
  sender: SENDER_AT,
  nonce: 38,
  validUntil: 46,
  gasLimit: 54,
  gasPrice: 62,
  contract: 70,
  op: 78,
  scope: 80,
  key: 81,
} as const;

/** Writes another nonce and time of validity, both below 2^53, into a body: whoever makes many that differ in little else. */
export function restamp(body: Uint8Array, nonce: number, validUntilMs: number): void {
  const view = viewOf(body);
  for (const [at, value] of [
    [AT.nonce, nonce],
    [AT.validUntil, validUntilMs],
  ] as const) {
    view.setUint32(at, value % 2 ** 32, true);
    view.setUint32(at + 4, value / 2 ** 32, true);
  }
}

/** Readers of single fields of bytes that `problemOf` found nothing wrong with. */
export function nonceOf(bytes: Uint8Array): bigint {
  return viewOf(bytes).getBigUint64(AT.nonce, true);
}
export function validUntilMsOf(bytes: Uint8Array, view: DataView = viewOf(bytes)): number {
  return doubleAt(view, AT.validUntil);
}
/** At most the user share, so a double holds it. */
export function gasLimitOf(bytes: Uint8Array, view: DataView = viewOf(bytes)): number {
  return doubleAt(view, AT.gasLimit);
}
export function gasPriceOf(bytes: Uint8Array, view: DataView = viewOf(bytes)): bigint {
  return view.getBigUint64(AT.gasPrice, true);
}
/** Exact below 2^53, and never below 2^53 when the nonce is not. */
export function nonceNumberOf(view: DataView): number {
  return doubleAt(view, AT.nonce);
}
/** msat the sender's account must hold: the whole budget and, for a transfer, the amount. */
export function costOf(bytes: Uint8Array, view: DataView = viewOf(bytes)): bigint {
  const budget = view.getBigUint64(AT.gasLimit, true) * view.getBigUint64(AT.gasPrice, true);
  return bytes[AT.kind] === TRANSACTION_KIND.transfer ? budget + transferAmount(bytes) : budget;
}
/** As partitionOf the sender's address: its tag takes no part. */
export function senderPartitionOf(view: DataView, partitions: number): number {
  const word = (i: number): number => view.getUint32(AT.sender + i * 4, true);
  return ((word(0) ^ word(4) ^ word(7)) & (partitions - 1)) >>> 0;
}
export function senderOf(bytes: Uint8Array): Uint8Array {
  return addressOf(senderKeyOf(bytes));
}

function transferAmount(bytes: Uint8Array): bigint {
  return viewOf(bytes).getBigUint64(bytes.length - SIGNATURE_BYTES - 8, true);
}

/** A u64 as a double: exact below 2^53, and never below 2^53 when the number is not. */
function doubleAt(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}

const LEAST_GAS = Number(TRANSACTION_GAS);

/** Rules that need no state, as numbers the hot path compares with. */
export interface TransactionRules {
  readonly networkId: Uint8Array;
  readonly partitions: number;
  readonly gasPriceFloor: bigint;
  /** Below 2^53. */
  readonly userGas: number;
}

export function transactionRules(genesis: Genesis, networkId: Uint8Array): TransactionRules {
  return {
    networkId,
    partitions: genesis.partitions,
    gasPriceFloor: genesis.gasPriceFloor,
    userGas: Math.min(Number(userGas(genesis)), Number.MAX_SAFE_INTEGER),
  };
}

/** Whether these bytes are laid out as a transaction of this version, so that its fields may be read; what they say is not judged. */
export function isLaidOut(bytes: Uint8Array, view: DataView = viewOf(bytes)): boolean {
  if (bytes.length < AT.key + 4 + SIGNATURE_BYTES || bytes[0] !== TRANSACTION_VERSION) return false;
  const argsAt = argsOffsetOf(bytes);
  if (argsAt === undefined || bytes.length < argsAt + SIGNATURE_BYTES) return false;
  if (argsAt + view.getUint32(argsAt - 4, true) + SIGNATURE_BYTES !== bytes.length) return false;
  // Above 2^53 a time is no longer exact.
  return view.getUint32(AT.validUntil + 4, true) < 1 << 21;
}

/** Undefined when the scope is none. */
function argsOffsetOf(bytes: Uint8Array): number | undefined {
  const scope = SCOPES[bytes[AT.scope]!];
  return scope === undefined ? undefined : AT.key + scope.targetBytes + 4;
}

/** What makes these bytes unfit for any block of this network; undefined when nothing does. Time, nonce, funds and signature are judged elsewhere. */
export function problemOf(
  bytes: Uint8Array,
  rules: TransactionRules,
  view: DataView = viewOf(bytes),
): TransactionProblem | undefined {
  if (bytes.length > MAX_TRANSACTION_BYTES) return 'TOO_LARGE';
  if (!isLaidOut(bytes, view)) return 'BAD_TRANSACTION';
  for (let i = 0; i < 4; i++) if (bytes[AT.networkId + i] !== rules.networkId[i]) return 'WRONG_NETWORK';
  const gas = doubleAt(view, AT.gasLimit);
  if (gas < LEAST_GAS) return 'GAS_LIMIT_TOO_LOW';
  if (gas > rules.userGas) return 'GAS_LIMIT_TOO_HIGH';
  if (view.getBigUint64(AT.gasPrice, true) < rules.gasPriceFloor) return 'GAS_PRICE_TOO_LOW';
  return kindProblem(bytes, view, rules);
}

function kindProblem(bytes: Uint8Array, view: DataView, rules: TransactionRules): TransactionProblem | undefined {
  const scope = bytes[AT.scope]!;
  const argsAt = argsOffsetOf(bytes)!;
  const argsLen = bytes.length - argsAt - SIGNATURE_BYTES;
  const named = view.getUint32(AT.contract, true) !== 0 || view.getUint32(AT.contract + 4, true) !== 0;
  const bare = !named && view.getUint16(AT.op, true) === 0;
  switch (bytes[AT.kind]) {
    case TRANSACTION_KIND.transfer:
      if (!bare) return 'BAD_TRANSACTION';
      // Value may go to any well-formed address, a contract's too.
      if (scope !== SCOPE.account || kindOf(bytes.subarray(AT.key, AT.key + ADDRESS_BYTES)) === undefined)
        return 'WRONG_TARGET';
      return argsLen === 8 ? undefined : 'BAD_ARGUMENTS';
    case TRANSACTION_KIND.call:
      if (!named) return 'BAD_TRANSACTION';
      return callTargetFits(bytes, view, scope, rules) ? undefined : 'WRONG_TARGET';
    case TRANSACTION_KIND.deploy:
      if (!bare) return 'BAD_TRANSACTION';
      if (scope !== SCOPE.global) return 'WRONG_TARGET';
      return isDeploy(bytes.subarray(argsAt, argsAt + argsLen)) ? undefined : 'BAD_ARGUMENTS';
    default:
      return 'BAD_TRANSACTION';
  }
}

/** `@address` code runs only on its sender's own instance: that is what lets contracts take "self" for "who signed". */
function callTargetFits(bytes: Uint8Array, view: DataView, scope: number, rules: TransactionRules): boolean {
  if (scope === SCOPE.account) return false;
  if (scope === SCOPE.shard) return view.getUint32(AT.key, true) < rules.partitions;
  if (scope !== SCOPE.address) return true;
  for (let i = 0; i < 32; i++) if (bytes[AT.key + i] !== bytes[AT.sender + i]) return false;
  return view.getUint32(AT.key + 32, true) === tagOf(senderKeyOf(bytes), ADDRESS_KIND.ed25519);
}

function isDeploy(args: Uint8Array): boolean {
  try {
    DEPLOY_ARGS.decode(args);
    return true;
  } catch {
    return false;
  }
}

/** The contract that a deploy's record names: no registry sequence, so no machine ever runs it. */
export const REGISTRY_CONTRACT = 0xffff_ffff_ffff_ffffn;
/** The op of a transfer, the ledger's only function. */
const OP_TRANSFER = 0;

/** Bytes of the record a sound transaction runs as. */
export function recordBytesOf(bytes: Uint8Array): number {
  const scope = SCOPES[bytes[AT.scope]!]!;
  const argsLen = bytes.length - AT.key - scope.targetBytes - 4 - SIGNATURE_BYTES;
  return RELAY_FIXED_BYTES + pad8(scope.keyBytes) + pad8(argsLen);
}

/**
 * Writes the record of a sound transaction at `at` of zeroed `out`, its id taken from `ids`; answers where it ends.
 * Written word by word: a block has ten thousand of them.
 */
export function writeRecord(
  bytes: Uint8Array,
  out: Uint8Array,
  outView: DataView,
  at: number,
  partitions: number,
  id: Uint8Array,
  view: DataView = viewOf(bytes),
): number {
  const scopeId = bytes[AT.scope]!;
  const { keyBytes, targetBytes } = SCOPES[scopeId]!;
  const argsAt = AT.key + targetBytes + 4;
  const argsLen = bytes.length - argsAt - SIGNATURE_BYTES;
  const size = RELAY_FIXED_BYTES + pad8(keyBytes) + pad8(argsLen);
  outView.setUint32(at + RECORD.size, size, true);
  out[at + RECORD.scope] = scopeId;
  if (bytes[AT.kind] === TRANSACTION_KIND.deploy) {
    outView.setUint16(at + RECORD.op, NO_OP, true);
    outView.setBigUint64(at + RECORD.contract, REGISTRY_CONTRACT, true);
  } else {
    const isTransfer = bytes[AT.kind] === TRANSACTION_KIND.transfer;
    outView.setUint16(at + RECORD.op, isTransfer ? OP_TRANSFER : view.getUint16(AT.op, true), true);
    copyWords(view, AT.contract, outView, at + RECORD.contract, 2);
  }
  copyWords(view, AT.gasLimit, outView, at + RECORD.gas, 4);
  copyWords(view, AT.nonce, outView, at + RECORD.nonce, 2);
  out.set(id, at + RECORD.id);
  out.set(id, at + RECORD.root);
  copyWords(view, AT.sender, outView, at + RECORD.initiator, 8);
  // The target of a call on an address is its sender, tag included.
  const tag =
    scopeId === SCOPE.address ? view.getUint32(AT.key + 32, true) : tagOf(senderKeyOf(bytes), ADDRESS_KIND.ed25519);
  outView.setUint32(at + RECORD.initiator + 32, tag, true);
  const target = bytes.subarray(AT.key, AT.key + targetBytes);
  outView.setUint32(at + RECORD.partition, partitionOfTarget(scopeId, target, partitions), true);
  outView.setUint32(at + RECORD.argsLen, argsLen, true);
  out[at + RECORD.keyLen] = keyBytes;
  for (let i = 0; i < keyBytes; i++) out[at + RECORD.key + i] = bytes[AT.key + i]!;
  const argsOut = at + RECORD.key + pad8(keyBytes);
  for (let i = 0; i < argsLen; i++) out[argsOut + i] = bytes[argsAt + i]!;
  return at + size;
}

function copyWords(from: DataView, fromAt: number, to: DataView, toAt: number, words: number): void {
  for (let i = 0; i < words; i++) to.setUint32(toAt + i * 4, from.getUint32(fromAt + i * 4, true), true);
}
