// rxd as people meet it: exit codes, what stands on which stream, signals.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from './main.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const LIFETIME = new URL('./lifetime.ts', import.meta.url).href;
const KEY = 'cd'.repeat(32);

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rexnet-rxd-'));
  writeFileSync(join(folder, 't.yaml'), 'apiVersion: rexnet.dev/v1alpha1\nkind: Testnet\nmetadata: {name: demo}\n');
  writeFileSync(
    join(folder, 'peers.json'),
    '{"groups": {"0": [{"node": "n", "grpc": "127.0.0.1:1", "peer": "127.0.0.1:1"}]}}',
  );
  writeFileSync(join(folder, 'bad.json'), '[]');
  writeFileSync(join(folder, 'junk.bin'), 'no genesis');
  const { code, err } = await rxd('init', '--spec', 't.yaml', '--governance-key', KEY, '--out', '.').ended;
  expect(err).toBe('');
  expect(code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(args: readonly string[]) {
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('REXNET_')));
  const child = spawn(process.execPath, args, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = once(child, 'close').then(([code]): Ended => ({ code: code as number | null, out, err }));
  const shows = (text: string) => expect.poll(() => out, { timeout: 20_000 }).toContain(text);
  return { child, ended, shows };
}

const rxd = (...args: string[]) => run([MAIN, ...args]);

/** The same without a process: names of files stand for those in the folder. */
async function rxdHere(...args: string[]): Promise<Ended> {
  let [out, err] = ['', ''];
  const code = await main(
    args.map((arg) => (/\.(yaml|json|bin)$/.test(arg) ? join(folder, arg) : arg)),
    {
      signal: new AbortController().signal,
      environment: {},
      out: (line) => {
        out += `${line}\n`;
      },
      err: (line) => {
        err += `${line.replaceAll(`${folder}/`, '')}\n`;
      },
      useLog: () => undefined,
      tellDefect: (kind, error) => {
        err += `${kind}: ${String(error)}\n`;
      },
    },
  );
  return { code, out, err };
}
const MINE = ['mine', '--genesis', 'genesis.bin', '--peers', 'peers.json', '--metrics', '127.0.0.1:0'];
const AUDIT = ['audit', '--genesis', 'genesis.bin', '--data', 'nowhere'];
const NODE = ['run', '--data', 'd', '--peers', 'peers.json'];

test.each<[string[], number, RegExp]>([
  [[], 2, /^rxd: name a command\n\nrxd: a node of Rexnet/],
  [['fly'], 2, /^rxd: fly is no command\n/],
  [['run'], 2, /^rxd run: --genesis is missing: genesis file\n$/],
  [MINE, 2, /^rxd mine: --bitcoind is missing: .*--toy-parent\n$/],
  [[...MINE, '--bitcoind', 'ftp://x'], 2, /^rxd mine: --bitcoind ftp:\/\/x: expected a URL/],
  [[...MINE, '--bitcoind', 'http://127.0.0.1:1'], 2, /^rxd mine: --bitcoind-cookie is missing/],
  [[...MINE, '--toy-parent', '--cpu', '10'], 2, /^rxd mine: --cpu 10: expected a share/],
  [[...MINE, '--toy-parent', '--peers', 'bad.json'], 2, /^rxd mine: groups must map .*\n {2}cure: /],
  [[...MINE, '--toy-parent', '--peers', 'none.json'], 2, /^rxd mine: none\.json: no such file or folder\n {2}cure: /],
  [[...NODE, '--group', '0', '--genesis', 'none.bin'], 2, /^rxd run: none\.bin: no such file or folder\n/],
  [
    [...NODE, '--group', '0', '--genesis', 'junk.bin'],
    2,
    /^rxd run: junk\.bin is no genesis file of this version: .*\n {2}cure: /,
  ],
  [
    [...NODE, '--group', '0', '--genesis', 'genesis.bin', '--miner', 'bob'],
    2,
    /^rxd run: --miner bob: expected the address/,
  ],
  [['audit', '--genesis', 'genesis.bin'], 2, /^rxd audit: --data is missing: data folder of a stopped node/],
  [[...AUDIT, '-o', 'xml'], 2, /^rxd audit: --output xml: expected one of text, json\n$/],
  [AUDIT, 2, /^rxd audit: nowhere is no data folder of a node; name the one that holds chain\.mdb and node\.json\n$/],
])('rxd %j ends with %i', async (args, code, err) => {
  expect(await rxdHere(...args)).toEqual({ code, out: '', err: expect.stringMatching(err) });
});

test.each([[['--help']], [['help', 'mine']], [['mine', '-h', '--nonsense']]])('rxd %j helps', async (args) => {
  expect(await rxdHere(...args)).toEqual({ code: 0, out: expect.stringContaining('rxd mine'), err: '' });
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s stops a miner cleanly', async (signal) => {
  const { child, ended, shows } = rxd(...MINE, '--toy-parent');
  await shows('miner starts');
  child.kill(signal);
  const { code, out, err } = await ended;
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(
    out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { msg: string }).msg)
      .slice(-2),
  ).toEqual(['stopping', 'stopped']);
});

const lifetime = (deadlineMs: number, then: string) =>
  run(['-e', `import('${LIFETIME}').then((m) => { const world = m.beginLifetime(${deadlineMs}); ${then} })`]);
const IDLE = 'setInterval(() => {}, 1000); world.out("ready")';

test('a second signal ends at once what does not stop', async () => {
  const { child, ended, shows } = lifetime(
    60_000,
    `${IDLE}; world.signal.addEventListener('abort', () => world.out("asked"))`,
  );
  await shows('ready');
  child.kill('SIGTERM');
  await shows('asked');
  child.kill('SIGINT');
  expect((await ended).code).toBe(1);
});

test('what does not stop is ended at the deadline', async () => {
  const { child, ended, shows } = lifetime(100, IDLE);
  await shows('ready');
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 1, err: expect.stringContaining('not over after 100 ms') });
});

test.each([
  ['uncaught exception', 'setTimeout(() => { throw new Error("boom") })'],
  ['unhandled rejection', 'setTimeout(() => { Promise.reject(new Error("boom")) })'],
])('an %s is one line and exit code 1', async (kind, act) => {
  const { code, err } = await lifetime(1_000, act).ended;
  expect(code).toBe(1);
  expect(err).toMatch(new RegExp(`^rxd: ${kind}: Error: boom .*\\n$`));
});
