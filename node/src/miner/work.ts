// Turns templates of many groups and one parent template into a single header to search, and a found nonce back into
// a block for the parent and a record for the groups. Pure: randomness and time come in.

import type { WorkRecord } from '../consensus/auxpow-layouts.ts';
import { BITCOIN_HEADER_BYTES, encodeBitcoinHeader } from '../consensus/bitcoin-header.ts';
import { encodeCompactSize } from '../consensus/coinbase.ts';
import { chainSlot, encodeCommitment, findCommitment, MergedTree } from '../consensus/commitment.ts';
import { concatBytes, viewOf, ZERO_HASH } from '../core/bytes.ts';
import { sha256d } from '../core/hash.ts';
import { type BuiltCoinbase, buildCoinbase } from './coinbase.ts';
import type { ParentTemplate, Template } from './ports.ts';

/** A commitment is unusable when the magic appears in it by chance, once in 2^27; more misses in a row are a fault. */
const COMMITMENT_ATTEMPTS = 4;

export interface WorkParts {
  readonly parent: ParentTemplate;
  /** Groups that want work now. */
  readonly due: readonly Template[];
  /** Ids of all living groups, due or not: the tree's height depends on them only, so that proofs keep their shape. */
  readonly groups: readonly number[];
  readonly chainIdBase: number;
  /** Eight bytes, fresh for every work. */
  readonly extraNonce: Uint8Array;
  readonly timeSeconds: number;
  readonly payoutScript: Uint8Array;
}

export interface Work {
  /** 80 bytes with nonce 0. */
  readonly header: Uint8Array;
  readonly due: readonly Template[];
  readonly parent: ParentTemplate;
  solvedHeader(nonce: number): Uint8Array;
  record(nonce: number): WorkRecord;
  /** The whole block, for the parent. */
  block(nonce: number): Uint8Array;
}

export function buildWork(parts: WorkParts): Work {
  const { parent, due } = parts;
  const ids = [...new Set([...parts.groups, ...due.map((t) => t.group)])].map((group) => parts.chainIdBase + group);
  const height = mergedHeight(ids);
  const { coinbase, treeNonce, leaves } = commit(parts, height);
  const transactions = merklePath(
    sha256d(coinbase.stripped),
    parent.transactions.map((t) => t.txid),
  );
  const header = encodeBitcoinHeader({
    version: parent.version,
    prev: parent.prevHash,
    merkleRoot: transactions.root,
    timeSeconds: parts.timeSeconds,
    bits: parent.bits,
    nonce: 0,
  });
  const solvedHeader = (nonce: number) => {
    const solved = new Uint8Array(header);
    viewOf(solved).setUint32(BITCOIN_HEADER_BYTES - 4, nonce, true);
    return solved;
  };
  return {
    header,
    due,
    parent,
    solvedHeader,
    record: (nonce) => ({
      parentHeader: solvedHeader(nonce),
      coinbase: coinbase.stripped,
      coinbaseBranch: transactions.branch,
      nonce: treeNonce,
      leaves,
    }),
    block: (nonce) =>
      concatBytes([
        solvedHeader(nonce),
        encodeCompactSize(parent.transactions.length + 1),
        coinbase.full,
        ...parent.transactions.map((t) => t.data),
      ]),
  };
}

/** The smallest height at which no two chains share a slot: they do iff their ids agree modulo 2^height. */
export function mergedHeight(chainIds: readonly number[]): number {
  for (let height = 0; ; height++) {
    const slots = new Set(chainIds.map((id) => id % 2 ** height));
    if (slots.size === chainIds.length) return height;
  }
}

function commit(
  parts: WorkParts,
  height: number,
): { coinbase: BuiltCoinbase; treeNonce: number; leaves: Uint8Array[] } {
  for (let treeNonce = 0; treeNonce < COMMITMENT_ATTEMPTS; treeNonce++) {
    const leaves: Uint8Array[] = Array.from({ length: 2 ** height }, () => ZERO_HASH);
    for (const { group, blockId } of parts.due)
      leaves[chainSlot(treeNonce, parts.chainIdBase + group, height)] = blockId;
    const root = new MergedTree(leaves).root;
    const coinbase = buildCoinbase({
      height: parts.parent.height,
      commitment: encodeCommitment({ root, size: 2 ** height, nonce: treeNonce }),
      extraNonce: parts.extraNonce,
      rewardSat: parts.parent.rewardSat,
      payoutScript: parts.payoutScript,
      ...(parts.parent.witnessCommitment === undefined ? {} : { witnessCommitment: parts.parent.witnessCommitment }),
    });
    if (typeof findCommitment(coinbase.script) !== 'string') return { coinbase, treeNonce, leaves };
  }
  throw new Error('the magic keeps appearing twice in the coinbase');
}

/** Root of a block's transactions and the coinbase's branch to it; a lone last hash is paired with itself, as Bitcoin does. */
function merklePath(
  coinbaseTxid: Uint8Array,
  others: readonly Uint8Array[],
): { root: Uint8Array; branch: Uint8Array[] } {
  const branch: Uint8Array[] = [];
  let level: Uint8Array[] = [coinbaseTxid, ...others];
  while (level.length > 1) {
    branch.push(level[1]!);
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) above.push(sha256d(concatBytes([level[i]!, level[i + 1] ?? level[i]!])));
    level = above;
  }
  return { root: level[0]!, branch };
}
