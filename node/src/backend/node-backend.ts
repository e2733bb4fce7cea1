// Answers the gRPC services: what is the chain's goes to the engine's thread, what is new goes through the door first,
// what belongs to another group is forwarded once. Holds only the newest block and template for those who wait.
import { isLaidOut } from '../chain/transaction.ts';
import { BITCOIN_HEADER_BYTES } from '../consensus/bitcoin-header.ts';
import { concatBytes } from '../core/bytes.ts';
import { HASH_BYTES } from '../core/hash.ts';
import { packTransactions, unpackTransactions } from '../core/transaction-batch.ts';
import type { EngineApi, EngineEvents } from '../engine/api.ts';
import type { Remote } from '../engine/bridge.ts';
import { RemoteError } from '../engine/bridge.ts';
import type { StateChunk } from '../engine/checkpoint-shelf.ts';
import type { Network } from '../net/network.ts';
import type {
  AccountView,
  BatchVerdict,
  BlockRef,
  BlockSummary,
  BlockView,
  Caller,
  CallRequest,
  CallResult,
  ContractRef,
  ContractView,
  Cursor,
  FaucetGrant,
  FeeEstimate,
  GossipHandler,
  GossipLink,
  HeaderRecord,
  IndexedRefusal,
  LogEvent,
  LogFilter,
  NetworkConstants,
  NodeBackend,
  PeerHeadersRequest,
  PeerHello,
  StatusView,
  Template,
  TotalsView,
  TransactionView,
  Work,
} from '../rpc/backend.ts';
import { isErrorCode, RpcError, refusal } from '../rpc/errors.ts';
import { readThrottling } from '../telemetry/throttling.ts';
import type { Faucet } from './faucet.ts';
import { Latest } from './latest.ts';
import type { BackendMeters } from './meters.ts';

const NO_BYTES = new Uint8Array(0);

/** Signatures of a batch, judged off this thread: one flag and one id per transaction. */
export interface Door {
  check(
    transactions: readonly Uint8Array[],
    connection: string,
  ): Promise<{ readonly valid: readonly boolean[]; readonly ids: Uint8Array }>;
}

/** A batch as it came, and its transactions as views of it. */
interface Batch {
  readonly bytes: Uint8Array;
  readonly transactions: readonly Uint8Array[];
}

export interface BackendModules {
  readonly engine: Remote<EngineApi>;
  readonly door: Door;
  readonly network: Network;
  readonly constants: NetworkConstants;
  readonly group: number;
  readonly software: string;
  readonly faucet: Faucet | undefined;
  readonly meters: BackendMeters;
  hello(): PeerHello;
}

export class Backend implements NodeBackend {
  readonly #m: BackendModules;
  readonly #blocks = new Latest<BlockSummary>();
  readonly #templates = new Latest<Template>();
  #work: Work = { blocks: 0, transactions: 0, invocations: 0, gas: 0 };

  constructor(modules: BackendModules) {
    this.#m = modules;
  }

  block(summary: BlockSummary): void {
    this.#blocks.set(summary);
    const { blocks, transactions, invocations, gas } = this.#work;
    this.#work = {
      blocks: blocks + 1,
      transactions: transactions + summary.transactions,
      invocations: invocations + summary.receipts,
      gas: gas + Number(summary.gas),
    };
  }

  template(template: EngineEvents['template']): void {
    this.#templates.set(template);
  }

  async submitBatch(bytes: Uint8Array, caller: Caller): Promise<BatchVerdict> {
    const batch = { bytes, transactions: unpackTransactions(bytes) };
    const { refusals } = await this.#admit(batch, caller.connection, true);
    return { count: batch.transactions.length, refusals };
  }

  /** A batch from a peer; answers the peer's fault, if any. What peers forward is never forwarded again. */
  async takeTransactions(bytes: Uint8Array, connection: string): Promise<string | undefined> {
    const { refusals } = await this.#admit({ bytes, transactions: unpackTransactions(bytes) }, connection, false);
    return refusals.some((r) => r.code === 'BAD_SIGNATURE') ? 'BAD_SIGNATURE' : undefined;
  }

  async #admit(batch: Batch, connection: string, mayForward: boolean): Promise<{ refusals: IndexedRefusal[] }> {
    try {
      return await this.#judge(batch, connection, mayForward);
    } catch (error) {
      const busy = toRpc(error);
      if (!(busy instanceof RpcError) || busy.code !== 'BUSY') throw busy;
      // Whoever sends too much at once is told so for each, and keeps his stream.
      const refusals = [...batch.transactions.keys()].map((index) => ({ index, ...busy.refusal }));
      this.#m.meters.pool({ admitted: 0, forwarded: [], refused: refusals });
      return { refusals };
    }
  }

  async #judge(batch: Batch, connection: string, mayForward: boolean): Promise<{ refusals: IndexedRefusal[] }> {
    const { transactions } = batch;
    const refusals: IndexedRefusal[] = [];
    const laidOut: number[] = [];
    for (const [index, bytes] of transactions.entries()) {
      if (isLaidOut(bytes)) laidOut.push(index);
      else refusals.push({ index, ...refusal('BAD_TRANSACTION') });
    }
    const { valid, ids } = await this.#m.door.check(
      laidOut.map((i) => transactions[i]!),
      connection,
    );
    const kept: number[] = [];
    for (const [at, index] of laidOut.entries()) {
      if (valid[at] === true) kept.push(index);
      else refusals.push({ index, ...refusal('BAD_SIGNATURE') });
    }
    const keptIds = valid.includes(false) ? idsOf(ids, valid) : ids;
    const verdict = await this.#m.engine.submit(packed(batch, kept), keptIds);
    for (const refused of verdict.refusals) refusals.push({ ...refused, index: kept[refused.index]! });
    const forwarded: number[] = [];
    for (const { group, index } of verdict.foreign) {
      const at = kept[index]!;
      if (mayForward && this.#m.network.forward(group, packTransactions([transactions[at]!]))) {
        forwarded.push(group);
        continue;
      }
      refusals.push({ index: at, ...refusal(mayForward ? 'UNREACHABLE' : 'WRONG_GROUP', { group }) });
    }
    if (mayForward && verdict.accepted.length > 0) {
      this.#m.network.share(
        this.#m.group,
        packed(
          batch,
          verdict.accepted.map((i) => kept[i]!),
        ),
      );
    }
    this.#m.meters.pool({ admitted: verdict.accepted.length, forwarded, refused: refusals });
    return { refusals: refusals.sort((a, b) => a.index - b.index) };
  }

  estimateFee(transaction: Uint8Array): Promise<FeeEstimate> {
    return rethrow(this.#m.engine.estimate(transaction));
  }

  getTransaction(id: Uint8Array): Promise<TransactionView> {
    return rethrow(this.#m.engine.transaction(id));
  }

  getAccount(address: Uint8Array): Promise<AccountView> {
    return rethrow(this.#m.engine.account(address));
  }

  getContract(ref: ContractRef): Promise<ContractView> {
    return rethrow(this.#m.engine.contract(ref));
  }

  async call(request: CallRequest): Promise<CallResult> {
    const result = await rethrow(this.#m.engine.call(request));
    this.#m.meters.call();
    return result;
  }

  getBlock(ref: BlockRef): Promise<BlockView> {
    return rethrow(this.#m.engine.block(ref));
  }

  getHeaders(request: {
    readonly group: number;
    readonly fromHeight: number;
    readonly limit: number;
  }): Promise<readonly HeaderRecord[]> {
    return rethrow(this.#m.engine.headers(request.group, request.fromHeight, request.limit));
  }

  getTotals(height: number | 'tip'): Promise<TotalsView> {
    return rethrow(this.#m.engine.totals(height));
  }

  async status(): Promise<StatusView> {
    const engine = await rethrow(this.#m.engine.status());
    const { periods, throttled } = readThrottling();
    return {
      version: this.#m.software,
      network: this.#m.constants,
      group: this.#m.group,
      peers: this.#m.network.connected,
      faucet: this.#m.faucet !== undefined,
      cpuPeriods: periods,
      cpuThrottled: throttled,
      work: this.#work,
      ...engine,
      inSync: engine.inSync && this.#m.network.isIntroduced(engine.tip.height),
    };
  }

  faucet(
    request: { readonly address: Uint8Array; readonly amount: bigint | 'default' },
    caller: Caller,
  ): Promise<FaucetGrant> {
    if (this.#m.faucet === undefined) throw new RpcError('FAUCET_OFF');
    return this.#m.faucet.grant(request.address, request.amount, (batch) => this.submitBatch(batch, caller));
  }

  nextBlock(seen: Uint8Array | undefined, signal: AbortSignal): Promise<BlockSummary> {
    return this.#blocks.next((block) => seen === undefined || Buffer.compare(block.id, seen) !== 0, signal);
  }

  logsAfter(cursor: Cursor | undefined, filter: LogFilter, maxBytes: number): Promise<readonly LogEvent[]> {
    return rethrow(this.#m.engine.logsAfter(cursor, filter, maxBytes));
  }

  async hello(theirs: PeerHello): Promise<PeerHello> {
    const ours = this.#m.hello();
    if (Buffer.compare(theirs.genesisId, ours.genesisId) !== 0) throw new RpcError('WRONG_NETWORK');
    return ours;
  }

  peerHeaders(request: PeerHeadersRequest): Promise<readonly HeaderRecord[]> {
    return rethrow(this.#m.engine.headersAfter(request));
  }

  async peerBlock(id: Uint8Array): Promise<BlockView | undefined> {
    try {
      return await this.#m.engine.block({ id });
    } catch (error) {
      if (!(error instanceof RemoteError) || error.code !== 'NOT_FOUND') throw toRpc(error);
    }
    // Memory has let go of its header, which who asks has: there is nobody else to ask for its body.
    const body = await rethrow(this.#m.engine.bodyOf(id));
    return body === undefined ? undefined : { id, header: NO_BYTES, witness: NO_BYTES, body, receipts: NO_BYTES };
  }

  peerBatch(id: Uint8Array, destination: number): Promise<Uint8Array | undefined> {
    return rethrow(this.#m.engine.leafOf(id, destination));
  }

  peerStateChunk({
    blockId,
    partition,
    index,
  }: {
    readonly blockId: Uint8Array;
    readonly partition: number;
    readonly index: number;
  }): Promise<StateChunk | undefined> {
    return rethrow(this.#m.engine.stateChunk(blockId, partition, index));
  }

  openGossip(link: GossipLink): GossipHandler {
    return this.#m.network.accept(link);
  }

  nextTemplate(seen: number | undefined, signal: AbortSignal): Promise<Template> {
    return this.#templates.next((template) => template.sequence !== seen, signal);
  }

  async submitProof(proof: {
    readonly blockId: Uint8Array;
    readonly witness: Uint8Array;
  }): Promise<{ readonly height: number }> {
    let isAccepted = false;
    try {
      const { height } = await rethrow(this.#m.engine.submitProof(proof.blockId, proof.witness));
      isAccepted = true;
      return { height };
    } finally {
      this.#m.meters.proof(isAccepted);
    }
  }

  async submitParentHeaders(headers: Uint8Array): Promise<{ readonly accepted: number; readonly bestHeight: number }> {
    const taken = await rethrow(this.#m.engine.takeParentHeaders(headers));
    this.#m.meters.parentHeaders(taken.accepted, headers.length / BITCOIN_HEADER_BYTES);
    return taken;
  }
}

/** These transactions of a batch, packed: most often all of them, which they are already. */
function packed({ bytes, transactions }: Batch, which: readonly number[]): Uint8Array {
  return which.length === transactions.length ? bytes : packTransactions(which.map((i) => transactions[i]!));
}

function idsOf(ids: Uint8Array, wanted: readonly boolean[]): Uint8Array {
  return concatBytes(wanted.flatMap((is, i) => (is ? [ids.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES)] : [])));
}

/** Refusals keep their code across threads and rooms; everything else is a mistake of ours. */
function toRpc(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (error instanceof RpcError || !('code' in error) || typeof error.code !== 'string' || !isErrorCode(error.code))
    return error;
  const { group, epoch, field, retryAfterMs } = error instanceof RemoteError ? error.facts : {};
  return new RpcError(
    error.code,
    {
      message: error.message,
      ...(typeof group === 'number' ? { group } : {}),
      ...(typeof epoch === 'number' ? { epoch } : {}),
      ...(typeof field === 'string' ? { field } : {}),
      ...(typeof retryAfterMs === 'number' ? { retryAfterMs } : {}),
    },
    { cause: error },
  );
}

async function rethrow<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw toRpc(error);
  }
}
