// The Node service: checks the shape of requests, asks the backend, spells the answer. Decides nothing about chains.

import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { NodeHandlers } from '@rexnet/proto/generated/rexnet/v1/Node.ts';
import type { StatusResponse } from '@rexnet/proto/generated/rexnet/v1/StatusResponse.ts';
import type { SubmitBatchRequest__Output } from '@rexnet/proto/generated/rexnet/v1/SubmitBatchRequest.ts';
import type { SubmitBatchResponse } from '@rexnet/proto/generated/rexnet/v1/SubmitBatchResponse.ts';
import type { WatchBlocksResponse } from '@rexnet/proto/generated/rexnet/v1/WatchBlocksResponse.ts';
import type { WatchLogsRequest__Output } from '@rexnet/proto/generated/rexnet/v1/WatchLogsRequest.ts';
import type { WatchLogsResponse } from '@rexnet/proto/generated/rexnet/v1/WatchLogsResponse.ts';
import type { Caller, ContractRef, LogEvent, StatusView, UserBackend } from './backend.ts';
import { type ActiveCall, type Calls, incoming, writeTo } from './calls.ts';
import { refusalToWire } from './error-details.ts';
import { RpcError } from './errors.ts';
import { ADDRESS_BYTES, bad, bigOf, bytesOf, countOf, headerToWire, ID_BYTES, required, tipToWire } from './wire.ts';

/** Batches of one stream on their way through door and pool at once. */
const MAX_BATCHES_IN_FLIGHT = 4;
export const MAX_HEADERS_PER_ANSWER = 2_000;
const MAX_LOG_PAGE_BYTES = 1024 * 1024;
const MAX_NAME_CHARACTERS = 128;
const MAX_KEY_BYTES = 64;
const PLACES = { unknown: 'PLACE_UNKNOWN', pool: 'PLACE_POOL', block: 'PLACE_BLOCK' } as const;

export function nodeService(backend: UserBackend, calls: Calls): NodeHandlers {
  return {
    SubmitBatch: (call) => calls.stream(call, 'Node.SubmitBatch', (active) => submit(backend, calls, call, active)),

    EstimateFee: calls.unary('Node.EstimateFee', async (request, caller) => {
      const fee = await backend.estimateFee(request.transaction, caller);
      return { ...fee, gas: `${fee.gas}`, gasPrice: `${fee.gasPrice}`, fee: `${fee.fee}` };
    }),

    GetTransaction: calls.unary('Node.GetTransaction', async (request, caller) => {
      const view = await backend.getTransaction(bytesOf(request.id, ID_BYTES, 'id'), caller);
      return {
        group: view.group,
        tip: tipToWire(view.tip),
        place: PLACES[view.place],
        transaction: view.transaction,
        receipts: view.receipts.map((placed) => ({ ...placed })),
      };
    }),

    GetAccount: calls.unary('Node.GetAccount', async (request, caller) => {
      const account = await backend.getAccount(bytesOf(request.address, ADDRESS_BYTES, 'address'), caller);
      const { nonce, nextNonce, balance } = account;
      return { ...account, nonce: `${nonce}`, nextNonce: `${nextNonce}`, balance: `${balance}` };
    }),

    GetContract: calls.unary('Node.GetContract', async (request, caller) => {
      const contract = await backend.getContract(contractRef(request), caller);
      return { ...contract, id: `${contract.id}` };
    }),

    Call: calls.unary('Node.Call', async (request, caller) => {
      if (request.key.length > MAX_KEY_BYTES) throw bad('key', 'at most 64 bytes');
      const result = await backend.call(
        {
          contract: bigOf(request.contract),
          op: request.op,
          scope: request.scope,
          key: request.key,
          args: request.args,
          sender: bytesOf(request.sender, ADDRESS_BYTES, 'sender'),
          gas: bigOf(request.gas),
        },
        caller,
      );
      return { ...result, gas: `${result.gas}` };
    }),

    GetBlock: calls.unary('Node.GetBlock', async (request, caller) => {
      const ref =
        request.ref === 'id'
          ? { id: bytesOf(request.id, ID_BYTES, 'id') }
          : { height: countOf(required(request.height, 'ref'), 'height') };
      return { ...(await backend.getBlock(ref, caller)) };
    }),

    GetHeaders: calls.unary('Node.GetHeaders', async (request, caller) => {
      const fromHeight = countOf(request.fromHeight, 'from_height');
      const limit = Math.min(request.limit, MAX_HEADERS_PER_ANSWER);
      const headers = await backend.getHeaders({ group: request.group, fromHeight, limit }, caller);
      return { headers: headers.map(headerToWire) };
    }),

    GetTotals: calls.unary('Node.GetTotals', async (request, caller) => {
      const height = request._height === 'height' ? countOf(request.height, 'height') : 'tip';
      return { ...(await backend.getTotals(height, caller)) };
    }),

    WatchBlocks: calls.serverStream('Node.WatchBlocks', (_, caller) => watchBlocks(backend, caller)),
    WatchLogs: calls.serverStream('Node.WatchLogs', (request, caller) => watchLogs(backend, request, caller)),

    Status: calls.unary('Node.Status', async () => statusToWire(await backend.status())),

    Faucet: calls.unary('Node.Faucet', async (request, caller) => {
      const address = bytesOf(request.address, ADDRESS_BYTES, 'address');
      const amount = request._amount === 'amount' ? bigOf(request.amount) : 'default';
      const grant = await backend.faucet({ address, amount }, caller);
      return { transactionId: grant.transactionId, amount: `${grant.amount}` };
    }),
  };
}

function contractRef(request: {
  readonly ref?: 'id' | 'name';
  readonly id?: string;
  readonly name?: string;
}): ContractRef {
  if (request.ref === 'id') return { id: bigOf(request.id) };
  const name = required(request.name, 'ref');
  if (name.length > MAX_NAME_CHARACTERS) throw bad('name', `at most ${MAX_NAME_CHARACTERS} characters`);
  return { name };
}

/** Answers in order; reads the next batch only while few are in flight. A forged signature costs the connection. */
async function submit(
  backend: UserBackend,
  calls: Calls,
  call: ServerDuplexStream<SubmitBatchRequest__Output, SubmitBatchResponse>,
  active: ActiveCall,
): Promise<void> {
  const { caller, aborted } = active;
  const failed = Promise.withResolvers<never>();
  const inFlight: Promise<void>[] = [];
  let last: Promise<void> = Promise.resolve();
  const answer = async (before: Promise<void>, request: SubmitBatchRequest__Output): Promise<void> => {
    const pending = backend.submitBatch(request.transactions, caller);
    pending.catch(() => {});
    await before;
    const { count, refusals } = await pending;
    const told = refusals.map((refused) => ({ index: refused.index, error: refusalToWire(refused) }));
    await writeTo(call, { sequence: request.sequence, count, refusals: told }, active);
    if (refusals.some(({ code }) => code === 'BAD_SIGNATURE')) {
      calls.drop(caller.connection, 'BAD_SIGNATURE');
      throw new RpcError('BAD_SIGNATURE');
    }
  };
  const read = async (): Promise<void> => {
    for await (const request of incoming(call)) {
      last = answer(last, request);
      last.catch(failed.reject);
      inFlight.push(last);
      if (inFlight.length >= MAX_BATCHES_IN_FLIGHT) await inFlight.shift();
    }
    await last;
  };
  await Promise.race([read(), failed.promise, aborted]);
}

async function* watchBlocks(
  backend: UserBackend,
  caller: Caller,
): AsyncGenerator<WatchBlocksResponse, void, undefined> {
  let seen: Uint8Array | undefined;
  for (;;) {
    const block = await backend.nextBlock(seen, caller.signal);
    seen = block.id;
    const { group, header, transactions, receipts, gas } = block;
    yield { group, header, transactions, receipts, gas: `${gas}`, tip: tipToWire(block) };
  }
}

async function* watchLogs(
  backend: UserBackend,
  request: WatchLogsRequest__Output,
  caller: Caller,
): AsyncGenerator<WatchLogsResponse, void, undefined> {
  const filter = {
    ...(request._contract === 'contract' ? { contract: bigOf(request.contract) } : {}),
    ...(request.address.length === 0 ? {} : { address: bytesOf(request.address, ADDRESS_BYTES, 'address') }),
  };
  let cursor: { height: number; id: Uint8Array };
  if (request.cursor === null) {
    const tip = await backend.nextBlock(undefined, caller.signal);
    cursor = { height: tip.height, id: tip.id };
    const { height, id, timestampMs } = tip;
    yield logEventToWire({ kind: 'block', height, id, timestampMs, tipHeight: height, receipts: new Uint8Array(0) });
  } else {
    const id = bytesOf(request.cursor.id, ID_BYTES, 'cursor.id');
    cursor = { height: countOf(request.cursor.height, 'cursor.height'), id };
  }
  let seen = cursor.id;
  for (;;) {
    const events = await backend.logsAfter(cursor, filter, MAX_LOG_PAGE_BYTES);
    if (events.length === 0) {
      seen = (await backend.nextBlock(seen, caller.signal)).id;
      continue;
    }
    for (const event of events) {
      yield logEventToWire(event);
      cursor = { height: event.height, id: event.id };
    }
    seen = cursor.id;
  }
}

function logEventToWire(event: LogEvent): WatchLogsResponse {
  const cursor = { height: event.height, id: event.id };
  if (event.kind === 'undone') return { undone: cursor };
  const { timestampMs, tipHeight, receipts } = event;
  return { block: { cursor, timestampMs, tipHeight, receipts } };
}

function statusToWire(view: StatusView): StatusResponse {
  const { network } = view;
  return {
    ...view,
    tip: tipToWire(view.tip),
    network: {
      ...network,
      gasPriceFloor: `${network.gasPriceFloor}`,
      blockGas: `${network.blockGas}`,
      userGas: `${network.userGas}`,
    },
    owners: [...view.owners],
    groups: view.groups.map((group) => ({ ...group })),
    parents: { ...view.parents },
    conditions: view.conditions.map((condition) => ({ ...condition })),
  };
}
