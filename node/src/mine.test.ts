// The whole miner against groups behind real gRPC ports: grinding thread, toy parent, peers file, metrics.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { FakeGroups } from '../../test/doubles/fake-groups.ts';
import { MinedGroup, serveGroup } from '../../test/doubles/mined-group.ts';
import { DEFAULT_CHAIN, makeGenesis, type Network, readGenesis } from './chain/genesis.ts';
import { REGTEST_GENESIS_HEADER } from './consensus/bitcoin-header.ts';
import { targetFromBits } from './consensus/target.ts';
import { runMiner } from './mine.ts';
import type { RpcServers } from './rpc/server.ts';
import { createLog } from './telemetry/log.ts';

const GROUPS = [0, 1, 2];
const BLOCK_MS = 100;
const network: Network = readGenesis(
  makeGenesis({
    chain: { ...DEFAULT_CHAIN, blockIntervalMs: BLOCK_MS },
    groups: GROUPS.length,
    seed: 1,
    governance: new Uint8Array(32),
    compilerHash: new Uint8Array(32),
    bitcoinIntervalMs: 300,
    accounts: [],
    constants: { floorHashes: 500n },
  }),
);
const { genesis } = network;
const parentTarget = targetFromBits(genesis.parentTarget)!;
const root = REGTEST_GENESIS_HEADER;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rexnet-mine-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Groups {
  readonly chains: FakeGroups;
  readonly served: ReadonlyMap<number, RpcServers>;
  readonly home: MinedGroup;
}

async function serveAll(): Promise<Groups> {
  const chains = new FakeGroups({
    chainIdBase: genesis.chainIdBase,
    targetBits: genesis.floorTarget,
    blockIntervalMs: BLOCK_MS,
    parentTarget,
    networkId: network.networkId,
  });
  const served = new Map<number, RpcServers>();
  let home: MinedGroup | undefined;
  for (const group of GROUPS) {
    const backend = new MinedGroup({
      groups: chains,
      group,
      ...(group === 0 ? { parent: { root, parentTarget } } : {}),
    });
    home ??= backend;
    const servers = await serveGroup(backend);
    served.set(group, servers);
    closers.push(() => servers.stop());
  }
  return { chains, served, home: home! };
}

function writePeers(name: string, served: ReadonlyMap<number, RpcServers>): string {
  const path = join(folder, name);
  const at = ({ host, port }: { host: string; port: number }) => `${host}:${port}`;
  const groups = [...served].map(([group, { grpc, peerGrpc }]) => [
    group,
    [{ node: `g${group}-n0`, grpc: at(grpc), peer: at(peerGrpc) }],
  ]);
  writeFileSync(path, JSON.stringify({ groups: Object.fromEntries(groups) }));
  return path;
}

type Line = Record<string, unknown>;

function startMiner(peersPath: string) {
  const lines: Line[] = [];
  const log = createLog({
    level: 'debug',
    base: {},
    write: (line) => lines.push(JSON.parse(line) as Line),
  });
  const stop = new AbortController();
  const done = runMiner(
    {
      genesis: network,
      peersPath,
      parent: { kind: 'toy' },
      cpuShare: 0.2,
      metrics: { host: '127.0.0.1', port: 0 },
    },
    log,
    stop.signal,
  );
  const end = async (): Promise<void> => {
    stop.abort();
    await done;
  };
  closers.push(end);
  const told = (message: string) => lines.filter(({ msg }) => msg === message);
  const ask = async (path: string): Promise<string> => {
    const port = told('miner starts')[0]?.['metrics'];
    return (await fetch(`http://127.0.0.1:${String(port)}${path}`)).text();
  };
  const metric = async (series: string): Promise<number> => {
    const line = (await ask('/metrics')).split('\n').find((text) => text.startsWith(`${series} `));
    return Number(line?.slice(series.length + 1));
  };
  return { lines, told, ask, metric, end, done };
}

const heights = (chains: FakeGroups) => JSON.stringify(GROUPS.map((group) => chains.height(group)));
const reached = (chains: FakeGroups, height: number) =>
  chains.until(
    () => GROUPS.every((group) => chains.height(group) >= height),
    30_000,
    () => heights(chains),
  );

test('one miner carries all groups over a toy parent and counts what it did', async () => {
  const { chains, served, home } = await serveAll();
  const miner = startMiner(writePeers('one.json', served));
  await reached(chains, 10);
  await chains.until(
    () => home.parentHeight >= 2,
    20_000,
    () => `parent height ${home.parentHeight}`,
  );
  expect(chains.refusals).toEqual([]);
  expect(await miner.ask('/readyz')).toBe('ok\n');
  expect(await miner.metric('rexnet_mining_parents_blocks{parent="on-chain"}')).toBeGreaterThanOrEqual(2);
  expect(await miner.metric('rexnet_mining_parents_blocks{parent="premature"}')).toBeGreaterThan(0);
  expect(await miner.metric('rexnet_mining_parents_blocks{parent="orphan"}')).toBeGreaterThanOrEqual(0);
  expect(await miner.metric('rexnet_bitcoin_height_blocks')).toBeGreaterThanOrEqual(2);
  expect(await miner.metric('rexnet_mining_proofs_total{group="2",result="accepted"}')).toBeGreaterThanOrEqual(10);
  expect(miner.lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
  await miner.end();
});

test('a miner started again continues the recorded parent chain', async () => {
  const { chains, served, home } = await serveAll();
  const peers = writePeers('again.json', served);
  const first = startMiner(peers);
  await chains.until(
    () => home.parentHeight >= 3,
    30_000,
    () => `parent height ${home.parentHeight}`,
  );
  await first.end();
  const before = home.parentHeight;
  const second = startMiner(peers);
  await chains.until(
    () => home.parentHeight > before,
    20_000,
    () => `parent height ${home.parentHeight}, was ${before}`,
  );
  const [answer] = second.told('the parent chain answers');
  expect(Number(answer?.['height'])).toBeGreaterThanOrEqual(before - 1);
});

test('two miners at once share the groups; what is refused came late', async () => {
  const { chains, served } = await serveAll();
  const peers = writePeers('two.json', served);
  const miners = [startMiner(peers), startMiner(peers)];
  await reached(chains, 15);
  expect(chains.refusals.every((reason) => reason.endsWith('stale'))).toBe(true);
  expect(miners.flatMap(({ lines }) => lines.filter(({ level }) => level === 'error'))).toEqual([]);
});

test('without nodes it waits, says so once, and goes on when the peers file names some', async () => {
  const { chains, served } = await serveAll();
  const peersPath = join(folder, 'late.json');
  writeFileSync(peersPath, '{"groups": {"0": [{"node": "n", "grpc": "127.0.0.1:1", "peer": "127.0.0.1:1"}]}}');
  const miner = startMiner(peersPath);
  await expect.poll(() => miner.told('no node answers, waiting').length, { timeout: 10_000 }).toBe(1);
  expect(await miner.ask('/readyz')).toMatch(/^waiting for /);
  writePeers('late.json', served);
  await reached(chains, 2);
  await expect.poll(() => miner.told('a node of every group answers').length, { timeout: 10_000 }).toBe(1);
  expect(miner.told('no node answers, waiting').length).toBe(1);
});

test('a group whose node stops does not hold the others', async () => {
  const { chains, served } = await serveAll();
  const miner = startMiner(writePeers('stop.json', served));
  await reached(chains, 3);
  await served.get(1)!.stop();
  const target = chains.height(0) + 10;
  await chains.until(
    () => chains.height(0) >= target && chains.height(2) >= target - 5,
    20_000,
    () => heights(chains),
  );
  await expect.poll(() => miner.told('groups without a node, waiting').length, { timeout: 10_000 }).toBe(1);
});

test('a wrong peers file at the start is an error of the file', async () => {
  const peersPath = join(folder, 'wrong.json');
  writeFileSync(peersPath, '{}');
  const miner = startMiner(peersPath);
  closers.pop();
  await expect(miner.done).rejects.toMatchObject({ code: 'BAD_PEER_FILE' });
});
