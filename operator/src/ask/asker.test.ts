import { expect, test } from 'vitest';
import { virtualClock } from '../kube/testing/clocks.ts';
import type { NodeAnswer } from './answer.ts';
import { Asker } from './asker.ts';

const ANSWER: NodeAnswer = {
  group: 0,
  height: 7,
  tipTimestampMs: 0,
  inSync: true,
  epoch: 0,
  owners: [0],
  bitcoinHeight: 0,
  networkId: '00000000',
  groups: [],
};

function setUp(answer: (address: string) => NodeAnswer | undefined = () => ANSWER) {
  const clock = virtualClock();
  const asked: { readonly address: string; readonly atMs: number }[] = [];
  const heard: string[] = [];
  const news: boolean[] = [];
  const stop = new AbortController();
  let closed = 0;
  const asker = new Asker({
    clock,
    random: () => 0.5,
    onHeard: (group, isNews) => {
      heard.push(group);
      news.push(isNews);
    },
    source: {
      ask: async (address) => {
        asked.push({ address, atMs: clock.now() });
        return answer(address);
      },
      close: () => {
        closed += 1;
      },
    },
  });
  const running = asker.run(stop.signal);
  return {
    asker,
    asked,
    heard,
    news,
    advance: (ms: number) => clock.advance(ms),
    async end() {
      stop.abort();
      await running;
      return closed;
    },
  };
}

function nodes(group: number, count: number) {
  return Array.from({ length: count }, (_, ordinal) => ({ ordinal, address: `g${group}-${ordinal}` }));
}

test('one node of a group at a time, in turn, every two seconds', async () => {
  const { asker, asked, heard, advance, end } = setUp();
  asker.follow('ns/demo-g0', nodes(0, 2));
  await advance(5_000);
  expect(asked.map(({ address }) => address)).toEqual(['g0-0', 'g0-1', 'g0-0']);
  expect(asked.map(({ atMs }) => atMs)).toEqual([0, 2_000, 4_000]);
  expect(heard).toEqual(['ns/demo-g0', 'ns/demo-g0', 'ns/demo-g0']);
  expect([...asker.of('ns/demo-g0').keys()]).toEqual([0, 1]);
  expect(await end()).toBe(1);
});

test('no more than twenty a second, however many groups there are', async () => {
  const { asker, asked, advance, end } = setUp();
  for (let group = 0; group < 200; group++) asker.follow(`ns/demo-g${group}`, nodes(group, 4));
  await advance(20_000);
  for (let second = 0; second < 20; second++) {
    const within = asked.filter(({ atMs }) => Math.floor(atMs / 1_000) === second).length;
    expect(within).toBeLessThanOrEqual(20);
  }
  expect(new Set(asked.slice(0, 200).map(({ address }) => address)).size).toBe(200);
  await end();
});

test('heights alone are no news; silence, and what is no longer in sync, is', async () => {
  const answers: (NodeAnswer | undefined)[] = [
    ANSWER,
    { ...ANSWER, height: 8, tipTimestampMs: 1 },
    undefined,
    undefined,
    { ...ANSWER, inSync: false },
    { ...ANSWER, inSync: false, epoch: 1 },
  ];
  const { asker, news, advance, end } = setUp(() => answers.shift());
  asker.follow('ns/demo-g0', nodes(0, 1));
  await advance(11_000);
  expect(news).toEqual([true, false, true, false, true, true]);
  await end();
});

test('a second node that says what the first said is no news', async () => {
  const { asker, news, advance, end } = setUp((address) => (address === 'g0-2' ? undefined : ANSWER));
  asker.follow('ns/demo-g0', nodes(0, 3));
  await advance(5_000);
  expect(news).toEqual([true, false, true]);
  await end();
});

test('silence is remembered, and keeps no other group waiting', async () => {
  const { asker, asked, advance, end } = setUp((address) => (address === 'g0-0' ? undefined : ANSWER));
  asker.follow('ns/demo-g0', nodes(0, 1));
  asker.follow('ns/demo-g1', nodes(1, 1));
  await advance(1_000);
  expect(asked).toHaveLength(2);
  expect(asker.of('ns/demo-g0').get(0)?.answer).toBeUndefined();
  expect(asker.of('ns/demo-g1').get(0)?.answer?.height).toBe(7);
  await end();
});

test('what a node said goes when its address changes, and a group that is left is asked no more', async () => {
  const { asker, asked, advance, end } = setUp();
  asker.follow('ns/demo-g0', nodes(0, 1));
  await advance(100);
  asker.follow('ns/demo-g0', [{ ordinal: 0, address: 'elsewhere' }]);
  expect(asker.of('ns/demo-g0').size).toBe(0);
  asker.follow('ns/demo-g0', []);
  const before = asked.length;
  await advance(10_000);
  expect(asked).toHaveLength(before);
  await end();
});

test('two answers of one node give its rates, and those of another do not continue them', async () => {
  let seconds = 0;
  const { asker, advance, end } = setUp((address) => {
    seconds += 2;
    const blocks = address === 'g0-0' ? seconds : 1_000 + seconds;
    const work = { beatMs: 1_000, blocks, transactions: 50 * blocks, invocations: 90 * blocks, gas: blocks };
    return { ...ANSWER, height: blocks, tipTimestampMs: 1_000 * blocks, work };
  });
  asker.follow('ns/demo-g0', nodes(0, 2));
  await advance(3_000);
  expect([...asker.of('ns/demo-g0').values()].map(({ rates }) => rates)).toEqual([undefined, undefined]);
  await advance(10_000);
  for (const { rates } of asker.of('ns/demo-g0').values()) expect(rates).toMatchObject({ tps: 50, utps: 90 });
  await end();
});
