import { expect, test } from 'vitest';
import { isMet, tableOf } from './table.ts';

const tps = { name: 'vm.tps', value: 3_100_000, unit: 'transfers/s', floor: 3_000_000, goal: 4_000_000, anchors: {} };
const rss = { name: 'top.rss', value: 151.5, unit: 'MiB', floor: 150, goal: 120, anchors: { worst: 160 } };
const plain = { name: 'vm.times', value: 370, unit: 'times', anchors: {} };

test('a floor is the least, or the most where the goal lies below it', () => {
  expect([tps, { ...tps, value: 1 }, rss, { ...rss, value: 150 }, plain].map(isMet)).toEqual([
    true,
    false,
    false,
    true,
    true,
  ]);
});

test('one line a figure, then what failed or was left out', () => {
  const text = tableOf([
    { bench: 'vm', rows: [tps, plain], skipped: [{ name: 'vm.times.anvil', reason: 'npm has none' }] },
    { bench: 'top', rows: [rss], skipped: [] },
    { bench: 'block', rows: [], skipped: [], failed: 'it ended with code 1' },
  ]);
  const lines = text.split('\n').map((line) => line.replaceAll(/ {2,}/g, '|').trim());
  expect(lines).toEqual([
    'FIGURE|VALUE|UNIT|FLOOR|GOAL|ANCHORS',
    'vm.tps|3,100,000|transfers/s|>= 3,000,000|4,000,000|ok',
    'vm.times|370|times',
    'top.rss|151.5|MiB|<= 150|120|NOT MET|worst 160',
    'skipped: vm.times.anvil, because npm has none',
    'failed: block, because it ended with code 1',
  ]);
});
