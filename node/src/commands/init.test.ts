import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readGenesis } from '../chain/genesis.ts';
import { wordFailure } from '../exit.ts';
import { GENESIS_FILE, init } from './init.ts';
import { parseGenesisSpec } from './spec.ts';

const HEAD = 'apiVersion: rexnet.dev/v1alpha1\nkind: Testnet\nmetadata: {name: demo}\n';
const KEY = 'ab'.repeat(32);

const parse = (yaml: string) => parseGenesisSpec('t.yaml', yaml);
const failureOf = (yaml: string): Promise<string> =>
  parse(yaml).then(
    () => 'accepted',
    (error: unknown) => wordFailure(error)?.text ?? `unworded: ${String(error)}`,
  );

test.each<[string, object]>([
  ['', { groups: 2, seed: 1, bitcoinIntervalMs: 10_000 }],
  [
    'spec: {}',
    { chain: { partitions: 256, blockIntervalMs: 1_000, blockGas: 4_000_000n, difficulty: 'Floor', confirmations: 2 } },
  ],
  ['spec: {groups: 4, seed: 9007199254740991, load: {anything: [1]}}', { groups: 4, seed: Number.MAX_SAFE_INTEGER }],
  [
    'spec: {chain: {partitions: 1, blockInterval: 1m30s}, groups: 1}',
    { chain: expect.objectContaining({ partitions: 1, blockIntervalMs: 90_000 }) },
  ],
  [
    'spec: {chain: {difficulty: Asert, confirmations: 0, blockGas: 1000000000}}',
    { chain: expect.objectContaining({ difficulty: 'Asert', confirmations: 0, blockGas: 1_000_000_000n }) },
  ],
  ['spec: {bitcoin: {mode: None, blockInterval: 500ms}}', { bitcoinIntervalMs: 500 }],
  ['---\nkind: ConfigMap\napiVersion: v1\n', { groups: 2 }],
])('%j is read with its defaults', async (spec, expected) => {
  expect(await parse(`${HEAD}${spec}\n`)).toMatchObject(expected);
});

test.each<[string, string]>([
  ['spec: {group: 4}', 't.yaml:4:8: spec.group is no field\n  cure: did you mean groups?'],
  [
    'spec:\n  chain:\n    partition: 4',
    't.yaml:6:5: spec.chain.partition is no field\n  cure: did you mean partitions?',
  ],
  ['spec:\n  blockGas: 4', 't.yaml:5:3: spec.blockGas is no field\n  cure: did you mean spec.chain.blockGas?'],
  [
    'spec: {chain: {userShare: 1}}',
    't.yaml:4:16: spec.chain.userShare is no field\n  cure: remove it; there are partitions, blockInterval, blockGas, difficulty, confirmations',
  ],
  [
    'spec: {groups: "4"}',
    't.yaml:4:8: spec.groups is "4", but must be a whole number from 1 to 1024\n  cure: write a plain decimal number without quotes',
  ],
  ['spec: {groups: 0}', 't.yaml:4:8: spec.groups is 0, but must be a whole number from 1 to 1024'],
  ['spec: {groups: 2.5}', 'spec.groups is 2.5, but'],
  ['spec: {groups: 010}', 'spec.groups is 010, which Kubernetes reads as another number'],
  ['spec: {groups: }', 'spec.groups has no value'],
  ['spec: {groups: [4]}', 'spec.groups is no single value'],
  ['spec: {seed: -1}', 'spec.seed is -1, but'],
  ['spec: {chain: {partitions: 3}}', 'spec.chain.partitions is 3, but must be a power of two from 1 to 4096'],
  [
    'spec: {chain: {blockInterval: 1}}',
    'spec.chain.blockInterval is 1, but must be a duration from 100ms to 10m\n  cure: write it with units',
  ],
  ['spec: {chain: {blockInterval: 99ms}}', 'spec.chain.blockInterval is 99ms'],
  ['spec: {chain: {blockInterval: 601s}}', 'spec.chain.blockInterval is 601s'],
  ['spec: {chain: {blockInterval: 1 s}}', 'spec.chain.blockInterval is 1 s'],
  ['spec: {chain: {blockGas: 99999}}', 'spec.chain.blockGas is 99999'],
  ['spec: {chain: {difficulty: floor}}', 'spec.chain.difficulty is floor, but must be one of Floor, Asert'],
  ['spec: {chain: {confirmations: 101}}', 'spec.chain.confirmations is 101'],
  ['spec: {chain: 4}', 'spec.chain holds no fields'],
  ['spec: [1]', 'spec holds no fields'],
  ['spec: {bitcoin: {blockInterval: 1d}}', 'spec.bitcoin.blockInterval is 1d, but must be a duration'],
  ['spec: {groups: 8, chain: {partitions: 4}}', 'spec.groups is 8 but spec.chain.partitions is 4'],
  ['spec: {groups: 1, groups: 2}', 't.yaml:4:'],
  ['spec: {', 't.yaml:'],
])('%j is refused with place and cure', async (spec, message) => {
  const text = await failureOf(`${HEAD}${spec}\n`);
  expect(text).toContain(message);
  expect(text).toContain('cure: ');
});

test('every problem of a file is named', async () => {
  const text = await failureOf(`${HEAD}spec:\n  groups: 0\n  chain:\n    confirmations: no\n    foo: 1\n`);
  expect(text.split('\n').filter((line) => line.startsWith('t.yaml:')).length).toBe(3);
});

test.each([
  ['', 't.yaml holds no Testnet'],
  ['kind: Pod\n', 't.yaml holds no Testnet'],
  ['just text', 't.yaml holds no Testnet'],
  [`${HEAD}---\n${HEAD}`, 't.yaml holds more than one Testnet'],
  ['kind: Testnet\n', 'apiVersion is missing or another one'],
])('%j is no testnet', async (yaml, message) => {
  expect(await failureOf(yaml)).toContain(message);
});

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rexnet-init-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function runInit(spec: string, key = KEY): Promise<string> {
  const path = join(folder, 'testnet.yaml');
  writeFileSync(path, `${HEAD}${spec}\n`);
  const told: string[] = [];
  const flags = { spec: path, 'governance-key': key, out: join(folder, 'out', 'net') };
  await init(flags, { out: (line) => told.push(line) });
  return told.join('\n');
}

test('init writes the same network every time, and never over another one', async () => {
  const path = join(folder, 'out', 'net', GENESIS_FILE);
  expect(await runInit('spec: {groups: 3, seed: 7}')).toMatch(
    /^wrote: .*genesis\.bin, network [0-9a-f]{8}, genesis [0-9a-f]{64}, 3 groups/,
  );
  const bytes = readFileSync(path);
  const { genesis } = readGenesis(bytes);
  expect(genesis).toMatchObject({ seed: 7, partitions: 256, confirmations: 2 });
  expect(Buffer.from(genesis.governance).toString('hex')).toBe(KEY);
  expect(genesis.accounts.length).toBe(1 + 8 + 3 * 1_000);
  expect(await runInit('spec: {groups: 3, seed: 7}')).toMatch(/^already there/);
  await expect(runInit('spec: {groups: 3, seed: 8}')).rejects.toThrow(/is the genesis of another network\n {2}cure: /);
  expect(readFileSync(path).equals(bytes)).toBe(true);
});

test.each([
  ['a short key', 'spec: {}', 'abcd', /64 hex digits/],
  [
    'a broadcast that does not fit',
    'spec: {chain: {blockGas: 100000}}',
    KEY,
    /spec\.chain\.blockGas: .*broadcast[\s\S]*cure: raise/,
  ],
])('%s leaves no file', async (_, spec, key, message) => {
  await expect(runInit(spec, key)).rejects.toThrow(message);
  expect(existsSync(join(folder, 'out'))).toBe(false);
});
