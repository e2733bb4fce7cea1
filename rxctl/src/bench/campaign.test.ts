import type { Reading } from '@rexnet/load/verdict/reading.ts';
import { aReading } from '@rexnet/load/verdict/testing/readings.ts';
import { expect, test } from 'vitest';
import { takeReadings } from './campaign.ts';

const base = {
  profile: 'capped',
  groups: [1, 2, 4],
  repeats: 2,
  retries: 1,
  onReading: () => undefined,
  signal: new AbortController().signal,
} as const;

const where = ({ groups, repeat }: Reading): string => `${repeat}:${groups}`;
const noisy = { ...aReading(1).machine, foreignShare: 0.9 };

test('every round goes through all points', async () => {
  const readings = await takeReadings({ ...base, take: async (groups, repeat) => aReading(groups, { repeat }) });
  expect(readings.map(where)).toEqual(['0:1', '0:2', '0:4', '1:1', '1:2', '1:4']);
});

test('what a neighbour spoilt is taken again, within its bound, and kept', async () => {
  const lines: string[] = [];
  const readings = await takeReadings({
    ...base,
    groups: [1, 2],
    repeats: 1,
    onReading: (line) => lines.push(line),
    take: async (groups, repeat) => aReading(groups, groups === 2 ? { repeat, machine: noisy } : { repeat }),
  });
  expect(readings.map(where)).toEqual(['0:1', '0:2', '0:2']);
  expect(lines[1]).toMatch(/round 1 of 1, 2 groups: 240\.0 TPS \(1\.000 of 240\).*invalid: other processes used 90 %/);
});

test('books that do not add up are not measured again until they do', async () => {
  const gates = [{ name: 'supply', isMet: false, detail: '3 tokens too many' }];
  const readings = await takeReadings({
    ...base,
    groups: [1],
    repeats: 1,
    take: async (groups, repeat) => aReading(groups, { repeat, gates, machine: noisy }),
  });
  expect(readings).toHaveLength(1);
});

test('a signal ends it before the next reading', async () => {
  const stop = new AbortController();
  const taking = takeReadings({
    ...base,
    signal: stop.signal,
    take: async (groups, repeat) => {
      stop.abort();
      return aReading(groups, { repeat });
    },
  });
  await expect(taking).rejects.toThrow(/abort/i);
});
