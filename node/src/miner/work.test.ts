import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifyWitness } from '../consensus/auxpow.ts';
import { bitcoinHash } from '../consensus/bitcoin-header.ts';
import { meetsTarget, targetFromBits } from '../consensus/target.ts';
import { WitnessSource } from '../consensus/work-record.ts';
import { fromHex, toHex } from '../core/bytes.ts';
import { sha256d } from '../core/hash.ts';
import { buildCoinbase, pushNumber } from './coinbase.ts';
import type { Template } from './ports.ts';
import { buildWork, mergedHeight } from './work.ts';

const EASY = 0x207fffff;
const NOW_SECONDS = 1_700_000_000;

test.each([
  [0, '00'],
  [1, '51'],
  [16, '60'],
  [17, '0111'],
  [127, '017f'],
  [128, '028000'],
  [300, '022c01'],
  [32_768, '03008000'],
  [840_000, '0340d10c'],
])('height %i is pushed as %s', (height, hex) => {
  expect(toHex(pushNumber(height))).toBe(hex);
});

test('the coinbase keeps to 100 script bytes at any height and refuses a longer extra nonce', () => {
  const parts = { commitment: new Uint8Array(44), rewardSat: 5_000_000_000n, payoutScript: fromHex('51') };
  const built = buildCoinbase({ ...parts, height: 2 ** 31, extraNonce: new Uint8Array(8) });
  expect(built.script.length).toBeLessThanOrEqual(100);
  expect(() => buildCoinbase({ ...parts, height: 300, extraNonce: new Uint8Array(70) })).toThrow(RangeError);
});

test('the tree is as low as the ids allow', () => {
  expect(mergedHeight([40])).toBe(0);
  expect(mergedHeight([40, 41])).toBe(1);
  expect(mergedHeight([40, 42])).toBe(2);
  expect(mergedHeight([40, 41, 42, 43])).toBe(2);
  expect(mergedHeight([40, 41, 42, 44])).toBe(3);
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(5_000), { minLength: 1, maxLength: 60 }), (ids) => {
      const height = mergedHeight(ids);
      const distinct = (h: number) => new Set(ids.map((id) => id % 2 ** h)).size === ids.length;
      expect(distinct(height)).toBe(true);
      if (height > 0) expect(distinct(height - 1)).toBe(false);
    }),
  );
});

function templateOf(group: number): Template {
  const header = Uint8Array.of(group, 1, 2, 3);
  const timestampMs = NOW_SECONDS * 1000;
  return { group, header, blockId: sha256d(header), targetBits: EASY, timestampMs, notBeforeMs: timestampMs };
}

test('work for any groups over any parent block proves exactly the groups that were due', () => {
  const groups = fc.uniqueArray(fc.nat(300), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(groups, fc.nat(6), fc.nat(9), fc.boolean(), (all, transactions, skip, hasWitness) => {
      const due = all.filter((_, i) => i === 0 || i % (skip + 1) !== 0).map(templateOf);
      const bodies = Array.from({ length: transactions }, (_, i) => Uint8Array.of(9, i));
      const work = buildWork({
        parent: {
          prevHash: new Uint8Array(32).fill(1),
          height: 300,
          version: 0x20000000,
          bits: EASY,
          timeMinSeconds: 0,
          rewardSat: 50n,
          ...(hasWitness ? { witnessCommitment: new Uint8Array(38).fill(2) } : {}),
          transactions: bodies.map((data) => ({ data, txid: sha256d(data) })),
        },
        due,
        groups: all,
        chainIdBase: 7,
        extraNonce: new Uint8Array(8),
        timeSeconds: NOW_SECONDS,
        payoutScript: fromHex('51'),
      });
      let nonce = 0;
      while (!meetsTarget(bitcoinHash(work.solvedHeader(nonce)), targetFromBits(EASY)!)) nonce++;
      const witnesses = new WitnessSource(work.record(nonce), 7);
      for (const group of all) {
        const template = due.find((t) => t.group === group);
        const witness = witnesses.witness(group);
        expect(witness === undefined).toBe(template === undefined);
        if (template === undefined || witness === undefined) continue;
        const { blockId, targetBits, timestampMs } = template;
        const question = { witness, blockId, group, chainIdBase: 7, targetBits, blockTimestampMs: timestampMs };
        expect(verifyWitness(question)).toMatchObject({ ok: true });
      }
      expect(toHex(work.block(nonce)).startsWith(toHex(work.solvedHeader(nonce)))).toBe(true);
    }),
  );
});
