import { expect, test } from 'vitest';
import { testHeader } from '../consensus/testing/header-world.ts';
import { HEADER } from '../core/layouts.ts';
import type { Template, TemplateSource } from './ports.ts';
import { parseSkippedBeats, skippingTemplates } from './skip-beats.ts';

const BEAT_MS = 1_000;
const none = new Uint8Array();
const START_MS = 5_000;
const REFRESH_MS = 600;

function template(group: number, height: number, notBeforeMs: number): Template {
  const header = HEADER.encode(testHeader(group, { height, parent: new Uint8Array(32).fill(height) }));
  return { group, header, blockId: none, targetBits: 0, timestampMs: notBeforeMs, notBeforeMs };
}

/** Heights 1…6 of whatever group is asked for, each template made anew twice. */
const source: TemplateSource = {
  async *watch(group) {
    for (let height = 1; height <= 6; height++)
      for (let times = 0; times < 3; times++) yield template(group, height, START_MS + times * REFRESH_MS);
  },
  submit: async () => ({ accepted: true }),
  submitParentHeaders: async () => undefined,
};

/** By height, how much later its block may be sent than the first template of its parent said. */
async function delays(group: number, every: number): Promise<number[]> {
  const found = new Map<number, number>();
  for await (const each of skippingTemplates(source, { group: 3, every }, BEAT_MS).watch(
    group,
    new AbortController().signal,
  )) {
    if (each === undefined) continue;
    const { height } = HEADER.decode(each.header);
    // Whoever mines takes the newest template whose moment has come.
    found.set(height, Math.min(found.get(height) ?? Number.POSITIVE_INFINITY, each.notBeforeMs - START_MS));
  }
  return [...found.values()];
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
