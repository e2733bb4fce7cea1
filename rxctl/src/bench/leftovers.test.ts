import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { startChild } from '../local/child.ts';
import { foldersOf, makeFolders } from '../local/folders.ts';
import { isAlive } from '../local/process-identity.ts';
import { openWorkplace, sweepLeftovers } from './leftovers.ts';

const SLEEPER = { command: '/bin/sleep', args: ['60'], env: {}, leftover: 'end', restart: 'once' } as const;
const DEAD_OWNER = '999999 1@nowhere\n';
const parent = mkdtempSync(join(tmpdir(), 'rexnet-leftovers-'));

afterEach(() => rmSync(parent, { recursive: true, force: true }));

test('what a bench that was killed left is ended and removed; a living bench is left alone', async () => {
  mkdirSync(parent, { recursive: true });
  await using mine = openWorkplace(parent);
  const living = foldersOf(mine.next(), 'bench');
  makeFolders(living);
  const kept = await startChild({ ...SLEEPER, name: 'kept' }, living);
  const dead = join(parent, 'rexnet-bench-net-dead');
  const folders = foldersOf(join(dead, 'net-1'), 'bench');
  makeFolders(folders);
  writeFileSync(join(dead, 'owner.pid'), DEAD_OWNER);
  const left = await startChild({ ...SLEEPER, name: 'left' }, folders);
  expect(await sweepLeftovers(parent)).toBe(1);
  expect(isAlive(left.identity)).toBe(false);
  expect(existsSync(dead)).toBe(false);
  expect(isAlive(kept.identity)).toBe(true);
  await mine[Symbol.asyncDispose]();
  expect(isAlive(kept.identity)).toBe(false);
  expect(existsSync(dirname(dirname(living.root)))).toBe(false);
});
