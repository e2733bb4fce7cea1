import { expect, test } from 'vitest';
import type { Leaf } from './tracker.ts';
import { type Cut, MeasuredWindow } from './window.ts';

/** Groups 0 and 1 at these heights, a block a second. */
const cut = (heights: readonly [number, number], offered: number): Cut => ({
  tips: new Map(
    heights.map((height, group) => [group, { height, timestampMs: height * 1_000, seenMs: height * 1_000 + 40 }]),
  ),
  offered: new Map([
    [0, offered],
    [1, offered],
  ]),
});

function tree(...at: readonly (readonly [number, number])[]): Parameters<MeasuredWindow['finished']>[0] {
  const leaves = at.map(([group, height], i): Leaf => {
    return { id: String(i), group, height, children: 0, status: 0, exception: 0, gas: 100 };
  });
  const crossed = at.filter(([group]) => group !== at[0]?.[0]).length;
  return {
    ...{
      leaves,
      crossed,
      intendedMs: 0,
      executedMs: 1_000,
      completedMs: 2_000,
      failed: false,
      rootStatus: 0,
      rootGas: 100,
    },
    ...{ invocations: at.length, relays: at.length - 1 },
  };
}

test('a tree counts where it ends: after the first cut, and not after the second', () => {
  const window = new MeasuredWindow();
  window.finished(tree([0, 9]));
  expect(window.figures()).toBeUndefined();
  window.open(cut([10, 20], 100));
  window.finished(tree([0, 10], [1, 20]));
  window.finished(tree([0, 10], [1, 21]));
  window.finished(tree([0, 11], [0, 12]));
  window.finished({ ...tree([1, 25]), failed: true });
  window.close(cut([20, 30], 600));
  window.finished(tree([0, 20], [1, 30]));
  window.finished(tree([0, 20], [1, 31]));
  window.unfinished(tree([1, 29]).leaves, true);
  const figures = window.figures();
  expect(figures).toMatchObject({ offered: 1_000, completed: 3, failed: 1, included: 5, tps: 0.3, windowMs: 10_000 });
  expect(figures).toMatchObject({ crossGroupShare: 0.667, p50Ms: 2_000, p999Ms: 2_000 });
  expect(figures?.groups[0]).toMatchObject({
    ...{
      group: 0,
      offered: 500,
      completed: 3,
      failed: 0,
      included: 3,
      invocations: 4,
      gasUsed: 400,
      tps: 0.3,
      utps: 0.4,
    },
    ...{ startHeight: 10, endHeight: 20, blocks: 10, windowMs: 10_000, observedMs: 10_000 },
  });
  expect(figures?.groups[1]).toMatchObject({ completed: 0, failed: 1, included: 2, invocations: 4 });
});

test('without a block in every group there is no window', () => {
  const window = new MeasuredWindow();
  window.open(cut([10, 20], 0));
  window.close(cut([20, 20], 9));
  expect(window.figures()).toBeUndefined();
});
