import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { foldersOf, makeFolders } from '../local/folders.ts';
import { takeLock } from '../local/lock.ts';
import { writeProgress, writeState } from '../local/state.ts';
import { runRxctl } from '../main.ts';
import { FakeNetwork } from '../testing/fake-network.ts';
import { Sink } from '../testing/sink.ts';
import { parseTestnetFile } from '../testnet-file.ts';

let cwd = '';
let release: () => void = () => undefined;
const folders = () => foldersOf(join(cwd, '.rexnet'), 'demo');
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'rexnet-load-'));
  const parsed = parseTestnetFile(
    'apiVersion: rexnet.dev/v1alpha1\nkind: Testnet\nmetadata: {name: demo}\nspec: {groups: 4, contracts: [{name: token}]}\n',
  );
  if ('problems' in parsed) throw new Error('the testnet of this test is wrong');
  makeFolders(folders());
  const { spec } = parsed.file.testnet;
  writeState(folders(), { name: 'demo', networkId: 'ab'.repeat(32), spec, parent: 'toy', ports: {} });
  writeProgress(folders(), { startedAtMs: 1, contracts: [{ name: 'token', state: 'Deployed' }] });
});
afterEach(() => {
  release();
  rmSync(cwd, { recursive: true, force: true });
});

async function rxctl(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new Sink(), new Sink()];
  const code = await runRxctl(['load', ...args], {
    ...{ stdout, stderr, stdin: process.stdin, env: { HOME: cwd }, cwd, signal: new AbortController().signal },
    openNetwork: async () => new FakeNetwork(),
    exitCode: 0 as const,
  });
  return { code, out: stdout.text, err: stderr.text };
}

function lookAfter(): void {
  const lock = takeLock(folders().lock);
  if ('release' in lock) release = lock.release;
}

const wish = (): unknown => JSON.parse(readFileSync(folders().loadWish, 'utf8'));

test('load is started, changed and stopped by what is written down for who looks after the network', async () => {
  lookAfter();
  expect((await rxctl('start', '--tps', '400')).out).toBe(
    'Token: 400 transactions a second; rxctl load status shows how it does\n',
  );
  expect(wish()).toMatchObject({ isWanted: true, workload: 'Token', tps: 400 });
  await rxctl('set', '--tps-per-group', '30');
  expect(wish()).toMatchObject({ isWanted: true, tps: 120 });
  const { out } = await rxctl('stop', '-o', 'json');
  expect(JSON.parse(out)).toEqual({ isWanted: false, workload: 'Token', tps: 0, crossGroupPercent: null });
  expect((await rxctl('set', '--tps', '5')).err).toContain('nothing is offered now');
  await rxctl('start', '--workload', 'Transfer', '--cross-group-percent', '0');
  expect(wish()).toMatchObject({ isWanted: true, workload: 'Transfer', tps: 120, crossGroupPercent: 0 });
});

test('figures are those of the running generator', async () => {
  lookAfter();
  expect((await rxctl('status')).out).toBe('Stopped: nothing has been offered in this run\n');
  await rxctl('start', '--tps', '400');
  const report = { offered: 90, completed: 80, failed: 1, pending: 9, p50Ms: 4_200, p95Ms: 5_900, p99Ms: 6_100 };
  writeFileSync(folders().loadReport, JSON.stringify({ ...report, workload: 'Token', done: true }));
  const { out } = await rxctl('status', '-o', 'json');
  expect(JSON.parse(out)).toMatchObject({ state: 'Stopped', wantedTps: 400, completed: 80, p95Ms: 5_900 });
});

test.each<[readonly string[], number, string]>([
  [['start'], 2, 'nothing says how much to offer'],
  [['start', '--tps', 'many'], 2, 'many is no rate'],
  [['start', '--tps', '1', '--tps-per-group', '1'], 2, 'exclude each other'],
  [['start', '--tps', '1', '--workload', 'Ballot'], 2, '--workload Ballot is no workload'],
  [['start', '--tps', '1', '--workload', 'Poll'], 1, 'Poll calls the contract poll'],
  [['start', '--tps', '1', '--cross-group-percent', '101'], 2, 'is no share'],
  [['set'], 2, 'nothing says which rate'],
])('load %j ends with %i and says why', async (args, wanted, words) => {
  lookAfter();
  const { code, err } = await rxctl(...args);
  expect(err).toContain(words);
  expect(code).toBe(wanted);
});

test('a network that nobody looks after, or one that is being measured, is left alone', async () => {
  expect((await rxctl('start', '--tps', '5')).code).toBe(7);
  lookAfter();
  writeProgress(folders(), { startedAtMs: 1, isTimed: true, contracts: [] });
  expect((await rxctl('stop')).err).toContain('this run ends by itself');
});
