import { expect, test } from 'vitest';
import { lastWords, mergeLines, readLine, readLines } from './log-lines.ts';

const json = (time: string, msg: string, more: object = {}): string =>
  JSON.stringify({ level: 'info', time, program: 'rxd', group: 1, ...more, msg });

test('a line of our programs, of bitcoind, of nobody', () => {
  expect(readLine('g1-n0', json('2026-11-21T13:30:49.640Z', 'chain restored', { height: 7 }))).toMatchObject({
    object: 'g1-n0',
    atMs: Date.parse('2026-11-21T13:30:49.640Z'),
    level: 'info',
    message: 'chain restored',
    fields: { height: 7 },
  });
  expect(readLine('bitcoind', '2026-11-21T13:30:46Z UpdateTip: new best=00ab')).toMatchObject({
    atMs: Date.parse('2026-11-21T13:30:46Z'),
    message: 'UpdateTip: new best=00ab',
  });
  expect(readLine('rxctl', '{ no JSON')).toEqual({ object: 'rxctl', raw: '{ no JSON', message: '{ no JSON' });
});

test('logs are merged by time, and a line without a date stays behind the one before it', () => {
  const left = readLines('a', [
    'undated',
    json('2026-11-21T10:00:01Z', 'a1'),
    '  at stack',
    json('2026-11-21T10:00:05Z', 'a5'),
  ]);
  const right = readLines('b', [json('2026-11-21T10:00:01Z', 'b1'), json('2026-11-21T10:00:03Z', 'b3')]);
  expect(mergeLines([left, right]).map(({ object, message }) => `${object} ${message.trim()}`)).toEqual([
    'a undated',
    'a a1',
    'a at stack',
    'b b1',
    'b b3',
    'a a5',
  ]);
});

test.each<[string, readonly string[], string | undefined]>([
  ['nothing', [], undefined],
  ['no complaint', [json('2026-11-21T10:00:01Z', 'node listens')], 'node listens'],
  [
    'an error of ours, with its cause',
    [
      json('2026-11-21T10:00:01Z', 'old trouble', { level: 'error' }),
      json('2026-11-21T10:00:02Z', 'cannot open', { level: 'error', err: { message: 'LOCK is held by process 7' } }),
      json('2026-11-21T10:00:03Z', 'stopping'),
    ],
    'cannot open: LOCK is held by process 7',
  ],
  [
    'a crash of node itself',
    [
      'node:internal/process',
      'Error: listen EADDRINUSE: address already in use 127.0.0.1:4012',
      '    at Server.x',
      '',
      'Node.js v24.21.0',
    ],
    'Error: listen EADDRINUSE: address already in use 127.0.0.1:4012',
  ],
  ['an endless line', ['error '.repeat(100)], `${'error '.repeat(50).slice(0, 299)}…`],
])('the last words of a log: %s', (_what, lines, words) => {
  expect(lastWords(lines)).toBe(words);
});
