// Cells and what they hold in words a person knows: account addresses, contracts by name, state fields, amounts. It decides
// nothing and never fails: what it cannot read it shows as hex.
import { type Abi, decodeState, decodeValue, type Json } from '@rexnet/preda/index.ts';
import { formatAddress, kindOf } from '../core/address.ts';
import { formatAmount } from '../core/amount.ts';
import { toHex, viewOf } from '../core/bytes.ts';
import { GLOBAL_PARTITION, REPLICA_PARTITION, SCOPES } from '../core/scopes.ts';
import type { CellDifference } from './audit.ts';
import { contractOfCell, keyOfCell, LEDGER_SCOPE, ledgerScopeOf } from './cell-entries.ts';
import { contractOfRow } from './registry.ts';
import { RECORD, recordKey, worthOf } from './relay.ts';

/** What a contract is called, and how its state reads. */
export interface ContractWords {
  /** `DApp.Contract` */
  readonly name: string;
  readonly abi: Abi | undefined;
}

/** Undefined: nothing is known of that contract. */
export type ContractNames = (contract: bigint) => ContractWords | undefined;

const NO_NAMES: ContractNames = () => undefined;
const HEX_BYTES_MAX = 48;
const ACCOUNT_BYTES = 16;
const KEY_AT = 10;
const FIELD_BYTES = 2;

/** `98000 msat (0.00000098 rxBTC)` */
export function amountWords(msat: bigint): string {
  return `${msat} msat (${formatAmount(msat)})`;
}

export function partitionWords(partition: number): string {
  if (partition === GLOBAL_PARTITION) return 'the global partition';
  return partition === REPLICA_PARTITION ? 'the global replica' : `partition ${partition}`;
}

/** `account 0abc…:ed25519`, `Cash.Token of address 0abc…:ed25519`. */
export function cellWords(id: Uint8Array, names: ContractNames = NO_NAMES): string {
  const key = keyOfCell(id);
  switch (ledgerScopeOf(id)) {
    case undefined:
      return contractCellWords(id, names);
    case LEDGER_SCOPE.account:
      return `account ${addressWords(key)}`;
    case LEDGER_SCOPE.queue:
      return `queued relay ${sequenceOf(key)}`;
    case LEDGER_SCOPE.deferred:
      return `relay ${sequenceOf(key)} deferred to the next block`;
    case LEDGER_SCOPE.bounds:
      return 'the bounds of the queues';
    case LEDGER_SCOPE.registry:
      return registryWords(id, key);
    case LEDGER_SCOPE.bitcoin:
      return `recorded Bitcoin header ${toHex(key)}`;
    case LEDGER_SCOPE.joining:
      return `group ${sequenceOf(key)} to be told the global state`;
    default:
      return `cell ${toHex(id)} of the ledger`;
  }
}

/** What a cell holds; `undefined` is a cell that is not there. */
export function valueWords(id: Uint8Array, value: Uint8Array | undefined, names: ContractNames = NO_NAMES): string {
  if (value === undefined) return 'nothing';
  const scope = ledgerScopeOf(id);
  if (scope === LEDGER_SCOPE.account && value.length === ACCOUNT_BYTES) {
    const view = viewOf(value);
    return `${amountWords(view.getBigUint64(8, true))} and nonce ${view.getBigUint64(0, true)}`;
  }
  if ((scope === LEDGER_SCOPE.queue || scope === LEDGER_SCOPE.deferred) && value.length >= RECORD.key) {
    const target = value[RECORD.keyLen] === 0 ? '' : ` to ${keyWords(recordKey(value, 0))}`;
    return `a relay${target} that carries ${amountWords(worthOf(viewOf(value), 0))}`;
  }
  return contractValueWords(id, value, names) ?? hexWords(value);
}

/** The two values of a difference, never the same words. */
export function differenceWords(
  { id, expected, found }: CellDifference,
  names: ContractNames = NO_NAMES,
): { readonly found: string; readonly expected: string } {
  const words = { found: valueWords(id, found, names), expected: valueWords(id, expected, names) };
  if (words.found !== words.expected) return words;
  if (found === undefined || expected === undefined) return { found: 'an entry too many or too few', expected: 'none' };
  return { found: hexWords(found, expected), expected: hexWords(expected, found) };
}

/** A difference in a sentence: `account 0abc…:ed25519 in partition 7: found 5 msat …, expected 6 msat …`. */
export function describeDifference(difference: CellDifference, names: ContractNames = NO_NAMES): string {
  const { found, expected } = differenceWords(difference, names);
  const { id, partition } = difference;
  return `${cellWords(id, names)} in ${partitionWords(partition)}: found ${found}, expected ${expected}`;
}

/** Bytes in hex, cut around the first that differs from `other`'s. */
export function hexWords(bytes: Uint8Array, other?: Uint8Array): string {
  if (bytes.length <= HEX_BYTES_MAX) return `0x${toHex(bytes)}`;
  const differs = other === undefined ? 0 : Math.max(0, firstDifference(bytes, other));
  const from = differs < HEX_BYTES_MAX ? 0 : differs;
  const part = toHex(bytes.subarray(from, from + HEX_BYTES_MAX));
  return `${from === 0 ? '0x' : `at byte ${from} 0x`}${part}… (${bytes.length} bytes)`;
}

/** −1 when they are the same. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return i;
  return a.length === b.length ? -1 : shared;
}

function addressWords(key: Uint8Array): string {
  return kindOf(key) === undefined ? `0x${toHex(key)}` : formatAddress(key);
}

function keyWords(key: Uint8Array): string {
  if (kindOf(key) !== undefined) return formatAddress(key);
  if (key.length === 4) return `${viewOf(key).getUint32(0, true)}`;
  if (key.length === 8) return `${viewOf(key).getBigUint64(0, true)}`;
  return `0x${toHex(key)}`;
}

function sequenceOf(key: Uint8Array): string {
  return key.length === 8 ? `${viewOf(key).getBigUint64(0, false)}` : toHex(key);
}

function registryWords(id: Uint8Array, key: Uint8Array): string {
  const contract = contractOfRow(id);
  if (contract !== undefined) return `registry row of contract ${contract}`;
  return key.length === 0 ? 'the count of contracts' : `registry name ${Buffer.from(key.subarray(1)).toString('utf8')}`;
}

function contractCellWords(id: Uint8Array, names: ContractNames): string {
  const contract = contractOfCell(id);
  const known = names(contract);
  const scope = SCOPES[id[8]!]?.name ?? `scope ${id[8]}`;
  const key = keyOfCell(id);
  const instance = key.length === 0 ? scope : `${scope} ${keyWords(key)}`;
  const element = id.subarray(KEY_AT + key.length);
  const place = `${known === undefined ? `contract ${contract}` : known.name} of ${instance}`;
  return element.length < FIELD_BYTES ? place : `${place}, ${elementWords(element, scope, known)}`;
}

function elementWords(element: Uint8Array, scope: string, known: ContractWords | undefined): string {
  const index = viewOf(element).getUint16(0, true);
  const field = known?.abi?.state.find((each) => each.scope === scope && each.index === index);
  const key = element.subarray(FIELD_BYTES);
  const [keyType] = mapTypes(field?.type);
  const words = keyType === undefined ? undefined : decoded(() => decodeValue(known!.abi!, keyType, key));
  return `${field?.name ?? `field ${index}`}[${words ?? keyWords(key)}]`;
}

function contractValueWords(id: Uint8Array, value: Uint8Array, names: ContractNames): string | undefined {
  if (ledgerScopeOf(id) !== undefined) return undefined;
  const abi = names(contractOfCell(id))?.abi;
  const scope = SCOPES[id[8]!]?.name;
  if (abi === undefined || scope === undefined) return undefined;
  const element = id.subarray(KEY_AT + keyOfCell(id).length);
  if (element.length < FIELD_BYTES) return decoded(() => decodeState(abi, scope, value));
  const index = viewOf(element).getUint16(0, true);
  const [, type] = mapTypes(abi.state.find((each) => each.scope === scope && each.index === index)?.type);
  return type === undefined ? undefined : decoded(() => decodeValue(abi, type, value));
}

/** `map<address,uint64>` → address and uint64; key types hold no comma. */
function mapTypes(type: string | undefined): readonly [string?, string?] {
  const [, key, value] = /^map<([^,]+),(.+)>$/.exec(type ?? '') ?? [];
  return key === undefined || value === undefined ? [] : [key, value];
}

/** Bytes that were damaged need not decode. */
function decoded(read: () => Json): string | undefined {
  try {
    return JSON.stringify(read(), (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
  } catch {
    return undefined;
  }
}
