import { expect, test } from 'vitest';
import type { Template, TemplateSource } from './ports.ts';
import { parseSkippedBeats, skippingTemplates } from './skip-beats.ts';

const BEAT_MS = 1_000;
const none = new Uint8Array();

function template(group: number, height: number): Template {
  return { group, header: Uint8Array.of(height), blockId: none, targetBits: 0, timestampMs: 0, notBeforeMs: 5_000 };
}

/** Gives heights 1…6 of whatever group is asked for. */
const source: TemplateSource = {
  async *watch(group) {
    for (let height = 1; height <= 6; height++) yield template(group, height);
  },
  submit: async () => ({ accepted: true }),
  submitParentHeaders: async () => undefined,
};

async function delays(group: number, every: number): Promise<number[]> {
  const flawed = skippingTemplates(source, { group: 3, every }, BEAT_MS, ({ header }) => header[0] ?? 0);
  const found: number[] = [];
  for await (const each of flawed.watch(group, new AbortController().signal)) {
    found.push((each?.notBeforeMs ?? 0) - 5_000);
  }
  return found;
}

test('a group left out of every second beat has a block in every other one', async () => {
  expect(await delays(3, 2)).toEqual([1_000, 1_000, 1_000, 1_000, 1_000, 1_000]);
});

test('of every third beat, it has two blocks in three', async () => {
  expect(await delays(3, 3)).toEqual([0, 1_000, 0, 1_000, 0, 1_000]);
});

test('the other groups do not notice', async () => {
  expect(await delays(2, 2)).toEqual([0, 0, 0, 0, 0, 0]);
});

test('the flag says which group and how often, or is refused', () => {
  expect(parseSkippedBeats('3:2')).toEqual({ group: 3, every: 2 });
  for (const wrong of ['', '3', '3:1', '3:0', 'a:2', '3:2:1', '-1:2']) expect(parseSkippedBeats(wrong)).toBeUndefined();
});
