// Bitcoin's 80-byte header and what its bytes mean alone. Chains of headers are the tree's business.
import { fromHex, viewOf } from '../core/bytes.ts';
import { sha256d } from '../core/hash.ts';

export const BITCOIN_HEADER_BYTES = 80;

/** Hashes are in internal byte order, as they are hashed; a screen shows them reversed. */
export interface BitcoinHeader {
  readonly version: number;
  readonly prev: Uint8Array;
  readonly merkleRoot: Uint8Array;
  readonly timeSeconds: number;
  readonly bits: number;
  readonly nonce: number;
}

/** Throws on any length but 80: nothing else about a header can be malformed. */
export function parseBitcoinHeader(bytes: Uint8Array): BitcoinHeader {
  if (bytes.length !== BITCOIN_HEADER_BYTES) throw new RangeError(`a Bitcoin header has 80 bytes, not ${bytes.length}`);
  const view = viewOf(bytes);
  return {
    version: view.getInt32(0, true),
    prev: new Uint8Array(bytes.subarray(4, 36)),
    merkleRoot: new Uint8Array(bytes.subarray(36, 68)),
    timeSeconds: view.getUint32(68, true),
    bits: view.getUint32(72, true),
    nonce: view.getUint32(76, true),
  };
}

export function encodeBitcoinHeader(header: BitcoinHeader): Uint8Array {
  const bytes = new Uint8Array(BITCOIN_HEADER_BYTES);
  const view = viewOf(bytes);
  view.setInt32(0, header.version, true);
  bytes.set(header.prev, 4);
  bytes.set(header.merkleRoot, 36);
  view.setUint32(68, header.timeSeconds, true);
  view.setUint32(72, header.bits, true);
  view.setUint32(76, header.nonce, true);
  return bytes;
}

export function bitcoinHash(header: Uint8Array): Uint8Array {
  return sha256d(header);
}

/** Bitcoin shows hashes with the bytes reversed. */
export function toDisplayHash(hash: Uint8Array): string {
  return Buffer.from(hash).reverse().toString('hex');
}

export function fromDisplayHash(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (bytes.length !== 32) throw new RangeError(`a hash has 64 hex digits: "${hex.slice(0, 80)}"`);
  return bytes.reverse();
}

const GENESIS_MERKLE_ROOT = '4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b';

/** Block 0 of every regtest: the root of what nodes record, and so of toy parent chains as well. */
export const REGTEST_GENESIS_HEADER: Uint8Array = encodeBitcoinHeader({
  version: 1,
  prev: new Uint8Array(32),
  merkleRoot: fromDisplayHash(GENESIS_MERKLE_ROOT),
  timeSeconds: 1_296_688_602,
  bits: 0x207fffff,
  nonce: 2,
});
