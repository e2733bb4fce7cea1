import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { FakeGroups } from '../../../test/doubles/fake-groups.ts';
import { bitcoinHash, REGTEST_GENESIS_HEADER as ROOT } from '../consensus/bitcoin-header.ts';
import { BitcoinTree } from '../consensus/bitcoin-tree.ts';
import { bitsFromTarget, targetForHashes, targetFromBits } from '../consensus/target.ts';
import { toHex } from '../core/bytes.ts';
import { createGrinder } from './grinder.ts';
import { Miner } from './miner.ts';
import type { MinerEvents, ParentKind } from './ports.ts';
import { ToyParent } from './toy-parent.ts';

const CHAIN_ID_BASE = 64;
const FLOOR_BITS = bitsFromTarget(targetForHashes(1_000n));
const PARENT_BITS = bitsFromTarget(targetForHashes(3_000n));
const PARENT_TARGET = targetFromBits(PARENT_BITS)!;

const running: { stop: AbortController; done: Promise<void> }[] = [];
afterEach(async () => {
  for (const { stop } of running) stop.abort();
  await Promise.all(running.splice(0).map(({ done }) => done));
});

function startMiner(templates: FakeGroups, groups: readonly number[], parent = newToy()) {
  const counts: Record<ParentKind, number> = { 'on-chain': 0, orphan: 0, premature: 0 };
  const late: number[] = [];
  const troubles: string[] = [];
  const events: MinerEvents = {
    hashes: () => undefined,
    parent: ({ kind }) => {
      counts[kind]++;
    },
    proof: ({ lateMs }) => late.push(lateMs),
    parentHeight: () => undefined,
    trouble: ({ where, error }) => troubles.push(`${where}: ${error}`),
  };
  const stop = new AbortController();
  const miner = new Miner(
    {
      templates,
      parent,
      createGrinder: (listener) =>
        createGrinder(listener, {
          cpuShare: 0.3,
          onFailure: (error) => {
            throw error;
          },
        }),
      events,
      nowMs: Date.now,
      randomBytes: (count) => new Uint8Array(randomBytes(count)),
    },
    { chainIdBase: CHAIN_ID_BASE, parentTargetBits: PARENT_BITS, payoutScript: Uint8Array.of(0x51) },
  );
  miner.setGroups(groups);
  running.push({ stop, done: miner.run(stop.signal) });
  return { miner, counts, late, troubles };
}

const newToy = () => new ToyParent({ root: ROOT, parentTarget: PARENT_TARGET });
const fakeGroups = (blockIntervalMs: number, stuck: readonly number[] = []) =>
  new FakeGroups({
    chainIdBase: CHAIN_ID_BASE,
    targetBits: FLOOR_BITS,
    blockIntervalMs,
    stuck: new Set(stuck),
    parentTarget: PARENT_TARGET,
  });

test('one miner keeps four groups on their beat over a toy parent, and feeds its headers to group 0', async () => {
  const groups = fakeGroups(100);
  const ids = [0, 1, 2, 3];
  const { counts, late, troubles } = startMiner(groups, ids);
  const isDone = () => ids.every((g) => groups.height(g) >= 15) && counts['on-chain'] > 0 && counts.premature > 0;
  await groups.until(isDone, 20_000, () =>
    JSON.stringify({ heights: ids.map((g) => groups.height(g)), counts, troubles }),
  );
  expect(groups.refusals).toEqual([]);
  expect(troubles).toEqual([]);
  expect(Math.min(...late)).toBeGreaterThanOrEqual(0);

  await groups.until(
    () => groups.parentHeaders.length > 0,
    5_000,
    () => 'no parent headers',
  );
  const tree = new BitcoinTree({ root: ROOT, rootHeight: 0, parentTarget: PARENT_TARGET });
  const kinds = groups.parentHeaders.map((header) => tree.add(header).kind);
  expect(kinds).not.toContain('refused');
  // Not every parent proves a block: an older job's late hit may have solved its groups first. And proofs wait for their moment.
  const hasProven = () => groups.parentHeaders.some((h) => groups.parents.bitcoinGrade.has(toHex(bitcoinHash(h))));
  await groups.until(hasProven, 10_000, () => `${tree.size} parents recorded, none has proved a block`);
});

test('a group that never answers does not hold the others', async () => {
  const groups = fakeGroups(80, [1]);
  startMiner(groups, [0, 1, 2]);
  const isDone = () => groups.height(0) >= 8 && groups.height(2) >= 8;
  await groups.until(isDone, 15_000, () => `${groups.height(0)} and ${groups.height(2)}`);
  expect(groups.height(1)).toBe(0);
});

test('two miners share the groups; the slower proof of a pair is only refused as stale', async () => {
  const groups = fakeGroups(60);
  const first = startMiner(groups, [0, 1]);
  const second = startMiner(groups, [0, 1]);
  await groups.until(
    () => groups.height(0) >= 20 && groups.height(1) >= 20,
    20_000,
    () => `${groups.height(0)}`,
  );
  expect(groups.refusals.every((r) => r.endsWith('stale'))).toBe(true);
  expect([...first.troubles, ...second.troubles]).toEqual([]);
});

test('groups may come and go while the miner runs', async () => {
  const groups = fakeGroups(60);
  const { miner } = startMiner(groups, [0]);
  await groups.until(
    () => groups.height(0) >= 3,
    10_000,
    () => `${groups.height(0)}`,
  );
  miner.setGroups([0, 5]);
  await groups.until(
    () => groups.height(5) >= 3,
    10_000,
    () => `${groups.height(5)}`,
  );
  miner.setGroups([0]);
  const heightBefore = groups.height(5);
  const target = groups.height(0) + 5;
  await groups.until(
    () => groups.height(0) >= target,
    10_000,
    () => `${groups.height(0)}`,
  );
  expect(groups.height(5)).toBeLessThanOrEqual(heightBefore + 1);
});
