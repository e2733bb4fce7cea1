// Which contracts exist: rows in the global partition, carried to every group by deltas, compiled wherever they arrive.
// The first deployer of a DApp name owns it. It runs no code; deploying is execute.ts's.
import { equalBytes, viewOf } from '../core/bytes.ts';
import { REGISTRY_ROW, type RegistryRow } from '../core/layouts.ts';
import { GLOBAL_PARTITION, REPLICA_PARTITION } from '../core/scopes.ts';
import type { VirtualMachine } from '../vm/types.ts';
import { keyOfCell, LEDGER_SCOPE, ledgerCellId, ledgerScopeOf, sequenceKey } from './cell-entries.ts';
import type { Compile, ContractCode } from './contract-compiler.ts';

type RegistryMachine = Pick<VirtualMachine, 'get' | 'put' | 'installContract' | 'removeContract'>;

const FIRST_CONTRACT = 1;
/** The machine knows contracts below this number. */
export const CONTRACTS_MAX: number = 1 << 20;
const DAPP_NAME = /^[A-Za-z][A-Za-z0-9_]{0,62}$/;

const utf8 = new TextEncoder();
const NEXT_ID = ledgerCellId(LEDGER_SCOPE.registry, new Uint8Array(0));
/** What registering contracts writes: row, owner, name, count. */
export type RegistryCell = { readonly id: Uint8Array; readonly value: Uint8Array };

function rowCell(id: number): Uint8Array {
  return ledgerCellId(LEDGER_SCOPE.registry, sequenceKey(id));
}
/** Keys of names begin with a letter, those of rows with the zero byte of a small number. */
function ownerCell(dapp: string): Uint8Array {
  return ledgerCellId(LEDGER_SCOPE.registry, utf8.encode(`d${dapp}`));
}
function nameCell(dapp: string, name: string): Uint8Array {
  return ledgerCellId(LEDGER_SCOPE.registry, utf8.encode(`n${dapp}.${name}`));
}

/** The cells of one more contract. */
export function registryCells(id: number, row: RegistryRow): readonly RegistryCell[] {
  return [
    { id: rowCell(id), value: REGISTRY_ROW.encode(row) },
    { id: ownerCell(row.dapp), value: row.deployer },
    { id: nameCell(row.dapp, row.name), value: u64Bytes(id) },
    { id: NEXT_ID, value: u64Bytes(id + 1) },
  ];
}

/** Number of the contract a registry cell is the row of, undefined for any other cell. */
export function contractOfRow(cellId: Uint8Array): number | undefined {
  if (ledgerScopeOf(cellId) !== LEDGER_SCOPE.registry) return undefined;
  const key = keyOfCell(cellId);
  return key.length === 8 && key[0] === 0 ? Number(viewOf(key).getBigUint64(0, false)) : undefined;
}

export type NameProblem = 'BAD_NAME' | 'NAME_TAKEN' | 'REGISTRY_FULL';

export class Registry {
  readonly #machine: RegistryMachine;
  readonly #compile: Compile;
  readonly #installed = new Map<number, ContractCode>();

  constructor(machine: RegistryMachine, compile: Compile) {
    this.#machine = machine;
    this.#compile = compile;
  }

  /** Code of an installed contract. */
  code(id: number): ContractCode | undefined {
    return this.#installed.get(id);
  }

  compile(source: string): ContractCode | undefined {
    return this.#compile(source);
  }

  /** Installs every contract this group knows of: after a restart. */
  load(partition: number): void {
    for (const id of [...this.#installed.keys()]) this.remove(id);
    const next = this.#nextId(partition);
    for (let id = FIRST_CONTRACT; id < next; id++) {
      const row = this.#row(partition, id);
      if (row !== undefined) this.installRow(id, row);
    }
  }

  row(id: number): RegistryRow | undefined {
    return this.#row(REPLICA_PARTITION, id);
  }

  /** Newest contract of that name. */
  find(dapp: string, name: string): number | undefined {
    const value = this.#machine.get(REPLICA_PARTITION, nameCell(dapp, name));
    return value === undefined ? undefined : Number(viewOf(value).getBigUint64(0, true));
  }

  /** Numbers of all contracts are below this. */
  get end(): number {
    return this.#nextId(REPLICA_PARTITION);
  }

  /** Code of a row that is what group 0 writes for its source, undefined for any other. */
  codeOf(row: RegistryRow): ContractCode | undefined {
    if (!DAPP_NAME.test(row.dapp)) return undefined;
    const code = this.#compile(row.source);
    return code !== undefined && code.name === row.name && equalBytes(code.codeHash, row.codeHash) ? code : undefined;
  }

  /** Group 0: why this deployer may not use this name now. */
  nameProblem(dapp: string, deployer: Uint8Array): NameProblem | undefined {
    if (!DAPP_NAME.test(dapp)) return 'BAD_NAME';
    if (this.#nextId(GLOBAL_PARTITION) >= CONTRACTS_MAX) return 'REGISTRY_FULL';
    const owner = this.#machine.get(GLOBAL_PARTITION, ownerCell(dapp));
    return owner === undefined || equalBytes(owner, deployer) ? undefined : 'NAME_TAKEN';
  }

  /** Group 0: the number the next contract gets. */
  get nextId(): number {
    return this.#nextId(GLOBAL_PARTITION);
  }

  /** Group 0: writes row, name, owner and count of a contract whose on_deploy has passed. */
  record(id: number, row: RegistryRow): void {
    for (const cell of registryCells(id, row)) this.#machine.put(GLOBAL_PARTITION, cell.id, cell.value);
  }

  install(id: number, code: ContractCode): void {
    this.#machine.installContract(id, code.module);
    this.#installed.set(id, code);
  }

  /** Of a row judged before it was written: that it does not compile now is a defect of this node. */
  installRow(id: number, row: RegistryRow): void {
    const code = this.codeOf(row);
    if (code === undefined)
      throw new Error(`contract ${id} (${row.dapp}.${row.name}) does not compile here as it did before`);
    this.install(id, code);
  }

  remove(id: number): void {
    this.#machine.removeContract(id);
    this.#installed.delete(id);
  }

  #row(partition: number, id: number): RegistryRow | undefined {
    const bytes = this.#machine.get(partition, rowCell(id));
    return bytes === undefined ? undefined : REGISTRY_ROW.decode(bytes);
  }

  #nextId(partition: number): number {
    const value = this.#machine.get(partition, NEXT_ID);
    return value === undefined ? FIRST_CONTRACT : Number(viewOf(value).getBigUint64(0, true));
  }
}

function u64Bytes(n: number): Uint8Array {
  const out = new Uint8Array(8);
  viewOf(out).setBigUint64(0, BigInt(n), true);
  return out;
}
