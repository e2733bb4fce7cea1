// Bounds on giving state away: streams are refused beyond the limits and end after a while, and bytes beyond the rate wait.
import { expect, test } from 'vitest';
import { StatePace } from './state-pace.ts';

const MIB = 1024 * 1024;
const BUSY = expect.objectContaining({ code: 'BUSY' });

test('no more streams than allowed, and half of them to one address', () => {
  const pace = new StatePace(() => 0);
  const [first] = Array.from({ length: 8 }, (_, i) => pace.begin(`10.0.0.1:${i}`));
  expect(() => pace.begin('10.0.0.1:99')).toThrow(BUSY);
  for (let i = 0; i < 8; i++) pace.begin(`[fd00::${i % 2}]:${i}`);
  expect(() => pace.begin('10.0.0.2:1')).toThrow(BUSY);
  first!.end();
  pace.begin('10.0.0.1:99');
  expect(() => pace.begin('10.0.0.1:100')).toThrow(BUSY);
});

test('what exceeds the rate waits, and stops waiting when the caller leaves', async () => {
  const stream = new StatePace(() => 0).begin('10.0.0.1:1');
  const caller = new AbortController();
  await stream.spend(64 * 3_600 * MIB, caller.signal);
  const waiting = stream.spend(1, caller.signal);
  caller.abort();
  await expect(waiting).rejects.toThrow();
});

test('a stream is not for ever', async () => {
  const clock = { nowMs: 0 };
  const stream = new StatePace(() => clock.nowMs).begin('10.0.0.1:1');
  const { signal } = new AbortController();
  clock.nowMs = 59_999;
  await stream.spend(1, signal);
  clock.nowMs = 60_000;
  await expect(stream.spend(1, signal)).rejects.toThrow(BUSY);
});
