import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { locateBitcoind } from './locate.ts';
import { adoptBitcoind, bitcoindArgs, startBitcoind } from './process.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rexnet-locate-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function program(name: string, script: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

const silent = () => undefined;

test('a configured bitcoind that is none is an error, not a reason to look elsewhere', async () => {
  await program('bitcoind', 'exit 0');
  const located = await locateBitcoind({
    configured: join(folder, 'missing'),
    searchPath: folder,
    cacheDir: join(folder, 'cache'),
    log: silent,
  });
  expect(located).toMatchObject({ kind: 'absent', reason: expect.stringContaining('REXNET_BITCOIND') });
});

test('the first bitcoind of PATH is taken', async () => {
  const command = await program('bitcoind', 'exit 0');
  const located = await locateBitcoind({
    searchPath: `/nowhere:${folder}`,
    cacheDir: join(folder, 'cache'),
    log: silent,
  });
  expect(located).toEqual({ kind: 'found', command, source: 'path' });
});

test('a program that ends at its start is reported with what it said', async () => {
  const command = await program('bitcoind', 'echo "Error: no such option" >&2; exit 1');
  const start = startBitcoind({ command, dataDir: join(folder, 'data'), log: silent });
  await expect(start).rejects.toMatchObject({ code: 'EXITED', message: expect.stringContaining('no such option') });
});

test('nothing is adopted from an empty folder or from a process id that is somebody else', async () => {
  expect(await adoptBitcoind(join(folder, 'data'))).toBeUndefined();
  await writeFile(join(folder, 'rpc-port'), '18443\n');
  await mkdir(join(folder, 'regtest'));
  await writeFile(join(folder, 'regtest', 'bitcoind.pid'), `${process.pid}\n`);
  expect(await adoptBitcoind(folder)).toBeUndefined();
});

test('the command line listens to nobody but local RPC callers', () => {
  const args = bitcoindArgs({ dataDir: '/data', rpcPort: 1234, extraArgs: ['-txindex=1'] });
  expect(args).toEqual(
    expect.arrayContaining(['-regtest', '-listen=0', '-rpcbind=127.0.0.1', '-rpcport=1234', '-txindex=1']),
  );
});
