import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { basisOf, type LoadWish } from '@rexnet/operator/plan/load.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseTestnetFile } from '../testnet-file.ts';
import type { ChildSpec } from './child.ts';
import { type Folders, foldersOf, makeFolders } from './folders.ts';
import { writeLoadWish } from './load.ts';
import { LoadKeeper } from './load-keeper.ts';
import type { ChildState } from './supervisor.ts';

let folders: Folders;
let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'rexnet-keeper-'));
  folders = foldersOf(base, 'demo');
  makeFolders(folders);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const CHILD: ChildSpec = { name: 'load', command: 'x', args: [], env: {}, leftover: 'end', restart: 'once' };

function aKeeper(load: string, seconds?: number) {
  const parsed = parseTestnetFile(
    `apiVersion: rexnet.dev/v1alpha1\nkind: Testnet\nmetadata: {name: demo}\nspec: {groups: 2, contracts: [{name: token}], load: ${load}}\n`,
  );
  if ('problems' in parsed) throw new Error('the testnet of this test is wrong');
  const { testnet } = parsed.file;
  const done: string[] = [];
  const state = { process: 'Stopped' as ChildState['process'], nowMs: 0 };
  const keeper = new LoadKeeper({
    testnet,
    folders,
    child: CHILD,
    ...(seconds === undefined ? {} : { seconds }),
    nowMs: () => state.nowMs,
    onNote: () => undefined,
    supervisor: {
      ensure: async () => {
        done.push(`start ${JSON.parse(readFileSync(folders.loadSpec, 'utf8')).tps}`);
        state.process = 'Running';
      },
      stop: async () => void done.push('stop'),
      states: () => [{ name: 'load', process: state.process, pid: 1, restarts: 0, adopted: false }],
    },
  });
  const wish = (change: Partial<LoadWish>): void =>
    writeLoadWish(folders, { isWanted: true, workload: 'Token', tps: 100, over: basisOf(testnet), ...change });
  const told = (): unknown =>
    existsSync(folders.loadControl) ? JSON.parse(readFileSync(folders.loadControl, 'utf8')) : undefined;
  return { keeper, state, done, wish, told };
}

test('the load of the file runs, takes another rate, ends in order, and begins again', async () => {
  const { keeper, state, done, wish, told } = aKeeper('{tpsPerGroup: 50}');
  await keeper.reconcile();
  await keeper.reconcile();
  expect([done, told()]).toEqual([['start 100'], undefined]);
  wish({ tps: 300 });
  await keeper.reconcile();
  expect([done, told()]).toEqual([['start 100'], { tps: 300 }]);
  wish({ isWanted: false });
  await keeper.reconcile();
  await keeper.reconcile();
  expect([done, told()]).toEqual([['start 100'], { stop: true }]);
  state.process = 'Stopped';
  wish({ tps: 40 });
  await keeper.reconcile();
  await keeper.reconcile();
  expect([done, told()]).toEqual([['start 100', 'stop', 'start 40'], undefined]);
});

test('another workload waits for the end of the first; one that does not end is ended', async () => {
  const { keeper, state, done, wish } = aKeeper('{tpsPerGroup: 50}');
  await keeper.reconcile();
  wish({ workload: 'Transfer' });
  await keeper.reconcile();
  await keeper.reconcile();
  expect(done).toEqual(['start 100']);
  state.nowMs = 46_000;
  await keeper.reconcile();
  await keeper.reconcile();
  expect(done).toEqual(['start 100', 'stop', 'start 100']);
  expect(JSON.parse(readFileSync(folders.loadSpec, 'utf8'))).toMatchObject({ workload: 'Transfer' });
});

test('a wish about another file does not count, nor one during a measurement', async () => {
  const changed = aKeeper('{tpsPerGroup: 50}');
  changed.wish({ isWanted: false, over: { ...basisOf({ spec: { groups: 3 } as never }) } });
  await changed.keeper.reconcile();
  expect(changed.done).toEqual(['start 100']);
  const timed = aKeeper('{tpsPerGroup: 50}', 60);
  timed.wish({ isWanted: false });
  await timed.keeper.reconcile();
  expect(timed.done).toEqual(['start 100']);
});

test('without load in the file nothing runs until it is wished', async () => {
  const { keeper, done, wish } = aKeeper('{}');
  await keeper.reconcile();
  expect(done).toEqual([]);
  wish({ tps: 7 });
  await keeper.reconcile();
  expect(done).toEqual(['start 7']);
});
