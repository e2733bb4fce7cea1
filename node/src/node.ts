// Wires one node: the engine's thread, the door, the network, the two gRPC ports, metrics and health. The only place
// that knows them all; it decides nothing itself.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { Worker } from 'node:worker_threads';
import { Faucet } from './backend/faucet.ts';
import { Meters } from './backend/meters.ts';
import { Backend } from './backend/node-backend.ts';
import { userGas } from './chain/gas.ts';
import { type Network as Genesis, readGenesis } from './chain/genesis.ts';
import { toHex } from './core/bytes.ts';
import type { EngineApi, EngineEvents, EngineOptions, EngineStatus } from './engine/api.ts';
import { Caller, RemoteError } from './engine/bridge.ts';
import { LoopDelay } from './engine/loop-delay.ts';
import { Network } from './net/network.ts';
import { watchPeers } from './net/peer-file.ts';
import type { NetworkConstants, PeerHello } from './rpc/backend.ts';
import { type Address, startServers } from './rpc/server.ts';
import { SignatureDoor } from './signatures/door.ts';
import { serveTelemetry } from './telemetry/http.ts';
import type { Log } from './telemetry/log.ts';
import { createTelemetry } from './telemetry/telemetry.ts';

const SOFTWARE = 'rxd/0.1.0';
const PROTOCOL_VERSION = 1;
/** Contracts may use 256 KiB of charged stack; V8's frames are up to eight times the estimate. */
const ENGINE_STACK_MB = 8;
/** Most of what the engine makes dies with its block; more room only delays the collector. */
const ENGINE_YOUNG_MB = 8;
const SCRAPE_TIMEOUT_MS = 2_000;

export interface NodeOptions {
  readonly genesisPath: string;
  readonly dataDir: string;
  readonly group: number;
  readonly peersPath: string;
  readonly grpc: Address;
  readonly peerGrpc: Address;
  readonly metrics: Address;
  /** 36 bytes. */
  readonly miner: Uint8Array;
  readonly faucet: boolean;
  readonly checkState: boolean;
}

/** Runs until the signal aborts; rejects when the node cannot go on. */
export async function runNode(options: NodeOptions, log: Log, signal: AbortSignal): Promise<void> {
  const genesisBytes = readFileSync(options.genesisPath);
  const genesis = readGenesis(genesisBytes);
  const telemetry = createTelemetry('node');
  const { blockGas, blockIntervalMs, userShareNumerator, userShareDenominator } = genesis.genesis;
  const meters = new Meters(telemetry.metrics, {
    group: options.group,
    blockGas,
    userShare: userShareNumerator / userShareDenominator,
    blockIntervalMs,
  });
  const loopDelay = new LoopDelay();
  const constants = constantsOf(genesis);
  const nodeId = randomBytes(16);
  const fatal = Promise.withResolvers<never>();
  let newest: EngineStatus | undefined;

  const worker = startEngine({
    genesis: genesisBytes,
    group: options.group,
    dataDir: options.dataDir,
    miner: options.miner,
    checkState: options.checkState,
  });
  worker.on('error', (error) => fatal.reject(error));
  const ready = Promise.withResolvers<EngineStatus>();
  const on: { readonly [K in keyof EngineEvents]: (payload: EngineEvents[K]) => void } = {
    ready: ready.resolve,
    block: (facts) => {
      backend.block(facts.summary);
      meters.block(facts, Date.now());
    },
    announce: (block) => network.announce(block),
    template: (template) => backend.template(template),
    timed: ({ work, seconds }) => meters.timed(work, seconds),
    wants: (wants) => void network.fetch(wants),
    resync: ({ height, have, of, installed }) => {
      if (installed) log.info({ height, parts: of }, 'state taken from peers');
      else log.info({ height, have, of }, `resyncing: ${have} of ${of} parts`);
    },
    rewound: (heights) => log.warn(heights, 'nobody gave a state of the chosen chain: beginning again at the fork'),
    widened: (reach) =>
      log.warn(reach, "a peer's chain left ours long ago: headers are held and compared further back"),
    fatal: ({ code, message }) => fatal.reject(new RemoteError(code, message)),
  };
  const engine = new Caller<EngineApi, EngineEvents>(worker, (name, payload) => on[name](payload as never));

  const door = new SignatureDoor({ metrics: telemetry.metrics });
  const hello = (): PeerHello => ({
    protocol: PROTOCOL_VERSION,
    networkId: genesis.networkId,
    genesisId: genesis.id,
    group: options.group,
    height: newest?.tip.height ?? 0,
    tipId: newest?.tip.id ?? genesis.id,
    nodeId,
    software: SOFTWARE,
  });
  const network = new Network({
    chain: engine.remote,
    log,
    hello,
    verify: async (transactions) => (await door.verify(transactions, 'block')).every((ok) => ok),
    takeTransactions: (batch, _, connection) => backend.takeTransactions(batch, connection),
    metrics: telemetry.metrics,
    memoryBytes: Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY),
    nowMs: () => Date.now(),
  });
  const faucet = options.faucet
    ? new Faucet({
        seed: genesis.genesis.seed,
        networkId: genesis.networkId,
        gasPrice: constants.gasPriceFloor,
        account: (address) => backend.getAccount(address),
        nowMs: () => Date.now(),
      })
    : undefined;
  const backend = new Backend({
    engine: engine.remote,
    door,
    network,
    constants,
    group: options.group,
    software: SOFTWARE,
    faucet,
    meters,
    hello,
  });

  const judged = (status: EngineStatus): EngineStatus => ({
    ...status,
    inSync: status.inSync && network.isIntroduced(status.tip.height),
  });
  newest = judged(await Promise.race([ready.promise, fatal.promise]));
  log.info({ height: newest.tip.height, id: toHex(newest.tip.id) }, 'chain restored');
  const servers = await startServers(
    { backend, log, metrics: telemetry.metrics },
    { grpc: options.grpc, peerGrpc: options.peerGrpc },
  );
  telemetry.onScrape(async () => {
    const late = after(SCRAPE_TIMEOUT_MS, undefined);
    const status = await Promise.race([engine.remote.status(), late]);
    if (status !== undefined) newest = judged(status);
    if (newest !== undefined) meters.status(newest);
    const figures = await Promise.race([engine.remote.figures(), late]);
    if (figures !== undefined) meters.figures(figures);
    meters.here({
      loopDelaySeconds: loopDelay.takeSeconds(),
      peersIn: network.links.size,
      peersOut: network.connected,
    });
  });
  telemetry.metrics.node.info.set({ version: SOFTWARE, network: toHex(genesis.networkId), group: options.group }, 1);
  const health = await serveTelemetry(
    telemetry,
    { live: () => true, ready: () => (newest?.inSync === true ? true : 'catching up with the network') },
    options.metrics,
  );
  watchPeers(
    options.peersPath,
    {
      changed: (table) => network.configure(table, `${servers.peerGrpc.host}:${servers.peerGrpc.port}`),
      wrong: (error) => log.error({ error: error.message }, 'the peer file is wrong and was left alone'),
    },
    signal,
  );
  const beat = setInterval(() => void refresh(), 1_000);
  const refresh = async (): Promise<void> => {
    newest = await engine.remote.status().then(judged, () => newest);
    servers.setReady(newest?.inSync === true);
    await network.fetch(await engine.remote.wants().catch(() => []));
  };
  log.info({ grpc: servers.grpc, peerGrpc: servers.peerGrpc, metrics: health.port }, 'node listens');

  try {
    await Promise.race([fatal.promise, aborted(signal)]);
  } finally {
    clearInterval(beat);
    network.close();
    await servers.stop();
    await health.stop();
    await engine.remote
      .stop()
      .catch((error: unknown) => log.error({ error: String(error) }, 'the engine did not stop cleanly'));
    engine.close(new Error('the node stopped'));
    await Promise.all([worker.terminate(), door.close()]);
  }
}

function startEngine(options: EngineOptions): Worker {
  return new Worker(new URL('./engine/engine.worker.ts', import.meta.url), {
    workerData: options,
    resourceLimits: { stackSizeMb: ENGINE_STACK_MB, maxYoungGenerationSizeMb: ENGINE_YOUNG_MB },
  });
}

function constantsOf({ genesis, id, networkId }: Genesis): NetworkConstants {
  return {
    genesisId: id,
    networkId,
    partitions: genesis.partitions,
    confirmations: genesis.confirmations,
    blockIntervalMs: genesis.blockIntervalMs,
    gasPriceFloor: genesis.gasPriceFloor,
    blockGas: genesis.blockGas,
    userGas: userGas(genesis),
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function after<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(value), ms).unref();
  });
}
