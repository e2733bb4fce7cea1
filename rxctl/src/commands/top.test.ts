import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Recorder } from '../sources/recording.ts';
import type { Source } from '../sources/source.ts';
import { FakeNetwork } from '../testing/fake-network.ts';
import { syntheticSnapshot } from '../testing/snapshots.ts';
import { TestFolder } from '../testing/verb-runner.ts';

const SIZE = { COLUMNS: '80', LINES: '24' };

let folder: TestFolder;
let recording = '';

beforeAll(() => {
  folder = new TestFolder(new FakeNetwork());
  recording = join(folder.cwd, 'run.jsonl');
  const recorder = new Recorder(recording);
  for (let second = 0; second < 12; second++) recorder.add(syntheticSnapshot({ groups: 4, second }));
  recorder.close();
});
afterAll(() => folder.remove());

test('one frame of a recording is its last look with the course of all', async () => {
  const { code, out } = await folder.run(['top', '--replay', 'run.jsonl', '--once'], { env: SIZE });
  expect(code).toBe(0);
  const lines = out.trimEnd().split('\n');
  expect(lines).toHaveLength(23);
  expect(new Set(lines.map((line) => line.length))).toEqual(new Set([80]));
  expect(lines[0]).toContain('recording · up 4m 11s');
  expect(lines[1]).toContain('✔ Healthy  All 4 groups make blocks.');
  expect(lines[2]).toContain('▇▇▇▇▇▇▇▇');
});

test('the same look as data, and as names', async () => {
  const json = await folder.run(['top', '--replay', 'run.jsonl', '--once', '-o', 'json']);
  expect(JSON.parse(json.out)).toEqual(syntheticSnapshot({ groups: 4, second: 11 }));
  const names = await folder.run(['top', '--replay', 'run.jsonl', '--once', '-o', 'name']);
  expect(names.out).toBe('g0\ng1\ng2\ng3\n');
});

test('one frame of a network takes two looks, keeps them when asked, and says with its code what is wrong', async () => {
  let second = 0;
  let isClosed = false;
  const source: Source = {
    look: async () => ({ ...syntheticSnapshot({ groups: 2, second: second++, isSick: true }), blockIntervalMs: 1 }),
    log: async () => [],
    close: async () => {
      isClosed = true;
    },
  };
  const { code, out } = await folder.run(['top', '--once', '--record', 'kept.jsonl'], { source, env: SIZE });
  expect(code).toBe(4);
  expect(out).toContain('✖ Degraded  g1-n0 is not running');
  expect(isClosed).toBe(true);
  expect(readFileSync(join(folder.cwd, 'kept.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(3);
});

test.each([
  [['top', '--replay', 'run.jsonl'], 'top needs a terminal', 'rxctl top --once'],
  [['top', '--once', '--replay', 'gone.jsonl'], 'there is no recording', '--record FILE'],
  [['top', '--once', '--replay', 'bad.jsonl'], 'damaged in line 1', '--record FILE'],
  [['top', '--once', '--interval', '50ms'], '--interval 50ms', 'write 1s'],
  [['top', '--once', '--replay', 'run.jsonl', '--record', 'x.jsonl'], 'exclude each other', 'copy'],
])('%j is refused in a sentence', async (args, message, cure) => {
  writeFileSync(join(folder.cwd, 'bad.jsonl'), 'no recording\n');
  const { code, err } = await folder.run(args);
  expect(code).toBe(2);
  expect(err).toContain(message);
  expect(err).toContain(cure);
  expect(existsSync(join(folder.cwd, 'x.jsonl'))).toBe(false);
});
