import { expect, test } from 'vitest';
import { parsePeers } from './peer-file.ts';
import { MAX_QUESTIONS, type SmallWant, Wants } from './wants.ts';

const body = (n: number): SmallWant => ({ kind: 'body', id: Uint8Array.of(n & 255, n >> 8) });

test('a thing is asked for once, and again after a while', () => {
  const wants = new Wants();
  expect(wants.due([body(1)], 0)).toEqual([{ want: body(1), tries: 0 }]);
  expect(wants.due([body(1)], 100)).toEqual([]);
  expect(wants.due([body(1)], 600)).toEqual([{ want: body(1), tries: 1 }]);
});

test('what an answer did not settle is asked for at once, of the next peer', () => {
  const wants = new Wants();
  wants.due([body(1)], 0);
  wants.answered(body(1));
  expect(wants.due([body(1)], 1)).toEqual([{ want: body(1), tries: 1 }]);
  wants.answered(body(1));
  expect(wants.due([], 2)).toEqual([]);
  expect(wants.due([body(1)], 3)).toEqual([{ want: body(1), tries: 0 }]);
});

test('questions are bounded', () => {
  const many = Array.from({ length: 1_000 }, (_, n) => body(n));
  const wants = new Wants();
  expect(wants.due(many, 0)).toHaveLength(MAX_QUESTIONS);
  expect(wants.due(many, 1)).toHaveLength(0);
  // Questions that nobody answered hold no place for ever.
  expect(wants.due(many, 600)).toHaveLength(MAX_QUESTIONS);
});

test.each([
  ['{', /not JSON/],
  ['{}', /groups must map/],
  ['{"groups":{"x":[]}}', /groups.x/],
  ['{"groups":{"0":[{"node":"a","grpc":"b"}]}}', /groups.0\[0\].peer/],
])('the peer file %s is refused with its path', (text, message) => {
  expect(() => parsePeers(text)).toThrow(message);
});
