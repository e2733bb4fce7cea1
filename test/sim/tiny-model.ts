// The tiny state as a model for simulations: its genesis, its users' wishes, and checks that see everything inside it.
import { birthOf } from '@rexnet/node/chain/genesis-block.ts';
import { mapAfter, signAddition } from '@rexnet/node/chain/map-update.ts';
import type { BlockOutcome } from '@rexnet/node/chain/ports.ts';
import { firstShardMap } from '@rexnet/node/chain/shard-map.ts';
import type { ViewParams } from '@rexnet/node/chain/view.ts';
import type { HeaderEntry } from '@rexnet/node/consensus/header-entry.ts';
import type { HeaderTree } from '@rexnet/node/consensus/header-tree.ts';
import type { MapRules } from '@rexnet/node/consensus/map-rules.ts';
import type { ShardMap } from '@rexnet/node/consensus/shard-map.ts';
import { bitsFromTarget, targetForHashes } from '@rexnet/node/consensus/target.ts';
import { ZERO_HASH } from '@rexnet/node/core/bytes.ts';
import { sha256 } from '@rexnet/node/core/hash.ts';
import { HEADER, type Header } from '@rexnet/node/core/layouts.ts';
import type { HistoryPlan } from './history.ts';
import {
  decodeBatch,
  decodeContents,
  encodeContents,
  encodeTransaction,
  joinedContents,
  type ModelContents,
  ModelState,
  type ModelWorld,
} from './model-state.ts';
import type { Random } from './random.ts';
import type { SimNode } from './sim-node.ts';
import { CheckFailed, type Executed, executedAt, type StateModel, shownBehind } from './state-model.ts';

const NETWORK_ID = Uint8Array.of(1, 2, 3, 4);
/** Signatures of updates are for the tests of updates. */
const GOVERNANCE = { networkId: NETWORK_ID, publicKey: new Uint8Array(32), accepts: () => true };
const FLOOR_BITS = bitsFromTarget(targetForHashes(1_000n));

export class TinyModel implements StateModel {
  readonly params: ViewParams;
  readonly genesisHeaders: readonly Uint8Array[];
  readonly maps: MapRules;
  readonly #world: ModelWorld;
  readonly #genesis: readonly ModelContents[];
  #violation: string | undefined;

  constructor(plan: HistoryPlan, changes: Partial<Pick<ModelWorld, 'tellsNewcomers'>> = {}) {
    this.#world = {
      groups: plan.groups,
      accountsPerGroup: 2,
      initialBalance: 50,
      relaysPerBlock: 4,
      tellsNewcomers: true,
      ...changes,
    };
    const states = Array.from({ length: plan.groups }, (_, group) => this.makeState(group, []));
    this.#genesis = states.map((state) => state.contents());
    this.genesisHeaders = states.map((state, group) => genesisHeader(group, { stateRoot: state.stateRoot }));
    this.maps = {
      first: firstShardMap([...states.keys()]),
      after: (before, update) => mapAfter(before, update, GOVERNANCE),
      shownBehind,
      birth: (group, map, { header: { timestampMs } }, read) => {
        const stateRoot = sha256(encodeContents(joinedContents(birthOf(map, read))));
        return genesisHeader(group, { stateRoot, timestampMs, epoch: map.epoch });
      },
    };
    this.params = {
      networkId: NETWORK_ID,
      difficulty: 0,
      floorTarget: FLOOR_BITS,
      halfLifeMs: 60_000,
      blockIntervalMs: plan.blockIntervalMs,
      confirmations: plan.confirmations,
      checkpointEvery: 256,
      maxReorg: plan.maxReorg,
      headerWindow: 20_000,
      maxQueue: plan.maxQueue,
      maxReadBytes: 4_096,
    };
  }

  addGroup(before: ShardMap): Uint8Array {
    return signAddition(before, 1, NETWORK_ID, () => new Uint8Array(64));
  }

  makeState(group: number, stored: readonly BlockOutcome[]): ModelState {
    const state = new ModelState(this.#world, group, (what) => {
      this.#violation ??= what;
    });
    const newest = stored.at(-1);
    if (newest !== undefined) state.load(newest.diff);
    return state;
  }

  transactions(node: SimNode, random: Random): Uint8Array[] {
    const { groups, accountsPerGroup } = this.#world;
    if (node.group >= groups) return [];
    return Array.from({ length: random.below(4) }, () =>
      encodeTransaction({
        from: random.below(accountsPerGroup) * groups + node.group,
        to: random.below(groups * accountsPerGroup),
        amount: 1 + random.below(2),
        hops: random.below(3),
        salt: random.below(1_000_000),
      }),
    );
  }

  miner(name: string): Uint8Array {
    const miner = new Uint8Array(36);
    miner.set(Buffer.from(name).subarray(0, 36));
    return miner;
  }

  /** Balances, queues and what is between the groups add up. */
  checkConservation(node: SimNode, executed: Executed): void {
    const { tree } = node.view;
    const { groups, accountsPerGroup, initialBalance } = this.#world;
    let held = 0;
    for (const group of tree.groups) {
      const contents = this.#contentsAt(tree.tip(group), executed);
      held += sum(Object.values(contents.balances)) + sum(contents.queue.map((r) => r.amount));
      for (const reader of tree.groups) if (reader !== group) held += inFlight(tree, group, reader, executed);
    }
    const initial = groups * accountsPerGroup * initialBalance;
    if (held !== initial) throw new CheckFailed('CONSERVATION', `${node.name}: ${held} instead of ${initial}`);
  }

  /** Every relay sent has been executed once, and every group knows the newest global version. */
  checkDrained(node: SimNode, executed: Executed): void {
    const { tree } = node.view;
    const sent: Record<string, number> = {};
    const done: Record<string, number> = {};
    const versions = new Set<number>();
    for (const group of tree.groups) {
      const contents = this.#contentsAt(tree.tip(group), executed);
      if (contents.queue.length > 0) throw new CheckFailed('NOT_DRAINED', `${contents.queue.length} in group ${group}`);
      Object.assign(sent, contents.sent);
      Object.assign(done, contents.executed);
      versions.add(contents.version);
    }
    for (const [pair, count] of Object.entries(sent)) {
      if (done[pair] !== count) throw new CheckFailed('LOST', `${pair}: sent ${count}, executed ${done[pair] ?? 0}`);
    }
    if (versions.size > 1) throw new CheckFailed('REPLICA', `versions ${[...versions].join(', ')}`);
  }

  violation(): string | undefined {
    return this.#violation;
  }

  relays(node: SimNode, executed: Executed): { executed: number; crossed: number } {
    const { groups } = this.#world;
    const total = { executed: 0, crossed: 0 };
    for (const group of node.view.tree.groups) {
      const tip = node.view.tree.tip(group);
      if (tip.height > 0 && !executed.has(tip.key)) continue;
      for (const [pair, count] of Object.entries(this.#contentsAt(tip, executed).executed)) {
        const [from = 0, to = 0] = pair.split('>').map(Number);
        total.executed += count;
        if (from % groups !== to % groups) total.crossed += count;
      }
    }
    return total;
  }

  #contentsAt(entry: HeaderEntry, executed: Executed): ModelContents {
    if (entry.height === 0) return this.#genesis[entry.group] ?? joinedContents(birthOf(entry.map, entry.cursors()));
    return decodeContents(executedAt(entry, executed).outcome.diff);
  }
}

function inFlight(tree: HeaderTree, source: number, reader: number, executed: Executed): number {
  const read = tree.tip(reader).cursor(source);
  let amount = 0;
  for (
    let entry: HeaderEntry | undefined = tree.tip(source);
    entry !== undefined && entry !== read && entry.height > 0;
    entry = entry.parent
  ) {
    const leaf = executedAt(entry, executed).outcome.outbox.find((o) => o.group === reader)?.leaf;
    if (leaf !== undefined) amount += sum(decodeBatch(leaf).relays.map((r) => r.amount));
  }
  return amount;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

function genesisHeader(group: number, changes: Partial<Header>): Uint8Array {
  return HEADER.encode({
    version: 1,
    networkId: NETWORK_ID,
    group,
    height: 0,
    parent: ZERO_HASH,
    timestampMs: 0,
    target: FLOOR_BITS,
    epoch: 0,
    transactionsRoot: ZERO_HASH,
    outboxRoot: ZERO_HASH,
    receiptsRoot: ZERO_HASH,
    stateRoot: ZERO_HASH,
    checkpointRoot: ZERO_HASH,
    miner: new Uint8Array(36),
    reads: [],
    ...changes,
  });
}
