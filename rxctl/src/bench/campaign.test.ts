import type { Reading } from '@rexnet/load/verdict/reading.ts';
import { aReading } from '@rexnet/load/verdict/testing/readings.ts';
import { expect, test } from 'vitest';
import { countedGroups, type PointPlan, takeReadings } from './campaign.ts';

type Answer = (groups: number, repeat: number) => Reading;

function plans(groups: readonly number[], answer: Answer): readonly PointPlan[] {
  return groups.map((each) => ({
    name: countedGroups(each),
    take: async (repeat) => ({ reading: answer(each, repeat), beside: [], seconds: [] }),
  }));
}

const base = {
  profile: 'capped',
  repeats: 1,
  retries: 1,
  onNote: () => undefined,
  signal: new AbortController().signal,
} as const;
const noisy = { ...aReading(1).machine, foreignShare: 0.9 };

test('every round goes through all points', async () => {
  const order: string[] = [];
  const answer: Answer = (groups, repeat) => {
    order.push(`${repeat}:${groups}`);
    return aReading(groups, { repeat });
  };
  const taken = await takeReadings({ ...base, repeats: 2, points: plans([1, 2, 4], answer) });
  expect(order).toEqual(['0:1', '0:2', '0:4', '1:1', '1:2', '1:4']);
  expect(taken.map((point) => point.map(({ reading }) => reading.repeat))).toEqual([
    [0, 1],
    [0, 1],
    [0, 1],
  ]);
});

test('what a neighbour spoilt is taken again, within its bound, and kept', async () => {
  const lines: string[] = [];
  const answer: Answer = (groups) => aReading(groups, groups === 2 ? { machine: noisy } : {});
  const taken = await takeReadings({ ...base, points: plans([1, 2], answer), onNote: (line) => lines.push(line) });
  expect(taken.map((point) => point.length)).toEqual([1, 2]);
  expect(lines[1]).toMatch(/round 1 of 1, 2 groups: 240\.0 TPS \(1\.000 of 240\).*invalid: other processes used 90 %/);
});

test('books that do not add up are not measured again until they do', async () => {
  const gates = [{ name: 'supply', isMet: false, detail: '3 tokens too many' }];
  const taken = await takeReadings({
    ...base,
    points: plans([1], (groups) => aReading(groups, { gates, machine: noisy })),
  });
  expect(taken[0]).toHaveLength(1);
});

test('a signal ends it before the next reading', async () => {
  const stop = new AbortController();
  const answer: Answer = (groups) => {
    stop.abort();
    return aReading(groups);
  };
  await expect(takeReadings({ ...base, points: plans([1, 2], answer), signal: stop.signal })).rejects.toThrow(/abort/i);
});
