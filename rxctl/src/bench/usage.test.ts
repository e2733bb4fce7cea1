import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { parseCoreTimes, parseProcessTimes, parseSchedule, parseThrottling } from './proc.ts';
import { memoryOf, type Snapshot, takeSnapshot, usageBetween } from './usage.ts';

test('cores are added up from /proc/stat, interrupts and steal apart', () => {
  const text = 'cpu  100 20 30 400 50 6 7 8 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\nintr 5\n';
  expect(parseCoreTimes(text)).toEqual({ process: 1.5, interrupt: 0.13, idle: 4.5, steal: 0.08 });
  expect(parseCoreTimes('')).toBeUndefined();
});

test('a process may be called anything', () => {
  const fields = ['S', ...Array.from({ length: 49 }, (_, index) => String(index + 4))];
  expect(parseProcessTimes(`77 (a) b (c)) ${fields.join(' ')}\n`)).toEqual({
    cpuSeconds: (14 + 15) / 100,
    rssBytes: 24 * 4096,
  });
  expect(parseProcessTimes('')).toBeUndefined();
});

test('time on a core and time waiting for one come in nanoseconds', () => {
  expect(parseSchedule('2500000000 500000000 77\n')).toEqual({ ran: 2.5, waited: 0.5 });
  expect(parseSchedule('')).toBeUndefined();
});

test('throttling reads alike in both versions of control groups', () => {
  expect(parseThrottling('usage_usec 1\nnr_periods 200\nnr_throttled 30\n')).toEqual({ periods: 200, throttled: 30 });
  expect(parseThrottling('usage_usec 1\n')).toBeUndefined();
});

const MS = 1_000;

function snapshot(atMs: number, change: Partial<Snapshot>): Snapshot {
  return {
    atMs,
    cores: { process: 0, interrupt: 0, idle: 0, steal: 0 },
    throttling: { periods: 0, throttled: 0 },
    processes: new Map(),
    ...change,
  };
}

test('what others used is what nobody of ours did', () => {
  const thread = (ran: number, waited: number): ReadonlyMap<string, { ran: number; waited: number }> =>
    new Map([['1', { ran, waited }]]);
  const node = (cpuSeconds: number, ran: number, waited: number) =>
    ({ role: 'node', cpuSeconds, rssBytes: 0, threads: thread(ran, waited) }) as const;
  const before = snapshot(0, { processes: new Map([[5, node(1, 1, 0)]]) });
  const after = snapshot(10 * MS, {
    cores: { process: 12, interrupt: 1, idle: 6, steal: 1 },
    throttling: { periods: 100, throttled: 10 },
    processes: new Map([
      [5, node(4, 4, 1)],
      [6, node(2, 2, 1.5)],
    ]),
  });
  const { seconds, cpuSeconds, machine } = usageBetween(before, after);
  expect({ seconds, cpuSeconds }).toEqual({ seconds: 10, cpuSeconds: { node: 5 } });
  expect(machine).toEqual({
    busyShare: 13 / 20,
    foreignShare: 7 / 20,
    stealShare: 1 / 20,
    waitShare: 2.5 / 7.5,
    throttledShare: 0.1,
  });
});

test('a real process that computes is seen computing, and one that has ended is not seen', async () => {
  const child = spawn(process.execPath, ['-e', 'const end = Date.now() + 20000; while (Date.now() < end);'], {
    stdio: 'ignore',
  });
  const watched = [{ pid: child.pid ?? 0, role: 'hog' }];
  try {
    const before = takeSnapshot(watched, performance.now());
    let used = 0;
    for (let look = 0; look < 100 && used < 0.2; look++) {
      await delay(50);
      used = usageBetween(before, takeSnapshot(watched, performance.now())).cpuSeconds['hog'] ?? 0;
    }
    expect(used).toBeGreaterThanOrEqual(0.2);
    const memory = memoryOf(watched);
    expect(memory.ownBytes).toBeGreaterThan(1_000_000);
    expect(memory.residentBytes).toBeGreaterThan(memory.ownBytes);
  } finally {
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
  }
  expect(takeSnapshot(watched, performance.now()).processes.has(child.pid ?? 0)).toBe(false);
  expect(memoryOf(watched)).toEqual({ residentBytes: 0, ownBytes: 0 });
});
