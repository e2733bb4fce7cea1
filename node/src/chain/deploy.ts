// Heads of the global partition's queue, in group 0 only: calls of global code, and deploys, which the chain does itself.
import { concatBytes, viewOf } from '../core/bytes.ts';
import { DecodeError } from '../core/codec.ts';
import { HASH_BYTES } from '../core/hash.ts';
import { DEPLOY_ARGS, type DeployArgs, REGISTRY_ROW, type RegistryRow } from '../core/layouts.ts';
import { GLOBAL_PARTITION, SCOPE } from '../core/scopes.ts';
import type { VirtualMachine } from '../vm/types.ts';
import type { ContractCode } from './contract-compiler.ts';
import type { Effects } from './effects.ts';
import { DEPLOY_GAS, GLOBAL_RELAY_GAS, GROWTH_GAS_PER_BYTE } from './gas.ts';
import type { RecordedHeaders } from './recorded-headers.ts';
import type { Registry } from './registry.ts';
import { NO_OP, pad8, RECORD, relayId } from './relay.ts';
import { REGISTRY_CONTRACT } from './transaction.ts';

/**
 * Canonical bytes of the global partition above which global calls fail (exception 15): a block may touch all of it,
 * and its delta must fit a batch. Recorded Bitcoin headers do not count: no delta carries them, and they grow for ever.
 */
const GLOBAL_STATE_BYTES: number = 4 * 1024 * 1024;

/** preda.md a.15: status and exception of receipts the chain writes itself. */
const OUTCOME = {
  success: { status: 0, exception: 0 },
  outOfGas: { status: 4, exception: 30 },
  stateFull: { status: 6, exception: 15 },
  /** The name belongs to somebody else, or is none. */
  disallowed: { status: 10, exception: 0 },
  badArguments: { status: 11, exception: 0 },
  doesNotCompile: { status: 6, exception: 33 },
} as const;
type Outcome = (typeof OUTCOME)[keyof typeof OUTCOME];

/** Where a receipt keeps its gas and the contract of its log record (docs/vm.md §2). */
const RECEIPT_GAS = 72;

export interface GlobalParts {
  readonly machine: VirtualMachine;
  readonly registry: Registry;
  readonly effects: Effects;
  readonly blockGas: bigint;
  readonly headers: Pick<RecordedHeaders, 'cellBytes'>;
  /** Told of every contract installed in this block, so that undoing it can take it away. */
  onInstall(id: number): void;
}

/** Runs one head; answers false when it must wait for the next block. */
export function runGlobal(parts: GlobalParts, record: Uint8Array): boolean {
  const view = viewOf(record);
  const budget = view.getBigUint64(RECORD.gas, true);
  if (budget > parts.blockGas - parts.machine.gasUsed()) return false;
  const stateBytes = parts.machine.bytesOf(GLOBAL_PARTITION) - parts.headers.cellBytes;
  if (stateBytes >= GLOBAL_STATE_BYTES) return conclude(parts, record, OUTCOME.stateFull);
  if (view.getBigUint64(RECORD.contract, true) !== REGISTRY_CONTRACT) return runRecord(parts, record) !== undefined;
  return deploy(parts, record, view, budget);
}

/** Answers the receipts of the run; undefined when the record must wait. */
function runRecord(parts: GlobalParts, record: Uint8Array): Uint8Array | undefined {
  const run = parts.machine.run(record);
  return run.stop === 'end' ? parts.effects.absorb(run) : undefined;
}

function deploy(parts: GlobalParts, record: Uint8Array, view: DataView, budget: bigint): boolean {
  const args = decodeArgs(argsOf(record, view));
  if (args === undefined) return conclude(parts, record, OUTCOME.badArguments);
  const deployer = record.slice(RECORD.initiator, RECORD.initiator + 36);
  if (parts.registry.nameProblem(args.dapp, deployer) !== undefined) return conclude(parts, record, OUTCOME.disallowed);
  const code = parts.registry.compile(args.source);
  if (code === undefined) return conclude(parts, record, OUTCOME.doesNotCompile);
  const row = rowOf(args, code, deployer);
  const install = DEPLOY_GAS + GROWTH_GAS_PER_BYTE * BigInt(REGISTRY_ROW.encode(row).length);
  if (budget < GLOBAL_RELAY_GAS + install) return conclude(parts, record, OUTCOME.outOfGas);
  const id = parts.registry.nextId;
  if (code.onDeploy === undefined) {
    if (args.args.length > 0) return conclude(parts, record, OUTCOME.badArguments);
    parts.registry.install(id, code);
    parts.onInstall(id);
    parts.registry.record(id, row);
    return conclude(parts, record, OUTCOME.success, BigInt(id));
  }
  return construct(parts, record, { id, code, row, install, onDeploy: code.onDeploy, args: args.args });
}

interface Construction {
  readonly id: number;
  readonly code: ContractCode;
  readonly row: RegistryRow;
  readonly install: bigint;
  readonly onDeploy: number;
  readonly args: Uint8Array;
}

/** Runs on_deploy under the identity of the deploying relay; the contract exists only if it passes. */
function construct(parts: GlobalParts, record: Uint8Array, c: Construction): boolean {
  const { machine, registry } = parts;
  registry.install(c.id, c.code);
  const receipts = runRecord(parts, constructionRecord(record, c));
  if (receipts === undefined) {
    registry.remove(c.id);
    return false;
  }
  machine.burn(c.install, viewOf(record).getBigUint64(RECORD.price, true));
  const receipt = viewOf(receipts);
  receipt.setBigUint64(RECEIPT_GAS, receipt.getBigUint64(RECEIPT_GAS, true) + c.install, true);
  if (receipts[RECEIPT_STATUS] === 0) {
    parts.onInstall(c.id);
    registry.record(c.id, c.row);
  } else registry.remove(c.id);
  return true;
}
const RECEIPT_STATUS = 68;

function constructionRecord(record: Uint8Array, c: Construction): Uint8Array {
  const fixed = record.slice(0, RECORD.key);
  const view = viewOf(fixed);
  const args = new Uint8Array(pad8(c.args.length));
  args.set(c.args);
  view.setUint32(RECORD.size, fixed.length + args.length, true);
  view.setUint16(RECORD.op, c.onDeploy, true);
  view.setBigUint64(RECORD.contract, BigInt(c.id), true);
  view.setBigUint64(RECORD.gas, view.getBigUint64(RECORD.gas, true) - c.install, true);
  view.setUint32(RECORD.argsLen, c.args.length, true);
  return concatBytes([fixed, args]);
}

/** Ends an invocation without running code: all its gas is the miner's, no children, nothing changed but what the caller did. */
function conclude(parts: GlobalParts, record: Uint8Array, outcome: Outcome, contract?: bigint): boolean {
  const view = viewOf(record);
  const gas = view.getBigUint64(RECORD.gas, true);
  const at = (field: number): Uint8Array => record.subarray(field, field + HASH_BYTES);
  parts.machine.burn(gas, view.getBigUint64(RECORD.price, true));
  parts.effects.addReceipt({
    id: relayId(at(RECORD.id), at(RECORD.root), view.getUint32(RECORD.index, true)),
    root: at(RECORD.root),
    index: 0,
    status: outcome.status,
    exception: outcome.exception,
    children: 0,
    gas,
    kind: record[RECORD.kind]!,
    scope: SCOPE.global,
    op: NO_OP,
    partition: GLOBAL_PARTITION,
    contract: contract ?? view.getBigUint64(RECORD.contract, true),
    self: new Uint8Array(36),
    counterpart: record.subarray(RECORD.from, RECORD.from + 36),
    amountLow: 0n,
    amountHigh: 0n,
  });
  return true;
}

function rowOf(args: DeployArgs, code: ContractCode, deployer: Uint8Array): RegistryRow {
  return { dapp: args.dapp, name: code.name, codeHash: code.codeHash, deployer, source: args.source };
}

/** Senders' groups judge the shape of a deploy; a forged batch of one may hold anything. */
function decodeArgs(bytes: Uint8Array): DeployArgs | undefined {
  try {
    return DEPLOY_ARGS.decode(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function argsOf(record: Uint8Array, view: DataView): Uint8Array {
  const at = RECORD.key + pad8(record[RECORD.keyLen]!);
  return record.subarray(at, at + view.getUint32(RECORD.argsLen, true));
}
