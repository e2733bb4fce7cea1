import { expect, test } from 'vitest';
import {
  bitcoinHash,
  encodeBitcoinHeader,
  parseBitcoinHeader,
  REGTEST_GENESIS_HEADER,
} from '../consensus/bitcoin-header.ts';
import { BitcoinTree } from '../consensus/bitcoin-tree.ts';
import { meetsTarget, targetForHashes } from '../consensus/target.ts';
import { equalBytes, toHex } from '../core/bytes.ts';
import { encodeEntries } from './cell-entries.ts';
import { RecordedHeaders } from './recorded-headers.ts';
import { World } from './testing/world.ts';

const EASY = targetForHashes(4n);

function mined(prev: Uint8Array, salt: number): Uint8Array {
  const fields = {
    version: 4,
    prev: bitcoinHash(prev),
    merkleRoot: new Uint8Array(32).fill(salt),
    timeSeconds: parseBitcoinHeader(prev).timeSeconds + 1,
    bits: 0x207fffff,
  };
  for (let nonce = 0; ; nonce++) {
    const header = encodeBitcoinHeader({ ...fields, nonce });
    if (meetsTarget(bitcoinHash(header), EASY)) return header;
  }
}

test('group 0 records Bitcoin headers through blocks only, and forgets those of undone blocks', () => {
  const trees: BitcoinTree[] = [];
  const bitcoin = () => {
    const tree = new BitcoinTree({ root: REGTEST_GENESIS_HEADER, rootHeight: 0, parentTarget: EASY });
    trees.push(tree);
    return tree;
  };
  const world = new World({ groups: 2, bitcoin });
  const a = mined(REGTEST_GENESIS_HEADER, 1);
  const b = mined(a, 2);
  const stray = mined(b, 3);
  // A template leaves out what is known or does not fit; what it keeps the judge accepts.
  const block = world.mine(0, { bitcoinHeaders: [a, b, a, mined(stray, 4)] });
  expect(block.body.bitcoinHeaders.map(toHex)).toEqual([a, b].map(toHex));
  expect(trees.map((tree) => tree.tip.height)).toEqual([2, 2]);
  expect(block.outcome.outbox).toEqual([]);

  const { builder, judge } = world.lines[0]!;
  judge!.undo(block.outcome.undo);
  expect(trees[1]!.size).toBe(0);
  const body = { ...block.body, bitcoinHeaders: [b, a] };
  expect(() => judge!.apply({ ...block, body })).toThrow('BITCOIN_HEADER');
  expect(trees[1]!.size).toBe(0);
  judge!.apply(block);

  const back = world.state(0, { snapshot: builder.snapshot(), diffs: [] });
  expect(equalBytes(trees[2]!.tip.hash, bitcoinHash(b))).toBe(true);
  back.undo(block.outcome.undo);
  expect(trees[2]!.size).toBe(0);
  expect(world.mine(1, { bitcoinHeaders: [a] }).body.bitcoinHeaders).toEqual([]);
});

test('the bytes of recorded headers are known, so that they can be left out of what fills the global partition', () => {
  const cells = new Map<string, { readonly id: Uint8Array; readonly value: Uint8Array }>();
  const machine = {
    get: (_partition: number, id: Uint8Array) => cells.get(toHex(id))?.value,
    put: (_partition: number, id: Uint8Array, value: Uint8Array) => void cells.set(toHex(id), { id, value }),
  };
  const tree = new BitcoinTree({ root: REGTEST_GENESIS_HEADER, rootHeight: 0, parentTarget: EASY });
  const recorded = new RecordedHeaders(machine, tree);
  expect(recorded.cellBytes).toBe(0);
  const a = mined(REGTEST_GENESIS_HEADER, 1);
  recorded.record([a, mined(a, 2)], true);
  expect(recorded.cellBytes).toBe(encodeEntries(cells.values()).length);
  recorded.truncate(1);
  expect(recorded.cellBytes).toBe(encodeEntries([...cells.values()].slice(0, 1)).length);
});
