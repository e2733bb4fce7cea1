import { relayId } from '@rexnet/node/chain/relay.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Finished, keyAt, Tracker } from './tracker.ts';

const ROOT = new Uint8Array(32).fill(1);

function receipt(id: Uint8Array, children = 0, status = 0): Uint8Array {
  const bytes = new Uint8Array(184);
  bytes.set(id, 0);
  bytes.set(ROOT, 32);
  bytes[68] = status;
  bytes[70] = children;
  return bytes;
}

const childOf = (parent: Uint8Array, index: number): Uint8Array => relayId(parent, ROOT, index);
const CREDIT = childOf(ROOT, 0);
const none = new Uint8Array(0);

function tracked(confirmations = 2): { tracker: Tracker<string>; finished: Finished<string>[] } {
  const finished: Finished<string>[] = [];
  return { tracker: new Tracker<string>(confirmations, (f) => finished.push(f)), finished };
}

test('a transfer between groups completes when both receipts are deep enough', () => {
  const { tracker, finished } = tracked();
  tracker.submitted(keyAt(ROOT, 0), 100, 'a');
  tracker.block({ group: 0, height: 5, receipts: receipt(ROOT, 1) }, 200);
  tracker.block({ group: 1, height: 9, receipts: receipt(CREDIT) }, 300);
  tracker.block({ group: 0, height: 7, receipts: none }, 400);
  tracker.block({ group: 1, height: 10, receipts: none }, 500);
  expect(finished).toEqual([]);
  tracker.block({ group: 1, height: 11, receipts: none }, 600);
  expect(finished.map(({ leaves, ...rest }) => ({ ...rest, at: leaves.map(({ height }) => height) }))).toEqual([
    {
      at: [5, 9],
      subject: 'a',
      intendedMs: 100,
      executedMs: 300,
      completedMs: 600,
      failed: false,
      rootStatus: 0,
      invocations: 2,
      crossed: 1,
      relays: 1,
      rootGas: 0,
    },
  ]);
  expect(tracker.pending).toBe(0);
});

test('a reorganisation takes receipts back, and the second inclusion counts once', () => {
  const { tracker, finished } = tracked(0);
  tracker.submitted(keyAt(ROOT, 0), 0, 'a');
  tracker.block({ group: 0, height: 5, receipts: receipt(ROOT, 1) }, 1);
  tracker.undone(0, 4);
  tracker.block({ group: 1, height: 1, receipts: receipt(CREDIT) }, 2);
  expect(finished).toEqual([]);
  tracker.block({ group: 0, height: 5, receipts: receipt(ROOT, 1) }, 3);
  expect(finished).toHaveLength(1);
  expect(tracker.doubled).toBe(0);
});

test('one invocation in two blocks is counted as doubled', () => {
  const { tracker } = tracked();
  tracker.submitted(keyAt(ROOT, 0), 0, 'a');
  tracker.block({ group: 0, height: 5, receipts: receipt(ROOT, 1) }, 1);
  tracker.block({ group: 0, height: 6, receipts: receipt(ROOT, 1) }, 2);
  expect(tracker.doubled).toBe(1);
});

test('a completed transaction that runs once more is counted as doubled, its return after a reorganisation is not', () => {
  const { tracker, finished } = tracked(0);
  tracker.submitted(keyAt(ROOT, 0), 0, 'a');
  tracker.block({ group: 0, height: 5, receipts: receipt(ROOT) }, 1);
  tracker.undone(0, 4);
  tracker.block({ group: 0, height: 5, receipts: none }, 2);
  tracker.block({ group: 0, height: 6, receipts: receipt(ROOT) }, 3);
  expect(tracker.doubled).toBe(0);
  tracker.block({ group: 0, height: 7, receipts: receipt(ROOT) }, 4);
  expect(tracker.doubled).toBe(1);
  expect(finished).toHaveLength(1);
});

test('the unfinished are listed with what is known of them', () => {
  const { tracker } = tracked();
  tracker.submitted(keyAt(ROOT, 0), 0, 'a');
  tracker.submitted(keyAt(CREDIT, 0), 0, 'b');
  tracker.block({ group: 0, height: 5, receipts: receipt(ROOT, 1) }, 1);
  expect([...tracker.unfinished()].map(({ leaves: _, ...rest }) => rest)).toEqual([
    { subject: 'a', isIncluded: true },
    { subject: 'b', isIncluded: false },
  ]);
});

test('a tree finishes in whatever order its groups are heard', () => {
  const events = [
    { group: 0, height: 1, receipts: receipt(ROOT, 2) },
    { group: 1, height: 1, receipts: receipt(CREDIT, 1) },
    { group: 2, height: 1, receipts: receipt(childOf(ROOT, 1)) },
    { group: 3, height: 1, receipts: receipt(childOf(CREDIT, 0), 0, 5) },
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray(events, { minLength: 4 }), (order) => {
      const { tracker, finished } = tracked(0);
      tracker.submitted(keyAt(ROOT, 0), 0, 'a');
      for (const e of order) tracker.block(e, 1);
      expect(finished).toMatchObject([{ failed: true, invocations: 4, crossed: 3 }]);
    }),
  );
});
