// Composes the engine of one node from its data folder: opens the store, brings the state back to the stored tip, hands
// the view what was known, and answers the calls of the main thread.
import { randomBytes } from 'node:crypto';
import { type Compile, predaCompiler } from '../chain/contract-compiler.ts';
import { type Network, readGenesis } from '../chain/genesis.ts';
import { genesisHeader } from '../chain/genesis-block.ts';
import { GroupState } from '../chain/group-state.ts';
import { MapDesk } from '../chain/map-desk.ts';
import { networkMaps, verifyEvidence } from '../chain/network-maps.ts';
import { verifyLeaf } from '../chain/outbox-proof.ts';
import { Pool } from '../chain/pool.ts';
import { Resync } from '../chain/resync.ts';
import { HOME_GROUP } from '../chain/shard-map.ts';
import { StateCheck } from '../chain/state-check.ts';
import { transactionRules } from '../chain/transaction.ts';
import { View } from '../chain/view.ts';
import type { BitcoinTree } from '../consensus/bitcoin-tree.ts';
import { FORK_CHOICE_RULES } from '../consensus/fork-choice.ts';
import { judgeReading, planReads } from '../consensus/reading.ts';
import { equalBytes, toHex } from '../core/bytes.ts';
import { acceptedByZip215 } from '../core/ed25519.ts';
import { parentIdOf } from '../core/header-bytes.ts';
import { ChainStore, type Snapshot } from '../store/chain-store.ts';
import { damaged } from '../store/errors.ts';
import { Machine } from '../vm/machine.ts';
import { Answers } from './answers.ts';
import type { EngineEvents, EngineFigures, EngineOptions } from './api.ts';
import { Engine, WHOLE_HEADERS } from './engine.ts';
import { FarSplits } from './far-splits.ts';
import { History } from './history.ts';
import { groupsOf, recordedTree } from './network-parts.ts';
import { ParentCounts } from './parent-counts.ts';
import { ParentHeaders } from './parent-headers.ts';
import { Sums } from './sums.ts';

export interface OpenEngine {
  readonly network: Network;
  readonly engine: Engine;
  readonly answers: Answers;
  readonly history: History;
  readonly view: View;
  readonly state: GroupState;
  readonly pool: Pool;
  readonly mapDesk: MapDesk;
  readonly store: ChainStore;
  readonly machine: Machine;
  readonly parents: ParentHeaders;
  readonly parentCounts: ParentCounts;
  readonly sums: Sums;
  /** How the state came back from disk. */
  readonly start: EngineFigures['start'];
}

/** What an engine leaves to the one that takes its place. */
export interface Heritage {
  /** Open, and everything is in it. */
  readonly store: ChainStore;
  /** Those that waited, in the order they came. */
  readonly transactions: readonly Uint8Array[];
  readonly mapUpdate: Uint8Array;
  /** Headers are to be held headerWindow deep until then. */
  readonly wideUntilMs: number | undefined;
}

export interface EngineWorld {
  nowMs(): number;
  /** What the folder holds is to be opened anew, and this engine not to be used any more. */
  reopen(heritage: Heritage): void;
  emit<K extends keyof EngineEvents>(name: K, payload: EngineEvents[K]): void;
}

/** Throws StoreError when the folder is not this node's or is damaged. */
export function openEngine(options: EngineOptions, world: EngineWorld, heritage?: Heritage): OpenEngine {
  const startedMs = performance.now();
  const network = readGenesis(options.genesis);
  const { genesis } = network;
  const { group } = options;
  const store = heritage?.store ?? new ChainStore(options.dataDir, { genesisId: toHex(network.id), group });
  const machine = Machine.create({
    partitions: genesis.partitions,
    seed: randomBytes(32),
    maxRelays: genesis.maxRelays,
    maxStateBytes: genesis.maxStateBytes,
  });
  const bitcoin = group === HOME_GROUP ? recordedTree(genesis.parentTarget) : undefined;
  const chain = storedChain(store, options.dataDir);
  const compile = timedCompiler(predaCompiler(genesis), (seconds) => world.emit('timed', { work: 'compile', seconds }));
  const state = restoreState(options, network, machine, bitcoin, chain, compile);
  const genesisHeaders = groupsOf(network).map((g) => genesisHeader(network, g));
  const maps = networkMaps(network, acceptedByZip215);
  const view = new View({
    params: { ...genesis, networkId: network.networkId },
    rules: {
      readingRule: judgeReading,
      planReads,
      forkChoice: FORK_CHOICE_RULES,
      verifyLeaf,
      verifyWitness: (header, id, witness) => verifyEvidence(network, header, id, witness),
    },
    maps,
    state,
    archive: store,
    group,
    genesisHeaders,
    isWide: heritage?.wideUntilMs !== undefined,
  });
  restoreView(view, store, world.nowMs());
  for (const g of view.tree.groups) {
    const from = view.tree.tip(g).height - WHOLE_HEADERS;
    for (const entry of view.tree.known(g)) if (entry.height > 0 && entry.height < from) entry.compact(store);
  }
  if (view.isBorn && !equalBytes(state.stateRoot, view.tip.header.stateRoot)) {
    throw damaged(options.dataDir, `what is stored does not lead to the state root of block ${view.tip.height}`);
  }
  const pool = new Pool({
    rules: transactionRules(genesis, network.networkId),
    account: (address) => machine.account(address),
    holds: (partition) => network.firstMap.owners[partition] === group,
  });
  const mapDesk = new MapDesk(maps);
  if (heritage !== undefined) {
    // What the state of the moment does not admit was in blocks that are to come, or that were left.
    for (const transaction of heritage.transactions) pool.add(transaction, world.nowMs());
    if (heritage.mapUpdate.length > 0) mapDesk.offer(heritage.mapUpdate, view.tip.map);
  }
  const history = new History(view, store);
  const parents = new ParentHeaders(bitcoin);
  const parentCounts = new ParentCounts(bitcoin);
  if (bitcoin !== undefined) for (const { witness } of store.allHeaders()) parentCounts.note(witness);
  const sums = new Sums();
  const engine = new Engine({
    view,
    store,
    pool,
    mapDesk,
    history,
    parents,
    parentCounts,
    sums,
    resync: new Resync(genesis),
    farSplits: new FarSplits(genesis.headerWindow, heritage?.wideUntilMs),
    miner: options.miner,
    blockIntervalMs: genesis.blockIntervalMs,
    maxReorg: genesis.maxReorg,
    headerWindow: genesis.headerWindow,
    snapshotEvery: genesis.checkpointEvery,
    newestSnapshot: { height: chain.snapshot?.height ?? 0, bytes: chain.snapshot?.bytes.length ?? 0 },
    snapshot: () => state.snapshot(),
    reopen: (wideUntilMs) =>
      world.reopen({ store, transactions: [...pool.all()], mapUpdate: mapDesk.waiting, wideUntilMs }),
    nowMs: world.nowMs,
    emit: world.emit,
  });
  const answers = new Answers({ network, group, view, state, machine, pool });
  // All of it was read on the way here.
  store.remap();
  const started = { replayedBlocks: chain.diffs.length, seconds: (performance.now() - startedMs) / 1_000 };
  const parts = {
    network,
    engine,
    answers,
    history,
    view,
    state,
    pool,
    mapDesk,
    store,
    machine,
    parents,
    parentCounts,
  };
  return { ...parts, sums, start: started };
}

function timedCompiler(compile: Compile, told: (seconds: number) => void): Compile {
  return (source) => {
    const startedMs = performance.now();
    const code = compile(source);
    told((performance.now() - startedMs) / 1_000);
    return code;
  };
}

interface StoredChain {
  readonly snapshot: Snapshot | undefined;
  /** Diffs of the blocks after the snapshot, or after genesis, in order. */
  readonly diffs: readonly Uint8Array[];
}

/** What leads to the stored tip: the newest snapshot on its chain and the diffs since. */
function storedChain(store: ChainStore, dir: string): StoredChain {
  const tip = store.tip();
  const diffs: Uint8Array[] = [];
  const snapshots = new Set(store.snapshotPlaces().map(({ id }) => toHex(id)));
  let id = tip?.id;
  for (let height = tip?.height ?? 0; height > 0 && id !== undefined; height--) {
    if (snapshots.has(toHex(id))) {
      return { snapshot: { height, id, bytes: store.snapshot({ height, id })! }, diffs: diffs.reverse() };
    }
    const diff = store.diff(id);
    const header = store.header(id, height);
    if (diff === undefined || header === undefined) throw damaged(dir, `block ${height} of its chain is missing`);
    diffs.push(diff);
    id = parentIdOf(header);
  }
  return { snapshot: undefined, diffs: diffs.reverse() };
}

function restoreState(
  options: EngineOptions,
  network: Network,
  machine: Machine,
  bitcoin: BitcoinTree | undefined,
  stored: StoredChain,
  compile: Compile,
): GroupState {
  const { genesis } = network;
  const check = options.checkState ? new StateCheck(genesis.partitions, genesis.maxReorg) : undefined;
  return new GroupState(
    {
      network,
      group: options.group,
      machine,
      compile,
      // Bodies come with the verdict of the door; a block with a forged signature is condemned before it is executed.
      firstBadSignature: () => -1,
      ...(bitcoin === undefined ? {} : { bitcoin }),
      ...(check === undefined ? {} : { check }),
    },
    { snapshot: stored.snapshot?.bytes, diffs: stored.diffs },
  );
}

function restoreView(view: View, store: ChainStore, nowMs: number): void {
  const tip = store.tip();
  view.restore(
    {
      headers: copies(store.allHeaders()),
      placed: (entry) => entry.ancestorAt(entry.height - WHOLE_HEADERS)?.compact(store),
      tip: tip === undefined || tip.height === 0 ? undefined : tip.id,
      condemned: store.condemned(),
    },
    nowMs,
  );
}

/** A part of what was read from disk would keep the whole of it in memory. */
function* copies(stored: ReturnType<ChainStore['allHeaders']>): ReturnType<ChainStore['allHeaders']> {
  for (const { bytes, witness } of stored) yield { bytes: Uint8Array.from(bytes), witness: Uint8Array.from(witness) };
}
