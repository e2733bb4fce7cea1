import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DecodeError } from './codec.ts';
import { BODY, HEADER, type Header, TRANSACTION } from './layouts.ts';
import { depthFor, foldPath, listRoot, SlotTree } from './merkle.ts';

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const height = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const header: fc.Arbitrary<Header> = fc.record({
  version: fc.constant(1),
  networkId: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  group: fc.nat(65_535),
  height,
  parent: hash,
  timestampMs: height,
  target: fc.nat(2 ** 32 - 1),
  epoch: height,
  transactionsRoot: hash,
  outboxRoot: hash,
  receiptsRoot: hash,
  stateRoot: hash,
  checkpointRoot: hash,
  miner: fc.uint8Array({ minLength: 36, maxLength: 36 }),
  reads: fc.array(fc.record({ group: fc.nat(65_535), height, id: hash }), { maxLength: 5 }),
});

test('a header survives its bytes, and its bytes survive it', () => {
  fc.assert(
    fc.property(header, (h) => {
      const bytes = HEADER.encode(h);
      expect(HEADER.decode(bytes)).toEqual(h);
      expect(HEADER.encode(HEADER.decode(bytes))).toEqual(bytes);
    }),
  );
});

test('cut or lengthened bytes are refused', () => {
  fc.assert(
    fc.property(header, fc.nat(), (h, n) => {
      const bytes = HEADER.encode(h);
      expect(() => HEADER.decode(bytes.subarray(0, n % bytes.length))).toThrow(DecodeError);
      expect(() => HEADER.decode(Buffer.concat([bytes, Uint8Array.of(0)]))).toThrow(/trailing/);
    }),
  );
});

test('random bytes never throw anything but a decode error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      for (const layout of [HEADER, BODY, TRANSACTION]) {
        try {
          layout.decode(bytes);
        } catch (e) {
          expect(e).toBeInstanceOf(DecodeError);
        }
      }
    }),
  );
});

test('every slot of a slot tree proves its leaf and no other', () => {
  fc.assert(
    fc.property(fc.array(hash, { minLength: 1, maxLength: 20 }), fc.nat(), (leaves, n) => {
      const depth = depthFor(leaves.length);
      const tree = new SlotTree(leaves, depth);
      const slot = n % leaves.length;
      expect(foldPath(leaves[slot]!, slot, tree.path(slot))).toEqual(tree.root);
      const other = leaves[slot]!.slice();
      other[0]! ^= 1;
      expect(foldPath(other, slot, tree.path(slot))).not.toEqual(tree.root);
    }),
  );
});

test('a list and the same list with its tail repeated have different roots', () => {
  fc.assert(
    fc.property(fc.array(hash, { minLength: 1, maxLength: 9 }), (leaves) => {
      expect(listRoot([...leaves, leaves.at(-1)!])).not.toEqual(listRoot(leaves));
      expect(listRoot([...leaves, new Uint8Array(32)])).not.toEqual(listRoot(leaves));
    }),
  );
});
