// Makes a regtest bitcoind reorganise, so that parents which proved L2 blocks become orphans: a longer branch is mined below
// its tip and submitted. A tool for tests and demonstrations; it asks no wallet and takes no reward.
import { randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { type BitcoinRpc, field } from '../bitcoin/rpc.ts';
import { bitcoinHash, encodeBitcoinHeader, fromDisplayHash, toDisplayHash } from '../consensus/bitcoin-header.ts';
import { encodeCommitment } from '../consensus/commitment.ts';
import { targetToBytes } from '../consensus/target.ts';
import { concatBytes, toHex, viewOf } from '../core/bytes.ts';
import { sha256d } from '../core/hash.ts';
import { buildCoinbase } from './coinbase.ts';
import { HeaderSearch, targetWords } from './midstate.ts';

const VERSION = 0x20000000;
const SEARCH_SLICE = 200_000;
/** Regtest's median-time rule, with margin: a branch one second per block apart stays within bitcoind's two hours. */
const DEPTH_MAX = 100;
const PAY_NOBODY = Uint8Array.of(0x6a);

export interface ParentForkOptions {
  readonly rpc: BitcoinRpc;
  /** Blocks of the best chain to orphan, 1 to 100; one more is mined in their place. */
  readonly depth: number;
  /** What the new headers meet: the network's parentTarget, so that they are headers the network records. */
  readonly target: bigint;
  readonly nowMs: () => number;
}

export interface ParentFork {
  /** Display hashes, lowest first. */
  readonly orphaned: readonly string[];
  readonly branch: readonly string[];
  /** bitcoind's answers to the submissions: "inconclusive" while the branch is behind, null when it takes over. */
  readonly replies: readonly unknown[];
}

export async function forkParent(options: ParentForkOptions): Promise<ParentFork> {
  const { rpc, target, nowMs } = options;
  const tipHeight = Number(await rpc.call('getblockcount'));
  const depth = Math.min(options.depth, tipHeight, DEPTH_MAX);
  if (!Number.isInteger(depth) || depth < 1) throw new RangeError('there is no block to orphan');
  const orphaned: string[] = [];
  for (let height = tipHeight - depth + 1; height <= tipHeight; height++) orphaned.push(await blockHash(rpc, height));

  const branch: string[] = [];
  const replies: unknown[] = [];
  let prev = await blockHash(rpc, tipHeight - depth);
  const base = await rpc.call('getblockheader', [prev]);
  const bits = Number.parseInt(field(base, 'bits', 'string'), 16);
  let timeSeconds = field(base, 'time', 'number');
  for (let i = 0; i <= depth; i++) {
    timeSeconds = Math.max(timeSeconds + 1, Math.floor(nowMs() / 1000));
    const height = tipHeight - depth + 1 + i;
    const block = await mineEmptyBlock({ prev: fromDisplayHash(prev), height, bits, timeSeconds, target });
    replies.push(await rpc.call('submitblock', [toHex(block)]));
    prev = toDisplayHash(bitcoinHash(block.subarray(0, 80)));
    branch.push(prev);
  }
  return { orphaned, branch, replies };
}

export interface EmptyBlock {
  /** Internal byte order. */
  readonly prev: Uint8Array;
  readonly height: number;
  readonly bits: number;
  readonly timeSeconds: number;
  readonly target: bigint;
}

/** A block with nothing but a coinbase that takes no reward, and a hash that meets the target. */
export async function mineEmptyBlock(block: EmptyBlock): Promise<Uint8Array> {
  const { prev, height, bits, timeSeconds } = block;
  const coinbase = buildCoinbase({
    height,
    commitment: encodeCommitment({ root: new Uint8Array(32), size: 1, nonce: 0 }),
    extraNonce: randomBytes(8),
    rewardSat: 0n,
    payoutScript: PAY_NOBODY,
  });
  const header = encodeBitcoinHeader({
    version: VERSION,
    prev,
    merkleRoot: sha256d(coinbase.stripped),
    timeSeconds,
    bits,
    nonce: 0,
  });
  const search = new HeaderSearch(header, 0);
  const words = targetWords(targetToBytes(block.target));
  let nonce = search.find(words, SEARCH_SLICE);
  while (nonce === undefined) {
    await turn();
    nonce = search.find(words, SEARCH_SLICE);
  }
  viewOf(header).setUint32(76, nonce, true);
  return concatBytes([header, Uint8Array.of(1), coinbase.full]);
}

async function blockHash(rpc: BitcoinRpc, height: number): Promise<string> {
  return String(await rpc.call('getblockhash', [height]));
}
