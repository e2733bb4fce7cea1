import { expect, test } from 'vitest';
import { TipWatch } from './tip-watch.ts';

test('who asks at the same moment of every block still hears that it keeps up', () => {
  const watch = new TipWatch();
  for (let blockMs = 0; blockMs < 60_000; blockMs += 1_000) {
    watch.look(true, blockMs);
    watch.look(false, blockMs + 500);
    expect(watch.keepsUp(blockMs + 999)).toBe(true);
  }
});

test('a block that does not come to an end is told of, and others that come meanwhile do not hide it', () => {
  const watch = new TipWatch();
  watch.look(true, 0);
  for (const nowMs of [60_000, 61_000, 62_000]) {
    watch.look(false, nowMs);
    expect(watch.keepsUp(nowMs)).toBe(true);
  }
  watch.look(false, 63_000);
  expect(watch.keepsUp(63_000)).toBe(false);
  watch.look(true, 63_500);
  expect(watch.keepsUp(70_000)).toBe(true);
});

test('one that begins behind keeps up once it has been at the tip', () => {
  const watch = new TipWatch();
  expect(watch.keepsUp(0)).toBe(false);
  watch.look(false, 0);
  expect(watch.keepsUp(1)).toBe(false);
  watch.look(true, 2);
  expect(watch.keepsUp(2)).toBe(true);
});
