import { expect, test } from 'vitest';
import type { HeaderEntry } from './header-entry.ts';
import { judgeReading, planReads } from './reading.ts';
import { HeaderWorld, TEST_PARAMS } from './testing/header-world.ts';

const confirmations = TEST_PARAMS.confirmations;
const LATE_MS = 1_000_000;

function judge(parent: HeaderEntry, newest: readonly HeaderEntry[]) {
  return judgeReading({ parent, timestampMs: LATE_MS, newest, confirmations });
}

test('a source block needs its confirmations, and lacking them is no verdict', () => {
  const world = new HeaderWorld(2, TEST_PARAMS);
  const a = world.line(world.tree.root(1), 1, 0);
  expect(judge(world.tree.root(0), [a])).toEqual({ kind: 'wait', unconfirmed: [a] });
  world.line(a, 1, 0);
  expect(judge(world.tree.root(0), [a])).toEqual({ kind: 'ok', order: [a] });
});

test('every block since the cursor is passed, in order', () => {
  const world = new HeaderWorld(2, TEST_PARAMS);
  const first = world.line(world.tree.root(1), 3, 0);
  const tip = world.line(first, 3, 0);
  const reader = world.mine(world.tree.root(0), [first], 0);
  const next = tip.ancestorAt(5)!;
  expect(judge(reader, [next])).toEqual({ kind: 'ok', order: [tip.ancestorAt(4), next] });
  expect(judge(reader, [first])).toEqual({ kind: 'invalid', code: 'READ_NOT_DESCENDANT' });
});

test('a cursor never leaves its branch, however high the other stands', () => {
  const world = new HeaderWorld(2, TEST_PARAMS);
  const root = world.line(world.tree.root(1), 1, 0);
  const read = world.line(root, 1, 1);
  world.line(read, 1, 1);
  const other = world.line(root, 5, 2);
  const reader = world.mine(world.tree.root(0), [read], 0);
  expect(judge(reader, [other.ancestorAt(4)!])).toEqual({ kind: 'invalid', code: 'READ_NOT_DESCENDANT' });
});

test('what a source has read must be read before it; the order is computed, not given', () => {
  const world = new HeaderWorld(3, TEST_PARAMS);
  // Group 2 registers, group 1 reads it; group 0 may not read 1 first, though 1 is the lower id.
  const two = world.line(world.tree.root(2), 2, 0).ancestorAt(1)!;
  const one = world.mine(world.line(world.tree.root(1), 1, 0), [two], 0);
  world.line(one, 1, 0);
  const reader = world.tree.root(0);
  expect(judge(reader, [one])).toEqual({ kind: 'invalid', code: 'READ_OUT_OF_ORDER' });
  expect(judge(reader, [one, two])).toEqual({ kind: 'ok', order: [one.parent, two, one] });
});

test('a source that has read another branch of ours is refused', () => {
  const world = new HeaderWorld(2, TEST_PARAMS);
  const root = world.tree.root(0);
  const left = world.line(root, 2, 1);
  const right = world.line(root, 2, 2);
  const source = world.mine(world.tree.root(1), [left.ancestorAt(1)!], 0);
  world.line(source, 1, 0);
  expect(judge(right, [source])).toEqual({ kind: 'invalid', code: 'READ_OF_OTHER_BRANCH' });
  expect(judge(left, [source])).toEqual({ kind: 'ok', order: [source] });
});

test('nothing is read from the future', () => {
  const world = new HeaderWorld(2, TEST_PARAMS);
  const source = world.line(world.tree.root(1), 2, 0).ancestorAt(1)!;
  const input = { parent: world.tree.root(0), newest: [source], confirmations };
  expect(judgeReading({ ...input, timestampMs: 999 })).toEqual({ kind: 'invalid', code: 'READ_FROM_LATER' });
  expect(judgeReading({ ...input, timestampMs: 1_000 }).kind).toBe('ok');
});

test('the plan reads all it may, and stops a source where it is told to', () => {
  const world = new HeaderWorld(3, TEST_PARAMS);
  const two = world.line(world.tree.root(2), 4, 0);
  const one = world.line(world.mine(world.tree.root(1), [two.ancestorAt(2)!], 0), 2, 0);
  const parent = world.tree.root(0);
  const plan = (take: (source: HeaderEntry) => boolean, blocksMax: number) =>
    planReads({ parent, timestampMs: LATE_MS, confirmations, tips: [one, two], take, blocksMax });
  expect(plan(() => true, 100)).toEqual([one.ancestorAt(2), two.ancestorAt(3)]);
  // Without the second block of group 2, nothing of group 1 may be read: its first block has read it.
  expect(plan((source) => source.group !== 2 || source.height < 2, 100)).toEqual([two.ancestorAt(1)]);
  expect(plan(() => true, 2)).toEqual([two.ancestorAt(2)]);
  for (const max of [1, 2, 3, 4, 5]) {
    expect(judgeReading({ parent, timestampMs: LATE_MS, confirmations, newest: plan(() => true, max) }).kind).toBe(
      'ok',
    );
  }
});
