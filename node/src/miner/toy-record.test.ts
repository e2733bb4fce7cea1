import { expect, test } from 'vitest';
import { bitcoinHash, encodeBitcoinHeader, REGTEST_GENESIS_HEADER as GENESIS } from '../consensus/bitcoin-header.ts';
import { continuation } from './toy-record.ts';

let nonce = 0;
const child = (of: Uint8Array): Uint8Array =>
  encodeBitcoinHeader({
    version: 1,
    prev: bitcoinHash(of),
    merkleRoot: new Uint8Array(32),
    timeSeconds: 0,
    bits: 0,
    nonce: nonce++,
  });
const chain = (of: Uint8Array, count: number): Uint8Array[] => {
  const out: Uint8Array[] = [];
  for (let i = 0; i < count; i++) out.push(child(out.at(-1) ?? of));
  return out;
};

test('no recorded header is no continuation', () => {
  expect(continuation([], GENESIS, 0)).toBeUndefined();
});

test('a whole record starts at the root of the chain', () => {
  const headers = chain(GENESIS, 3);
  expect(continuation(headers, GENESIS, 3)).toEqual({ root: GENESIS, rootHeight: 0, headers });
});

test('the end of a long record starts at its first header, at its height', () => {
  const headers = chain(GENESIS, 20).slice(8);
  const start = continuation(headers, GENESIS, 20);
  expect(start).toEqual({ root: headers[0], rootHeight: 9, headers: headers.slice(1) });
});

test('of two branches the longer one is continued', () => {
  const trunk = chain(GENESIS, 5);
  const stale = chain(trunk[1]!, 2);
  const start = continuation([stale[0]!, trunk[3]!, stale[1]!, trunk[4]!, child(trunk[4]!)], GENESIS, 6);
  expect(start?.root).toBe(trunk[3]);
  expect(start?.rootHeight).toBe(4);
});
