import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bitcoindArgs } from './command.ts';
import { locateBitcoind } from './locate.ts';
import { startBitcoind } from './testing/regtest.ts';

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
  await expect(startBitcoind(command, join(folder, 'data'))).rejects.toThrow('no such option');
});

test('the command line listens to nobody but local RPC callers', () => {
  const args = bitcoindArgs({ dataDir: '/data', rpcPort: 1234 });
  expect(args).toEqual(expect.arrayContaining(['-regtest', '-listen=0', '-rpcbind=127.0.0.1', '-rpcport=1234']));
});
