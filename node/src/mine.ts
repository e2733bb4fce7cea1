// Wires one merge miner: groups over gRPC, a parent chain, the hashing thread, metrics and health. Decides nothing itself.
import { randomBytes } from 'node:crypto';
import { type BitcoinAuth, BitcoinRpc, BitcoinRpcError, type CallOptions } from './bitcoin/rpc.ts';
import type { Network } from './chain/genesis.ts';
import { REGTEST_GENESIS_HEADER } from './consensus/bitcoin-header.ts';
import { targetFromBits } from './consensus/target.ts';
import { toHex } from './core/bytes.ts';
import { BitcoindParent, NOT_FOUND } from './miner/bitcoind-parent.ts';
import { createGrinder } from './miner/grinder.ts';
import { GrpcTemplates } from './miner/grpc-templates.ts';
import { MinerMeters, PARENT } from './miner/meters.ts';
import { Miner } from './miner/miner.ts';
import type { Grinder, GrindListener, ParentSource } from './miner/ports.ts';
import { type SkippedBeats, skippingTemplates } from './miner/skip-beats.ts';
import { ToyParent } from './miner/toy-parent.ts';
import { ToyRecord } from './miner/toy-record.ts';
import { type PeerTable, watchPeers } from './net/peer-file.ts';
import type { Address } from './rpc/server.ts';
import { serveTelemetry } from './telemetry/http.ts';
import type { Log } from './telemetry/log.ts';
import { createTelemetry, type Metrics } from './telemetry/telemetry.ts';

/** OP_TRUE: what a test network's parent pays, anybody may spend. */
const PAYOUT_SCRIPT = Uint8Array.of(0x51);
const HOME_GROUP = 0;

export type ParentChoice =
  | { readonly kind: 'toy' }
  | { readonly kind: 'bitcoind'; readonly url: string; readonly auth: BitcoinAuth };

export interface MineOptions {
  readonly genesis: Network;
  readonly peersPath: string;
  readonly parent: ParentChoice;
  /** Of one core, above 0 and at most 1. */
  readonly cpuShare: number;
  readonly metrics: Address;
  /** Test flag: mine badly. */
  readonly skipBeats?: SkippedBeats;
}

/** Mines until the signal aborts; rejects when it cannot go on. */
export async function runMiner(options: MineOptions, log: Log, signal: AbortSignal): Promise<void> {
  const { genesis, networkId } = options.genesis;
  const telemetry = createTelemetry('miner');
  const meters = new MinerMeters(telemetry.metrics, log, Date.now);
  const ended = new AbortController();
  const life = AbortSignal.any([signal, ended.signal]);
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);

  const templates = new GrpcTemplates({ networkId, onStanding: (standing) => meters.standing(standing) });
  telemetry.onScrape(() => telemetry.metrics.mining.groupsDue.set(templates.dueCount(Date.now())));
  let peers: PeerTable = new Map();
  let miner: Miner | undefined;
  const onPeers = (table: PeerTable): void => {
    peers = table;
    templates.setNodes(new Map([...table].map(([group, nodes]) => [group, nodes.map(({ peer }) => peer)])));
    meters.forget((group) => table.has(group));
    miner?.setGroups([...table.keys()]);
  };
  const { skipBeats } = options;
  const mined = skipBeats === undefined ? templates : skippingTemplates(templates, skipBeats, genesis.blockIntervalMs);
  const onWrong = (error: Error): void =>
    log.error({ error: error.message }, 'the peers file is wrong and was left alone');
  watchPeers(options.peersPath, { changed: onPeers, wrong: onWrong }, life);

  const health = await serveTelemetry(telemetry, { live: () => true, ready: () => meters.ready() }, options.metrics);
  log.info(
    { metrics: health.port, network: toHex(networkId), parent: options.parent.kind, groups: peers.size },
    'miner starts',
  );
  try {
    const parent = openParent(options, telemetry.metrics, meters, () => peers, life);
    miner = new Miner(
      {
        templates: mined,
        parent: meters.metered(parent),
        createGrinder: (listener) => meteredGrinder(listener, options.cpuShare, meters, failed.reject),
        events: meters,
        nowMs: Date.now,
        randomBytes: (count) => new Uint8Array(randomBytes(count)),
      },
      { chainIdBase: genesis.chainIdBase, parentTargetBits: genesis.parentTarget, payoutScript: PAYOUT_SCRIPT },
    );
    miner.setGroups([...peers.keys()]);
    await Promise.race([miner.run(life), failed.promise]);
  } finally {
    ended.abort();
    await health.stop();
  }
}

function openParent(
  { genesis: { genesis }, parent }: MineOptions,
  metrics: Metrics,
  meters: MinerMeters,
  peers: () => PeerTable,
  signal: AbortSignal,
): ParentSource {
  if (parent.kind === 'bitcoind') {
    const rpc = new MeteredRpc(parent.url, parent.auth, metrics);
    signal.addEventListener('abort', () => rpc.close(), { once: true });
    return new BitcoindParent(rpc, (error) => meters.trouble({ where: PARENT, error }));
  }
  const parentTarget = targetFromBits(genesis.parentTarget);
  if (parentTarget === undefined) throw new Error('a checked genesis has a parent target');
  const record = new ToyRecord({
    addresses: () => (peers().get(HOME_GROUP) ?? []).map(({ grpc }) => grpc),
    genesis: REGTEST_GENESIS_HEADER,
    signal,
  });
  const opening = record.start().then((start) => {
    const toy = new ToyParent({ ...start, parentTarget });
    void record.follow(toy);
    return toy;
  });
  return deferred(opening);
}

/** A parent that is not known yet, so that groups are watched meanwhile. */
function deferred(opening: Promise<ParentSource>): ParentSource {
  return {
    async *watch(signal) {
      yield* (await opening).watch(signal);
    },
    submit: async (header, block) => (await opening).submit(header, block),
    headersUpTo: async (hash, isKnown, countMax) => (await opening).headersUpTo(hash, isKnown, countMax),
    isOnBestChain: async (hash) => (await opening).isOnBestChain(hash),
  };
}

function meteredGrinder(
  listener: GrindListener,
  cpuShare: number,
  meters: MinerMeters,
  onFailure: (error: Error) => void,
): Grinder {
  const grinder = createGrinder(listener, { cpuShare, onFailure });
  return {
    start: (job) => {
      meters.work();
      grinder.start(job);
    },
    rest: () => grinder.rest(),
    close: () => grinder.close(),
  };
}

/** Times its calls, but not long polls: they wait on purpose. */
class MeteredRpc extends BitcoinRpc {
  readonly #metrics: Metrics;

  constructor(url: string, auth: BitcoinAuth, metrics: Metrics) {
    super(url, auth);
    this.#metrics = metrics;
  }

  override async call(method: string, params: readonly unknown[] = [], options: CallOptions = {}): Promise<unknown> {
    const isLongPoll = options.deadlineMs !== undefined;
    const end = isLongPoll ? () => undefined : this.#metrics.bitcoin.rpcSeconds.startTimer();
    try {
      return await super.call(method, params, options);
    } catch (error) {
      const isAnswer = error instanceof BitcoinRpcError && error.rpcCode === NOT_FOUND;
      if (!isAnswer && options.signal?.aborted !== true) this.#metrics.bitcoin.rpcErrors.inc();
      throw error;
    } finally {
      end();
    }
  }
}
