// What users ask of the chain at its tip: accounts, contracts, read-only calls, fees, figures. Changes nothing that lasts.
import { compile } from '@rexnet/preda/index.ts';
import { DEPLOY_GAS, GLOBAL_RELAY_GAS, GROWTH_GAS_PER_BYTE, relayGas, TRANSACTION_GAS, userGas } from '../chain/gas.ts';
import type { Network } from '../chain/genesis.ts';
import type { GroupState } from '../chain/group-state.ts';
import type { Pool } from '../chain/pool.ts';
import { NO_OP, pad8, RECORD, RECORD_KIND } from '../chain/relay.ts';
import { HOME_GROUP } from '../chain/shard-map.ts';
import {
  decodeTransaction,
  problemOf,
  recordBytesOf,
  TRANSACTION_KIND,
  transactionId,
  transactionRules,
  writeRecord,
} from '../chain/transaction.ts';
import type { View } from '../chain/view.ts';
import { addressOf, contractAddress, partitionOf, partitionOfTarget } from '../core/address.ts';
import { viewOf } from '../core/bytes.ts';
import { DecodeError } from '../core/codec.ts';
import { RELAY_FIXED_BYTES, type Transaction } from '../core/layouts.ts';
import { GLOBAL_PARTITION, SCOPE, SCOPES } from '../core/scopes.ts';
import type {
  AccountView,
  CallRequest,
  CallResult,
  ContractRef,
  ContractView,
  FeeEstimate,
  GroupStatus,
} from '../rpc/backend.ts';
import { RpcError } from '../rpc/errors.ts';
import type { VirtualMachine } from '../vm/types.ts';

/** A read-only call may burn no more than this, whatever it asks for; asking for nothing is asking for this. */
const CALL_GAS_MAX = 100_000_000n;
/**
 * Relays burn something beyond their price where they arrive, where no trial can be made: a quarter of all but the
 * intrinsic gas is 2,000 for each relay, enough to make the cell of a number or two. The rest is for a state that changed.
 */
const TRIAL_MARGIN_PERCENT = 25n;
const TRIAL_ALLOWANCE = 5_000n;
/** For code that runs in another partition, where no trial can be made from here. */
const CALL_ALLOWANCE = 500_000n;
/** A registry row beside its source. */
const ROW_BYTES = 256;

export interface AnswersModules {
  readonly network: Network;
  readonly group: number;
  readonly view: View;
  readonly state: GroupState;
  readonly machine: VirtualMachine;
  readonly pool: Pool;
}

export class Answers {
  readonly #m: AnswersModules;

  constructor(modules: AnswersModules) {
    this.#m = modules;
  }

  /** The group of a partition by the map in force. */
  ownerOf(partition: number): number {
    return partition === GLOBAL_PARTITION ? HOME_GROUP : (this.#m.network.firstMap.owners[partition] ?? HOME_GROUP);
  }

  account(address: Uint8Array): AccountView {
    const { network, group, view, machine, pool } = this.#m;
    const partition = partitionOf(address, network.genesis.partitions);
    const owner = this.ownerOf(partition);
    if (owner !== group) throw new RpcError('PARTITION_MOVED', { group: owner, epoch: view.tip.header.epoch });
    view.unstage();
    const { nonce, balance } = machine.account(address);
    return { nonce, nextNonce: pool.nextNonce(address), balance, partition, group, height: view.tip.height };
  }

  contract(ref: ContractRef): ContractView {
    const { view, state } = this.#m;
    view.unstage();
    const id = 'id' in ref ? Number(ref.id) : this.#find(ref.name);
    const row = id === undefined ? undefined : state.registry.row(id);
    if (id === undefined || row === undefined) throw new RpcError('UNKNOWN_CONTRACT');
    const compiled = compile(row.source);
    return {
      id: BigInt(id),
      name: `${row.dapp}.${row.name}`,
      source: row.source,
      abi: compiled.ok ? JSON.stringify(compiled.abi) : '',
      codeHash: row.codeHash,
      address: contractAddress(BigInt(id)),
      height: view.tip.height,
    };
  }

  call(request: CallRequest): CallResult {
    const { network, group, view, machine, state } = this.#m;
    const scope = SCOPES[request.scope];
    if (scope === undefined || request.key.length !== scope.targetBytes)
      throw new RpcError('WRONG_TARGET', { field: 'key' });
    const partition = partitionOfTarget(request.scope, request.key, network.genesis.partitions);
    const owner = this.ownerOf(partition);
    if (owner !== group) throw new RpcError('PARTITION_MOVED', { group: owner, epoch: view.tip.header.epoch });
    view.unstage();
    if (state.registry.row(Number(request.contract)) === undefined) throw new RpcError('UNKNOWN_CONTRACT');
    const gas = request.gas === 0n || request.gas > CALL_GAS_MAX ? CALL_GAS_MAX : request.gas;
    const result = machine.call(recordOf(request, partition, scope.keyBytes, gas), gas);
    return {
      status: result.status,
      exception: result.exception,
      gas: result.gas,
      value: result.ret,
      height: view.tip.height,
    };
  }

  /** A trial run where the transaction begins; what its relays burn beyond their price is allowed for. */
  estimate(bytes: Uint8Array): FeeEstimate {
    const { network, view, machine } = this.#m;
    const { genesis } = network;
    const transaction = decoded(bytes);
    const problem = problemOf(bytes, transactionRules(genesis, network.networkId));
    if (problem !== undefined) throw new RpcError(problem);
    const answer = (gas: bigint, status = 0, exception = 0): FeeEstimate => {
      const most = userGas(genesis);
      const limit = gas > most ? most : gas;
      return { gas: limit, gasPrice: transaction.gasPrice, fee: limit * transaction.gasPrice, status, exception };
    };
    if (transaction.kind === TRANSACTION_KIND.deploy) {
      const row = GROWTH_GAS_PER_BYTE * BigInt(transaction.args.length + ROW_BYTES);
      return answer(TRANSACTION_GAS + GLOBAL_RELAY_GAS + DEPLOY_GAS + row + CALL_ALLOWANCE);
    }
    const { scope, key } = transaction.target;
    const target = partitionOfTarget(scope, key, genesis.partitions);
    const isDirect = target === partitionOf(addressOf(transaction.sender), genesis.partitions);
    if (transaction.kind === TRANSACTION_KIND.transfer)
      return answer(TRANSACTION_GAS + (isDirect ? 0n : relayGas(SCOPE.account)));
    if (!isDirect || this.ownerOf(target) !== this.#m.group)
      return answer(TRANSACTION_GAS + relayGas(scope) + CALL_ALLOWANCE);
    view.unstage();
    const record = new Uint8Array(recordBytesOf(bytes));
    writeRecord(bytes, record, viewOf(record), 0, genesis.partitions, transactionId(bytes));
    const trial = machine.call(record, transaction.gasLimit);
    const beyond = ((trial.gas - TRANSACTION_GAS) * TRIAL_MARGIN_PERCENT) / 100n;
    return answer(trial.gas + beyond + TRIAL_ALLOWANCE, trial.status, trial.exception);
  }

  groups(): GroupStatus[] {
    const { view } = this.#m;
    return view.tree.groups.map((group) => {
      const tip = group === view.group ? view.tip : view.tree.tip(group);
      const read = group === view.group ? view.tip : view.tip.cursor(group);
      return {
        group,
        height: tip.height,
        id: tip.id,
        readHeight: read?.height ?? 0,
        timestampMs: tip.header.timestampMs,
      };
    });
  }

  #find(name: string): number | undefined {
    const [dapp = '', contract = ''] = name.split('.');
    return this.#m.state.registry.find(dapp, contract);
  }
}

function decoded(bytes: Uint8Array): Transaction {
  try {
    return decodeTransaction(bytes);
  } catch (cause) {
    if (cause instanceof DecodeError) throw new RpcError('BAD_TRANSACTION', { message: cause.message }, { cause });
    throw cause;
  }
}

/** The record of a read-only call: a relay nobody sent. */
function recordOf(request: CallRequest, partition: number, keyBytes: number, gas: bigint): Uint8Array {
  const record = new Uint8Array(RELAY_FIXED_BYTES + pad8(keyBytes) + pad8(request.args.length));
  const view = viewOf(record);
  view.setUint32(RECORD.size, record.length, true);
  record[RECORD.kind] = RECORD_KIND.relay;
  record[RECORD.scope] = request.scope;
  view.setUint16(RECORD.op, request.op === NO_OP ? 0 : request.op, true);
  view.setBigUint64(RECORD.contract, request.contract, true);
  view.setBigUint64(RECORD.gas, gas, true);
  record.set(request.sender, RECORD.initiator);
  view.setUint32(RECORD.partition, partition, true);
  view.setUint32(RECORD.argsLen, request.args.length, true);
  record[RECORD.keyLen] = keyBytes;
  record.set(request.key.subarray(0, keyBytes), RECORD.key);
  record.set(request.args, RECORD.key + pad8(keyBytes));
  return record;
}
