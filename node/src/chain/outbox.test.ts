import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressOf, partitionOf } from '../core/address.ts';
import { viewOf } from '../core/bytes.ts';
import { BATCH, DELTA, RELAY_FIXED_BYTES } from '../core/layouts.ts';
import { SCOPE } from '../core/scopes.ts';
import { encodeEntries } from './cell-entries.ts';
import { Outbox, readBatch } from './outbox.ts';
import { outboxTree, proveLeaf, verifyLeaf } from './outbox-proof.ts';
import { NO_OP, pad8, RECORD, RECORD_KIND } from './relay.ts';

const PARTITIONS = 16;
const TO = addressOf(new Uint8Array(32).fill(3));
const NO_CONTRACTS = { end: 3, codeOf: () => undefined };
const RULES = {
  partitions: PARTITIONS,
  holds: () => true,
  deltas: 4,
  contracts: NO_CONTRACTS,
  maxGas: 1_000_000n,
  joined: false,
  headroom: 1_000_000n,
  partitionOf: (address: Uint8Array) => partitionOf(address, PARTITIONS),
};

function valueRecord(value: bigint, gas = 8_000n): Uint8Array {
  const record = new Uint8Array(RELAY_FIXED_BYTES + pad8(36));
  const view = viewOf(record);
  view.setUint32(RECORD.size, record.length, true);
  record[RECORD.kind] = RECORD_KIND.value;
  record[RECORD.scope] = SCOPE.account;
  view.setUint16(RECORD.op, NO_OP, true);
  view.setBigUint64(RECORD.gas, gas, true);
  view.setBigUint64(RECORD.price, 2n, true);
  view.setBigUint64(RECORD.value, value, true);
  view.setUint32(RECORD.partition, partitionOf(TO, PARTITIONS), true);
  record[RECORD.keyLen] = 36;
  record.set(TO, RECORD.key);
  return record;
}

function sample(): Uint8Array {
  const outbox = new Outbox(0, 9);
  outbox.addRelays(2, valueRecord(5n));
  outbox.addRelays(2, valueRecord(6n));
  outbox.addCredit(2, { to: TO, amount: 100n });
  const id = Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, SCOPE.global, 0);
  outbox.addDelta(2, DELTA.encode({ version: 5, cells: encodeEntries([{ id, value: Uint8Array.of(7) }]) }));
  return outbox.leaves()[0]!.leaf;
}

test('reads back what was sent, in order, and what it is worth', () => {
  const batch = readBatch(sample(), 0, 9, RULES);
  expect(batch.relays).toEqual(Uint8Array.from([...valueRecord(5n), ...valueRecord(6n)]));
  expect(batch.credits).toEqual([{ to: TO, amount: 100n }]);
  expect(batch.delta).toMatchObject({ version: 5, cells: [{ value: Uint8Array.of(7) }] });
  expect(batch.worth).toBe(5n + 6n + 100n + 2n * 16_000n);
});

test('a batch that breaks a rule reads as empty', () => {
  const leaf = sample();
  for (const [source, height, rules] of [
    [1, 9, RULES],
    [0, 8, RULES],
    [0, 9, { ...RULES, deltas: 5 }],
    [0, 9, { ...RULES, holds: () => false }],
    [0, 9, { ...RULES, headroom: 32_110n }],
  ] as const) {
    expect(readBatch(leaf, source, height, rules).worth).toBe(0n);
  }
  const wrongPartition = valueRecord(1n);
  viewOf(wrongPartition).setUint32(RECORD.partition, partitionOf(TO, PARTITIONS) ^ 1, true);
  const deferred = valueRecord(1n);
  deferred[RECORD.kind] = RECORD_KIND.deferred;
  const user = valueRecord(1n);
  user[RECORD.kind] = RECORD_KIND.user;
  const padding = valueRecord(1n);
  padding[RECORD.key + 38] = 1;
  const forged = valueRecord(1n, 2n ** 63n);
  const endless = valueRecord(1n, RULES.maxGas + 1n);
  viewOf(endless).setBigUint64(RECORD.price, 0n, true);
  for (const relays of [endless, wrongPartition, deferred, user, padding, forged, valueRecord(1n).subarray(8)]) {
    const bytes = BATCH.encode({ source: 0, height: 9, system: [], relays });
    expect(readBatch(bytes, 0, 9, RULES).relays).toHaveLength(0);
  }
});

test('no bytes at all can do more than be refused', () => {
  const good = sample();
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(40), (at, flip, cut) => {
      const bytes = good.slice(0, good.length - cut);
      if (at < bytes.length) bytes[at]! ^= flip;
      expect(readBatch(bytes, 0, 9, RULES).worth).toBeGreaterThanOrEqual(0n);
    }),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      if (bytes.length > 0) expect(readBatch(bytes, 0, 9, RULES).relays).toHaveLength(0);
    }),
  );
});

test('every leaf is provable, present or empty', () => {
  const outbox = new Outbox(1, 3);
  outbox.addRelays(0, valueRecord(1n));
  outbox.addRelays(4, valueRecord(2n));
  const leaves = outbox.leaves();
  const { root } = outboxTree(leaves, 3);
  for (let group = 0; group < 9; group++) {
    const proven = proveLeaf(leaves, 3, group);
    expect(proven.leaf.length > 0).toBe(group === 0 || group === 4);
    expect(verifyLeaf(root, 3, group, proven)).toBe(true);
    expect(verifyLeaf(root, 3, group, { ...proven, leaf: valueRecord(3n) })).toBe(false);
  }
});

test('all of the global state is for a group that joined and knows nothing, from group 0 alone', () => {
  const outbox = new Outbox(0, 9);
  const id = Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, SCOPE.global, 0);
  outbox.addState(2, DELTA.encode({ version: 17, cells: encodeEntries([{ id, value: Uint8Array.of(7) }]) }));
  const { leaf } = outbox.leaves()[0]!;
  const newcomer = { ...RULES, joined: true, deltas: 0 };
  expect(readBatch(leaf, 0, 9, newcomer).delta).toMatchObject({ version: 17 });
  expect(readBatch(leaf, 0, 9, { ...newcomer, joined: false }).delta).toBeUndefined();
  expect(readBatch(leaf, 0, 9, { ...newcomer, deltas: 16 }).delta).toBeUndefined();
  expect(readBatch(leaf, 1, 9, newcomer).delta).toBeUndefined();
});
