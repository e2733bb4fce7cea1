// The queue's promises on a virtual clock, and as properties over any order of calls.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { virtualClock } from './testing/clocks.ts';
import { CALLS_OUT_FIRST_RETRY_MS, WorkQueue } from './work-queue.ts';

function collect(queue: WorkQueue): string[] {
  const taken: string[] = [];
  const loop = async () => {
    for (;;) {
      const key = await queue.take();
      if (key === undefined) return;
      taken.push(key);
      queue.done(key);
    }
  };
  void loop();
  return taken;
}

test('a key added many times is handed out once', async () => {
  const queue = new WorkQueue({ clock: virtualClock() });
  for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
  expect(queue.depth).toBe(2);
  expect([await queue.take(), await queue.take()]).toEqual(['a', 'b']);
});

test('a key that changes while it runs runs once more, not twice', async () => {
  const queue = new WorkQueue({ clock: virtualClock() });
  queue.add('a');
  expect(await queue.take()).toBe('a');
  queue.add('a');
  queue.add('a');
  expect(queue.depth).toBe(0);
  queue.done('a');
  expect(await queue.take()).toBe('a');
  queue.done('a');
  expect(queue.depth).toBe(0);
});

test('the earliest of several deadlines wins', async () => {
  const clock = virtualClock();
  const queue = new WorkQueue({ clock });
  const taken = collect(queue);
  queue.addAfter('a', 5_000);
  queue.addAfter('a', 1_000);
  queue.addAfter('a', 9_000);
  queue.addAfter('b', 2_000);
  await clock.advance(999);
  expect(taken).toEqual([]);
  await clock.advance(1);
  expect(taken).toEqual(['a']);
  await clock.advance(60_000);
  expect(taken).toEqual(['a', 'b']);
});

test('adding a key now takes the place of its later deadline', async () => {
  const clock = virtualClock();
  const queue = new WorkQueue({ clock });
  const taken = collect(queue);
  queue.addAfter('a', 1_000);
  queue.add('a');
  await clock.advance(10_000);
  expect(taken).toEqual(['a']);
});

test('a success makes the next failure the first', async () => {
  const clock = virtualClock();
  const queue = new WorkQueue({ clock });
  for (let n = 0; n < 3; n++) queue.retry('a');
  expect(queue.failuresOf('a')).toBe(3);
  queue.forget('a');
  queue.retry('b');
  queue.retry('a');
  await clock.advance(5);
  expect([queue.depth, queue.failuresOf('a')]).toEqual([2, 1]);
});

test.each([
  [undefined, [5, 10, 20, 40, 80]],
  [CALLS_OUT_FIRST_RETRY_MS, [1_000, 2_000, 4_000, 8_000, 16_000]],
])('the n-th failure waits first·2ⁿ (first %s)', async (firstRetryMs, expected) => {
  const clock = virtualClock();
  const queue = new WorkQueue({ clock, ...(firstRetryMs === undefined ? {} : { firstRetryMs }) });
  for (const delayMs of expected) {
    queue.retry('a');
    await clock.advance(delayMs - 1);
    expect(queue.depth).toBe(0);
    await clock.advance(1);
    expect(await queue.take()).toBe('a');
    queue.done('a');
  }
});

test('a thousand keys that fail together come back at ten a second after the first hundred', async () => {
  const clock = virtualClock();
  const queue = new WorkQueue({ clock });
  for (let n = 0; n < 1_000; n++) queue.retry(`k${n}`);
  await clock.advance(5);
  expect(queue.depth).toBe(100);
  await clock.advance(10_000);
  expect(queue.depth).toBe(200);
});

test('what the server asked for is waited for', async () => {
  const clock = virtualClock();
  const queue = new WorkQueue({ clock });
  queue.retry('a', 7_000);
  await clock.advance(6_999);
  expect(queue.depth).toBe(0);
  await clock.advance(1);
  expect(queue.depth).toBe(1);
});

test('a closed queue hands out nothing and lets what runs finish', async () => {
  const clock = virtualClock();
  const queue = new WorkQueue({ clock });
  queue.add('a');
  expect(await queue.take()).toBe('a');
  const waiting = queue.take();
  queue.add('a');
  queue.addAfter('b', 10);
  queue.close();
  expect(await waiting).toBeUndefined();
  queue.done('a');
  await clock.advance(1_000);
  queue.add('c');
  expect(await queue.take()).toBeUndefined();
  expect([queue.depth, queue.waiting]).toEqual([0, 0]);
});

type Step =
  | { readonly do: 'add' | 'done' | 'fail'; readonly key: number }
  | { readonly do: 'later'; readonly key: number; readonly ms: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'take' };

const key = fc.nat({ max: 4 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constantFrom('add' as const, 'done' as const, 'fail' as const), key }),
    fc.record({ do: fc.constant('later' as const), key, ms: fc.integer({ min: 0, max: 500 }) }),
    fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 500 }) }),
    fc.record({ do: fc.constant('take' as const) }),
  ),
  { maxLength: 60 },
);

test('in any order of calls no key runs twice at once and no request to run is lost', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const clock = virtualClock();
      const queue = new WorkQueue({ clock });
      const running = new Set<string>();
      /** Asked for and not yet begun since. */
      const owed = new Set<string>();
      let takers = 0;
      const take = () => {
        takers += 1;
        void queue.take().then((taken) => {
          takers -= 1;
          if (taken === undefined) return;
          expect(running.has(taken)).toBe(false);
          expect(owed.delete(taken)).toBe(true);
          running.add(taken);
        });
      };
      const finish = (k: string) => {
        running.delete(k);
        queue.done(k);
      };
      for (const step of script) {
        if (step.do === 'pass') await clock.advance(step.ms);
        else if (step.do === 'take') take();
        else {
          const k = `k${step.key}`;
          if (step.do === 'add' || step.do === 'later') owed.add(k);
          if (step.do === 'add') queue.add(k);
          if (step.do === 'later') queue.addAfter(k, step.ms);
          if (step.do === 'fail' && running.has(k)) {
            owed.add(k);
            queue.retry(k);
            finish(k);
          }
          if (step.do === 'done' && running.has(k)) finish(k);
        }
        await clock.advance(0);
      }
      for (let round = 0; round < 12 && (owed.size > 0 || running.size > 0); round++) {
        for (const k of [...running]) finish(k);
        if (takers === 0) take();
        await clock.advance(1_000);
      }
      expect([...owed]).toEqual([]);
      queue.close();
      await clock.advance(0);
    }),
    { numRuns: 300 },
  );
});

test('where the key is not at fault, it waits no longer than is said, whatever happened before', async () => {
  const clock = virtualClock();
  const queue = new WorkQueue({ clock });
  const taken = collect(queue);
  for (let i = 0; i < 30; i++) queue.retry('a');
  await clock.advance(2_000_000);
  taken.length = 0;
  queue.retry('a', 0, 5_000);
  await clock.advance(4_999);
  expect(taken).toEqual([]);
  await clock.advance(1);
  expect(taken).toEqual(['a']);
});
