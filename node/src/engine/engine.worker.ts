// The thread of the engine: opens it, turns the crank, and answers the main thread. Ends the process's work on a defect.
import { parentPort, workerData } from 'node:worker_threads';
import { genesisState } from '../chain/genesis-block.ts';
import { HOME_GROUP } from '../chain/shard-map.ts';
import { mapUpdateIn, senderPartitionOf } from '../chain/transaction.ts';
import { equalBytes, viewOf } from '../core/bytes.ts';
import { HASH_BYTES } from '../core/hash.ts';
import { PROVEN_LEAF } from '../core/layouts.ts';
import { senderKeyOf } from '../core/signed-bytes.ts';
import { unpackTransactions } from '../core/transaction-batch.ts';
import type { IndexedRefusal } from '../rpc/backend.ts';
import { type Refusal, RpcError, refusal } from '../rpc/errors.ts';
import type { EngineApi, EngineEvents, EngineOptions, EngineStatus, PoolVerdict } from './api.ts';
import { serve } from './bridge.ts';
import { CheckpointShelf } from './checkpoint-shelf.ts';
import { figuresOf } from './figures.ts';
import { LoopDelay } from './loop-delay.ts';
import { type Heritage, openEngine } from './open.ts';

/** How often the engine looks at its clock: templates are due to this precision. */
const TICK_MS = 10;
const FLUSH_MS = 1_000;

if (parentPort === null) throw new Error('engine.worker runs as a worker thread');
const port = parentPort;
const options = workerData as EngineOptions;
const nowMs = (): number => Date.now();

const handlers: Partial<EngineApi> = {};
const emit = serve<EngineEvents>(port, handlers);

function fail(error: unknown): void {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'INTERNAL';
  emit('fatal', {
    code,
    message:
      error instanceof Error ? (code === 'INTERNAL' ? (error.stack ?? error.message) : error.message) : String(error),
  });
}

function start(heritage?: Heritage): void {
  const reopen = (left: Heritage): void => {
    for (const timer of timers) clearInterval(timer);
    start(left);
  };
  const open = openEngine(options, { nowMs, reopen, emit }, heritage);
  const { engine, answers, history, view, state, pool, mapDesk, store, parents, parentCounts, network } = open;
  const loopDelay = new LoopDelay();
  const shelf = new CheckpointShelf({
    snapshot: (id) => {
      const entry = view.tree.get(id);
      const isOurs = entry?.group === options.group && view.tip.ancestorAt(entry.height) === entry;
      return isOurs ? store.snapshot(entry) : undefined;
    },
    nowMs,
  });

  const genesisTotals = genesisState(network, options.group).system.totals.encode();

  const status = (): EngineStatus => ({
    tip: { height: Math.max(0, view.tip.height), id: view.tip.id, timestampMs: view.tip.header.timestampMs },
    stateRoot: view.tip.header.stateRoot,
    epoch: view.tip.header.epoch,
    owners: [...network.firstMap.owners],
    groups: answers.groups(),
    poolTransactions: pool.size,
    poolBytes: pool.bytes,
    queuedRelays: state.queuedRelays,
    inSync: engine.inSync,
    conditions: engine.conditions,
    bitcoinHeight: parents.bestHeight,
    parents: parentCounts.counts,
  });

  const submit = (batch: Uint8Array, ids: Uint8Array): PoolVerdict => {
    const refusals: IndexedRefusal[] = [];
    const accepted: number[] = [];
    const foreign: { index: number; group: number }[] = [];
    for (const [index, bytes] of unpackTransactions(batch).entries()) {
      const id = ids.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
      const update = mapUpdateIn(bytes);
      if (update !== undefined) {
        if (options.group !== HOME_GROUP) foreign.push({ index, group: HOME_GROUP });
        else {
          const problem = proposed(bytes, update);
          if (problem === undefined) accepted.push(index);
          else refusals.push({ index, ...problem });
        }
        continue;
      }
      const verdict = pool.add(bytes, nowMs(), id);
      if (verdict === 'added') accepted.push(index);
      else if (verdict === 'PARTITION_MOVED') {
        foreign.push({ index, group: answers.ownerOf(senderPartitionOf(viewOf(bytes), network.genesis.partitions)) });
      } else if (verdict !== 'known') refusals.push({ index, ...refusal(verdict) });
    }
    return { refusals, accepted, foreign };
  };

  /** An envelope of the governance key: what it carries is judged by the map in force. */
  const proposed = (bytes: Uint8Array, update: Uint8Array): Refusal | undefined => {
    if (!equalBytes(senderKeyOf(bytes), network.genesis.governance)) return refusal('BAD_SIGNATURE');
    const verdict = mapDesk.offer(update, view.tip.map);
    return verdict === 'added' || verdict === 'known'
      ? undefined
      : refusal('BAD_MAP_UPDATE', { message: `the map update is refused: ${verdict}` });
  };

  const timers = [
    setInterval(() => guarded(() => engine.tick()), TICK_MS),
    setInterval(() => guarded(() => engine.flush()), FLUSH_MS),
    setInterval(() => shelf.tick(), FLUSH_MS),
  ];

  const api: EngineApi = {
    submit,
    takeHeaders: (headers, from) => guarded(() => engine.takeHeaders(headers, from)),
    takeBody: (id, body, ok) => guarded(() => engine.takeBody(id, body, ok)),
    takeLeaf: (id, leaf) => guarded(() => engine.takeLeaf(id, leaf)),
    takePart: (block, part, bytes) => guarded(() => engine.takePart(block, part, bytes)),
    takeParentHeaders: (headers) => ({ accepted: parents.take(headers), bestHeight: parents.bestHeight }),
    submitProof: (id, witness) => guarded(() => engine.submitProof(id, witness)),
    locator: (group) => history.locator(group),
    wants: () => engine.wants(),
    status,
    figures: () => figuresOf(open, loopDelay.takeSeconds()),
    transaction: (id) => {
      const waiting = pool.find(id);
      const receipts = history.receiptsOf(id);
      const place = receipts.length > 0 ? 'block' : waiting === undefined ? 'unknown' : 'pool';
      return {
        group: options.group,
        tip: status().tip,
        place,
        transaction: waiting ?? history.transaction(id),
        receipts,
      };
    },
    account: (address) => guarded(() => answers.account(address)),
    contract: (ref) => guarded(() => answers.contract(ref)),
    call: (request) => guarded(() => answers.call(request)),
    estimate: (transaction) => guarded(() => answers.estimate(transaction)),
    block: (ref) => {
      const entry = 'id' in ref ? view.tree.get(ref.id) : view.tip.ancestorAt(ref.height);
      if (entry === undefined || entry.group !== options.group) throw new RpcError('NOT_FOUND');
      return history.block(entry);
    },
    bodyOf: (id) => store.body(id),
    headers: (group, from, limit) => history.headers(group, from, limit),
    headersAfter: (request) => history.headersAfter(request),
    leafOf: (id, destination) => {
      const entry = view.tree.get(id);
      const proven =
        entry === undefined || entry.group !== options.group ? undefined : view.leafFor(entry, destination);
      return proven === undefined ? undefined : PROVEN_LEAF.encode(proven);
    },
    stateChunk: (id, part, index) => guarded(() => shelf.chunk(id, part, index)),
    totals: (height) => {
      const entry = height === 'tip' ? view.tip : view.tip.ancestorAt(height);
      const totals = entry?.height === 0 ? genesisTotals : entry && store.totals(entry.id);
      if (entry === undefined || totals === undefined) throw new RpcError('NOT_FOUND');
      return { height: entry.height, blockId: entry.id, totals };
    },
    logsAfter: (cursor, filter, maxBytes) => history.logsAfter(cursor, filter, maxBytes),
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      engine.flush();
      await store.close();
      port.unref();
    },
  };
  Object.assign(handlers, api);
  emit('ready', status());
  if (heritage !== undefined) guarded(() => engine.resume());
}

/** Refusals go back to who asked; whatever else escapes is a defect of ours and ends the node. */
function guarded<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof RpcError)) fail(error);
    throw error;
  }
}

try {
  start();
} catch (error) {
  fail(error);
}
