// A bundle is unpacked here by hand, so that the archive is held against the format and not against ourselves.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';
import { cookieFileOf } from '@rexnet/node/bitcoin/command.ts';
import { deriveKey } from '@rexnet/node/chain/keys.ts';
import { toHex } from '@rexnet/node/core/bytes.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeNetwork } from '../testing/fake-network.ts';
import { aSnapshot, FakeSource } from '../testing/small-snapshot.ts';
import { TestFolder } from '../testing/verb-runner.ts';

const GOVERNANCE = '1a2b3c4d'.repeat(8);
const COOKIE = '5e6f7a8b'.repeat(8);
const STORED = '9c0d1e2f'.repeat(8);
const DEV = toHex(deriveKey(1, 'alice').secret);
const ADDRESS = `${'a1'.repeat(29)}:ed25519`;
let folder: TestFolder;

beforeAll(() => {
  folder = new TestFolder(new FakeNetwork());
  const { folders, cwd } = folder;
  writeFileSync(folders.governance, `${GOVERNANCE}\n`);
  mkdirSync(dirname(cookieFileOf(folders.bitcoin)), { recursive: true });
  writeFileSync(cookieFileOf(folders.bitcoin), `__cookie__:${COOKIE}`);
  mkdirSync(join(cwd, '.rexnet', 'keys'), { recursive: true });
  writeFileSync(join(cwd, '.rexnet', 'keys', 'shop.json'), JSON.stringify({ name: 'shop', secret: STORED }));
  const leaks = [
    GOVERNANCE,
    `__cookie__:${COOKIE}`,
    STORED.toUpperCase(),
    DEV,
    Buffer.from(STORED, 'hex').toString('base64'),
  ];
  writeFileSync(
    join(folders.logs, 'g0-n0.log'),
    `${leaks.map((secret) => `{"level":"debug","msg":"leaked ${secret}"}`).join('\n')}\npaid ${ADDRESS} from ${cwd}\n`,
  );
  writeFileSync(
    folders.progress,
    JSON.stringify({ startedAtMs: 1, contracts: [], bitcoindMissing: `rpc said ${COOKIE}` }),
  );
});
afterAll(() => folder.remove());

function unzip(path: string): ReadonlyMap<string, string> {
  const bytes = readFileSync(path);
  const end = bytes.length - 22;
  expect(bytes.readUInt32LE(end)).toBe(0x06054b50);
  const found = new Map<string, string>();
  let at = bytes.readUInt32LE(end + 16);
  for (let i = 0; i < bytes.readUInt16LE(end + 10); i++) {
    expect(bytes.readUInt32LE(at)).toBe(0x02014b50);
    const [crc, packedBytes, plainBytes] = [16, 20, 24].map((field) => bytes.readUInt32LE(at + field)) as [
      number,
      number,
      number,
    ];
    const nameBytes = bytes.readUInt16LE(at + 28);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameBytes);
    const local = bytes.readUInt32LE(at + 42);
    expect(bytes.readUInt32LE(local)).toBe(0x04034b50);
    expect(bytes.subarray(local + 4, local + 28)).toEqual(bytes.subarray(at + 6, at + 30));
    const plain = inflateRawSync(bytes.subarray(local + 30 + nameBytes, local + 30 + nameBytes + packedBytes));
    expect([crc32(plain), plain.length]).toEqual([crc, plainBytes]);
    found.set(name, plain.toString('utf8'));
    at += 46 + nameBytes;
  }
  return found;
}

async function bundle(...args: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const source = new FakeSource(aSnapshot());
  const { code, out } = await folder.run(['report', '--out', 'bug.zip', ...args], { source });
  expect([code, out]).toEqual([0, expect.stringMatching(/^bug\.zip: \d+ files, /)]);
  return unzip(join(folder.cwd, 'bug.zip'));
}

test('a bundle holds what helps, and says what it could not get', async () => {
  const files = await bundle();
  expect([...files.keys()]).toEqual([
    ...['README.txt', 'status.json', 'events.json', 'why.json', 'genesis.json', 'versions.json', 'state.json'],
    ...['progress.json', 'doctor.json', 'logs/g0-n0.log', 'missing.json'],
  ]);
  expect(JSON.parse(files.get('status.json') ?? '')).toMatchObject({ name: 'demo', status: { phase: 'Healthy' } });
  expect(JSON.parse(files.get('genesis.json') ?? '')).toMatchObject({
    groups: 2,
    governance: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(JSON.parse(files.get('missing.json') ?? '').missing.map(({ name }: { name: string }) => name)).toEqual([
    ...['load.json', 'metrics/g0-n0.txt', 'metrics/g1-n0.txt', 'metrics/miner-0.txt'],
  ]);
  expect(statSync(join(folder.cwd, 'bug.zip')).mode & 0o777).toBe(0o600);
});

test.each([[[]], [['--redact']]])('no secret leaves this machine, with %j', async (args) => {
  const files = await bundle(...args);
  const all = [...files.values()].join('\n').toLowerCase();
  for (const secret of [GOVERNANCE, COOKIE, STORED, DEV, Buffer.from(STORED, 'hex').toString('base64')])
    expect(all).not.toContain(secret.toLowerCase());
  expect(files.get('logs/g0-n0.log')?.match(/leaked (__cookie__:)?\[secret\]/g)).toHaveLength(5);
});

test('for strangers names go too', async () => {
  expect((await bundle()).get('logs/g0-n0.log')).toContain(`paid ${ADDRESS} from ${folder.cwd}`);
  expect((await bundle('--redact')).get('logs/g0-n0.log')).toContain('paid [address-1] from ~');
});

test('for a program it is one object, and a network that cannot be looked at is no reason to say nothing', async () => {
  const { out } = await folder.run(['report', '-o', 'json'], { source: new FakeSource() });
  const files = JSON.parse(out) as Record<string, string>;
  expect(files['state.json']).toContain('"name": "demo"');
  expect(files['missing.json']).toContain('the network cannot be looked at');
});
