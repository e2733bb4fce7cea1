// Blocks merge-mined by Namecoin, Syscoin and Dogecoin miners, judged by our rules and then damaged bit by bit.
import { scryptSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fromHex } from '../core/bytes.ts';
import {
  BITCOIN_HEADER_BYTES,
  bitcoinHash,
  fromDisplayHash,
  parseBitcoinHeader,
  toDisplayHash,
} from './bitcoin-header.ts';
import { type ClassicResult, verifyClassicAuxPow, verifyClassicBlock } from './classic-auxpow.ts';
import { meetsTarget, targetFromBits } from './target.ts';

const read = (name: string) => readFileSync(new URL(`../../../test/vectors/${name}`, import.meta.url));
const block = (name: string) => fromHex(read(name).toString().trim());
const scrypt = (header: Uint8Array) => scryptSync(header, header, 32, { N: 1024, r: 1, p: 1 });
const target = (bits: number) => targetFromBits(bits)!;

interface Vector {
  readonly name: string;
  /** Header (where there is one) and auxpow, without the transactions behind. */
  readonly bytes: Uint8Array;
  readonly hash: string;
  readonly judge: (bytes: Uint8Array) => ClassicResult;
}

function wholeBlock(
  name: string,
  file: string,
  facts: { size: number; chainId: number; hash: string },
  powHash = bitcoinHash,
): Vector {
  const bytes = block(file).slice(0, facts.size);
  const { bits } = parseBitcoinHeader(bytes.slice(0, BITCOIN_HEADER_BYTES));
  const claim = { chainId: facts.chainId, target: target(bits), powHash };
  return { name, bytes, hash: facts.hash, judge: (b) => verifyClassicBlock(b, claim) };
}

const DOGE_403931 = '0c836b86991631d34a8a68054e2f62db919b39d1ee43c27ab3344d6aa82fa609';

const vectors: readonly Vector[] = [
  wholeBlock('Namecoin 19200', 'namecoin_mainnet_19200.txt', {
    size: 542,
    chainId: 1,
    hash: 'd8a7c3e01e1e95bcee015e6fcc7583a2ca60b79e5a3aa0a171eddd344ada903d',
  }),
  wholeBlock('Syscoin 430000', 'syscoin_430000.txt', {
    size: 1055,
    chainId: 16,
    hash: 'd9b0f166c2dbed6e76aeaa118da601c46e79a631b44d542da54f8ef08658dc64',
  }),
  wholeBlock(
    'Dogecoin 371337',
    'dogecoin_mainnet_371337.txt',
    { size: 535, chainId: 98, hash: '60323982f9c5ff1b5a954eac9dc1269352835f47c2c5222691d80f0d50dcf053' },
    scrypt,
  ),
  {
    // The file holds the auxpow alone. Its own target is not in it; that of 371337, the nearest block at hand, serves.
    name: 'Dogecoin 403931',
    bytes: read('auxpow_header.bin'),
    hash: DOGE_403931,
    judge: (bytes) =>
      verifyClassicAuxPow(bytes, {
        blockHash: fromDisplayHash(DOGE_403931),
        chainId: 98,
        target: target(0x1b364184),
        powHash: scrypt,
      }),
  },
];

test.each(vectors)('$name is valid', ({ bytes, hash, judge, name }) => {
  expect(judge(bytes)).toMatchObject({ ok: true });
  if (name !== 'Dogecoin 403931')
    expect(toDisplayHash(bitcoinHash(bytes.subarray(0, BITCOIN_HEADER_BYTES)))).toBe(hash);
});

test.each(vectors.slice(0, 2))('$name had a premature parent', ({ bytes, judge }) => {
  const result = judge(bytes);
  expect(result.ok).toBe(true);
  if (!result.ok) return;
  const { bits } = parseBitcoinHeader(result.parentHeader);
  expect(meetsTarget(bitcoinHash(result.parentHeader), target(bits))).toBe(false);
});

// No bit is exempt: what no chain verifies (hashBlock) must be one of its canonical values, and the parent's free fields
// (version, previous hash, time, bits, nonce) are held by the proof of work, scrypt for Dogecoin.
test.each(vectors)('every single-bit damage of $name is refused', ({ bytes, judge }) => {
  const accepted: number[] = [];
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const damaged = new Uint8Array(bytes);
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    if (judge(damaged).ok) accepted.push(bit);
  }
  expect(accepted).toEqual([]);
});

test.each(vectors)('$name with one byte more or less is refused', ({ bytes, judge }) => {
  expect(judge(bytes.subarray(0, -1))).toEqual({ ok: false, code: 'MALFORMED' });
  expect(judge(Buffer.concat([bytes, Buffer.of(0)]))).toEqual({ ok: false, code: 'MALFORMED' });
});

test('Namecoin 19414 has no magic and falls to rule A, nothing else', () => {
  const auxpow = read('auxpow_header_no_tx_header.bin');
  const blockHash = fromDisplayHash('5fb89c3b18c27bc38d351d516177cbd3504c95ca0494cbbbbd52f2fb5f2ff1ec');
  const claim = { blockHash, chainId: 1, target: target(0x1b00b269), powHash: bitcoinHash };
  expect(verifyClassicAuxPow(auxpow, claim)).toEqual({ ok: false, code: 'NO_COMMITMENT' });
});

test.each([
  ['Emercoin 357826', 'emercoin_mainnet_357826.txt', 6],
  ['Myriadcoin 2587044', 'myriadcoin_mainnet_2587044.txt', 90],
])('%s carries no auxpow and is refused as such', (_, file, chainId) => {
  const claim = { chainId, target: target(0x207fffff), powHash: bitcoinHash };
  expect(verifyClassicBlock(block(file), claim)).toEqual({ ok: false, code: 'NO_AUXPOW' });
});
