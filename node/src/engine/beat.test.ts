import { expect, test } from 'vitest';
import { Beat } from './beat.ts';

test('a template is made once shortly before its time, and again while nobody mines it', () => {
  const beat = new Beat(1_000);
  const tip = { key: 'a', timestampMs: 10_000 };
  expect(beat.isDue(tip, 10_500)).toBe(false);
  expect(beat.isDue(tip, 10_900)).toBe(true);
  beat.made(tip, 10_900);
  expect(beat.isDue(tip, 11_000)).toBe(false);
  expect(beat.isDue(tip, 11_400)).toBe(true);
});

test('another tip asks for another template at once when its time has come', () => {
  const beat = new Beat(1_000);
  beat.made({ key: 'a' }, 11_000);
  expect(beat.isDue({ key: 'b', timestampMs: 10_000 }, 11_001)).toBe(true);
  expect(beat.isDue({ key: 'b', timestampMs: 10_500 }, 11_001)).toBe(false);
});
