// What a view does with what single peers can do to it, over the tiny state.
import { proveLeaf } from '@rexnet/node/chain/outbox-proof.ts';
import type { BlockInput } from '@rexnet/node/chain/ports.ts';
import type { Template } from '@rexnet/node/chain/template.ts';
import { View, type ViewRules } from '@rexnet/node/chain/view.ts';
import { WAITING_MAX_PER_PEER } from '@rexnet/node/chain/waiting-headers.ts';
import { blockId } from '@rexnet/node/consensus/header.ts';
import { BODY, HEADER } from '@rexnet/node/core/layouts.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planHistory } from './history.ts';
import { encodeTransaction, type ModelState } from './model-state.ts';
import { HONEST_RULES } from './simulation.ts';
import { TinyModel } from './tiny-model.ts';

const NOW_MS = 1_000_000;
const MINER = new Uint8Array(36);

interface Bed {
  readonly view: View;
  readonly state: ModelState;
  readonly applied: BlockInput[];
}

function makeBed(
  group: number,
  changes: { readonly maxReorg?: number; readonly headerWindow?: number; readonly rules?: ViewRules } = {},
): Bed {
  const plan = { ...planHistory(1), groups: 2, confirmations: 1, maxQueue: 100, maxReorg: changes.maxReorg ?? 64 };
  const model = new TinyModel(plan);
  const state = model.makeState(group, []);
  const applied: BlockInput[] = [];
  const apply = state.apply.bind(state);
  state.apply = (block) => {
    applied.push(block);
    return apply(block);
  };
  const nothing = () => undefined;
  const view = new View({
    params: { ...model.params, headerWindow: changes.headerWindow ?? model.params.headerWindow },
    maps: model.maps,
    rules: changes.rules ?? HONEST_RULES,
    state,
    group,
    genesisHeaders: model.genesisHeaders,
    archive: { body: nothing, undo: nothing, outbox: nothing, leaf: nothing },
  });
  return { view, state, applied };
}

function witness(id: Uint8Array): Uint8Array {
  return id.subarray(0, 1);
}

function template(view: View, nowMs: number, transactions: readonly Uint8Array[] = []): Template {
  const made = view.template(nowMs, MINER, { mapUpdate: new Uint8Array(0), bitcoinHeaders: [], transactions });
  if (made === undefined) throw new Error('not at the chosen tip');
  return made;
}

function mine(view: View, nowMs: number, transactions: readonly Uint8Array[] = []): Template {
  const made = template(view, nowMs, transactions);
  view.submit(made.id, witness(made.id), nowMs);
  view.follow();
  return made;
}

function give(to: View, block: Template, nowMs: number) {
  const intake = to.addHeader(block.headerBytes, witness(block.id), 'peer', nowMs);
  to.addBody(block.id, block.bodyBytes);
  return { intake, followed: to.follow() };
}

const pay = (salt: number) => encodeTransaction({ from: 0, to: 1, amount: 1, hops: 0, salt: salt * 3 + 1 });

test('our own template is committed as it stands; an older one is executed', () => {
  const { view, applied } = makeBed(0);
  const first = mine(view, NOW_MS, [pay(1)]);
  expect(view.tip.key).toBe(Buffer.from(first.id).toString('hex'));
  expect(applied).toHaveLength(0);
  const older = template(view, NOW_MS + 1_000, [pay(2)]);
  template(view, NOW_MS + 1_000, [pay(3)]);
  view.submit(older.id, witness(older.id), NOW_MS + 1_000);
  expect(view.follow().applied).toMatchObject([{ staged: false }]);
  expect(applied).toHaveLength(1);
  expect(view.tip.height).toBe(2);
});

test('a staged template leaves nothing behind when another block comes', () => {
  const ours = makeBed(0);
  const theirs = makeBed(0);
  template(ours.view, NOW_MS, [pay(1), pay(2)]);
  const block = mine(theirs.view, NOW_MS, [pay(3)]);
  expect(give(ours.view, block, NOW_MS).followed.applied).toHaveLength(1);
  expect(ours.state.stateRoot).toEqual(theirs.state.stateRoot);
});

test('stamps keep the beat while the clock is little late, and never run ahead of due', () => {
  const { view } = makeBed(0);
  mine(view, NOW_MS);
  const stampedMs = view.tip.header.timestampMs;
  for (const [lateMs, expectedMs] of [
    [-300, 0],
    [0, 0],
    [499, 0],
    [500, 500],
    [7_000, 7_000],
  ] as const) {
    expect(template(view, stampedMs + 1_000 + lateMs).dueMs).toBe(stampedMs + 1_000 + expectedMs);
  }
});

test('a wrong witness costs nothing but itself', () => {
  const { view } = makeBed(0);
  const { id, headerBytes } = template(makeBed(0).view, NOW_MS);
  expect(view.addHeader(headerBytes, new Uint8Array(3), 'liar', NOW_MS).outcome).toEqual({
    kind: 'refused',
    code: 'BAD_WITNESS',
  });
  expect(view.addHeader(headerBytes, witness(id), 'peer', NOW_MS).outcome.kind).toBe('accepted');
  expect(view.addHeader(headerBytes, witness(id), 'peer', NOW_MS).outcome.kind).toBe('known');
});

test('a body that is not the header’s says nothing about the block', () => {
  const ours = makeBed(0);
  const block = mine(makeBed(0).view, NOW_MS, [pay(1), pay(2)]);
  const body = BODY.decode(block.bodyBytes);
  expect(ours.view.addBody(block.id, block.bodyBytes)).toBe('unknown-block');
  ours.view.addHeader(block.headerBytes, witness(block.id), 'peer', NOW_MS);
  expect(ours.view.follow().missing.map((e) => e.height)).toEqual([1]);
  const permuted = BODY.encode({ ...body, transactions: body.transactions.slice().reverse() });
  expect(ours.view.addBody(block.id, permuted)).toBe('mismatch');
  expect(ours.view.addBody(block.id, block.bodyBytes.subarray(1))).toBe('mismatch');
  const leaf = { leaf: Uint8Array.of(1), path: [] };
  expect(ours.view.addBody(block.id, BODY.encode({ ...body, batches: [leaf] }))).toBe('mismatch');
  expect(ours.view.addBody(block.id, block.bodyBytes)).toBe('accepted');
  expect(ours.view.follow().applied).toHaveLength(1);
});

test('a block with wrong roots is condemned once, and its descendants with it', () => {
  const ours = makeBed(0);
  const good = mine(makeBed(0).view, NOW_MS);
  const bytes = HEADER.encode({ ...good.header, stateRoot: new Uint8Array(32).fill(1) });
  const forged = { ...good, id: blockId(bytes), headerBytes: bytes };
  expect(give(ours.view, forged, NOW_MS).followed.condemned).toMatchObject([{ code: 'STATE_ROOT' }]);
  const child = HEADER.encode({ ...good.header, height: 2, parent: forged.id, timestampMs: NOW_MS + 1_000 });
  const id = blockId(child);
  const outcome = { kind: 'refused', code: 'INVALID_PARENT' };
  expect(ours.view.addHeader(child, witness(id), 'peer', NOW_MS + 1_000).outcome).toEqual(outcome);
  expect(ours.view.tip.height).toBe(0);
  expect(give(ours.view, good, NOW_MS).followed.applied).toHaveLength(1);
});

test('leaves are proven, wait for their header, and omission is no proof', () => {
  const reader = makeBed(1);
  const source = makeBed(0);
  const block = mine(source.view, NOW_MS, [pay(1)]);
  const proven = source.view.leafFor(source.view.tip, 1)!;
  expect(proven.leaf.length).toBeGreaterThan(0);
  const omitted = proveLeaf([], 1, 1);
  expect(reader.view.addLeaf(block.id, omitted)).toBe('pending');
  expect(reader.view.addHeader(block.headerBytes, witness(block.id), 'peer', NOW_MS).leaves).toEqual([]);
  expect(reader.view.addLeaf(block.id, omitted)).toBe('refused');
  expect(reader.view.missing().leaves.map((e) => e.height)).toEqual([1]);
  expect(reader.view.addLeaf(block.id, proven)).toBe('accepted');
  expect(reader.view.missing().leaves).toEqual([]);
  // One more block confirms it: now it is read.
  const confirming = mine(source.view, NOW_MS + 1_000);
  reader.view.addHeader(confirming.headerBytes, witness(confirming.id), 'peer', NOW_MS + 1_000);
  expect(mine(reader.view, NOW_MS + 1_000).header.reads).toMatchObject([{ group: 0, height: 1 }]);
});

test('a switch deeper than undo reaches is reported, not tried', () => {
  const ours = makeBed(0, { maxReorg: 3 });
  const theirs = makeBed(0, { maxReorg: 3 });
  for (let i = 0; i < 5; i++) mine(ours.view, NOW_MS + i * 1_000, [pay(i)]);
  const at = ours.view.tip;
  for (let i = 0; i < 6; i++) give(ours.view, mine(theirs.view, NOW_MS + 100 + i * 1_000, [pay(9)]), NOW_MS + 9_000);
  expect(ours.view.follow()).toMatchObject({ deepReorg: true, undone: [], applied: [] });
  expect(ours.view.tip).toBe(at);
});

test('one peer’s orphans crowd out only his own', () => {
  const { view } = makeBed(0);
  const orphan = (salt: number, timestampMs: number) => {
    const parent = new Uint8Array(32);
    new DataView(parent.buffer).setUint32(0, salt);
    const { header } = template(view, NOW_MS);
    return HEADER.encode({ ...header, height: 9, parent, timestampMs });
  };
  const offer = (bytes: Uint8Array, from: string) => view.addHeader(bytes, witness(blockId(bytes)), from, NOW_MS);
  expect(offer(orphan(0, NOW_MS), 'honest').outcome.kind).toBe('waiting');
  for (let i = 1; i <= 2 * WAITING_MAX_PER_PEER; i++) offer(orphan(i, NOW_MS), 'flood');
  expect(view.waitingHeaders).toBe(WAITING_MAX_PER_PEER + 1);
  expect(view.missing().headers.some(({ from }) => from === 'honest')).toBe(true);
});

test('a body that never comes does not stop the group', () => {
  const { view } = makeBed(0);
  const withheld = mine(makeBed(0).view, NOW_MS, [pay(1)]);
  view.addHeader(withheld.headerBytes, witness(withheld.id), 'peer', NOW_MS);
  view.follow();
  const next = (nowMs: number) =>
    view.template(nowMs, MINER, { mapUpdate: new Uint8Array(0), bitcoinHeaders: [], transactions: [] });
  expect(next(NOW_MS)).toBeUndefined();
  expect(next(NOW_MS + 9_999)).toBeUndefined();
  // Equal work goes to the lowest id, so it may take a few blocks beside it to outdo it.
  for (let nowMs = NOW_MS + 10_000; view.tip.height < 2 && nowMs < NOW_MS + 60_000; nowMs += 1_000) mine(view, nowMs);
  expect(view.tip.height).toBe(2);
});

test('a block from the future waits for its time', () => {
  const { view } = makeBed(0);
  const other = makeBed(0);
  const block = mine(other.view, NOW_MS);
  expect(give(view, block, NOW_MS - 5_000).intake.outcome).toMatchObject({ kind: 'waiting' });
  expect(view.tick(NOW_MS - 2_000)).toEqual([]);
  expect(view.tick(NOW_MS - 1_000).flatMap((settled) => settled.accepted)).toHaveLength(1);
});

test('no bytes a peer sends make it throw or believe', () => {
  const { view } = makeBed(0);
  const good = template(makeBed(0).view, NOW_MS);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(good.headerBytes.length - 1), fc.nat(7), (noise, at, bit) => {
      expect(view.addHeader(noise, noise.subarray(0, 1), 'noise', NOW_MS).outcome).toEqual({
        kind: 'refused',
        code: 'MALFORMED',
      });
      const damaged = good.headerBytes.slice();
      damaged[at]! ^= 1 << bit;
      const { outcome } = view.addHeader(damaged, witness(blockId(damaged)), 'noise', NOW_MS);
      expect(outcome.kind).toMatch(/accepted|known|refused|waiting/);
      expect(view.addBody(good.id, noise)).toMatch(/unknown-block|mismatch|known/);
    }),
    { numRuns: 500 },
  );
});

test('who knows all headers and has executed nothing keeps what his blocks have read', () => {
  const source = makeBed(0, { maxReorg: 3 });
  const reader = makeBed(1, { maxReorg: 3 });
  const [sources, readers]: [Template[], Template[]] = [[], []];
  for (let i = 0; i < 150; i++) {
    const nowMs = NOW_MS + i * 1_000;
    const block = mine(source.view, nowMs, [pay(i)]);
    sources.push(block);
    reader.view.addHeader(block.headerBytes, witness(block.id), 'peer', nowMs);
    reader.view.addLeaf(block.id, source.view.leafFor(source.view.tip, 1)!);
    readers.push(mine(reader.view, nowMs));
  }
  expect(reader.view.tree.baseHeight(0)).toBeGreaterThan(0);
  const late = makeBed(1, { maxReorg: 3 });
  const nowMs = NOW_MS + 200_000;
  for (const { headerBytes, id } of [...sources, ...readers])
    expect(late.view.addHeader(headerBytes, witness(id), 'peer', nowMs).outcome.kind).toBe('accepted');
  for (const { id, bodyBytes } of readers) {
    expect(late.view.addBody(id, bodyBytes)).toBe('accepted');
    late.view.follow();
  }
  expect(late.view.tip.key).toBe(reader.view.tip.key);
  expect(late.state.stateRoot).toEqual(reader.state.stateRoot);
});

test('a state far beside the chosen chain keeps its branch', () => {
  const ours = makeBed(0, { maxReorg: 3, headerWindow: 100 });
  const theirs = makeBed(0, { maxReorg: 3, headerWindow: 100 });
  for (let i = 0; i < 20; i++) mine(ours.view, NOW_MS + i * 1_000, [pay(i)]);
  const at = ours.view.tip;
  for (let i = 0; i < 600; i++) {
    const nowMs = NOW_MS + i * 1_000;
    const { headerBytes, id } = mine(theirs.view, nowMs);
    ours.view.addHeader(headerBytes, witness(id), 'peer', nowMs);
    if (i % 50 === 49) expect(ours.view.follow()).toMatchObject({ deepReorg: true });
  }
  expect(theirs.view.tree.baseHeight(0)).toBeGreaterThan(0);
  expect(ours.view.tip).toBe(at);
  expect([at.isHeld, at.parent?.height, ours.view.missing().leaves]).toEqual([true, 19, []]);
});
