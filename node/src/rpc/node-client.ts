// The Node service from the caller's side: plain values in, plain values out, one address. Routing is client/connection.ts.
import { credentials } from '@grpc/grpc-js';
import type { NodeClient as NodeStub } from '@rexnet/proto/generated/rexnet/v1/Node.ts';
import type { StatusResponse__Output } from '@rexnet/proto/generated/rexnet/v1/StatusResponse.ts';
import type { WatchLogsResponse__Output } from '@rexnet/proto/generated/rexnet/v1/WatchLogsResponse.ts';
import type { Work__Output } from '@rexnet/proto/generated/rexnet/v1/Work.ts';
import { Node } from '@rexnet/proto/load.ts';
import type {
  AccountView,
  BlockRef,
  BlockSummary,
  BlockView,
  CallRequest,
  CallResult,
  Condition,
  ContractRef,
  ContractView,
  Cursor,
  FaucetGrant,
  FeeEstimate,
  HeaderRecord,
  LogEvent,
  LogFilter,
  StatusView,
  TotalsView,
  TransactionView,
  Work,
} from './backend.ts';
import { CHANNEL_OPTIONS, callUnary, messages, type UnaryOptions } from './channel.ts';
import { RpcError } from './errors.ts';
import { SubmitStream } from './submit-stream.ts';
import { bigOf, countOf, required, tipFromWire } from './wire.ts';

/** Calls and faucets may wait for a block. */
const SLOW_DEADLINE_MS = 15_000;
const PLACES = { PLACE_POOL: 'pool', PLACE_BLOCK: 'block' } as const;

export class NodeRpc {
  readonly address: string;
  readonly #stub: NodeStub;

  constructor(address: string) {
    this.address = address;
    this.#stub = new Node(address, credentials.createInsecure(), CHANNEL_OPTIONS);
  }

  close(): void {
    this.#stub.close();
  }

  /** Batches in order over one stream; see SubmitStream. */
  openSubmit(): SubmitStream {
    return new SubmitStream(this.#stub.SubmitBatch());
  }

  async estimateFee(transaction: Uint8Array, options?: UnaryOptions): Promise<FeeEstimate> {
    const fee = await callUnary(this.#stub, Node.service.EstimateFee, { transaction }, options);
    const { status, exception } = fee;
    return { gas: bigOf(fee.gas), gasPrice: bigOf(fee.gasPrice), fee: bigOf(fee.fee), status, exception };
  }

  async getTransaction(id: Uint8Array, options?: UnaryOptions): Promise<TransactionView> {
    const view = await callUnary(this.#stub, Node.service.GetTransaction, { id }, options);
    return {
      group: view.group,
      tip: tipFromWire(view.tip),
      place: view.place === 'PLACE_POOL' || view.place === 'PLACE_BLOCK' ? PLACES[view.place] : 'unknown',
      transaction: view.transaction,
      receipts: view.receipts.map((placed) => ({
        receipt: placed.receipt,
        height: countOf(placed.height, 'height'),
        blockId: placed.blockId,
        timestampMs: countOf(placed.timestampMs, 'timestamp_ms'),
      })),
    };
  }

  async getAccount(address: Uint8Array, options?: UnaryOptions): Promise<AccountView> {
    const account = await callUnary(this.#stub, Node.service.GetAccount, { address }, options);
    const { partition, group } = account;
    return {
      nonce: bigOf(account.nonce),
      nextNonce: bigOf(account.nextNonce),
      balance: bigOf(account.balance),
      partition,
      group,
      height: countOf(account.height, 'height'),
    };
  }

  async getContract(ref: ContractRef, options?: UnaryOptions): Promise<ContractView> {
    const request = 'id' in ref ? { id: `${ref.id}` } : { name: ref.name };
    const contract = await callUnary(this.#stub, Node.service.GetContract, request, options);
    const { name, source, abi, codeHash, address } = contract;
    return { id: bigOf(contract.id), name, source, abi, codeHash, address, height: countOf(contract.height, 'height') };
  }

  async call(request: CallRequest, options?: UnaryOptions): Promise<CallResult> {
    const wire = { ...request, contract: `${request.contract}`, gas: `${request.gas}` };
    const slow = { deadlineMs: SLOW_DEADLINE_MS, ...options };
    const { status, exception, gas, value, height } = await callUnary(this.#stub, Node.service.Call, wire, slow);
    return { status, exception, gas: bigOf(gas), value, height: countOf(height, 'height') };
  }

  async getBlock(ref: BlockRef, options?: UnaryOptions): Promise<BlockView> {
    return callUnary(this.#stub, Node.service.GetBlock, { ...ref }, options);
  }

  async getHeaders(
    request: { readonly group: number; readonly fromHeight: number; readonly limit: number },
    options?: UnaryOptions,
  ): Promise<readonly HeaderRecord[]> {
    return (await callUnary(this.#stub, Node.service.GetHeaders, { ...request }, options)).headers;
  }

  async getTotals(height: number | 'tip', options?: UnaryOptions): Promise<TotalsView> {
    const request = height === 'tip' ? {} : { height };
    const { blockId, totals, ...rest } = await callUnary(this.#stub, Node.service.GetTotals, request, options);
    return { height: countOf(rest.height, 'height'), blockId, totals };
  }

  async status(options?: UnaryOptions): Promise<StatusView> {
    return statusFromWire(await callUnary(this.#stub, Node.service.Status, {}, options));
  }

  async faucet(address: Uint8Array, amount: bigint | 'default', options?: UnaryOptions): Promise<FaucetGrant> {
    const request = { address, ...(amount === 'default' ? {} : { amount: `${amount}` }) };
    const slow = { deadlineMs: SLOW_DEADLINE_MS, ...options };
    const grant = await callUnary(this.#stub, Node.service.Faucet, request, slow);
    return { transactionId: grant.transactionId, amount: bigOf(grant.amount) };
  }

  /** The newest block whenever there is another one; skips when the loop is slow. */
  async *watchBlocks(signal?: AbortSignal): AsyncGenerator<BlockSummary, void, undefined> {
    for await (const wire of messages(this.#stub.WatchBlocks({}), signal)) {
      const { group, header, transactions, receipts } = wire;
      yield { ...tipFromWire(wire.tip), group, header, transactions, receipts, gas: bigOf(wire.gas) };
    }
  }

  /** Every block after the cursor, none left out. Without one the first event is the tip, with no receipts. */
  async *watchLogs(
    cursor: Cursor | undefined,
    filter: LogFilter,
    signal?: AbortSignal,
  ): AsyncGenerator<LogEvent, void, undefined> {
    const request = {
      ...(cursor === undefined ? {} : { cursor: { height: cursor.height, id: cursor.id } }),
      ...(filter.contract === undefined ? {} : { contract: `${filter.contract}` }),
      ...(filter.address === undefined ? {} : { address: filter.address }),
    };
    for await (const wire of messages(this.#stub.WatchLogs(request), signal)) yield logEventFromWire(wire);
  }
}

function logEventFromWire(wire: WatchLogsResponse__Output): LogEvent {
  if (wire.event === 'undone') {
    const undone = required(wire.undone, 'undone');
    return { kind: 'undone', height: countOf(undone.height, 'height'), id: undone.id };
  }
  const block = required(wire.block, 'block');
  const cursor = required(block.cursor, 'cursor');
  return {
    kind: 'block',
    height: countOf(cursor.height, 'height'),
    id: cursor.id,
    timestampMs: countOf(block.timestampMs, 'timestamp_ms'),
    tipHeight: countOf(block.tipHeight, 'tip_height'),
    receipts: block.receipts,
  };
}

const CONDITION_STATES = ['True', 'False', 'Unknown'] as const satisfies readonly Condition['status'][];

function statusFromWire(wire: StatusResponse__Output): StatusView {
  const network = required(wire.network, 'network');
  const parents = required(wire.parents, 'parents');
  if (network.networkId.length !== 4) throw new RpcError('WRONG_VERSION');
  const { version, group, stateRoot, owners, poolTransactions, queuedRelays, peers, inSync, faucet } = wire;
  return {
    version,
    group,
    stateRoot,
    owners,
    poolTransactions,
    queuedRelays,
    peers,
    inSync,
    faucet,
    network: {
      genesisId: network.genesisId,
      networkId: network.networkId,
      partitions: network.partitions,
      confirmations: network.confirmations,
      blockIntervalMs: network.blockIntervalMs,
      gasPriceFloor: bigOf(network.gasPriceFloor),
      blockGas: bigOf(network.blockGas),
      userGas: bigOf(network.userGas),
    },
    tip: tipFromWire(wire.tip),
    epoch: countOf(wire.epoch, 'epoch'),
    groups: wire.groups.map((one) => ({
      group: one.group,
      height: countOf(one.height, 'height'),
      id: one.id,
      readHeight: countOf(one.readHeight, 'read_height'),
      timestampMs: countOf(one.timestampMs, 'timestamp_ms'),
    })),
    bitcoinHeight: countOf(wire.bitcoinHeight, 'bitcoin_height'),
    cpuPeriods: countOf(wire.cpuPeriods, 'cpu_periods'),
    cpuThrottled: countOf(wire.cpuThrottled, 'cpu_throttled'),
    ...(wire.work === null ? {} : { work: workFromWire(wire.work) }),
    parents: {
      onChain: countOf(parents.onChain, 'on_chain'),
      orphan: countOf(parents.orphan, 'orphan'),
      premature: countOf(parents.premature, 'premature'),
    },
    conditions: wire.conditions.map(({ type, status, reason, message }) => ({
      type,
      status: CONDITION_STATES.find((state) => state === status) ?? 'Unknown',
      reason,
      message,
    })),
  };
}

function workFromWire({ blocks, transactions, invocations, gas }: Work__Output): Work {
  return {
    blocks: countOf(blocks, 'blocks'),
    transactions: countOf(transactions, 'transactions'),
    invocations: countOf(invocations, 'invocations'),
    gas: countOf(gas, 'gas'),
  };
}
