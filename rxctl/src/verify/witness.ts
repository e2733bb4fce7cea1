// Judges the merge-mining witness of a header (docs/merge-mining.md). Answers what is wrong, or undefined.
import { type Cursor, decodeAll, FormatError, hex, join, same, viewOf } from './bytes.ts';
import { fold, sha256d } from './hash.ts';
import { decodeWitness, type Header } from './layouts.ts';
import { meets, targetOf } from './target.ts';

const MAGIC = Buffer.from('fabe6d6d', 'hex');
const PARENT_TIME_RANGE_MS = 300_000;
const NULL_OUTPOINT = Buffer.from(`${'00'.repeat(32)}ffffffff`, 'hex');
const AMBIGUOUS_BYTES = 64;

export function witnessProblem(
  header: Header,
  id: string,
  witness: Uint8Array,
  chainIdBase: number,
): string | undefined {
  try {
    return judge(header, id, witness, chainIdBase);
  } catch (error) {
    if (error instanceof FormatError) return `its witness cannot be read: ${error.message}`;
    throw error;
  }
}

function judge(header: Header, id: string, bytes: Uint8Array, chainIdBase: number): string | undefined {
  const { parentHeader, coinbase, coinbaseBranch, chainBranch } = decodeWitness(bytes);
  const target = targetOf(header.target);
  if (target === undefined) return 'its target is not canonical';
  const parentHash = sha256d(parentHeader);
  if (hex(parentHash) === id) return 'it is its own parent';
  if (!meets(parentHash, target)) return 'the work of its parent header misses its target';
  const apartMs = Math.abs(viewOf(parentHeader).getUint32(68, true) * 1000 - header.timestampMs);
  if (apartMs >= PARENT_TIME_RANGE_MS) return `its parent header is ${apartMs} ms away`;
  const script = decodeAll(coinbase, coinbaseScript);
  if (coinbase.length <= AMBIGUOUS_BYTES) return 'its coinbase is too short';
  if (!same(fold(sha256d(coinbase), 0, coinbaseBranch, sha256d), parentHeader.subarray(36, 68))) {
    return 'its coinbase is not in the parent';
  }
  const at = script.indexOf(MAGIC);
  if (at < 0 || script.indexOf(MAGIC, at + 1) >= 0) return 'its coinbase does not hold exactly one commitment';
  if (script.length < at + 44) return 'its commitment is cut';
  const size = script.readUInt32LE(at + 36);
  if (size !== 2 ** chainBranch.length) return 'its commitment is of another size than its branch';
  const slot = slotOf(script.readUInt32LE(at + 40), chainIdBase + header.group, chainBranch.length);
  const root = Buffer.from(script.subarray(at + 4, at + 36)).reverse();
  if (!same(fold(Buffer.from(id, 'hex'), slot, chainBranch, sha256d), root))
    return 'its id is not committed in the parent';
  return undefined;
}

/** Script of a coinbase without witness. */
function coinbaseScript(c: Cursor): Buffer {
  c.take(4);
  if (compactSize(c) !== 1) throw new FormatError('a coinbase has one input');
  if (!same(c.take(36), NULL_OUTPOINT)) throw new FormatError('the coinbase spends something');
  const script = c.take(compactSize(c));
  c.take(4);
  for (let outputs = compactSize(c); outputs > 0; outputs--) {
    c.take(8);
    c.take(compactSize(c));
  }
  c.take(4);
  return Buffer.from(join([script]));
}

function compactSize(c: Cursor): number {
  const first = c.u8();
  if (first < 0xfd) return first;
  if (first === 0xff) throw new FormatError('a count above 32 bits');
  const value = first === 0xfd ? c.u16() : c.u32();
  if (value < (first === 0xfd ? 0xfd : 0x1_0000)) throw new FormatError('a count that is not the shortest');
  return value;
}

function slotOf(nonce: number, chainId: number, height: number): number {
  const step = (r: bigint): bigint => BigInt.asUintN(height, r * 1_103_515_245n + 12_345n);
  return Number(step(step(BigInt(nonce)) + BigInt(chainId)));
}
