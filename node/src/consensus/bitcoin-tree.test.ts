import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHex } from '../core/bytes.ts';
import {
  bitcoinHash,
  encodeBitcoinHeader,
  fromDisplayHash,
  parseBitcoinHeader,
  REGTEST_GENESIS_HEADER,
  toDisplayHash,
} from './bitcoin-header.ts';
import { BitcoinTree } from './bitcoin-tree.ts';
import { meetsTarget, targetForHashes } from './target.ts';

const EASY = targetForHashes(4n);
const newTree = () => new BitcoinTree({ root: REGTEST_GENESIS_HEADER, rootHeight: 0, parentTarget: EASY });

function mine(prev: Uint8Array, salt: number, target = EASY, premature = false): Uint8Array {
  const merkleRoot = new Uint8Array(32).fill(salt);
  const { timeSeconds } = parseBitcoinHeader(prev);
  for (let nonce = 0; ; nonce++) {
    const header = encodeBitcoinHeader({
      version: 4,
      prev: bitcoinHash(prev),
      merkleRoot,
      timeSeconds: timeSeconds + 1,
      bits: 0x207fffff,
      nonce,
    });
    if (meetsTarget(bitcoinHash(header), target) !== premature) return header;
  }
}

test('the regtest genesis header has its well-known hash', () => {
  const hash = '0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206';
  expect(toDisplayHash(bitcoinHash(REGTEST_GENESIS_HEADER))).toBe(hash);
  expect(toDisplayHash(fromDisplayHash(hash))).toBe(hash);
});

test('80 bytes decode and encode back to themselves', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 80, maxLength: 80 }), (bytes) => {
      expect(encodeBitcoinHeader(parseBitcoinHeader(bytes))).toEqual(bytes);
    }),
  );
  expect(() => parseBitcoinHeader(new Uint8Array(81))).toThrow(RangeError);
});

test('the longest branch wins and losers become orphans', () => {
  const tree = newTree();
  const a1 = mine(REGTEST_GENESIS_HEADER, 1);
  const b1 = mine(REGTEST_GENESIS_HEADER, 2);
  const b2 = mine(b1, 3);
  expect(tree.add(a1)).toMatchObject({ kind: 'added', reorganised: false });
  expect(tree.standing(bitcoinHash(a1))).toBe('on-chain');
  tree.add(b1);
  tree.add(b2);
  expect(tree.tip.hash).toEqual(bitcoinHash(b2));
  expect(tree.standing(bitcoinHash(a1))).toBe('orphan');
  expect(tree.standing(bitcoinHash(b1))).toBe('on-chain');
  expect(tree.at(1)?.hash).toEqual(bitcoinHash(b1));
  expect(tree.add(b1)).toEqual({ kind: 'known' });
});

test('what Bitcoin or the parent target would refuse is refused by name', () => {
  const tree = newTree();
  const good = mine(REGTEST_GENESIS_HEADER, 1);
  const code = (bytes: Uint8Array) => {
    const result = tree.add(bytes);
    return result.kind === 'refused' ? result.code : result.kind;
  };
  expect(code(good.slice(1))).toBe('BAD_LENGTH');
  expect(code(mine(good, 2))).toBe('UNKNOWN_PREV');
  const header = parseBitcoinHeader(good);
  expect(code(encodeBitcoinHeader({ ...header, bits: 0x1f7fffff }))).toBe('BAD_BITS');
  expect(code(mine(REGTEST_GENESIS_HEADER, 4, EASY, true))).toBe('HIGH_HASH');
  let old = encodeBitcoinHeader({ ...header, timeSeconds: 1_296_688_602 });
  for (let nonce = 0; !meetsTarget(bitcoinHash(old), EASY); nonce++) {
    old = encodeBitcoinHeader({ ...header, timeSeconds: 1_296_688_602, nonce });
  }
  expect(code(old)).toBe('TIME_TOO_OLD');
  expect(tree.size).toBe(0);
  expect(tree.standing(bitcoinHash(mine(REGTEST_GENESIS_HEADER, 4, EASY, true)))).toBe('premature');
});

test('the best chain depends on the set of headers, and taking headers back restores every earlier tip', () => {
  const headers: Uint8Array[] = [];
  fc.assert(
    fc.property(
      fc.array(fc.nat(8), { minLength: 1, maxLength: 14 }),
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (parents, random) => {
        headers.length = 0;
        parents.forEach((p, i) => {
          const prev = headers.length === 0 || p === 0 ? REGTEST_GENESIS_HEADER : headers[p % headers.length]!;
          headers.push(mine(prev, i + 1));
        });
        const ordered = newTree();
        const tips = headers.map((h) => {
          const before = toHex(ordered.tip.hash);
          ordered.add(h);
          return before;
        });
        const shuffled = newTree();
        let waiting = headers.map((h) => ({ h, rank: random.next().value as number })).sort((a, b) => a.rank - b.rank);
        while (waiting.length > 0) waiting = waiting.filter(({ h }) => shuffled.add(h).kind === 'refused');
        expect(shuffled.tip.hash).toEqual(ordered.tip.hash);
        for (let height = 0; height <= ordered.tip.height; height++) {
          expect(shuffled.at(height)?.hash).toEqual(ordered.at(height)?.hash);
        }
        for (const before of tips.reverse()) {
          ordered.removeNewest();
          expect(toHex(ordered.tip.hash)).toBe(before);
          expect(ordered.at(ordered.tip.height)?.hash).toEqual(ordered.tip.hash);
        }
        expect(() => ordered.removeNewest()).toThrow();
      },
    ),
    { numRuns: 60 },
  );
});
