// Parts of a state come from several peers: where one stops another goes on, and who lies is named and left alone.
import { expect, test } from 'vitest';
import { concatBytes } from '../core/bytes.ts';
import { CHUNK_BYTES } from '../engine/checkpoint-shelf.ts';
import { StateFetch, type StateSource } from './state-fetch.ts';

const block = new Uint8Array(32);
const whole = Uint8Array.from({ length: 2 * CHUNK_BYTES + 7 }, (_, i) => i % 253);

/** What it gives from a chunk on; it breaks off before chunk `until`. */
function source(name: string, bytes: Uint8Array = whole, until = Number.POSITIVE_INFINITY) {
  const asked: number[] = [];
  const stateChunks: StateSource['stateChunks'] = async function* ({ fromChunk }) {
    asked.push(fromChunk);
    for (let index = fromChunk; ; index++) {
      if (index >= until) throw new Error('gone');
      const chunk = bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
      const last = (index + 1) * CHUNK_BYTES >= bytes.length;
      yield { index, chunk, last };
      if (last) return;
    }
  };
  return { name, asked, stateChunks };
}

function fetchFrom(sources: readonly StateSource[], right = whole) {
  const clock = { nowMs: 0 };
  const taken: Uint8Array[] = [];
  const blamed: string[] = [];
  const failed: string[] = [];
  const states = new StateFetch({
    sources: () => sources,
    take: async (_, bytes) => {
      const isRight = Buffer.compare(bytes, right) === 0;
      if (isRight) taken.push(bytes);
      return { fault: isRight ? undefined : 'BAD_STATE', accepted: isRight ? 1 : 0 };
    },
    blame: (name, fault) => blamed.push(`${name} ${fault}`),
    failed: (name) => failed.push(name),
    nowMs: () => clock.nowMs,
    memoryBytes: 0,
    start: () => 0,
  });
  const ask = async (times: number, part = 0): Promise<void> => {
    for (let i = 0; i < times && taken.length === 0; i++) {
      clock.nowMs += 1_000;
      await states.want([{ block, part }]);
    }
  };
  return { states, clock, taken, blamed, failed, ask };
}

test('another peer goes on where one broke off', async () => {
  const [a, b] = [source('a', whole, 2), source('b')];
  const { taken, failed, blamed, ask } = fetchFrom([a, b]);
  await ask(2);
  expect(taken).toHaveLength(1);
  expect([a.asked, b.asked, failed, blamed]).toEqual([[0], [2], ['a'], []]);
});

test('who gives garbage alone is blamed and asked no more', async () => {
  const liar = source('liar', new Uint8Array(whole.length));
  const honest = source('honest');
  const { states, clock, taken, blamed, ask } = fetchFrom([liar, honest]);
  await ask(2);
  expect(taken).toHaveLength(1);
  expect(blamed).toEqual(['liar BAD_STATE']);
  for (let part = 1; part < 9; part++) {
    clock.nowMs += 1_000;
    await states.want([{ block, part }]);
  }
  expect(liar.asked).toHaveLength(1);
});

test('garbage put together of two blames nobody until one gave it alone', async () => {
  const [honest, liar] = [source('honest', whole, 1), source('liar', new Uint8Array(whole.length))];
  const { taken, blamed, ask } = fetchFrom([honest, liar]);
  await ask(2);
  expect([taken, blamed]).toEqual([[], []]);
  await ask(2);
  expect(blamed).toEqual(['liar BAD_STATE']);
  expect(liar.asked).toEqual([1, 0]);
});

test('chunks of another size or out of turn are the giver’s fault', async () => {
  const odd: StateSource = {
    name: 'odd',
    stateChunks: async function* () {
      yield { index: 0, chunk: new Uint8Array(5), last: false };
    },
  };
  const ahead: StateSource = {
    name: 'ahead',
    stateChunks: async function* () {
      yield { index: 1, chunk: concatBytes([whole.subarray(0, CHUNK_BYTES)]), last: false };
    },
  };
  const { blamed, ask } = fetchFrom([odd, ahead]);
  await ask(4);
  expect(blamed).toEqual(['odd BAD_CHUNK', 'ahead BAD_CHUNK']);
});

test('four parts are asked for at once, each of its own peer', async () => {
  const sources = [source('a'), source('b'), source('c')];
  const { states, clock } = fetchFrom(sources);
  clock.nowMs = 1;
  await states.want([0, 1, 2, 3, 4, 5].map((part) => ({ block, part })));
  expect(sources.map(({ asked }) => asked.length)).toEqual([2, 1, 1]);
});

test('who gives a chunk now and then is left for another, who goes on where he was', async () => {
  const slow: StateSource = {
    name: 'slow',
    stateChunks: async function* (request) {
      for await (const chunk of honest.stateChunks(request, new AbortController().signal)) {
        clock.nowMs += 4_000;
        yield chunk;
      }
    },
  };
  const long = Uint8Array.from({ length: 9 * CHUNK_BYTES }, (_, i) => i % 251);
  const honest = source('honest', long);
  const sources = [slow, honest];
  const { clock, taken, failed, blamed, ask } = fetchFrom(sources, long);
  await ask(2);
  expect(taken).toHaveLength(1);
  // The slow one passes on what it asks of the honest one itself.
  expect([honest.asked, failed, blamed]).toEqual([[0, 2], ['slow'], []]);
});

test('a part without end is not kept', async () => {
  const endless: StateSource = {
    name: 'endless',
    stateChunks: async function* () {
      for (let index = 0; ; index++) yield { index, chunk: new Uint8Array(CHUNK_BYTES), last: false };
    },
  };
  const { taken, blamed, ask } = fetchFrom([endless, source('honest')]);
  await ask(2);
  expect(taken).toHaveLength(1);
  expect(blamed).toEqual(['endless PART_TOO_LARGE']);
});

test('parts that all break off late do not add up', async () => {
  const chunksMax = 64;
  let given = 0;
  const breaksOff: StateSource = {
    name: 'breaks off',
    stateChunks: async function* ({ fromChunk }) {
      for (let index = fromChunk; index < chunksMax - 1; index++) {
        given++;
        yield { index, chunk: whole.subarray(0, CHUNK_BYTES), last: false };
      }
    },
  };
  const { states, clock } = fetchFrom([breaksOff]);
  const wants = Array.from({ length: 16 }, (_, part) => ({ block, part }));
  for (let round = 0; round < 4; round++) {
    clock.nowMs += 1_000;
    await states.want(wants.slice(4 * round).concat(wants.slice(0, 4 * round)));
  }
  expect(given).toBe(16 * (chunksMax - 1));
  given = 0;
  for (const want of wants) {
    clock.nowMs += 1_000;
    await states.want([want, ...wants]);
  }
  // Four parts were kept and have nothing left to give; what the others gave is gone and is given again.
  expect(given).toBeGreaterThanOrEqual(12 * (chunksMax - 1));
});

test('a lone honest peer among liars is found, and each of them is believed once', async () => {
  const liars = ['a', 'b', 'c', 'd'].map((name, i) => source(name, new Uint8Array(whole.length).fill(i + 1)));
  const { taken, blamed, ask } = fetchFrom([...liars, source('honest')]);
  await ask(2 * liars.length);
  expect(taken).toHaveLength(1);
  expect(blamed).not.toContain('honest BAD_STATE');
  for (const { asked } of liars) expect(asked.length).toBeLessThanOrEqual(1);
});
