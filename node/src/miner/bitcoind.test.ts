// The miner's parent against a real bitcoind: what it answers to premature, good, sibling and orphaned blocks.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeGroups } from '../../../test/doubles/fake-groups.ts';
import { locateBitcoind } from '../bitcoin/locate.ts';
import { BitcoinRpc, BitcoinRpcError } from '../bitcoin/rpc.ts';
import { type Bitcoind, startBitcoind } from '../bitcoin/testing/regtest.ts';
import { bitcoinHash, REGTEST_GENESIS_HEADER, toDisplayHash } from '../consensus/bitcoin-header.ts';
import { BitcoinTree } from '../consensus/bitcoin-tree.ts';
import { bitsFromTarget, meetsTarget, targetForHashes, targetFromBits } from '../consensus/target.ts';
import { toHex } from '../core/bytes.ts';
import { BitcoindParent } from './bitcoind-parent.ts';
import { createGrinder } from './grinder.ts';
import { Miner } from './miner.ts';
import { forkParent, mineEmptyBlock } from './parent-fork.ts';
import type { ParentKind, ParentTemplate } from './ports.ts';
import { buildWork, type Work } from './work.ts';

const CHAIN_ID_BASE = 64;
const PARENT_BITS = bitsFromTarget(targetForHashes(2_000n));
const PARENT_TARGET = targetFromBits(PARENT_BITS)!;
const REGTEST_TARGET = targetFromBits(0x207fffff)!;

const cacheDir = fileURLToPath(new URL('../../../.rexnet/.bitcoind', import.meta.url));
const located = await locateBitcoind({
  configured: process.env['REXNET_BITCOIND'],
  searchPath: process.env['PATH'] ?? '',
  cacheDir,
  log: (line) => console.log(`bitcoind: ${line}`),
});
/** Skipped with the reason that npm test prints, where there is no bitcoind. */
function withBitcoind(name: string, run: () => Promise<void>): void {
  test(name, async ({ skip }) => {
    if (located.kind === 'absent') skip(`bitcoind: ${located.reason}`);
    await run();
  });
}

let dataDir: string;
let bitcoind: Bitcoind;
const life = new AbortController();

beforeAll(async () => {
  if (located.kind === 'absent') return;
  dataDir = await mkdtemp(join(tmpdir(), 'rexnet-bitcoind-'));
  bitcoind = await startBitcoind(located.command, dataDir);
});

afterAll(async () => {
  life.abort();
  if (located.kind === 'absent') return;
  expect(await bitcoind.stop()).toBe(0);
  await rm(dataDir, { recursive: true });
});

const newParent = (onTrouble: (error: unknown) => void = throwIt) => new BitcoindParent(bitcoind.rpc, onTrouble);

function throwIt(error: unknown): never {
  throw error;
}

async function firstTemplate(): Promise<ParentTemplate> {
  const stop = new AbortController();
  for await (const template of newParent().watch(stop.signal)) {
    stop.abort();
    return template;
  }
  throw new Error('no template');
}

function workOn(parent: ParentTemplate): Work {
  return buildWork({
    parent,
    due: [],
    groups: [0],
    chainIdBase: CHAIN_ID_BASE,
    extraNonce: new Uint8Array(randomBytes(8)),
    timeSeconds: Math.max(parent.timeMinSeconds, Math.floor(Date.now() / 1000)),
    payoutScript: Uint8Array.of(0x51),
  });
}

function nonceFor(work: Work, isGood: (hash: Uint8Array) => boolean): number {
  for (let nonce = 0; ; nonce++) if (isGood(bitcoinHash(work.solvedHeader(nonce)))) return nonce;
}

withBitcoind('a running bitcoind refuses strangers by name, and what fails is told apart', async () => {
  const stranger = new BitcoinRpc(bitcoind.url, { kind: 'password', user: 'x', password: 'y' });
  await expect(stranger.call('getblockcount')).rejects.toMatchObject({ code: 'UNAUTHORISED' });
  await expect(bitcoind.rpc.call('nosuchmethod')).rejects.toMatchObject({ code: 'REFUSED', rpcCode: -32601 });
  const nobody = new BitcoinRpc('http://127.0.0.1:9/', { kind: 'password', user: 'x', password: 'y' });
  await expect(nobody.call('getblockcount')).rejects.toMatchObject({ code: 'UNREACHABLE' });
  const waiting = bitcoind.rpc.call('waitfornewblock', [], { deadlineMs: 100 });
  await expect(waiting).rejects.toMatchObject({ code: 'TIMEOUT' });
  await expect(bitcoind.rpc.call('getblockcount', [], { signal: AbortSignal.abort() })).rejects.toThrow(
    BitcoinRpcError,
  );
});

withBitcoind('premature: high-hash when submitted, but valid in every other way', async () => {
  const work = workOn(await firstTemplate());
  const nonce = nonceFor(work, (hash) => !meetsTarget(hash, REGTEST_TARGET));
  const block = toHex(work.block(nonce));
  expect(await bitcoind.rpc.call('submitblock', [block])).toBe('high-hash');
  expect(await bitcoind.rpc.call('getblocktemplate', [{ mode: 'proposal', data: block, rules: ['segwit'] }])).toBe(
    null,
  );
});

withBitcoind(
  'good: accepted as tip; a sibling: an orphan; a branch on the sibling: the first becomes the orphan',
  async () => {
    const parent = newParent();
    const template = await firstTemplate();
    const first = workOn(template);
    const good = nonceFor(first, (hash) => meetsTarget(hash, PARENT_TARGET));
    const firstHash = bitcoinHash(first.solvedHeader(good));
    expect(await parent.submit(first.solvedHeader(good), first.block(good))).toEqual({ kind: 'on-chain' });
    expect(await parent.submit(first.solvedHeader(good), first.block(good))).toEqual({ kind: 'on-chain' });

    const sibling = workOn(template);
    const other = nonceFor(sibling, (hash) => meetsTarget(hash, PARENT_TARGET));
    const siblingHash = bitcoinHash(sibling.solvedHeader(other));
    expect(await bitcoind.rpc.call('submitblock', [toHex(sibling.block(other))])).toBe('inconclusive');
    expect(await parent.submit(sibling.solvedHeader(other), sibling.block(other))).toEqual({ kind: 'orphan' });
    expect(await parent.isOnBestChain(firstHash)).toBe(true);
    expect(await parent.isOnBestChain(siblingHash)).toBe(false);

    const child = await mineEmptyBlock({
      prev: siblingHash,
      height: template.height + 1,
      bits: template.bits,
      timeSeconds: Math.floor(Date.now() / 1000) + 1,
      target: PARENT_TARGET,
    });
    expect(await parent.submit(child.subarray(0, 80), child)).toEqual({ kind: 'on-chain' });
    expect(await parent.isOnBestChain(firstHash)).toBe(false);
    expect(await parent.isOnBestChain(siblingHash)).toBe(true);
    expect(await parent.isOnBestChain(new Uint8Array(32))).toBe(false);

    const headers = await parent.headersUpTo(bitcoinHash(child.subarray(0, 80)), () => false, 1_000);
    const tree = new BitcoinTree({ root: REGTEST_GENESIS_HEADER, rootHeight: 0, parentTarget: PARENT_TARGET });
    for (const header of headers) expect(tree.add(header).kind).toBe('added');
    expect(tree.add(first.solvedHeader(good)).kind).toBe('added');
    expect(tree.standing(firstHash)).toBe('orphan');
    expect(toDisplayHash(tree.tip.hash)).toBe(await bitcoind.rpc.call('getbestblockhash'));
  },
);

withBitcoind('what the parent chain has taken outlives its crash', async () => {
  const work = workOn(await firstTemplate());
  const nonce = nonceFor(work, (hash) => meetsTarget(hash, PARENT_TARGET));
  const header = work.solvedHeader(nonce);
  expect(await newParent().submit(header, work.block(nonce))).toEqual({ kind: 'on-chain' });
  const { command } = located as { command: string };
  const rpcPort = Number(new URL(bitcoind.url).port);
  await bitcoind.kill();
  bitcoind = await startBitcoind(command, dataDir, rpcPort);
  expect(await newParent().isOnBestChain(bitcoinHash(header))).toBe(true);
});

withBitcoind('the miner meets on-chain, premature and, after forks, orphaned parents', async () => {
  const groups = new FakeGroups({
    chainIdBase: CHAIN_ID_BASE,
    targetBits: bitsFromTarget(targetForHashes(1_000n)),
    blockIntervalMs: 100,
    parentTarget: PARENT_TARGET,
  });
  const counts: Record<ParentKind, number> = { 'on-chain': 0, orphan: 0, premature: 0 };
  const troubles: string[] = [];
  const miner = new Miner(
    {
      templates: groups,
      parent: newParent((error) => troubles.push(`parent: ${error}`)),
      createGrinder: (listener) =>
        createGrinder(listener, {
          cpuShare: 0.3,
          onFailure: (error) => {
            throw error;
          },
        }),
      events: {
        hashes: () => undefined,
        parent: ({ kind, was }) => {
          counts[kind]++;
          if (was !== undefined) counts[was]--;
        },
        proof: () => undefined,
        parentHeight: () => undefined,
        trouble: ({ where, error }) => troubles.push(`${where}: ${error}`),
      },
      nowMs: Date.now,
      randomBytes: (count) => new Uint8Array(randomBytes(count)),
    },
    { chainIdBase: CHAIN_ID_BASE, parentTargetBits: PARENT_BITS, payoutScript: Uint8Array.of(0x51) },
  );
  miner.setGroups([0, 1, 2, 3]);
  const done = miner.run(life.signal);
  const state = () =>
    JSON.stringify({ counts, troubles, refusals: groups.refusals.slice(0, 5), height: groups.height(0) });
  await groups.until(() => counts['on-chain'] >= 2 && counts.premature > 0, 20_000, state);

  const { orphaned, branch, replies } = await forkParent({
    rpc: bitcoind.rpc,
    depth: 2,
    target: PARENT_TARGET,
    nowMs: Date.now,
  });
  expect(orphaned.length).toBe(2);
  expect(replies.at(-1)).toBe(null);
  const heightAfter = groups.height(0) + 5;
  await groups.until(() => counts.orphan > 0 && groups.height(0) >= heightAfter, 20_000, state);
  await groups.until(
    () => groups.parentHeaders.some((h) => toDisplayHash(bitcoinHash(h)) === branch.at(-1)),
    5_000,
    state,
  );
  expect(groups.refusals).toEqual([]);
  expect(troubles).toEqual([]);

  // Groups do not need a living bitcoind; when it is back, on the same port and folder, it gets blocks again.
  const { command } = located as { command: string };
  const rpcPort = Number(new URL(bitcoind.url).port);
  await bitcoind.kill();
  const heightKilled = groups.height(0);
  await groups.until(() => groups.height(0) >= heightKilled + 5, 10_000, state);
  bitcoind = await startBitcoind(command, dataDir, rpcPort);
  const onChainBefore = counts['on-chain'];
  await groups.until(() => counts['on-chain'] > onChainBefore, 20_000, state);
  life.abort();
  await done;
});
