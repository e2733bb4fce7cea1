// `rxctl audit --deep` on data folders made by the chain's own code, each audited by a real rxd.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { World } from '@rexnet/node/chain/testing/world.ts';
import { formatAddress } from '@rexnet/node/core/address.ts';
import { GENESIS } from '@rexnet/node/core/layouts.ts';
import { changeBlock, enrich, openStore, storeWorld } from '@rexnet/node/engine/testing/stored-world.ts';
import { parseTestnet } from '@rexnet/operator/api/parse.ts';
import { compilerHash } from '@rexnet/preda/compiler-hash.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { foldersOf, makeFolders } from '../local/folders.ts';
import { writeState } from '../local/state.ts';
import { runRxctl } from '../main.ts';
import { FakeNetwork } from '../testing/fake-network.ts';
import { Sink } from '../testing/sink.ts';

const GROUPS = [0, 1];
const ROUNDS = 5;
let cwd = '';
let world: World;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'rexnet-deep-'));
  const parsed = parseTestnet({
    apiVersion: 'rexnet.dev/v1alpha1',
    kind: 'Testnet',
    metadata: { name: 'demo' },
    spec: { groups: 2, bitcoin: { mode: 'None' } },
  });
  if ('problems' in parsed) throw new Error('the testnet of this test is wrong');
  const folders = foldersOf(join(cwd, '.rexnet'), 'demo');
  makeFolders(folders);
  writeState(folders, { name: 'demo', networkId: '', spec: parsed.testnet.spec, parent: 'toy', ports: {} });
  world = new World({
    groups: GROUPS.length,
    bare: true,
    chain: { confirmations: 0 },
    compilerHash: compilerHash(),
  });
  writeFileSync(folders.genesis, GENESIS.encode(world.network.genesis));
  for (let i = 0; i < ROUNDS; i++) {
    for (const group of GROUPS) {
      const payers = world.users.filter((user) => user.group === group);
      const paid = (index: number) => world.users[(index * 5 + i) % world.users.length]!.address;
      world.mine(group, { transactions: payers.map((user, index) => world.transfer(user, paid(index), 77n)) });
    }
  }
  for (const group of GROUPS) await storeWorld(world, group, folders.node(`g${group}-n0`));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function rxctl(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new Sink(), new Sink()];
  const io = {
    stdout,
    stderr,
    stdin: process.stdin,
    env: process.env,
    cwd,
    signal: new AbortController().signal,
    openNetwork: async () => new FakeNetwork(),
    exitCode: 0 as const,
  };
  const code = await runRxctl(args, io);
  // A slow machine is told how far it is.
  return { code, out: stdout.text, err: stderr.text.replaceAll(/^re-executing.*\n/gm, '') };
}

test('all nodes of a network: every folder, then all money over a closed cut', async () => {
  const { code, out, err } = await rxctl('audit', '--deep', '-o', 'json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(JSON.parse(out)).toMatchObject({
    clean: true,
    nodes: GROUPS.map((group) => ({ node: `g${group}-n0`, group, copied: false, blocks: ROUNDS, findings: [] })),
    cut: { clean: true, problems: [], cut: [{ group: 0 }, { group: 1 }] },
  });
  const text = await rxctl('audit', '--deep');
  expect(text.out).toMatch(/^g0-n0: group 0 .*\nall groups: clean at 0@\d 1@\d\nsupply .*\nclean\n$/s);
});

test('1 msat changed in a copy: the cell is named', async () => {
  const user = world.users.find(({ group }) => group === 1)!;
  const copy = join(cwd, 'copy');
  cpSync(join(cwd, '.rexnet', 'demo', 'nodes', 'g1-n0'), copy, { recursive: true });
  await changeBlock(world, 1, copy, ROUNDS, ({ outcome, ...rest }) => ({
    ...rest,
    outcome: { ...outcome, diff: enrich('diff', outcome.diff, user.address, 1n) },
  }));
  const genesis = join('.rexnet', 'demo', 'genesis.bin');
  const { code, out } = await rxctl('audit', '--deep', 'copy', '--genesis', genesis, '-o', 'json');
  expect(code).toBe(5);
  const report = JSON.parse(out);
  expect(report).toMatchObject({ clean: false, noCut: 'no folder of group 0 was audited' });
  expect(report.nodes[0].findings[0]).toMatchObject({
    record: 'diff',
    height: ROUNDS,
    cell: `account ${formatAddress(user.address)}`,
    stored: expect.stringMatching(/^\d+ msat/),
    right: expect.stringMatching(/^\d+ msat/),
  });
  const text = await rxctl('audit', '--deep', './copy', '--genesis', genesis);
  expect(text.out).toContain(
    `WRONG  block ${ROUNDS}: stored diff: account ${formatAddress(user.address)} in partition`,
  );
});

test('a folder in use is audited by a copy', async () => {
  const store = openStore(world, 0, join(cwd, '.rexnet', 'demo', 'nodes', 'g0-n0'));
  try {
    const { code, err, out } = await rxctl('audit', '--deep', 'g0-n0', '-o', 'json');
    expect({ code, err }).toEqual({ code: 0, err: 'g0-n0 runs: a copy of its folder is audited\n' });
    expect(JSON.parse(out)).toMatchObject({ clean: true, nodes: [{ node: 'g0-n0', copied: true }] });
  } finally {
    await store.close();
  }
});

test.each<[readonly string[], number, RegExp]>([
  [['audit', 'g0-n0'], 2, /folders are audited by re-executing them\n {2}cure: say --deep/],
  [['audit', '--deep', 'nowhere'], 2, /nowhere does not exist\n {2}cure: name a node/],
  [['audit', '--deep', 'empty', '--genesis', '.rexnet/demo/genesis.bin'], 2, /empty is no data folder of a node/],
  [['audit', '--deep', 'empty'], 2, /no genesis\.bin in or above .*empty\n {2}cure: name the genesis file/],
])('rxctl %j ends with %i', async (args, code, message) => {
  mkdirSync(join(cwd, 'empty'), { recursive: true });
  const ended = await rxctl(...args);
  expect(ended).toMatchObject({ code, err: expect.stringMatching(message) });
});
