// A state comes from peers where blocks would take too long or lead nowhere: an empty folder, a switch deeper than undo
// reaches. What is there stays until the new state is whole, and no byte is believed that headers do not commit.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { HEAD_PART } from '../chain/checkpoint.ts';
import { DEFAULT_CHAIN, makeGenesis, readGenesis } from '../chain/genesis.ts';
import { deriveKey } from '../chain/keys.ts';
import { ownerOf } from '../chain/shard-map.ts';
import { partitionOf } from '../core/address.ts';
import { toHex } from '../core/bytes.ts';
import { auditFolder } from './audit-folder.ts';
import { VirtualNode } from './testing/virtual-node.ts';

const EVERY = 4;
const MAX_REORG = 8;
/** Blocks further back than the strangers leave the chain of the others for themselves, and not for the others. */
const WINDOW = 100;
/** So many that memory lets go of the first headers: those who come late get them from disk. */
const BLOCKS = 140;
const FORK = 10;
const ALONE = 12;
const PATIENCE_MS = 20_000;
const WIDE_MS = 600_000;
const WAITS_FOR_NONCE = 200;
const PARTITIONS = 16;
const USERS = Array.from({ length: 12 }, (_, i) => `user/${i}`);
const START_MS = 1_000_000_000_000;

const genesis = makeGenesis({
  chain: { ...DEFAULT_CHAIN, partitions: PARTITIONS, confirmations: 1 },
  groups: 2,
  seed: 1,
  governance: new Uint8Array(32),
  compilerHash: new Uint8Array(32),
  bitcoinIntervalMs: 1_000,
  accounts: USERS.map((name) => ({ address: deriveKey(1, name).address, amount: 1_000_000_000n })),
  constants: { floorHashes: 2n, checkpointEvery: EVERY, maxReorg: MAX_REORG, headerWindow: WINDOW },
});
const network = readGenesis(genesis);
const groupOf = (name: string): number =>
  ownerOf(network.firstMap, partitionOf(deriveKey(1, name).address, PARTITIONS));

let folder = '';
const clock = { nowMs: START_MS };
const nodes: VirtualNode[] = [];
/** One of each group, that have always been there. */
let old: readonly [VirtualNode, VirtualNode];
/** Of group 1: they mine alone from a fork on. */
let alone: VirtualNode;
let lonely: VirtualNode;
/** Go their own way together from the fork on, until they hear of the others. */
let strangers: readonly VirtualNode[];

function startNode(name: string, group: number): VirtualNode {
  const node = new VirtualNode({ genesis, group, dataDir: join(folder, name), clock });
  nodes.push(node);
  return node;
}

/** A block of each group, in which some pay, told to the other. */
function round(number: number): void {
  for (const node of old) {
    for (const [i, name] of USERS.entries()) {
      if (groupOf(name) === node.group && i % 3 === 0) {
        node.pay(name, USERS[(i + number) % USERS.length]!, BigInt(number));
      }
    }
    mineAmong(node, old);
  }
}

function mineAmong(node: VirtualNode, all: readonly VirtualNode[]): void {
  node.mine();
  for (const other of all) {
    if (other === node) continue;
    other.learn(node);
    other.fetch(node);
  }
}

function catchUp(node: VirtualNode): void {
  for (let before = -1; before !== node.height; ) {
    before = node.height;
    for (const peer of old) {
      node.learn(peer);
      node.fetch(peer);
    }
  }
}

const rootOf = (node: VirtualNode): string => {
  node.open.view.unstage();
  return toHex(node.open.state.stateRoot);
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rexnet-resync-'));
  old = [startNode('old0', 0), startNode('old1', 1)];
  for (let i = 0; i < FORK; i++) round(i);
  alone = startNode('alone', 1);
  lonely = startNode('lonely', 1);
  strangers = [0, 1].map((group) => startNode(`stranger${group}`, group));
  for (const node of [alone, lonely, ...strangers]) catchUp(node);
  for (let i = FORK; i < BLOCKS; i++) round(i);
  for (const { open } of old) expect(open.view.tree.baseHeight(1)).toBeGreaterThan(FORK);
});
// What was given in the test before is let go.
beforeEach(() => {
  clock.nowMs += 10_000;
});
afterAll(async () => {
  for (const node of nodes) await node.close();
  rmSync(folder, { recursive: true, force: true });
});

test('an empty folder is filled by a state and the blocks since, and goes on', async () => {
  const late = startNode('late', 1);
  for (const peer of old) late.learn(peer);
  expect(late.height).toBeLessThan(FORK);
  expect(late.open.engine.conditions).toMatchObject([{ type: 'Resyncing', reason: 'FarBehind' }]);
  expect(late.wants().filter(({ kind }) => kind !== 'headers')).toMatchObject([{ kind: 'part', part: HEAD_PART }]);
  catchUp(late);
  // The newest whose committing header is buried: 136 is committed by 140, on which nothing stands.
  expect(late.installed).toEqual([132]);
  expect(late.height).toBe(BLOCKS);
  expect(rootOf(late)).toBe(rootOf(old[1]));
  expect(late.open.engine.conditions).toEqual([]);
  // A watcher from before is told that this node knows nothing of what he missed.
  const { view, history } = late.open;
  const { id } = view.tip.ancestorAt(125)!;
  expect(() => history.logsAfter({ height: 125, id }, {}, 1)).toThrow(expect.objectContaining({ code: 'CURSOR_GONE' }));
  await late.restart();
  expect(late.height).toBe(BLOCKS);
  for (let i = 0; i < EVERY; i++) late.mine();
  expect(late.open.store.base()?.height).toBe(132);
  // What it executed itself it gives to others, block by block.
  old[1].learn(late);
  old[1].fetch(late);
  expect(old[1].height).toBe(BLOCKS + EVERY);
  expect(rootOf(late)).toBe(rootOf(old[1]));
});

test('an audit of such a folder begins where its state came from', async () => {
  const report = await auditFolder({ network, dataDir: join(folder, 'late'), copy: true });
  expect(report).toMatchObject({ clean: true, from: 132, blocks: BLOCKS + EVERY - 132, findings: [] });
  expect(report.notes.join()).toContain('came from a peer');
});

test('a crash in the middle leaves what was there', async () => {
  const late = startNode('crashes', 1);
  for (const peer of old) late.learn(peer);
  expect(late.fetch(old[1], 3)).toBe(3);
  const [condition] = late.open.engine.conditions;
  expect(condition?.message).toMatch(/2 of \d+ parts/);
  await late.restart();
  expect(late.height).toBe(0);
  expect(late.open.store.base()).toBeUndefined();
  catchUp(late);
  expect(late.installed).toHaveLength(1);
  expect(rootOf(late)).toBe(rootOf(old[1]));
});

/** The state in one, each block since in one, and its checkpoint in one more. */
test.each([1, 2, 3])('a crash before or after commit %i leaves a folder that starts and goes on', async (nth) => {
  for (const isBefore of [true, false]) {
    const late = startNode(`crash${nth}${isBefore}`, 1);
    const { store } = late.open;
    const commit = store.commit.bind(store);
    let commits = 0;
    store.commit = (write) => {
      commits++;
      if (commits < nth || (commits === nth && !isBefore)) commit(write);
      if (commits >= nth) throw new Error('crash');
    };
    expect(() => catchUp(late)).toThrow('crash');
    await late.restart();
    expect(late.height === 0).toBe(nth === 1 && isBefore);
    catchUp(late);
    expect(rootOf(late)).toBe(rootOf(old[1]));
  }
});

test('wrong parts are the peer’s fault and change nothing', () => {
  const late = startNode('lied-to', 1);
  for (const peer of old) late.learn(peer);
  const { view, engine } = late.open;
  for (let i = 0; i < 3; i++) {
    const [want] = late.wants().filter((each) => each.kind === 'part');
    if (want === undefined) throw new Error('it wants no state');
    const right = old[1].part(want.block, want.part)!;
    const wrong = right.slice();
    wrong[wrong.length >> 1]! ^= 1;
    expect(engine.takePart(want.block, want.part, wrong)).toEqual({ fault: 'BAD_STATE', accepted: 0 });
    // Of a block nobody asked about: no fault, no use.
    expect(engine.takePart(view.tip.id, want.part, wrong)).toEqual({ fault: undefined, accepted: 0 });
    expect(engine.takePart(want.block, want.part, right)).toEqual({ fault: undefined, accepted: 1 });
  }
  catchUp(late);
  expect(rootOf(late)).toBe(rootOf(old[1]));
});

/** After the tests above the old ones stand at 144. */
test('a switch deeper than undo reaches takes the state of the winning chain', async () => {
  expect(alone.height).toBe(FORK);
  for (let i = 0; i < ALONE; i++) alone.mine();
  const left = toHex(alone.open.view.tip.id);
  for (const peer of old) alone.learn(peer);
  expect(toHex(alone.open.view.tip.id)).toBe(left);
  expect(alone.open.engine.conditions).toMatchObject([{ type: 'Resyncing', reason: 'BeyondUndo' }]);
  const before = alone.installed.length;
  catchUp(alone);
  expect(alone.installed.slice(before)).toEqual([136]);
  expect(rootOf(alone)).toBe(rootOf(old[1]));
  await alone.restart();
  alone.mine();
  old[1].learn(alone);
  old[1].fetch(alone);
  expect(rootOf(old[1])).toBe(rootOf(alone));
});

/** As when all nodes of a group stood on the branch that lost. */
test('where nobody gives a state it begins again where the chains part, and executes blocks', async () => {
  old[1].givesStates = false;
  for (let i = 0; i < ALONE; i++) lonely.mine();
  for (const peer of old) lonely.learn(peer);
  expect(lonely.height).toBe(FORK + ALONE);
  clock.nowMs += PATIENCE_MS;
  lonely.open.engine.tick();
  expect(lonely.height).toBe(FORK);
  catchUp(lonely);
  expect(lonely.height).toBe(FORK);
  clock.nowMs += PATIENCE_MS;
  catchUp(lonely);
  expect(lonely.installed).toEqual([]);
  expect(rootOf(lonely)).toBe(rootOf(old[1]));
  await lonely.restart();
  expect(rootOf(lonely)).toBe(rootOf(old[1]));
  old[1].givesStates = true;
});

test('chains that parted before what headers are held of are compared as far back as the window reaches', async () => {
  for (let i = 0; i < 4 * MAX_REORG; i++) for (const node of strangers) mineAmong(node, strangers);
  const stranger = strangers[1]!;
  // Memory lets go of what is old.
  await stranger.restart();
  expect(stranger.open.view.tree.baseHeight(1)).toBeGreaterThan(FORK + 1);
  const [user] = USERS.filter((name) => groupOf(name) === 1);
  stranger.pay(user!, USERS[0]!, BigInt(WAITS_FOR_NONCE));
  for (const peer of old) stranger.learn(peer);
  // The first header of the other chain had it look further back, the next question brings the others.
  expect(stranger.open.view.tree.baseHeight(1)).toBeLessThan(FORK);
  for (const peer of old) stranger.learn(peer);
  expect(stranger.open.engine.conditions).toMatchObject([{ type: 'Resyncing', reason: 'BeyondUndo' }]);
  catchUp(stranger);
  expect(rootOf(stranger)).toBe(rootOf(old[1]));
  expect(stranger.installed).toHaveLength(1);
  // The side it left may be the better one in a moment.
  expect(stranger.open.view.tree.baseHeight(1)).toBeLessThan(stranger.height - 4 * MAX_REORG);
  expect(stranger.open.pool.size).toBe(1);
  await stranger.restart();
  stranger.mine();
  old[1].learn(stranger);
  old[1].fetch(stranger);
  expect(rootOf(old[1])).toBe(rootOf(stranger));
});

test('a chain that parted before the window is complained of, not followed', () => {
  const [home] = old;
  const { view, engine } = home.open;
  const left = toHex(view.tip.id);
  expect(engine.conditions).toEqual([]);
  home.learn(strangers[0]!);
  expect(home.open.engine).toBe(engine);
  expect(engine.conditions).toMatchObject([{ type: 'DeepReorg', reason: 'BeyondWindow' }]);
  expect(toHex(view.tip.id)).toBe(left);
  clock.nowMs += 60_000;
  expect(engine.conditions).toEqual([]);
});

test('what is held to compare is let go when there was time to', async () => {
  // For one whose chain is the better one nothing else comes of it.
  const [, stays] = old;
  const other = startNode('beside', 1);
  catchUp(other);
  const height = other.open.view.tip.height;
  for (let i = 0; i < 3 * MAX_REORG; i++) for (const node of old) mineAmong(node, old);
  for (let i = 0; i < 2 * MAX_REORG + 1; i++) other.mine();
  await stays.restart();
  expect(stays.open.view.tree.baseHeight(1)).toBeGreaterThan(height);
  stays.learn(other);
  const wide = stays.open.view.tree.baseHeight(1);
  expect(wide).toBeLessThan(height);
  stays.learn(other);
  expect(stays.height).toBe(height + 3 * MAX_REORG);
  clock.nowMs += WIDE_MS;
  stays.open.engine.tick();
  expect(stays.open.view.tree.baseHeight(1)).toBeGreaterThan(height);
});

test('a state whose chain lost while it came is not put in place', async () => {
  const [home, winner] = old;
  const rival = startNode('rival', 1);
  catchUp(rival);
  const fork = rival.height;
  // Group 0 hears of neither, so that it decides for none of them.
  for (let i = 0; i < ALONE; i++) winner.mine();
  const late = startNode('torn', 1);
  for (const peer of old) late.learn(peer);
  const parts = () => late.wants().filter((want) => want.kind === 'part');
  // The head first.
  late.fetch(winner, 1);
  while (parts().length > 1) late.fetch(winner, 1);
  const [left] = parts();
  const bytes = winner.part(left!.block, left!.part)!;
  expect(winner.open.view.tree.get(left!.block)!.height).toBeGreaterThan(fork);
  while (rival.height <= winner.height) rival.mine();
  late.learn(rival);
  expect(late.open.engine.takePart(left!.block, left!.part, bytes)).toEqual({ fault: undefined, accepted: 0 });
  expect(late.installed).toEqual([]);
  for (let before = -1; before !== late.height; ) {
    before = late.height;
    for (const peer of [home, rival]) late.fetch(peer);
  }
  expect(rootOf(late)).toBe(rootOf(rival));
});
