// What group 0 may say about its global partition: cells of contracts and of the registry, in order, and of new contracts all
// there is to say. Nobody here judged the block a delta comes from, and it must neither stop a node nor split nodes of one group.
import { compareBytes, equalBytes, toHex } from '../core/bytes.ts';
import { DecodeError } from '../core/codec.ts';
import { REGISTRY_ROW, type RegistryRow } from '../core/layouts.ts';
import { SCOPE } from '../core/scopes.ts';
import { type CellEntry, contractOfCell, entriesOf, ledgerScopeOf } from './cell-entries.ts';
import { CONTRACTS_MAX, contractOfRow, type Registry, registryCells } from './registry.ts';

/** What a group knows of contracts before the delta. */
export type KnownContracts = Pick<Registry, 'end' | 'codeOf'>;

/** docs/vm.md §6. */
const CELL_ID_BYTES_MAX = 248;
const CELL_VALUE_BYTES_MAX = 1 << 20;
const SCOPE_AT = 8;
const KEY_LENGTH_AT = 9;
const INSTANCE_ID_BYTES = 10;
const FIELD_BYTES = 2;

/** The entries of a delta, undefined when group 0 could not have written it. Throws DecodeError on anything but whole entries. */
export function judgeDelta(cells: Uint8Array, contracts: KnownContracts): readonly CellEntry[] | undefined {
  const entries = [...entriesOf(cells)];
  const isAscending = entries.every(({ id }, i) => i === 0 || compareBytes(entries[i - 1]!.id, id) < 0);
  if (!isAscending) return undefined;
  const registry = entries.filter(({ id }) => ledgerScopeOf(id) !== undefined);
  const end = judgeRegistry(registry, contracts);
  if (end === undefined) return undefined;
  const isFit = (entry: CellEntry): boolean => ledgerScopeOf(entry.id) !== undefined || fitsContract(entry, end);
  return entries.every(isFit) ? entries : undefined;
}

/** Numbers of all contracts are below the answer, once the delta is taken. */
function judgeRegistry(entries: readonly CellEntry[], contracts: KnownContracts): number | undefined {
  let end = contracts.end;
  const expected = new Map<string, Uint8Array>();
  for (const { id, value } of entries) {
    const number = contractOfRow(id);
    if (number === undefined) continue;
    // Rows ascend, each new one takes the next number, and none is ever written again.
    const row = value === undefined || number !== end || number >= CONTRACTS_MAX ? undefined : decodeRow(value);
    if (row === undefined || contracts.codeOf(row) === undefined) return undefined;
    for (const cell of registryCells(number, row)) expected.set(toHex(cell.id), cell.value);
    end++;
  }
  if (entries.length !== expected.size) return undefined;
  const isExpected = ({ id, value }: CellEntry): boolean => {
    const right = expected.get(toHex(id));
    return right !== undefined && value !== undefined && equalBytes(value, right);
  };
  return entries.every(isExpected) ? end : undefined;
}

function decodeRow(bytes: Uint8Array): RegistryRow | undefined {
  try {
    return REGISTRY_ROW.decode(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** A cell of `@global` state of a contract that exists; what its bytes mean is the contract's own. */
function fitsContract({ id, value }: CellEntry, end: number): boolean {
  if (contractOfCell(id) >= BigInt(end) || id[SCOPE_AT] !== SCOPE.global || id[KEY_LENGTH_AT] !== 0) return false;
  if (id.length > CELL_ID_BYTES_MAX || (value?.length ?? 0) > CELL_VALUE_BYTES_MAX) return false;
  return id.length === INSTANCE_ID_BYTES || id.length >= INSTANCE_ID_BYTES + FIELD_BYTES;
}
