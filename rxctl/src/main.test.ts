import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { FakeNetwork, RUNNING_ID } from './testing/fake-network.ts';
import { type Ran, TestFolder } from './testing/verb-runner.ts';

const network = new FakeNetwork();
const NAME_OWN = /already|dev key/;
let folder: TestFolder;
let cwd = '';

beforeAll(() => {
  folder = new TestFolder(network);
  ({ cwd } = folder);
  const { folders } = folder;
  writeFileSync(join(folders.logs, 'g0-n0.log'), 'one\ntwo\nthree\n');
  mkdirSync(join(cwd, 'case'));
  writeFileSync(
    join(cwd, 'good.prd'),
    'contract Good {\n  @address uint64 n;\n  @address function uint64 get() public const { return n; }\n  @address function put(uint64 v) export { n = v; }\n}\n',
  );
  writeFileSync(join(cwd, 'bad.prd'), 'contract Bad {\n  @address function put(uint64 v) export { n = v; }\n}\n');
  writeFileSync(join(cwd, 'case', 'a.prd'), readFileSync(join(cwd, 'good.prd')));
  network.install('shop', readFileSync(join(cwd, 'good.prd'), 'utf8'));
  network.readResult = new Uint8Array([42, 0, 0, 0, 0, 0, 0, 0]);
});
afterAll(() => folder.remove());

const rxctl = (...args: readonly string[]): Promise<Ran> => folder.run(args);

const VERBS = [
  'up',
  'down',
  'doctor',
  'lint',
  'status',
  'why',
  'wait',
  'tree',
  'nodes',
  'events',
  'compile',
  'deploy',
  'deploy-all',
  'call',
  'send',
  'estimate',
  'key new',
  'key list',
  'key show',
  'faucet',
  'block',
  'tx',
  'audit',
  'parent fork',
  'logs',
  'report',
];

test.each(VERBS)('%s --help shows an example and -o', async (verb) => {
  const { code, out } = await rxctl(...verb.split(' '), '--help');
  expect(code).toBe(0);
  expect(out).toMatch(/Examples?:\n {2}rxctl /);
  expect(out).toContain('-o, --output');
});

test.each<[readonly string[], number, string]>([
  [['nosuch'], 2, 'unknown command'],
  [['statsu'], 2, 'Did you mean status?'],
  [['status', '--outptu', 'json'], 2, 'Did you mean --output?'],
  [['status', '--timeout', 'soon'], 2, '--timeout soon is no duration'],
  [['tx', RUNNING_ID, '--wait', '--timeout', '300ms'], 3, 'is Running (1 of 2 invocations) after '],
  [['block', 'x'], 2, 'x is no group id'],
  [['block', '0', '99'], 1, 'group 0 has no block 99'],
  [['tx', 'abc'], 2, 'abc is no transaction id'],
  [['send', 'transfer', 'bob', 'much'], 2, 'much is no amount'],
  [['send', 'transfer', 'bobb', '1'], 2, 'there is no key bobb'],
  [['send', 'shop.Good', 'putt', '1'], 2, 'did you mean put?'],
  [['send', 'shop.Good', 'put'], 2, 'takes 1 arguments, got 0'],
  [['send', 'shop.Good', 'get'], 2, 'no such function get'],
  [['call', 'shop.Nothing', 'get'], 1, 'nobody has deployed shop.Nothing'],
  [['--kube', 'lint'], 2, 'cure: lint asks no cluster: leave it out'],
  [['status', 'demo'], 2, 'cure: say which network with --name'],
  [['why', 'ab'.repeat(32)], 2, `cure: rxctl tx ${'ab'.repeat(32)} shows what became of it`],
  [['status', '--name', 'other'], 7, 'there is no network other'],
  [['up', '-f', 'missing.yaml'], 2, 'missing.yaml cannot be read'],
  [['up', '-f', 'good.prd'], 2, 'good.prd:1:1'],
  [['up', '--for', '1 minute'], 2, '--for 1 minute is no duration'],
  [['status', '-o', 'xml'], 2, '-o xml is no format'],
  [['logs', 'g9-n0'], 2, 'there is no log of g9-n0'],
  [['parent', 'fork'], 1, 'the network has no bitcoind'],
  [['compile', 'nosuch.prd'], 2, 'nosuch.prd does not exist'],
])('%j ends with %i and says why', async (args, wanted, words) => {
  const { code, err } = await rxctl(...args);
  expect(err).toContain(words);
  expect(code).toBe(wanted);
});

test.each<[readonly string[], string]>([
  [['block', '1', '3'], `${'ab'.repeat(32)}\n`],
  [['key', 'list'], 'alice\nbob\ncarol\ndave\nerin\nfrank\ngrace\nheidi\nfaucet\n'],
  [['compile', 'good.prd', 'bad.prd'], 'good.prd\nbad.prd\n'],
])('%j -o name prints names alone', async (args, out) => {
  expect((await rxctl(...args, '-o', 'name')).out).toBe(out);
});

test('every flag is an environment variable too', async () => {
  vi.stubEnv('REXNET_LINES', '1');
  try {
    expect((await rxctl('logs', 'g0-n0')).out).toBe('three\n');
    vi.stubEnv('REXNET_OUTPUT', 'name');
    vi.stubEnv('REXNET_FROM', 'carol');
    expect((await rxctl('block', '1', '3')).out).toBe(`${'ab'.repeat(32)}\n`);
    expect((await rxctl('send', 'transfer', 'bob', '1', '-o', 'json')).code).toBe(0);
  } finally {
    vi.unstubAllEnvs();
  }
  expect(network.sent.at(-1)).toMatchObject({ from: 'carol' });
});

test('REXNET_KUBE=0 leaves the network on the laptop', async () => {
  vi.stubEnv('REXNET_KUBE', '0');
  try {
    expect((await rxctl('block', '1', '3', '-o', 'name')).out).toBe(`${'ab'.repeat(32)}\n`);
    vi.stubEnv('REXNET_KUBE', 'maybe');
    const { code, err } = await rxctl('block', '1', '3');
    expect([code, err]).toEqual([2, expect.stringContaining('REXNET_KUBE=maybe: expected 1, true, 0 or false')]);
  } finally {
    vi.unstubAllEnvs();
  }
});

test('with -o json an error is JSON too', async () => {
  const { out } = await rxctl('block', '0', '99', '-o', 'json');
  expect(JSON.parse(out)).toEqual({
    error: { code: 1, message: 'group 0 has no block 99', cure: 'rxctl block 0 shows the newest' },
  });
});

test('a transfer is signed by the named key and waited for', async () => {
  const { code, out } = await rxctl('send', 'transfer', 'bob', '0.5', '--from', 'carol', '-o', 'json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ state: 'Completed', group: 0, height: 5, done: 1, total: 1 });
  expect(network.sent.at(-1)).toMatchObject({
    from: 'carol',
    action: { kind: 'transfer', amountMsat: 50_000_000_000n },
  });
});

test('a call of a contract is encoded by its ABI and runs on the sender', async () => {
  await rxctl('send', 'shop.Good', 'put', '7', '--wait', 'none');
  const { action } = network.sent.at(-1) ?? {};
  expect(action).toMatchObject({ kind: 'call', contract: 1n, args: new Uint8Array([7, 0, 0, 0, 0, 0, 0, 0]) });
});

test('a failed transaction is an error of the verb', async () => {
  network.outcome = { state: 'Failed', failure: { id: 'ab'.repeat(32), outcome: 'RunOutOfGas' } };
  const { code, out } = await rxctl('send', 'transfer', 'bob', '1');
  network.outcome = { state: 'Completed' };
  expect([code, out]).toEqual([1, expect.stringContaining('RunOutOfGas')]);
});

test('a read is decoded by the ABI', async () => {
  expect((await rxctl('call', 'shop.Good', 'get')).out).toBe('"42"\n'.replaceAll('"', ''));
  expect(JSON.parse((await rxctl('call', 'shop.Good', 'get', '-o', 'json')).out)).toMatchObject({
    value: '42',
    type: 'uint64',
    height: 7,
  });
});

test('an estimate signs and sends nothing', async () => {
  const sent = network.sent.length;
  expect(await rxctl('estimate', 'shop.Good', 'put', '7')).toEqual({
    code: 0,
    out: '29000 gas at 1 msat: 0.00000029 rxBTC\n',
    err: '',
  });
  expect(JSON.parse((await rxctl('estimate', 'deploy', 'good.prd', '-o', 'json')).out)).toMatchObject({ gas: '29000' });
  network.fee = { ...network.fee, status: 6, outcome: 'ExceptionThrown: Underflow' };
  expect(await rxctl('estimate', 'transfer', 'bob', '1')).toMatchObject({
    code: 1,
    out: expect.stringContaining('the trial run failed: ExceptionThrown: Underflow'),
  });
  expect(network.sent).toHaveLength(sent);
});

test('deploy shows what does not compile, and sends what does', async () => {
  const bad = await rxctl('deploy', 'bad.prd');
  expect([bad.code, bad.err]).toEqual([1, expect.stringContaining('error[E17]')]);
  expect((await rxctl('deploy', 'good.prd', '--dapp', 'mine')).code).toBe(0);
  expect(network.sent.at(-1)).toMatchObject({ action: { kind: 'deploy', dapp: 'mine' } });
});

test('compile prints verdicts for tables and diagnostics for people', async () => {
  expect((await rxctl('compile', '-o', 'tsv', 'good.prd', 'bad.prd', 'case')).out).toBe(
    'good.prd\tOK\nbad.prd\t2:E17\ncase\tOK\n',
  );
  const people = await rxctl('compile', 'bad.prd');
  expect([people.code, people.out]).toEqual([1, expect.stringMatching(/error\[E17\][\s\S]*--> bad.prd:2:[\s\S]*\^/)]);
  expect(JSON.parse((await rxctl('compile', 'good.prd', '-o', 'json')).out)).toMatchObject([
    { ok: true, abi: { contract: 'Good' } },
  ]);
});

test('keys are made once, readable by their owner alone, and never print their secret', async () => {
  const made = await rxctl('key', 'new', 'shop', '-o', 'json');
  const path = join(cwd, '.rexnet', 'keys', 'shop.json');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const { secret, address } = JSON.parse(readFileSync(path, 'utf8'));
  expect(JSON.parse(made.out)).toEqual({ name: 'shop', address, origin: 'keystore' });
  const { out } = await rxctl('key', 'list');
  expect(out).toMatch(/shop +keystore/);
  expect(out).toMatch(/alice +testnet seed \(TESTNET\)/);
  expect(out).not.toContain(secret);
  for (const name of ['shop', 'alice']) {
    const again = await rxctl('key', 'new', name);
    expect([again.code, again.err]).toEqual([2, expect.stringMatching(NAME_OWN)]);
  }
});

test('amounts are shown in rxBTC and given to programs in msat', async () => {
  expect((await rxctl('key', 'show', 'alice')).out).toContain('0.00012000 rxBTC, nonce 4, partition 17, group 0');
  expect(JSON.parse((await rxctl('key', 'show', 'alice', '-o', 'json')).out)).toMatchObject({
    balanceMsat: '12000000',
    nonce: '4',
  });
});

test('an audit that does not add up is a verdict not met', async () => {
  expect(await rxctl('audit')).toMatchObject({ code: 0, out: expect.stringContaining('clean at 0@3') });
  network.audited = { ...network.audited, clean: false, problems: ['1 msat too much'] };
  expect(await rxctl('audit')).toMatchObject({ code: 5, out: expect.stringContaining('1 msat too much') });
});

test('status of a network whose processes are gone says so and what to do', async () => {
  const { code, out } = await rxctl('status');
  expect(code).toBe(4);
  expect(out).toContain('no rxctl looks after it');
  expect(out).toContain('NodesNotRunning');
});

test('logs show the end of one log', async () => {
  expect((await rxctl('logs', 'g0-n0', '-n', '2')).out).toBe('two\nthree\n');
});

test('block and faucet', async () => {
  expect((await rxctl('block', '1', '3')).out).toContain('block 3 of group 1');
  expect((await rxctl('faucet', 'bob')).out).toContain('0.00100000 rxBTC to ');
});

test('down ends nothing that is not there, and --purge removes the data', async () => {
  expect(await rxctl('down', '-o', 'json')).toMatchObject({ code: 0, out: expect.stringContaining('"ended":[]') });
  expect((await rxctl('down', '--purge')).code).toBe(0);
  expect((await rxctl('status')).code).toBe(7);
});
