// Reads CAuxPow as Namecoin, Dogecoin and Syscoin serialise it and judges it by our rules: real blocks keep our rule code honest.
// Our own network never speaks this format.
import { equalBytes, isZero } from '../core/bytes.ts';
import { DecodeError, Reader } from '../core/codec.ts';
import { type AuxPowProblem, type AuxPowResult, checkMergedProof } from './auxpow.ts';
import { COINBASE_BRANCH_MAX } from './auxpow-layouts.ts';
import { BITCOIN_HEADER_BYTES, bitcoinHash } from './bitcoin-header.ts';
import { readCoinbase, readCompactSize } from './coinbase.ts';
import { meetsTarget } from './target.ts';

/** Namecoin's cap on the merged tree; ours is lower. */
export const CLASSIC_CHAIN_BRANCH_MAX = 30;
const AUXPOW_FLAG = 0x100;

export interface ClassicClaim {
  /** SHA-256d of the auxiliary block's 80 bytes. */
  readonly blockHash: Uint8Array;
  readonly chainId: number;
  readonly target: bigint;
  /** The chain's proof-of-work hash: SHA-256d, or scrypt for Dogecoin. */
  readonly powHash: (header: Uint8Array) => Uint8Array;
}

export type ClassicProblem =
  | AuxPowProblem
  /** The block's version says it carries no auxpow. */
  | 'NO_AUXPOW'
  /** hashBlock is neither zeros nor a hash of the parent. No chain verifies the field; a proof must not have free bits. */
  | 'BAD_HASH_BLOCK'
  /** The coinbase index is not 0. */
  | 'BAD_COINBASE_INDEX'
  /** The parent is a block of the same chain. */
  | 'SAME_CHAIN_PARENT';

export type ClassicResult =
  | AuxPowResult<{ readonly parentHeader: Uint8Array }>
  | { readonly ok: false; readonly code: ClassicProblem };

/** Whether an auxiliary block's 80 bytes announce an auxpow behind them. */
function hasAuxPowFlag(header: Uint8Array): boolean {
  return (versionOf(header) & AUXPOW_FLAG) !== 0;
}

/** The chain id in an old-style version field. */
function chainIdOf(header: Uint8Array): number {
  return Math.trunc(versionOf(header) / 65_536);
}

/** Judges `header ‖ CAuxPow`, the front of a classic merge-mined block. Answers how many bytes it took. */
export function verifyClassicBlock(bytes: Uint8Array, claim: Omit<ClassicClaim, 'blockHash'>): ClassicResult {
  const header = bytes.subarray(0, BITCOIN_HEADER_BYTES);
  if (header.length < BITCOIN_HEADER_BYTES) return fail('MALFORMED');
  if (!hasAuxPowFlag(header)) return fail('NO_AUXPOW');
  return verifyClassicAuxPow(bytes.subarray(BITCOIN_HEADER_BYTES), { ...claim, blockHash: bitcoinHash(header) });
}

/** Judges a CAuxPow that fills `bytes` to the end. */
export function verifyClassicAuxPow(bytes: Uint8Array, claim: ClassicClaim): ClassicResult {
  try {
    return judge(new Reader(bytes), claim);
  } catch (error) {
    if (error instanceof DecodeError) return fail('MALFORMED');
    throw error;
  }
}

function judge(reader: Reader, claim: ClassicClaim): ClassicResult {
  const coinbase = readCoinbase(reader);
  if (typeof coinbase === 'string') return fail(coinbase);
  const hashBlock = reader.take(32, 'hashBlock');
  const coinbaseBranch = readBranch(reader, COINBASE_BRANCH_MAX, 'coinbaseBranch');
  const coinbaseIndex = readInt32(reader, 'coinbaseIndex');
  const chainBranch = readBranch(reader, CLASSIC_CHAIN_BRANCH_MAX + 1, 'chainBranch');
  const chainIndex = readInt32(reader, 'chainIndex');
  const parentHeader = reader.take(BITCOIN_HEADER_BYTES, 'parentHeader');
  reader.end('auxpow');

  const powHash = claim.powHash(parentHeader);
  if (coinbaseIndex !== 0) return fail('BAD_COINBASE_INDEX');
  if (!isCanonicalHashBlock(hashBlock, bitcoinHash(parentHeader), powHash)) return fail('BAD_HASH_BLOCK');
  if (chainIdOf(parentHeader) === claim.chainId) return fail('SAME_CHAIN_PARENT');
  const proven = checkMergedProof({ parentHeader, coinbaseBranch, chainBranch }, coinbase, {
    leaf: claim.blockHash,
    chainId: claim.chainId,
    chainBranchMax: CLASSIC_CHAIN_BRANCH_MAX,
  });
  if (!proven.ok) return proven;
  if (proven.slot !== chainIndex) return fail('WRONG_SLOT');
  if (!meetsTarget(powHash, claim.target)) return fail('HIGH_HASH');
  return { ok: true, parentHeader };
}

/** Zeros, or the parent's hash or proof-of-work hash in either byte order: these are found on the old chains, and nothing else. */
function isCanonicalHashBlock(hashBlock: Uint8Array, ...hashes: readonly Uint8Array[]): boolean {
  const reversed = new Uint8Array(hashBlock).reverse();
  return isZero(hashBlock) || hashes.some((hash) => equalBytes(hashBlock, hash) || equalBytes(reversed, hash));
}

function readBranch(reader: Reader, lengthMax: number, field: string): Uint8Array[] {
  const length = readCompactSize(reader, field);
  if (length > lengthMax) throw new DecodeError('too-long', field);
  return Array.from({ length }, () => reader.take(32, field));
}

function readInt32(reader: Reader, field: string): number {
  return reader.view.getInt32(reader.skip(4, field), true);
}

function versionOf(header: Uint8Array): number {
  return new DataView(header.buffer, header.byteOffset, 4).getInt32(0, true);
}

function fail(code: ClassicProblem): { readonly ok: false; readonly code: ClassicProblem } {
  return { ok: false, code };
}
