import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { bitcoinHash } from '../consensus/bitcoin-header.ts';
import { meetsTarget, TARGET_MAX, targetForHashes, targetToBytes } from '../consensus/target.ts';
import { viewOf } from '../core/bytes.ts';
import { createGrinder } from './grinder.ts';
import { HeaderSearch, targetWords } from './midstate.ts';
import type { Grinder, GrindListener } from './ports.ts';

const anything = targetWords(targetToBytes(TARGET_MAX));
const headers = fc.uint8Array({ minLength: 80, maxLength: 80 });

function withNonce(header: Uint8Array, nonce: number): Uint8Array {
  const out = new Uint8Array(header);
  viewOf(out).setUint32(76, nonce, true);
  return out;
}

test('each try is the SHA-256d of the header with that nonce', () => {
  fc.assert(
    fc.property(headers, fc.nat(0xffff_ffff), (header, first) => {
      const search = new HeaderSearch(header, first);
      for (let i = 0; i < 3; i++) {
        const nonce = (first + i) >>> 0;
        expect(search.find(anything, 1)).toBe(nonce);
        expect([...search.lastHash()]).toEqual([...bitcoinHash(withNonce(header, nonce))]);
      }
    }),
  );
});

test('the answer is the first nonce that meets the target, by the same comparison as consensus', () => {
  fc.assert(
    fc.property(headers, fc.integer({ min: 1, max: 200 }), fc.nat(0xffff_ffff), (header, hashes, first) => {
      const target = targetForHashes(BigInt(hashes));
      const found = new HeaderSearch(header, first).find(targetWords(targetToBytes(target)), 400);
      let expected: number | undefined;
      for (let i = 0; i < 400 && expected === undefined; i++) {
        const nonce = (first + i) >>> 0;
        if (meetsTarget(bitcoinHash(withNonce(header, nonce)), target)) expected = nonce;
      }
      expect(found).toBe(expected);
    }),
    { numRuns: 60 },
  );
});

test('a hash equal to the target is a hit, one above is not', () => {
  const header = new Uint8Array(80).fill(3);
  const hash = bitcoinHash(withNonce(header, 9));
  expect(new HeaderSearch(header, 9).find(targetWords(hash), 1)).toBe(9);
  const below = new Uint8Array(hash);
  below[0]! -= 1;
  expect(hash[0]).toBeGreaterThan(0);
  expect(new HeaderSearch(header, 9).find(targetWords(below), 1)).toBeUndefined();
});

let grinder: Grinder | undefined;
afterEach(() => grinder?.close());

function listenOnce(cpuShare: number): {
  start: Grinder['start'];
  hit: Promise<{ jobId: number; nonce: number }>;
  hashes: () => number;
} {
  let counted = 0;
  const { promise, resolve, reject } = Promise.withResolvers<{ jobId: number; nonce: number }>();
  const listener: GrindListener = {
    onHit: (jobId, nonce) => resolve({ jobId, nonce }),
    onExhausted: () => reject(new Error('exhausted')),
    onHashes: (count) => {
      counted += count;
    },
  };
  grinder = createGrinder(listener, { cpuShare, onFailure: reject });
  return { start: (job) => grinder?.start(job), hit: promise, hashes: () => counted };
}

test('the worker finds what the search finds and counts every hash', async () => {
  const header = new Uint8Array(80).fill(7);
  const target = targetForHashes(30_000n);
  const expected = new HeaderSearch(header, 5).find(targetWords(targetToBytes(target)), 1_000_000);
  const { start, hit, hashes } = listenOnce(1);
  start({ id: 1, header, target: targetToBytes(target), firstNonce: 5 });
  expect(await hit).toEqual({ jobId: 1, nonce: expected });
  expect(hashes()).toBe(expected! - 5 + 1);
});

test('a new job replaces one that cannot end', async () => {
  const header = new Uint8Array(80).fill(8);
  const { start, hit } = listenOnce(0.5);
  start({ id: 1, header, target: targetToBytes(1n), firstNonce: 0 });
  start({ id: 2, header, target: targetToBytes(TARGET_MAX), firstNonce: 77 });
  expect(await hit).toEqual({ jobId: 2, nonce: 77 });
});

test('a share of a core is above 0 and at most 1', () => {
  const listener: GrindListener = { onHit: () => undefined, onExhausted: () => undefined, onHashes: () => undefined };
  for (const cpuShare of [0, -1, 1.1, Number.NaN]) {
    expect(() => createGrinder(listener, { cpuShare, onFailure: () => undefined })).toThrow(RangeError);
  }
});
