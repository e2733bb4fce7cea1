// Giving a state away: the chunks of a part make the part, one state at a time, and none for ever.
import { expect, test } from 'vitest';
import { HEAD_PART } from '../chain/checkpoint.ts';
import { concatBytes, ZERO_HASH } from '../core/bytes.ts';
import { CHECKPOINT_HEAD, SNAPSHOT } from '../core/layouts.ts';
import { CHUNK_BYTES, CheckpointShelf } from './checkpoint-shelf.ts';

const IDLE_MS = 5_000;
const HOLD_MS = 30_000;
const BUSY = expect.objectContaining({ code: 'BUSY' });
const id = (n: number): Uint8Array => new Uint8Array(32).fill(n);
const cells = Uint8Array.from({ length: 2 * CHUNK_BYTES + 5 }, (_, i) => i % 251);
const snapshot = SNAPSHOT.encode({
  height: 8,
  system: new Uint8Array(3),
  checkpoint: ZERO_HASH,
  accumulators: [ZERO_HASH],
  parts: [{ partition: 2, cells }],
});

function makeShelf() {
  const clock = { nowMs: 0 };
  let reads = 0;
  const shelf = new CheckpointShelf({
    snapshot: (asked) => {
      reads++;
      return asked[0]! < 3 ? snapshot : undefined;
    },
    nowMs: () => clock.nowMs,
  });
  return { shelf, clock, reads: () => reads };
}

test('chunks in order are the part, and there is nothing beyond it', () => {
  const { shelf } = makeShelf();
  const chunks = [0, 1, 2].map((index) => shelf.chunk(id(1), 2, index)!);
  expect(chunks.map(({ bytes, last }) => [bytes.length, last])).toEqual([
    [CHUNK_BYTES, false],
    [CHUNK_BYTES, false],
    [5, true],
  ]);
  expect(Buffer.compare(concatBytes(chunks.map(({ bytes }) => bytes)), cells)).toBe(0);
  expect(shelf.chunk(id(1), 2, 3)).toBeUndefined();
  expect(shelf.chunk(id(1), 1, 0)).toBeUndefined();
  const head = CHECKPOINT_HEAD.decode(shelf.chunk(id(1), HEAD_PART, 0)!.bytes);
  expect(head.parts.map(({ partition }) => partition)).toEqual([2]);
});

test('another state waits until nobody takes of the first', () => {
  const { shelf, clock } = makeShelf();
  expect(shelf.chunk(id(1), 2, 0)).toBeDefined();
  clock.nowMs += IDLE_MS - 1;
  expect(() => shelf.chunk(id(2), 2, 0)).toThrow(BUSY);
  clock.nowMs += 1;
  expect(shelf.chunk(id(9), 2, 0)).toBeUndefined();
  expect(shelf.chunk(id(2), 2, 0)).toBeDefined();
});

test('nobody keeps another state off it for ever, nor has the store read for nothing', () => {
  const { shelf, clock, reads } = makeShelf();
  for (; clock.nowMs < HOLD_MS; clock.nowMs += 1_000) {
    expect(shelf.chunk(id(1), 2, 0)).toBeDefined();
    expect(() => shelf.chunk(id(2), 2, 0)).toThrow(BUSY);
  }
  expect(reads()).toBe(1);
  expect(shelf.chunk(id(2), 2, 0)).toBeDefined();
  expect(() => shelf.chunk(id(1), 2, 0)).toThrow(BUSY);
});
