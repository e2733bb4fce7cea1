// Bounds on giving state away: streams are refused beyond the limit, and bytes beyond the rate wait.
import { expect, test } from 'vitest';
import { StatePace } from './state-pace.ts';

const MIB = 1024 * 1024;

test('no more streams than allowed', () => {
  const pace = new StatePace(() => 0);
  for (let i = 0; i < 16; i++) pace.begin();
  expect(() => pace.begin()).toThrow(expect.objectContaining({ code: 'BUSY' }));
  pace.end();
  pace.begin();
});

test('what exceeds the rate waits, and stops waiting when the caller leaves', async () => {
  const pace = new StatePace(() => 0);
  const caller = new AbortController();
  await pace.spend(64 * 3_600 * MIB, caller.signal);
  const waiting = pace.spend(1, caller.signal);
  caller.abort();
  await expect(waiting).rejects.toThrow();
});
