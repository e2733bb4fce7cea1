import { expect, test } from 'vitest';
import { RecentIds } from './recent-ids.ts';

test('forgets by number where much comes, by time where little does', () => {
  const ids = new RecentIds({ limit: 8, rememberMs: 1_000 });
  for (let i = 0; i < 12; i++) {
    ids.add(`busy ${i}`, 0);
    expect(ids.size).toBeLessThanOrEqual(8);
    for (let back = 0; back <= Math.min(i, 4); back++) expect(ids.has(`busy ${i - back}`)).toBe(true);
  }
  expect(ids.has('busy 0')).toBe(false);
  const quiet = new RecentIds({ limit: 1_000, rememberMs: 1_000 });
  for (let nowMs = 0; nowMs <= 10_000; nowMs += 100) {
    quiet.add(`at ${nowMs}`, nowMs);
    expect(quiet.has(`at ${Math.max(0, nowMs - 1_000)}`)).toBe(true);
    expect(quiet.has(`at ${nowMs - 2_100}`)).toBe(false);
    expect(quiet.size).toBeLessThanOrEqual(20);
  }
});
