// Judges merge-mining proofs: does this parent header's work stand for exactly this L2 block? It knows no chain, no clock
// and no Bitcoin node, and an answer of "no" says nothing about the block itself: the witness is detachable.
import { equalBytes } from '../core/bytes.ts';
import { DecodeError, Reader } from '../core/codec.ts';
import { CHAIN_BRANCH_MAX, COINBASE_BRANCH_MAX, WITNESS, type Witness } from './auxpow-layouts.ts';
import { type BitcoinHeader, bitcoinHash, parseBitcoinHeader } from './bitcoin-header.ts';
import { type CoinbaseProblem, parseCoinbase } from './coinbase.ts';
import { type CommitmentProblem, chainSlot, findCommitment, foldBranch } from './commitment.ts';
import { meetsTarget, targetFromBits } from './target.ts';

/** How far the parent's clock may be from the block's: old L2 history is not rewritten with today's work. */
export const PARENT_TIME_RANGE_MS = 300_000;

/** Every way a proof can fail. Rule letters are those of docs/merge-mining.md. */
export type AuxPowProblem =
  /** J: the bytes are no canonical witness. */
  | 'MALFORMED'
  /** B and J: see coinbase.ts. */
  | CoinbaseProblem
  /** B: more than 30 hashes between coinbase and Merkle root. */
  | 'COINBASE_BRANCH_TOO_LONG'
  /** B: the coinbase, folded at index 0, is not under the parent's Merkle root. */
  | 'COINBASE_NOT_IN_PARENT'
  /** A: see commitment.ts. */
  | CommitmentProblem
  /** A: the block, folded at its slot, is not under the committed root. */
  | 'ROOT_MISMATCH'
  /** C: the tree is higher than allowed. */
  | 'CHAIN_BRANCH_TOO_LONG'
  /** C: the committed size is not 2^(branch length). */
  | 'SIZE_MISMATCH'
  /** C: the claimed slot is not the chain's. */
  | 'WRONG_SLOT'
  /** I: the block is its own parent. */
  | 'SELF_PARENT'
  /** H: parent and block are 300 s or more apart. */
  | 'PARENT_TIME'
  /** The target is no canonical compact number. */
  | 'BAD_TARGET'
  /** The parent's hash misses the target. */
  | 'HIGH_HASH';

export type AuxPowResult<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly code: AuxPowProblem };

export interface MergedProof {
  readonly parentHeader: Uint8Array;
  readonly coinbaseBranch: readonly Uint8Array[];
  readonly chainBranch: readonly Uint8Array[];
}

export interface ProofClaim {
  /** The block hash as the leaf of the tree, internal order. */
  readonly leaf: Uint8Array;
  readonly chainId: number;
  readonly chainBranchMax: number;
}

/** Rules A–C: the leaf is committed once, in the chain's slot, by the coinbase of this parent. Answers the slot. */
export function checkMergedProof(
  proof: MergedProof,
  coinbase: { readonly script: Uint8Array; readonly txid: Uint8Array },
  claim: ProofClaim,
): AuxPowResult<{ readonly slot: number }> {
  const { parentHeader, coinbaseBranch, chainBranch } = proof;
  if (chainBranch.length > claim.chainBranchMax) return fail('CHAIN_BRANCH_TOO_LONG');
  if (coinbaseBranch.length > COINBASE_BRANCH_MAX) return fail('COINBASE_BRANCH_TOO_LONG');
  const merkleRoot = parentHeader.subarray(36, 68);
  if (!equalBytes(foldBranch(coinbase.txid, coinbaseBranch, 0), merkleRoot)) return fail('COINBASE_NOT_IN_PARENT');
  const commitment = findCommitment(coinbase.script);
  if (typeof commitment === 'string') return fail(commitment);
  if (commitment.size !== 2 ** chainBranch.length) return fail('SIZE_MISMATCH');
  const slot = chainSlot(commitment.nonce, claim.chainId, chainBranch.length);
  if (!equalBytes(foldBranch(claim.leaf, chainBranch, slot), commitment.root)) return fail('ROOT_MISMATCH');
  return { ok: true, slot };
}

export interface WitnessQuestion {
  readonly witness: Uint8Array;
  readonly blockId: Uint8Array;
  readonly group: number;
  readonly chainIdBase: number;
  /** The L2 block's compact target. */
  readonly targetBits: number;
  readonly blockTimestampMs: number;
}

export interface ProvenParent {
  readonly parentHash: Uint8Array;
  readonly parentHeader: BitcoinHeader;
  readonly parentHeaderBytes: Uint8Array;
  /** Depth of the parent's transaction tree, which an SPV proof against this parent must have too. */
  readonly coinbaseDepth: number;
}

/** The whole judgement on a witness of one of our blocks: rules A–C, E, F, H–J and the work itself. */
export function verifyWitness(question: WitnessQuestion): AuxPowResult<ProvenParent> {
  const witness = decodeWitness(question.witness);
  if (witness === undefined) return fail('MALFORMED');
  const target = targetFromBits(question.targetBits);
  if (target === undefined) return fail('BAD_TARGET');

  // The cheapest test first, so that garbage costs a peer one hash of work to make us do more.
  const parentHash = bitcoinHash(witness.parentHeader);
  if (equalBytes(parentHash, question.blockId)) return fail('SELF_PARENT');
  if (!meetsTarget(parentHash, target)) return fail('HIGH_HASH');
  const parentHeader = parseBitcoinHeader(witness.parentHeader);
  const apartMs = Math.abs(parentHeader.timeSeconds * 1000 - question.blockTimestampMs);
  if (!(apartMs < PARENT_TIME_RANGE_MS)) return fail('PARENT_TIME');

  const coinbase = parseCoinbase(witness.coinbase);
  if (typeof coinbase === 'string') return fail(coinbase);
  const proven = checkMergedProof(witness, coinbase, {
    leaf: question.blockId,
    chainId: question.chainIdBase + question.group,
    chainBranchMax: CHAIN_BRANCH_MAX,
  });
  if (!proven.ok) return proven;
  const coinbaseDepth = witness.coinbaseBranch.length;
  return { ok: true, parentHash, parentHeader, parentHeaderBytes: witness.parentHeader, coinbaseDepth };
}

/** Undefined for bytes that no honest encoder wrote. */
export function decodeWitness(bytes: Uint8Array): Witness | undefined {
  try {
    return WITNESS.decode(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** Where a witness ends and what is shown behind it begins; undefined when these bytes do not begin with a witness. */
export function witnessEnd(bytes: Uint8Array): number | undefined {
  const reader = new Reader(bytes);
  try {
    WITNESS.read(reader, WITNESS.name);
    return reader.at;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function fail(code: AuxPowProblem): { readonly ok: false; readonly code: AuxPowProblem } {
  return { ok: false, code };
}
