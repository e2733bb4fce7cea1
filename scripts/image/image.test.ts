// The image for real: built, unpacked, and its programs run as pods run them: user 1000, read-only root, process 1, no shell.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { imageArchive } from './archives.ts';

const run = promisify(execFile);

const UNPACKED_MAX_BYTES = 350e6;
const STOP_MAX_MS = 5_000;
const START_MAX_MS = 60_000;
const USER_ID = 1000;
const NODE = '/usr/local/bin/node';

/** Why nothing of this runs here; undefined when it does. A reason that begins with `cluster:` is one REXNET_REQUIRE forbids. */
function whyNot(): string | undefined {
  if (!(process.env['REXNET_REQUIRE'] ?? '').split(',').includes('cluster'))
    return 'image: building it takes a minute; REXNET_REQUIRE=cluster asks for it';
  return process.platform === 'linux' && process.getuid?.() === 0 ? undefined : 'cluster: it takes root on Linux';
}

const work = mkdtempSync(join(tmpdir(), 'rexnet-image-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

type Unpacked = { readonly root: string; readonly env: Readonly<Record<string, string>>; readonly user: string };

/** As a container runtime does: one layer over the other. */
async function unpack(kind: 'rexnet' | 'bitcoind'): Promise<Unpacked> {
  const { archive } = await imageArchive(kind, { env: process.env, say: () => undefined });
  const folder = join(work, kind);
  const root = join(folder, 'root');
  mkdirSync(root, { recursive: true });
  await run('tar', ['-xf', archive, '-C', folder]);
  const [manifest] = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as [
    { readonly Config: string; readonly Layers: readonly string[] },
  ];
  for (const layer of manifest.Layers) await run('tar', ['-xpf', join(folder, layer), '-C', root]);
  const { config } = JSON.parse(readFileSync(join(folder, manifest.Config), 'utf8')) as {
    config: { readonly Env: readonly string[]; readonly User: string };
  };
  const env = Object.fromEntries(
    config.Env.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
  return { root, env, user: config.User };
}

/** Mounts as kubelet makes them: everything read-only but one volume. */
const CONFINE = `set -e
mount --make-rprivate /
mount --bind "$1" "$1"
mount --bind "$2" "$1/data"
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount -o remount,bind,ro "$1"
root=$1; shift 2
exec chroot --userspec=${USER_ID}:${USER_ID} "$root" "$@"`;

function start({ root, env }: Unpacked, volume: string, command: readonly string[]): ChildProcess {
  mkdirSync(join(root, 'data'), { recursive: true });
  const script = ['/bin/sh', '-c', CONFINE, 'sh', root, volume, ...command];
  return spawn('unshare', ['--mount', '--pid', '--fork', '--kill-child', ...script], {
    env: { ...env, PATH: `${env['PATH']}:${process.env['PATH']}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

type Ended = { readonly code: number | null; readonly said: string };

async function end(child: ChildProcess, onText: (said: string) => void = () => undefined): Promise<Ended> {
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      onText(said);
    });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, said };
}

function bytesOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

const TESTNET = `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: one}
spec: {groups: 1, nodesPerGroup: 1}
`;

test('the image is small, and a node in it starts and stops as a pod', { timeout: 600_000 }, async (context) => {
  const reason = whyNot();
  if (reason !== undefined) return context.skip(reason);
  const image = await unpack('rexnet');
  expect(image.user).toBe('1000:1000');
  expect(bytesOf(image.root)).toBeLessThan(UNPACKED_MAX_BYTES);
  expect(readdirSync(join(image.root, 'opt', 'rexnet', '.compile-cache'))).toHaveLength(1);

  const volume = mkdtempSync(join(work, 'volume-'));
  chownSync(volume, USER_ID, USER_ID);
  writeFileSync(join(volume, 'testnet.yaml'), TESTNET);
  writeFileSync(join(volume, 'peers.json'), JSON.stringify({ groups: { 0: [] } }));
  const rxd = [NODE, '/opt/rexnet/node/src/main.ts'];
  const init = ['init', '--spec', '/data/testnet.yaml', '--governance-key', '0'.repeat(64), '--out', '/data/net'];
  expect(await end(start(image, volume, [...rxd, ...init]))).toMatchObject({ code: 0 });
  for (const [args, code, said] of [
    [['rxctl/src/main.ts', 'deploy-all', '--help'], 0, '--contracts'],
    [['operator/src/main.ts', '--help'], 0, '--leader-elect'],
    [['load/src/main.ts'], 2, '--spec'],
  ] as const) {
    const ended = await end(start(image, volume, [NODE, `/opt/rexnet/${args[0]}`, ...args.slice(1)]));
    expect(ended).toMatchObject({ code, said: expect.stringContaining(said) });
  }

  const strips = `process.moduleLoadList.some((name) => name.includes('amaro'))`;
  const script = `await import('/opt/rexnet/node/src/node.ts'); console.log(${strips}); process.exit(0)`;
  const compiled = await end(start(image, volume, [NODE, '--input-type=module', '-e', script]));
  expect(compiled, 'no type stripper is needed').toMatchObject({ code: 0, said: 'false\n' });

  const files = ['--genesis', '/data/net/genesis.bin', '--data', '/data/node', '--peers', '/data/peers.json'];
  const ports = ['--grpc', '127.0.0.1:0', '--peer-grpc', '127.0.0.1:0', '--metrics', '127.0.0.1:0'];
  const node = start(image, volume, [...rxd, 'run', '--group', '0', ...files, ...ports]);
  const late = setTimeout(() => node.kill('SIGKILL'), START_MAX_MS);
  let stoppedAt = 0;
  const ended = await end(node, (said) => {
    if (stoppedAt > 0 || !said.includes('node listens')) return;
    stoppedAt = performance.now();
    process.kill(onlyChild(node.pid ?? 0), 'SIGTERM');
  });
  clearTimeout(late);
  expect(ended).toMatchObject({ code: 0, said: expect.stringContaining('stopped') });
  expect(performance.now() - stoppedAt).toBeLessThan(STOP_MAX_MS);
});

test("bitcoind's image has all its program loads, and stops as a pod", { timeout: 300_000 }, async (context) => {
  const reason = whyNot();
  if (reason !== undefined) return context.skip(reason);
  const image = await unpack('bitcoind');
  const volume = mkdtempSync(join(work, 'volume-'));
  chownSync(volume, USER_ID, USER_ID);
  const quiet = ['-regtest', '-datadir=/data', '-listen=0', '-server=0', '-printtoconsole=1'];
  const bitcoind = start(image, volume, ['/usr/bin/bitcoind', ...quiet]);
  const late = setTimeout(() => bitcoind.kill('SIGKILL'), START_MAX_MS);
  let isStopped = false;
  const ended = await end(bitcoind, (said) => {
    if (isStopped || !said.includes('Done loading')) return;
    isStopped = true;
    process.kill(onlyChild(bitcoind.pid ?? 0), 'SIGTERM');
  });
  clearTimeout(late);
  expect(ended).toMatchObject({ code: 0, said: expect.stringContaining('Shutdown: done') });
});

/** Process 1 of the confined ones. */
function onlyChild(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
}
