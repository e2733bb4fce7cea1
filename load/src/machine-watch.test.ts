import { expect, test } from 'vitest';
import { MachineWatch } from './machine-watch.ts';

/** user nice system idle iowait irq softirq steal */
function machine(...looks: readonly { readonly cpu: string; readonly schedule: string }[]): (path: string) => string {
  const seen = new Map<string, number>();
  return (path) => {
    const turn = seen.get(path) ?? 0;
    seen.set(path, turn + 1);
    const look = looks[turn];
    return path === '/proc/stat' ? `cpu  ${look?.cpu} 0 0\ncpu0 1 2\n` : (look?.schedule ?? '');
  };
}

test('shares are of what passed between the two looks, and the worst of the stopped is named', async () => {
  const counts = (...seen: readonly number[]): (() => Promise<{ periods: number; throttled: number }>) => {
    let turn = 0;
    return async () => ({ periods: 100 + 100 * turn, throttled: seen[turn++] ?? 0 });
  };
  const watch = new MachineWatch(
    [
      { who: 'a node of group 0', read: counts(4, 6) },
      { who: 'a node of group 1', read: counts(10, 22) },
      { who: 'a node of group 2', read: () => Promise.reject(new Error('silent')) },
    ],
    machine(
      { cpu: '100 0 50 800 0 0 0 0', schedule: '1000 500 3' },
      { cpu: '150 0 60 820 0 5 5 10', schedule: '4000 1500 9' },
    ),
  );
  watch.begin();
  watch.end();
  expect(await watch.reading()).toEqual({
    busyShare: 0.7,
    foreignShare: 0,
    stealShare: 0.1,
    waitShare: 0.25,
    throttledShare: 0.12,
    throttled: 'a node of group 1',
    // This process, which nothing limits here.
    generatorThrottledShare: expect.any(Number),
  });
});

test('a node that started anew is judged by what it counted since', async () => {
  const looks = [
    { periods: 900, throttled: 800 },
    { periods: 40, throttled: 4 },
  ];
  const watch = new MachineWatch([{ who: 'a node of group 0', read: async () => looks.shift()! }], () => '');
  watch.begin();
  watch.end();
  expect(await watch.reading()).toMatchObject({ throttledShare: 0.1, throttled: 'a node of group 0', busyShare: 0 });
});

test('a window that never opened tells nothing', async () => {
  expect(await new MachineWatch([]).reading()).toEqual({
    busyShare: 0,
    foreignShare: 0,
    stealShare: 0,
    waitShare: 0,
    throttledShare: 0,
  });
});
