// Reads a Bitcoin coinbase transaction strictly and without its witness, as a proof must carry it. It judges no amounts and runs no script.
import { equalBytes } from '../core/bytes.ts';
import { DecodeError, Reader } from '../core/codec.ts';
import { sha256d } from '../core/hash.ts';

/** Null outpoint: 32 zero bytes and index 2^32 − 1, which only a coinbase may spend. */
const NULL_OUTPOINT = new Uint8Array(36).fill(0xff, 32);
/** A transaction of 64 bytes can be taken for an inner node of the Merkle tree (CVE-2017-12842). */
const AMBIGUOUS_BYTES = 64;
export const COINBASE_BYTES_MAX = 16 * 1024;

export interface Coinbase {
  readonly script: Uint8Array;
  readonly txid: Uint8Array;
}

export type CoinbaseProblem =
  /** Not a witness-stripped transaction with one input and nothing behind it. */
  | 'COINBASE_MALFORMED'
  /** Its input spends something. */
  | 'NOT_A_COINBASE'
  | 'COINBASE_TOO_SHORT';

/** Reads a coinbase that fills `bytes` to the end. */
export function parseCoinbase(bytes: Uint8Array): Coinbase | CoinbaseProblem {
  try {
    const reader = new Reader(bytes);
    const coinbase = readCoinbase(reader);
    reader.end('coinbase');
    return coinbase;
  } catch (error) {
    if (error instanceof DecodeError) return 'COINBASE_MALFORMED';
    throw error;
  }
}

/** Reads a coinbase and leaves the reader behind it; throws DecodeError on bytes that are no stripped transaction. */
export function readCoinbase(reader: Reader): Coinbase | CoinbaseProblem {
  const from = reader.at;
  reader.skip(4, 'coinbase.version');
  // A witness marker would stand here as 0, so this also refuses unstripped transactions.
  if (readCompactSize(reader, 'coinbase.inputs') !== 1) return 'COINBASE_MALFORMED';
  const outpoint = reader.take(36, 'coinbase.outpoint');
  const script = reader.take(readCompactSize(reader, 'coinbase.script'), 'coinbase.script');
  reader.skip(4, 'coinbase.sequence');
  const outputs = readCompactSize(reader, 'coinbase.outputs');
  for (let i = 0; i < outputs; i++) {
    reader.skip(8, 'coinbase.value');
    reader.skip(readCompactSize(reader, 'coinbase.output'), 'coinbase.output');
  }
  reader.skip(4, 'coinbase.lockTime');
  const bytes = reader.bytes.subarray(from, reader.at);
  if (!equalBytes(outpoint, NULL_OUTPOINT)) return 'NOT_A_COINBASE';
  if (bytes.length <= AMBIGUOUS_BYTES) return 'COINBASE_TOO_SHORT';
  return { script, txid: sha256d(bytes) };
}

/** Bitcoin's variable-length count; only the shortest form is accepted, and nothing a proof could need exceeds 32 bits. */
export function readCompactSize(reader: Reader, field: string): number {
  const first = reader.view.getUint8(reader.skip(1, field));
  if (first < 0xfd) return first;
  if (first === 0xff) throw new DecodeError('out-of-range', field);
  const size = first === 0xfd ? 2 : 4;
  const at = reader.skip(size, field);
  const value = size === 2 ? reader.view.getUint16(at, true) : reader.view.getUint32(at, true);
  if (value < (size === 2 ? 0xfd : 0x1_0000)) throw new DecodeError('not-canonical', field);
  return value;
}

export function encodeCompactSize(value: number): Uint8Array {
  if (value < 0xfd) return Uint8Array.of(value);
  if (value <= 0xffff) return Uint8Array.of(0xfd, value & 0xff, value >>> 8);
  return Uint8Array.of(0xfe, value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
}
