import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeNetwork } from '../testing/fake-network.ts';
import { TestFolder } from '../testing/verb-runner.ts';

const RESTART_MS = Date.parse('2026-11-21T10:00:04Z');
let folder: TestFolder;

beforeAll(() => {
  folder = new TestFolder(new FakeNetwork());
  const { logs, run } = folder.folders;
  const line = (second: number, level: string, msg: string): string =>
    `${JSON.stringify({ level, time: `2026-11-21T10:00:0${second}.000Z`, program: 'rxd', group: 0, msg })}\n`;
  writeFileSync(join(logs, 'g0-n0.log'), line(1, 'info', 'zero') + line(3, 'warn', 'slow') + line(5, 'info', 'again'));
  writeFileSync(join(logs, 'g1-n0.log'), line(2, 'info', 'one') + line(4, 'error', 'broken'));
  writeFileSync(join(logs, 'bitcoind.log'), '2026-11-21T10:00:02Z UpdateTip\n');
  writeFileSync(join(logs, 'rxctl.log'), 'heights 1 1\n');
  for (const name of ['g0-n0', 'g1-n0']) {
    writeFileSync(join(run, `${name}.pid`), 'none');
    utimesSync(join(run, `${name}.pid`), RESTART_MS / 1_000, RESTART_MS / 1_000);
  }
});
afterAll(() => folder.remove());

async function messages(...args: readonly string[]): Promise<readonly string[]> {
  const { out } = await folder.run(['logs', ...args, '-o', 'json']);
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { object, msg } = JSON.parse(line) as { object: string; msg: string };
      return `${object} ${msg}`;
    });
}

test.each<[readonly string[], readonly string[]]>([
  [
    [],
    [
      'g0-n0 zero',
      'bitcoind 2026-11-21T10:00:02Z UpdateTip',
      'g1-n0 one',
      'g0-n0 slow',
      'g1-n0 broken',
      'g0-n0 again',
      'rxctl heights 1 1',
    ],
  ],
  [
    ['-l', 'group=1'],
    ['g1-n0 one', 'g1-n0 broken'],
  ],
  [
    ['-l', 'component=node', '-n', '1'],
    ['g1-n0 broken', 'g0-n0 again'],
  ],
  [
    ['--grep', 'level":"(warn|error)'],
    ['g0-n0 slow', 'g1-n0 broken'],
  ],
  [
    ['--since', '2026-11-21T10:00:04Z', '-l', 'component=node'],
    ['g1-n0 broken', 'g0-n0 again'],
  ],
  [
    ['--previous', 'g0-n0'],
    ['g0-n0 zero', 'g0-n0 slow'],
  ],
  [['g0-n0', '--since', '1m'], []],
])('logs %j', async (args, shown) => {
  expect(await messages(...args)).toEqual(shown);
});

test.each<[readonly string[], number, string]>([
  [['g0n0'], 2, 'did you mean g0-n0?'],
  [['-l', 'group=9'], 2, 'no log has group=9'],
  [['-l', 'app=x'], 2, '-l app=x is no selector'],
  [['--since', 'noon'], 2, '--since noon is neither a duration nor a date'],
  [['--grep', '('], 2, '--grep ( is no regular expression'],
  [['--previous', 'bitcoind'], 1, 'bitcoind has not been restarted'],
])('logs %j ends with %i and says why', async (args, code, words) => {
  const ran = await folder.run(['logs', ...args]);
  expect(ran.err).toContain(words);
  expect(ran.code).toBe(code);
});

test('lines are raw where a program reads, with whose they are in front', async () => {
  const { out } = await folder.run(['logs', '-l', 'group=1', '-n', '1', 'g1-n0', 'g0-n0']);
  expect(out).toMatch(/^\{"level":"error".*"broken"\}\n$/);
  const both = await folder.run(['logs', '-n', '1', 'g1-n0', 'bitcoind']);
  expect(both.out).toMatch(/^bitcoind {2}2026-11-21T10:00:02Z UpdateTip\ng1-n0 {5}\{/);
});

test('on a terminal lines are readable, and coloured unless NO_COLOR is set', async () => {
  const args = ['logs', 'g0-n0', 'g1-n0', '-n', '1'];
  const colored = await folder.run(args, { isTerminal: true });
  expect(colored.out).toContain('\x1b[35mg1-n0\x1b[39m');
  const plain = /g1-n0 {2}\[[0-9:.]+\] ERROR: broken\ng0-n0 {2}\[[0-9:.]+\] INFO: again\n/;
  expect((await folder.run(args, { isTerminal: true, env: { NO_COLOR: '1' } })).out).toMatch(plain);
  expect((await folder.run([...args, '--no-color'], { isTerminal: true })).out).toMatch(plain);
});

test('a log that is followed ends when its time is over', async () => {
  expect(await folder.run(['logs', 'bitcoind', '-f', '--timeout', '250ms'])).toMatchObject({ code: 0 });
});
