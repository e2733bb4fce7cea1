import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readGenesis } from '@rexnet/node/chain/genesis.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Keystore } from '../keystore.ts';
import { FakeNetwork } from '../testing/fake-network.ts';
import { heightOf, writeFakePrograms } from '../testing/fake-programs.ts';
import { parseTestnetFile, type TestnetFile } from '../testnet-file.ts';
import { foldersOf, networkNames } from './folders.ts';
import { isAlive, readIdentity } from './process-identity.ts';
import { type RunInput, type RunResult, runNetwork } from './run.ts';
import { endLeftover, leftoverNames } from './supervisor.ts';

/** A process that loads all of rxctl, on a machine that gives it a tenth of a core. */
const OTHER_RUN_MAX_MS = 180_000;
const GROWS_MAX_MS = 30_000;

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'rexnet-run-'));
});
afterEach(async () => {
  const folders = foldersOf(base, 'demo');
  await Promise.all(leftoverNames(folders).map((name) => endLeftover(folders, name, 500)));
  rmSync(base, { recursive: true, force: true });
});

const text = (spec: string): string =>
  `apiVersion: rexnet.dev/v1alpha1\nkind: Testnet\nmetadata: {name: demo}\nspec: ${spec}\n`;
const SPEC =
  '{groups: 2, chain: {partitions: 4}, bitcoin: {mode: None}, contracts: [{name: token}], load: {tpsPerGroup: 50}}';

function fileOf(spec: string): TestnetFile {
  const result = parseTestnetFile(text(spec));
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.file;
}

type Change = Partial<RunInput> & { readonly spec?: string; readonly network?: FakeNetwork };

function run({ spec = SPEC, network, ...change }: Change = {}): Promise<RunResult> {
  const file = fileOf(spec);
  const folders = foldersOf(base, 'demo');
  return runNetwork({
    testnet: file.testnet,
    configMaps: file.configMaps,
    folders,
    bitcoind: { kind: 'absent', reason: 'not asked' },
    openNetwork: async () => network ?? new FakeNetwork(folders),
    devKey: (where, name) => new Keystore('', readGenesis(readFileSync(where.genesis)).genesis.seed).signer(name),
    forMs: 1_000,
    checkState: false,
    programs: writeFakePrograms(join(base, '.programs')),
    nowMs: Date.now,
    onNote: () => undefined,
    onView: () => undefined,
    signal: new AbortController().signal,
    ...change,
  });
}

test('a run ends by itself with all figures, the contract deployed and nothing left running', async () => {
  const folders = foldersOf(base, 'demo');
  const network = new FakeNetwork(folders);
  const { report, judgement } = await run({ network });
  expect(report).toEqual({
    network: 'demo',
    groups: 2,
    nodes: 2,
    firstBlockSeconds: expect.any(Number),
    offered: 100,
    completed: 100,
    failed: 0,
    lost: 0,
    doubled: 0,
    tps: 100,
    crossGroupShare: 0.75,
    p50Ms: 3000,
    p95Ms: 4000,
    executedP95Ms: 3500,
    heights: [expect.any(Number), expect.any(Number)],
    parents: { onChain: 2, orphan: 4, premature: 6 },
    bitcoinHeight: 101,
    audit: 'clean',
  });
  expect(judgement).toEqual({ code: 0, reason: 'all well' });
  expect(network.sent.map(({ action, from }) => `${action.kind} by ${from}`)).toEqual(['deploy by alice']);
  expect(leftoverNames(folders)).toEqual([]);
  expect(networkNames(base)).toEqual(['demo']);
});

test('starting again continues the chains on the same ports, and deploys nothing twice', async () => {
  const folders = foldersOf(base, 'demo');
  const network = new FakeNetwork(folders);
  const first = await run({ network });
  const peers = readFileSync(folders.peers, 'utf8');
  const second = await run({ network });
  expect(second.report.heights.every((height, group) => height > (first.report.heights[group] ?? 0))).toBe(true);
  expect(readFileSync(folders.peers, 'utf8')).toBe(peers);
  expect(network.sent).toHaveLength(1);
});

test('a dirty audit is a verdict not met', async () => {
  const network = new FakeNetwork(foldersOf(base, 'demo'));
  network.audited = { ...network.audited, clean: false, problems: ['1 msat too much in group 0'] };
  const { report, judgement } = await run({ network });
  expect(report.audit).toBe('1 msat too much in group 0');
  expect(judgement.code).toBe(5);
});

test('a contract that cannot be deployed keeps the load from starting', async () => {
  const notes: string[] = [];
  const { report, judgement } = await run({
    spec: '{groups: 1, chain: {partitions: 1}, bitcoin: {mode: None}, contracts: [{name: nosuch}], load: {workload: Transfer, tpsPerGroup: 5}}',
    onNote: (line) => notes.push(line),
    forMs: 100,
  });
  expect(report.offered).toBe(0);
  expect(judgement.code).toBe(6);
  expect(notes.join('\n')).toContain('nosuch is no shipped contract');
});

test('what is fixed at genesis cannot be changed on a network that exists', async () => {
  await run({ spec: '{groups: 2, chain: {partitions: 4}, bitcoin: {mode: None}}', forMs: 50 });
  await expect(run({ spec: '{groups: 2, chain: {partitions: 8}, bitcoin: {mode: None}}' })).rejects.toThrow(
    'spec.chain is fixed at genesis',
  );
  await expect(run({ spec: '{groups: 1, chain: {partitions: 4}, bitcoin: {mode: None}}' })).rejects.toThrow(
    'has 2 groups, and no group can leave',
  );
});

test('secrets are files of their owner alone', async () => {
  await run({ spec: '{groups: 1, chain: {partitions: 1}, bitcoin: {mode: None}}', forMs: 10 });
  expect(statSync(foldersOf(base, 'demo').governance).mode & 0o777).toBe(0o600);
});

test('a Prometheus runs beside the network for as long as it does, and the load generator serves metrics', async () => {
  const folders = foldersOf(base, 'demo');
  const command = join(base, 'prometheus');
  const heard = join(base, 'heard');
  writeFileSync(command, `#!/bin/sh\necho "$@" > ${heard}\nexec sleep 1000\n`);
  chmodSync(command, 0o755);
  const notes: string[] = [];
  let running: readonly string[] = [];
  await run({
    prometheus: { kind: 'found', command },
    onNote: (line) => notes.push(line),
    onView: (report) => {
      if (report.offered > 0) running = leftoverNames(folders);
    },
  });
  expect(running).toEqual(['g0-n0', 'g1-n0', 'load', 'miner-0', 'prometheus']);
  const [, address] = /(http:\S+),/.exec(notes.join('\n')) ?? [];
  expect(readFileSync(heard, 'utf8')).toContain(`--web.listen-address=${address?.replace('http://', '')}`);
  expect(leftoverNames(folders)).toEqual([]);
});

test('without a Prometheus one sentence says so and everything else goes on', async () => {
  const notes: string[] = [];
  const { judgement } = await run({
    spec: '{groups: 1, chain: {partitions: 1}, bitcoin: {mode: None}}',
    forMs: 50,
    prometheus: { kind: 'absent', reason: 'no prometheus: this machine has no apt' },
    onNote: (line) => notes.push(line),
  });
  expect(judgement.code).toBe(0);
  expect(notes.filter((line) => line.includes('monitoring'))).toEqual([
    'no monitoring: no prometheus: this machine has no apt; everything else goes on',
  ]);
});

test('Ctrl-C stops everything within 5 s', async () => {
  const stop = new AbortController();
  let stoppedAtMs = 0;
  const { judgement } = await run({
    forMs: undefined,
    signal: stop.signal,
    onView: (report) => {
      if (report.offered === 0 || stoppedAtMs !== 0) return;
      stoppedAtMs = performance.now();
      stop.abort();
    },
  });
  expect(performance.now() - stoppedAtMs).toBeLessThan(5_000);
  expect(judgement.code).toBe(0);
  expect(leftoverNames(foldersOf(base, 'demo'))).toEqual([]);
});

/** A run in a process of its own, without the test runner's event loop; resolves to its exit code or signal. */
async function otherRun(kind: 'killed' | 'whole'): Promise<unknown> {
  const script = join(base, `${kind}.ts`);
  const source = new URL('..', import.meta.url).href;
  const forMs = kind === 'killed' ? 'undefined' : '300';
  const onView =
    kind === 'killed'
      ? "(report) => { if (report.offered > 0) process.kill(process.pid, 'SIGKILL'); }"
      : '() => undefined';
  writeFileSync(
    script,
    `import { runNetwork } from '${source}local/run.ts';
import { foldersOf } from '${source}local/folders.ts';
import { Keystore } from '${source}keystore.ts';
import { FakeNetwork } from '${source}testing/fake-network.ts';
import { writeFakePrograms } from '${source}testing/fake-programs.ts';
import { parseTestnetFile } from '${source}testnet-file.ts';
const { file } = parseTestnetFile(${JSON.stringify(text(SPEC))});
const folders = foldersOf(${JSON.stringify(base)}, 'demo');
const { judgement } = await runNetwork({ testnet: file.testnet, configMaps: file.configMaps, folders, bitcoind: { kind: 'absent', reason: 'x' }, openNetwork: async () => new FakeNetwork(folders),
  devKey: (_where, name) => new Keystore('', 1).signer(name), forMs: ${forMs}, checkState: false, programs: writeFakePrograms(${JSON.stringify(join(base, '.programs'))}), nowMs: Date.now, onNote: () => undefined,
  onView: ${onView}, signal: new AbortController().signal });
process.exitCode = judgement.code;
`,
  );
  const other = spawn(process.execPath, [script], { stdio: 'inherit' });
  return new Promise((resolve) => other.once('exit', (code, signal) => resolve(signal ?? code)));
}

test('an rxctl killed by -9 leaves nothing the next one cannot adopt or end', {
  timeout: OTHER_RUN_MAX_MS,
}, async () => {
  expect(await otherRun('killed')).toBe('SIGKILL');
  const folders = foldersOf(base, 'demo');
  const left = leftoverNames(folders).map((name) => ({
    name,
    identity: readIdentity(join(folders.run, `${name}.pid`)),
  }));
  expect(left.map(({ name }) => name)).toEqual(['g0-n0', 'g1-n0', 'load', 'miner-0']);
  const before = heightOf(folders.node('g0-n0'));
  await expect.poll(() => heightOf(folders.node('g0-n0')), { timeout: GROWS_MAX_MS }).toBeGreaterThan(before);

  const notes: string[] = [];
  const { judgement } = await run({ onNote: (line) => notes.push(line) });
  expect(
    notes
      .filter((line) => line.includes('goes on as process'))
      .map((line) => line.split(':')[0])
      .sort(),
  ).toEqual(['g0-n0', 'g1-n0', 'miner-0']);
  expect(notes).toContain('ended what an earlier run left: load');
  expect(judgement.code).toBe(0);
  expect(left.map(({ identity }) => identity !== undefined && isAlive(identity))).toEqual([false, false, false, false]);
});

test('a run that adopted everything ends by itself, in a process that nothing else keeps alive', {
  timeout: OTHER_RUN_MAX_MS,
}, async () => {
  expect(await otherRun('killed')).toBe('SIGKILL');
  expect(await otherRun('whole')).toBe(0);
  expect(leftoverNames(foldersOf(base, 'demo'))).toEqual([]);
});
