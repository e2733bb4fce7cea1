import { expect, test } from 'vitest';
import { area, spark } from './bars.ts';
import { readableLine } from './log-lines.ts';
import { FRAME_MS, Pacer } from './pacer.ts';
import { bytes, count, duration, percent, rate } from './units.ts';

test.each([
  [rate(undefined), '–'],
  [rate(0), '0'],
  [rate(0.4), '0.4'],
  [rate(9.96), '10'],
  [rate(99.7), '100'],
  [rate(12_345), '12.3k'],
  [count(9_999), '9999'],
  [count(1_234_567), '1.23M'],
  [duration(850), '850 ms'],
  [duration(999.7), '1.0 s'],
  [duration(3_140), '3.1 s'],
  [duration(125_000), '2m 05s'],
  [duration(3_780_000), '1h 03m'],
  [duration(187_200_000), '2d 04h'],
  [bytes(512), '512 B'],
  [bytes(1_536), '1.5 KiB'],
  [bytes(190_000_000), '181 MiB'],
  [percent(0), '0%'],
  [percent(0.004), '<1%'],
  [percent(0.999), '99%'],
  [percent(1), '100%'],
])('%s reads %s', (shown, expected) => {
  expect(shown).toBe(expected);
});

test('a spark begins at zero and ends at the right', () => {
  expect(spark([0, 5, 10], 5, 10)).toBe('  ▁▄▇');
  expect(spark([1, 2, 3, 4], 2, 4)).toBe('▆▇');
  expect(spark([], 3, 0)).toBe('   ');
});

test('an area fills from below', () => {
  expect(area([0, 50, 100], 3, 2, 100)).toEqual(['  █', ' ██']);
  expect(area([1], 2, 2, 100)).toEqual(['  ', '  ']);
});

test('a log line of ours is read, one of others is left as it is', () => {
  const line = '{"level":"warn","time":"2026-01-02T03:04:06.000Z","program":"rxd","msg":"a b","fault":"X","n":3}';
  expect(readableLine(line)).toBe('03:04:06 warn  a b fault=X n=3');
  expect(readableLine('2026 bitcoind: text')).toBe('2026 bitcoind: text');
  expect(readableLine('{broken')).toBe('{broken');
});

test('a key after a look is answered at once, a storm is five frames a second', () => {
  const pacer = new Pacer();
  expect(pacer.delayMs(0)).toBe(0);
  pacer.drawn(0);
  expect(pacer.delayMs(1)).toBe(0);
  let frames = 0;
  for (let nowMs = 10_000; nowMs < 20_000; nowMs++)
    if (pacer.delayMs(nowMs) === 0) {
      pacer.drawn(nowMs);
      frames++;
    }
  expect(frames).toBeGreaterThanOrEqual(50);
  expect(frames).toBeLessThanOrEqual(53);
  expect(pacer.delayMs(20_000)).toBeLessThanOrEqual(FRAME_MS);
});
