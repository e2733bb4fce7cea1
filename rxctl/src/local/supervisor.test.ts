import { spawn } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ChildSpec } from './child.ts';
import { boundLog, tail } from './log-file.ts';
import { allocatePorts, isFree } from './ports.ts';
import { identify, isAlive, type ProcessIdentity, readIdentity } from './process-identity.ts';
import { Supervisor, type SupervisorEvent } from './supervisor.ts';

let root = '';
let supervisor: Supervisor | undefined;
const strangers: ProcessIdentity[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rexnet-supervisor-'));
});
afterEach(async () => {
  await supervisor?.stopAll();
  supervisor = undefined;
  for (const stranger of strangers.splice(0)) if (isAlive(stranger)) process.kill(stranger.pid, 'SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

const folders = (): { run: string; logs: string } => ({ run: join(root, 'run'), logs: join(root, 'logs') });

/** A program that says hello and stays; with `ignore` it does not listen to SIGTERM. */
const PROGRAM = `
const [mode] = process.argv.slice(2);
if (mode === 'ignore') process.on('SIGTERM', () => console.log('no'));
console.log('hello ' + process.pid);
if (mode === 'crash') process.exit(3);
if (mode === 'done') process.exit(0);
setInterval(() => undefined, 1000);
`;

function child(name: string, change: Partial<ChildSpec> & { mode?: string } = {}): ChildSpec {
  const file = join(root, 'program.cjs');
  if (!existsSync(file)) writeFileSync(file, PROGRAM);
  const { mode = 'stay', ...rest } = change;
  return {
    name,
    command: process.execPath,
    args: [file, mode],
    env: {},
    leftover: 'adopt',
    restart: 'always',
    ...rest,
  };
}

async function until<T>(what: string, look: () => T | undefined | false): Promise<T> {
  const deadline = performance.now() + 15_000;
  while (performance.now() < deadline) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    await delay(10);
  }
  throw new Error(`waited in vain for ${what}`);
}

const recordOf = (name: string): ProcessIdentity | undefined => readIdentity(join(root, 'run', `${name}.pid`));
const logOf = (name: string): string =>
  existsSync(join(root, 'logs', `${name}.log`)) ? readFileSync(join(root, 'logs', `${name}.log`), 'utf8') : '';

test('a child is on record under its own number, logs to a file and is gone after a stop', async () => {
  supervisor = new Supervisor(folders());
  await supervisor.ensure(child('a'));
  const identity = recordOf('a');
  expect(identity && isAlive(identity)).toBe(true);
  await until('its log', () => logOf('a').includes(`hello ${identity?.pid}`));
  await supervisor.stopAll();
  expect(identity && isAlive(identity)).toBe(false);
  expect(recordOf('a')).toBeUndefined();
});

test('a child that ends is started again, later each time', async () => {
  const waits: number[] = [];
  supervisor = new Supervisor(folders(), {
    onEvent: (event) => event.kind === 'ended' && event.restartInMs !== undefined && waits.push(event.restartInMs),
  });
  await supervisor.ensure(child('a', { mode: 'crash' }));
  await until('three restarts', () => waits.length >= 3);
  expect(waits.slice(0, 3)).toEqual([200, 400, 800]);
  expect(supervisor.states()[0]).toMatchObject({ name: 'a', adopted: false });
});

test('a killed child comes back with another number', async () => {
  supervisor = new Supervisor(folders());
  await supervisor.ensure(child('a'));
  const first = recordOf('a');
  process.kill(first?.pid ?? 0, 'SIGKILL');
  const second = await until('a successor', () => {
    const now = recordOf('a');
    return now?.pid !== first?.pid && now;
  });
  expect(isAlive(second)).toBe(true);
});

test('a child that is to run once and ends well is done', async () => {
  supervisor = new Supervisor(folders());
  await supervisor.ensure(child('a', { mode: 'done', restart: 'once' }));
  expect(await supervisor.finished('a', AbortSignal.timeout(10_000))).toBe(true);
  expect(supervisor.states()[0]?.process).toBe('Stopped');
});

test('a child that does not listen is killed when the time is over', async () => {
  supervisor = new Supervisor(folders(), { stopGraceMs: 300 });
  await supervisor.ensure(child('a', { mode: 'ignore' }));
  await until('its handler', () => logOf('a').includes('hello'));
  const identity = recordOf('a');
  const begun = performance.now();
  await supervisor.stopAll();
  expect(performance.now() - begun).toBeLessThan(3_000);
  expect(identity && isAlive(identity)).toBe(false);
  expect(logOf('a')).toContain('no');
});

/** An rxctl of its own process that starts children and is then killed by -9. */
async function crashedRxctl(specs: readonly ChildSpec[]): Promise<readonly ProcessIdentity[]> {
  mkdirSync(root, { recursive: true });
  const script = join(root, 'crashing.ts');
  const supervisorPath = new URL('./supervisor.ts', import.meta.url).href;
  writeFileSync(
    script,
    `import { Supervisor } from ${JSON.stringify(supervisorPath)};\nconst s = new Supervisor(${JSON.stringify(folders())});\nfor (const spec of ${JSON.stringify(specs)}) await s.ensure(spec);\nprocess.kill(process.pid, 'SIGKILL');\n`,
  );
  const crashing = spawn(process.execPath, [script], { stdio: 'inherit' });
  const signal = await new Promise((resolve) => crashing.once('exit', (_code, name) => resolve(name)));
  expect(signal).toBe('SIGKILL');
  const left = specs.map(({ name }) => recordOf(name));
  return left.map((identity, index) => {
    if (identity === undefined || !isAlive(identity)) throw new Error(`${specs[index]?.name} did not survive`);
    strangers.push(identity);
    return identity;
  });
}

test('what an rxctl killed by -9 left is adopted when it is the same, ended and started anew when it is not', async () => {
  const [kept, changed, once] = await crashedRxctl([
    child('kept'),
    child('changed'),
    child('once', { leftover: 'end' }),
  ]);
  const events: SupervisorEvent[] = [];
  supervisor = new Supervisor(folders(), { onEvent: (event) => events.push(event) });
  await supervisor.ensure(child('kept'));
  await supervisor.ensure(child('changed', { env: { OTHER: '1' } }));
  await supervisor.ensure(child('once', { leftover: 'end' }));
  expect(events.map(({ kind, name }) => `${name} ${kind}`)).toEqual([
    'kept adopted',
    'changed started',
    'once started',
  ]);
  expect(recordOf('kept')).toEqual(kept);
  expect([changed, once].map((identity) => identity && isAlive(identity))).toEqual([false, false]);
  await supervisor.stopAll();
  expect(kept && isAlive(kept)).toBe(false);
});

test('an adopted child that dies is started again', async () => {
  const [left] = await crashedRxctl([child('a')]);
  supervisor = new Supervisor(folders());
  await supervisor.ensure(child('a'));
  process.kill(left?.pid ?? 0, 'SIGKILL');
  await until('a successor', () => recordOf('a')?.pid !== left?.pid && recordOf('a'));
});

test('what nobody asks for any more is ended', async () => {
  const [left] = await crashedRxctl([child('old')]);
  supervisor = new Supervisor(folders());
  expect(await supervisor.endOthers(['new'])).toEqual(['old']);
  expect(left && isAlive(left)).toBe(false);
});

test('a stranger that took the number of a dead child is left alone', async () => {
  supervisor = new Supervisor(folders());
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'ignore' });
  const identity = await until('the stranger', () => identify(stranger.pid ?? 0));
  strangers.push(identity);
  writeFileSync(join(root, 'run', 'a.pid'), `${identity.pid} 12345@another-boot\n`);
  await supervisor.ensure(child('a'));
  await supervisor.stopAll();
  expect(isAlive(identity)).toBe(true);
});

test('a log that grows too long is moved aside and written on', () => {
  const path = join(root, 'x.log');
  writeFileSync(path, 'old\n');
  boundLog(path, 100);
  expect(readFileSync(path, 'utf8')).toBe('old\n');
  appendFileSync(path, `${'x'.repeat(200)}\n`);
  boundLog(path, 100);
  appendFileSync(path, 'one\ntwo\nthree\n');
  expect(statSync(`${path}.1`).size).toBeGreaterThan(100);
  expect(tail(path, 2)).toEqual(['two', 'three']);
});

test('ports stay the same while they are free and differ from each other', async () => {
  const names = ['a', 'b', 'c'];
  const first = await allocatePorts(names, {}, () => false);
  expect(new Set(Object.values(first)).size).toBe(3);
  expect(await allocatePorts(names, first, () => false)).toEqual(first);
  expect(await isFree(first['a'] ?? 0)).toBe(true);
});
