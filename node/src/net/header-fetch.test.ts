// Headers come in answers: the next question begins where the last answer ended, also while everything told is known.
import { expect, test } from 'vitest';
import { toHex, viewOf } from '../core/bytes.ts';
import { sha256d } from '../core/hash.ts';
import type { HeaderRecord } from '../rpc/backend.ts';
import { fetchHeaders, HEADERS_PER_ANSWER, TiringPeers } from './header-fetch.ts';

const NONE = new Uint8Array(0);

/** A chain of so many headers; they are told apart by their first bytes alone. */
function chainOf(length: number, salt: number): HeaderRecord[] {
  return Array.from({ length }, (_, i) => {
    const header = new Uint8Array(8);
    viewOf(header).setUint32(0, i, true);
    viewOf(header).setUint32(4, salt, true);
    return { header, witness: NONE };
  });
}

function fetchFrom(theirs: readonly HeaderRecord[], ours: readonly HeaderRecord[], locator: readonly Uint8Array[]) {
  const idOf = ({ header }: HeaderRecord): string => toHex(sha256d(header));
  const place = new Map(theirs.map((record, i) => [idOf(record), i]));
  const known = new Set(ours.map(idOf));
  const asked: number[] = [];
  const learnt = fetchHeaders({
    locator: async () => locator,
    ask: async (ids) => {
      const common = ids.map((id) => place.get(toHex(id))).find((found) => found !== undefined);
      const from = common === undefined ? 0 : common + 1;
      asked.push(from);
      return theirs.slice(from, from + HEADERS_PER_ANSWER);
    },
    take: async (headers) => {
      const fresh = headers.filter((record) => !known.has(idOf(record)));
      for (const record of fresh) known.add(idOf(record));
      return { fault: undefined, accepted: fresh.length, isAllKnown: fresh.length === 0 };
    },
  });
  return { learnt, asked };
}

test('a chain that left ours long after what both name is reached', async () => {
  const common = chainOf(3_500, 0);
  const theirs = [...common, ...chainOf(1_200, 1)];
  const { learnt, asked } = fetchFrom(theirs, common, [sha256d(common[99]!.header)]);
  expect(await learnt).toEqual({ learnt: 1_200, answers: 5 });
  expect(asked).toEqual([100, 1_100, 2_100, 3_100, 4_100]);
});

/** How often a peer is asked who answers one chain after the other. */
async function questionsTo(answers: (nth: number) => readonly HeaderRecord[], isAllKnown: boolean): Promise<number> {
  let questions = 0;
  const { learnt } = await fetchHeaders({
    locator: async () => [],
    ask: async () => answers(questions++),
    take: async () => ({ fault: undefined, accepted: 0, isAllKnown }),
  });
  expect(learnt).toBe(0);
  return questions;
}

test('a peer that tells what is known for ever is left', async () => {
  expect(await questionsTo(() => chainOf(HEADERS_PER_ANSWER, 0), true)).toBe(2);
  expect(await questionsTo((nth) => chainOf(HEADERS_PER_ANSWER, nth), true)).toBe(24);
});

test('headers that only wait for others end the questions', async () => {
  expect(await questionsTo((nth) => chainOf(HEADERS_PER_ANSWER, nth), false)).toBe(1);
});

test('a peer who told at length what is known is left alone for a while', () => {
  const peers = new TiringPeers();
  peers.note(1, 'long', { learnt: 0, answers: 2 }, 1_000);
  peers.note(1, 'short', { learnt: 0, answers: 1 }, 1_000);
  peers.note(1, 'useful', { learnt: 1, answers: 9 }, 1_000);
  const tiring = (nowMs: number) => ['long', 'short', 'useful'].filter((peer) => peers.isTiring(1, peer, nowMs));
  expect(peers.isTiring(2, 'long', 1_000)).toBe(false);
  expect([tiring(1_000), tiring(10_999), tiring(11_000)]).toEqual([['long'], ['long'], []]);
  peers.note(1, 'long', { learnt: 5, answers: 2 }, 5_000);
  expect(tiring(5_001)).toEqual([]);
});
