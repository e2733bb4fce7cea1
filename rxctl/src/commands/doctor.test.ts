import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeNetwork } from '../testing/fake-network.ts';
import { TestFolder } from '../testing/verb-runner.ts';

let folder: TestFolder;
beforeAll(() => {
  folder = new TestFolder(new FakeNetwork());
});
afterAll(() => folder.remove());

test('every check has a result, and the folder is as it was', async () => {
  const before = readdirSync(folder.cwd, { recursive: true }).length;
  const { out } = await folder.run(['doctor', '-o', 'json']);
  const checks = JSON.parse(out) as { name: string; result: string; cure?: string }[];
  expect(checks.map(({ name }) => name)).toEqual([
    ...['node', 'cores', 'memory', 'disk', 'fsync', 'clock', 'bitcoind', 'ports', 'leftovers'],
  ]);
  for (const { result, cure } of checks) expect(cure === undefined).toBe(result === 'pass');
  expect(readdirSync(folder.cwd, { recursive: true })).toHaveLength(before);
});

test('a folder that cannot be written fails, with its cure', async () => {
  writeFileSync(join(folder.cwd, 'file'), '');
  const { code, out } = await folder.run(['doctor', '--dir', 'file/below']);
  expect(code).toBe(1);
  expect(out).toMatch(/✖ disk .*\n {13}cure: choose a folder you may write: --dir/);
});

test('a testnet that is not there or not right is said', async () => {
  expect(await folder.run(['doctor', '-f', 'none.yaml'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('none.yaml cannot be read'),
  });
});
