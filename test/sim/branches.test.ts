// A node that comes late and must learn a branch that lost: what another group read of it says so, and a peer still has it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MapDesk } from '@rexnet/node/chain/map-desk.ts';
import type { Pool } from '@rexnet/node/chain/pool.ts';
import { Resync } from '@rexnet/node/chain/resync.ts';
import { View } from '@rexnet/node/chain/view.ts';
import { blockId } from '@rexnet/node/consensus/header.ts';
import type { HeaderEntry } from '@rexnet/node/consensus/header-entry.ts';
import { toHex } from '@rexnet/node/core/bytes.ts';
import type { EngineEvents, Want } from '@rexnet/node/engine/api.ts';
import { Engine, WHOLE_HEADERS } from '@rexnet/node/engine/engine.ts';
import { FarSplits } from '@rexnet/node/engine/far-splits.ts';
import { History } from '@rexnet/node/engine/history.ts';
import { ParentCounts } from '@rexnet/node/engine/parent-counts.ts';
import { ParentHeaders } from '@rexnet/node/engine/parent-headers.ts';
import { Sums } from '@rexnet/node/engine/sums.ts';
import type { Template } from '@rexnet/node/rpc/backend.ts';
import { ChainStore } from '@rexnet/node/store/chain-store.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planHistory } from './history.ts';
import { HONEST_RULES } from './simulation.ts';
import { TinyModel } from './tiny-model.ts';

const START_MS = 1_000_000;
const LIMIT = 100;
const plan = { ...planHistory(1), groups: 2, confirmations: 1, maxQueue: 100, maxReorg: 64 };
const model = new TinyModel(plan);
const emptyPool = { candidates: () => [], settle: () => undefined } as unknown as Pool;

let folder = '';
const stores: ChainStore[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rexnet-branches-'));
});
afterAll(async () => {
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The engine of a node over the tiny state, with its own disk, clock and miner. */
class TestNode {
  readonly view: View;
  readonly engine: Engine;
  readonly history: History;
  nowMs = START_MS;
  #template: Template | undefined;

  constructor(name: string, group: number) {
    const store = new ChainStore(join(folder, name), { genesisId: '00', group });
    stores.push(store);
    const state = model.makeState(group, []);
    this.view = new View({
      params: model.params,
      maps: model.maps,
      rules: HONEST_RULES,
      state,
      group,
      genesisHeaders: model.genesisHeaders,
      archive: store,
    });
    this.history = new History(this.view, store);
    const emit = <K extends keyof EngineEvents>(event: K, payload: EngineEvents[K]): void => {
      if (event === 'template') this.#template = payload as Template;
    };
    this.engine = new Engine({
      view: this.view,
      store,
      pool: emptyPool,
      mapDesk: new MapDesk(model.maps),
      history: this.history,
      parents: new ParentHeaders(undefined),
      parentCounts: new ParentCounts(undefined),
      sums: new Sums(),
      resync: new Resync({ ...model.params, partitions: 1 }),
      farSplits: new FarSplits(model.params.headerWindow, undefined),
      miner: new Uint8Array(36).fill(name.length),
      blockIntervalMs: model.params.blockIntervalMs,
      maxReorg: plan.maxReorg,
      headerWindow: model.params.headerWindow,
      snapshotEvery: 1_000,
      newestSnapshot: { height: 0, bytes: 0 },
      snapshot: () => new Uint8Array(0),
      reopen: () => undefined,
      nowMs: () => this.nowMs,
      emit,
    });
  }

  mine(): HeaderEntry {
    this.nowMs += model.params.blockIntervalMs;
    this.engine.tick();
    const { blockId } = this.#template!;
    this.engine.submitProof(blockId, blockId.subarray(0, 1));
    return this.view.tip;
  }

  /** Takes a block as announced, with its body or our leaf of it. */
  hear(block: HeaderEntry, from: TestNode): void {
    this.nowMs = Math.max(this.nowMs, from.nowMs);
    this.#take([{ header: block.bytes, witness: from.history.witness(block) }]);
    const body = block.group === this.view.group ? from.view.body(block) : undefined;
    if (body !== undefined) this.engine.takeBody(block.id, body, true);
    const leaf = block.group === this.view.group ? undefined : from.view.leafFor(block, this.view.group);
    if (leaf !== undefined) this.view.addLeaf(block.id, leaf);
  }

  /** Asks a peer for every header that is lacking, as the network does. */
  ask(peer: TestNode, change: (want: Extract<Want, { kind: 'headers' }>) => readonly Uint8Array[]): void {
    for (const want of this.engine.wants()) {
      if (want.kind !== 'headers') continue;
      const { group } = want;
      const question = { group, locator: this.history.locator(group), limit: LIMIT, branches: change(want) };
      this.#take(peer.history.headersAfter(question));
    }
  }

  knows(block: HeaderEntry): boolean {
    return this.view.tree.get(block.id) !== undefined;
  }

  #take(headers: readonly { readonly header: Uint8Array; readonly witness: Uint8Array }[]): void {
    const leaf = new Uint8Array(0);
    const { fault } = this.engine.takeHeaders(
      headers.map((h) => ({ ...h, leaf })),
      'peer',
    );
    expect(fault).toBeUndefined();
  }
}

test('what was read of a branch that lost is learnt from a node that left it', () => {
  const [left, won] = [new TestNode('left', 0), new TestNode('winner', 0)];
  const lost = [left.mine(), left.mine()];
  const reader = new TestNode('reader', 1);
  for (const block of lost) reader.hear(block, left);
  const read = reader.mine();
  expect(toHex(read.header.reads[0]!.id)).toBe(lost[0]!.key);

  const chosen = [won.mine(), won.mine(), won.mine()];
  for (const block of chosen) left.hear(block, won);
  expect(left.view.tip.key).toBe(chosen[2]!.key);

  const late = new TestNode('late', 1);
  for (const block of chosen) late.hear(block, won);
  late.hear(read, reader);
  const branchesOf = (want: { branches: readonly Uint8Array[] }): readonly Uint8Array[] => want.branches;
  late.ask(left, () => []);
  late.ask(won, branchesOf);
  expect(late.knows(read)).toBe(false);
  late.ask(left, branchesOf);
  expect([...lost, read].map((block) => late.knows(block))).toEqual([true, true, true]);
  expect(late.engine.wants().filter(({ kind }) => kind === 'headers')).toEqual([]);
});

test('a block that lacks descendants gets those of every branch', () => {
  const left = new TestNode('left again', 0);
  const won = new TestNode('winner again', 0);
  const first = left.mine();
  won.hear(first, left);
  const lost = left.mine();
  const reader = new TestNode('reader again', 1);
  for (const block of [first, lost]) reader.hear(block, left);
  const read = reader.mine();
  const chosen = [won.mine(), won.mine()];
  for (const block of chosen) left.hear(block, won);
  const late = new TestNode('late again', 1);
  late.hear(first, left);
  late.hear(read, reader);
  expect(late.engine.wants()).toMatchObject([{ kind: 'headers', group: 0, branches: [first.id] }]);
  late.ask(left, ({ branches }) => branches);
  expect([lost, ...chosen, read].map((block) => late.knows(block))).toEqual([true, true, true, true]);
});

test('an answer is bounded, however much is asked', () => {
  const node = new TestNode('bounded', 0);
  const blocks = Array.from({ length: 6 }, () => node.mine());
  const ids = blocks.map(({ id }) => id);
  const question = { group: 0, locator: [], limit: 4, branches: [...ids, ...ids] };
  expect(node.history.headersAfter(question)).toHaveLength(4);
  expect(node.history.headersAfter({ ...question, limit: 100 })).toHaveLength(6);
});

test('headers that memory holds in short are served whole', () => {
  const node = new TestNode('deep', 0);
  const blocks = Array.from({ length: WHOLE_HEADERS + 8 }, () => node.mine());
  expect([blocks[0]!, blocks.at(-1)!].map(({ witness }) => witness !== undefined)).toEqual([false, true]);
  const served = node.history.headersAfter({ group: 0, locator: [], limit: LIMIT, branches: [] });
  expect(served.map(({ header }) => toHex(blockId(header)))).toEqual(blocks.map(({ key }) => key));
  for (const [i, { witness }] of served.entries()) expect([...witness]).toEqual([blocks[i]!.id[0]]);
  expect(blocks[0]!.header.height).toBe(1);
});
