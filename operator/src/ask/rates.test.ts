import { expect, test } from 'vitest';
import { type CounterLook, RateWindow } from './rates.ts';

function look(second: number, blocks: number, node = 'g0-n0'): CounterLook {
  const transactions = 100 * blocks;
  return {
    atMs: 1_000 * second,
    node,
    height: 50 + blocks,
    tipMs: 1_000 * blocks,
    blocks,
    transactions,
    invocations: 2 * transactions,
    gas: 3_000 * blocks,
  };
}

test('rates are of blocks, however looks fall between them', () => {
  const window = new RateWindow();
  expect(window.look(look(0, 10))).toBeUndefined();
  for (const [second, blocks] of [
    [1, 10],
    [2, 12],
    [3, 13],
    [9, 19],
  ] as const) {
    const rates = window.look(look(second, blocks));
    expect(rates).toEqual(
      blocks === 10 ? { tps: 0, utps: 0, gasPerBlock: 0 } : { tps: 100, utps: 200, gasPerBlock: 3_000 },
    );
  }
});

test('a group that stands still has no rate, and one that restarted begins anew', () => {
  const window = new RateWindow();
  window.look(look(0, 10));
  for (let second = 1; second < 20; second++) window.look(look(second, 11));
  expect(window.look(look(20, 11))?.tps).toBe(0);
  expect(window.look(look(21, 2))).toBeUndefined();
  expect(window.look(look(22, 3))?.tps).toBe(100);
  expect(window.look(look(23, 4, 'g0-n1'))).toBeUndefined();
});

test('a wider window holds rates of blocks that come seldom', () => {
  const window = new RateWindow(40_000);
  const beats = Array.from({ length: 30 }, (_, second) => window.look({ ...look(second, Math.floor(second / 10)) }));
  expect(beats.slice(11).every((rates) => rates?.tps === 100)).toBe(true);
});
