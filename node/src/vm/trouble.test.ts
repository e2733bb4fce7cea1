import { expect, test } from 'vitest';
import { addressOf, contractAddress, formatAddress } from '../core/address.ts';
import { concatBytes, viewOf } from '../core/bytes.ts';
import { sha256 } from '../core/hash.ts';
import {
  build,
  context,
  FUNDS,
  fund,
  MINER,
  machine,
  P,
  place,
  receiptsOf,
  relaysOf,
  snapshot,
} from './testing/bed.ts';
import { cellId, type RecordFields, testAddress, u64 } from './testing/records.ts';
import { TROUBLE, troubleModule } from './testing/trouble.ts';
import { VmInternalFault } from './types.ts';

const ID = 5;
const code = troubleModule();
const alice = testAddress(1);
const bob = testAddress(2);
const GAS = 3_000_000n;

function ready(options = {}) {
  const vm = machine(options);
  vm.installContract(ID, code);
  fund(vm, [alice]);
  return vm;
}

function relayTo(op: number, args: Uint8Array, more: RecordFields = {}) {
  return build({ kind: 1, contract: ID, op, initiator: alice, from: alice, key: bob, gas: GAS, args, ...more });
}

function i32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setUint32(0, value, true);
  return bytes;
}

test.each([
  ['an endless loop', TROUBLE.endlessLoop, new Uint8Array(0), 4, 30],
  ['a huge heap, in steps', TROUBLE.hugeHeap, new Uint8Array(0), 6, 15],
  ['a huge heap at once', TROUBLE.heapTwice, i32(17 << 20), 6, 15],
  ['a heap of negative size', TROUBLE.heapTwice, i32(-5), 6, 15],
  ['deep recursion', TROUBLE.deepRecursion, new Uint8Array(0), 6, 15],
  ['a state too large', TROUBLE.hugeState, i32(2 << 20), 6, 15],
  ['a state too dear', TROUBLE.hugeState, i32(1 << 20), 4, 30],
  ['a failure behind writes', TROUBLE.writeThenFail, new Uint8Array(300).fill(3), 6, 8],
  ['a failure behind a relay', TROUBLE.relayThenFail, concatBytes([bob, new Uint8Array(8)]), 5, 21],
  ['a relay too large', TROUBLE.relayWith, concatBytes([bob, i32(70_000)]), 6, 22],
  ['too many relays', TROUBLE.manyRelays, concatBytes([i32(101), i32(0), bob]), 6, 22],
])('%s costs its sender gas and hurts nobody', (_, op, args, status, exception) => {
  const vm = ready({ maxRelays: 100 });
  vm.beginBlock(context(1));
  vm.run(relayTo(TROUBLE.setState, new Uint8Array(40).fill(9)));
  const before = snapshot(vm);
  const result = vm.run(concatBytes([relayTo(op, args), relayTo(TROUBLE.setState, new Uint8Array(40).fill(9))]));
  expect(result).toMatchObject({ done: 2, stop: 'end' });
  const [failed, next] = receiptsOf(result.receipts);
  expect(failed).toMatchObject({ status, exception, gas: GAS, children: 0 });
  expect(next).toMatchObject({ status: 0 });
  expect(result.relays.length).toBe(0);
  expect(snapshot(vm)).toBe(before);
});

test('state past the cap of the group is refused, what does not grow is not', () => {
  const vm = ready({ maxStateBytes: 1100n });
  vm.beginBlock(context(1));
  const statuses = [200, 600, 400, 10].map((size) => {
    const key = size === 400 ? testAddress(3) : bob;
    return receiptsOf(vm.run(relayTo(TROUBLE.setState, new Uint8Array(size), { key })).receipts)[0]!.exception;
  });
  expect(statuses).toEqual([0, 0, 15, 0]);
});

test.each([
  ['a trap without a code', TROUBLE.bareTrap, {}],
  ['an access out of bounds', TROUBLE.outOfBounds, {}],
  ['an engine stack overflow', TROUBLE.hostStackOverflow, {}],
  ['a store the guard forbids', TROUBLE.wildStore, { guard: true }],
])('%s is no result: the machine stops for good', (_, op, options) => {
  const vm = ready(options);
  vm.beginBlock(context(1));
  expect(() => vm.run(relayTo(op, new Uint8Array(8)))).toThrow(VmInternalFault);
  expect(() => vm.run(relayTo(TROUBLE.setState, new Uint8Array(8)))).toThrow(VmInternalFault);
  expect(() => vm.account(alice)).toThrow(VmInternalFault);
});

test('the heap is zeroed again for each invocation and may span runs', () => {
  const vm = ready({ guard: true });
  vm.beginBlock(context(1));
  for (let i = 0; i < 3; i++) {
    const { receipts } = vm.run(relayTo(TROUBLE.heapTwice, i32(300_000)));
    expect(receiptsOf(receipts)[0]).toMatchObject({ status: 0 });
  }
});

test('a broadcast reaches every partition, pays each copy and shares what is left', () => {
  const vm = ready();
  vm.beginBlock(context(1));
  const gas = 50_000n + 8_000n * BigInt(P) + 100n;
  const global = { kind: 1, contract: ID, op: TROUBLE.broadcast, scope: 3, initiator: alice, gas, args: u64(42n) };
  const { receipts, relays } = vm.run(build(global));
  const copies = relaysOf(relays);
  expect(receiptsOf(receipts)[0]).toMatchObject({ status: 0, children: P, gas: 50_000n });
  expect(copies.map((c) => [c.partition, c.index, c.scope, c.keyLen, c.origin])).toEqual(
    copies.map((_, p) => [p, p, 2, 0, 65535]),
  );
  expect(copies.map((c) => c.gas)).toEqual(copies.map((_, p) => 8_006n + (p === P - 1 ? 100n % BigInt(P) : 0n)));
  const refused = vm.run(build({ ...global, gas: gas - 101n }));
  expect(receiptsOf(refused.receipts)[0]).toMatchObject({ status: 4, exception: 30 });
  const rich = relays.slice();
  for (let at = 0; at < rich.length; at += viewOf(rich).getUint32(at, true))
    viewOf(rich).setBigUint64(at + 16, 20_000n, true);
  expect(receiptsOf(vm.run(rich).receipts).every((r) => r.status === 0)).toBe(true);
  const shard = (p: number) => vm.get(p, cellId(ID, 2, new Uint8Array(0)));
  expect(Array.from({ length: P }, (_, p) => shard(p))).toEqual(Array.from({ length: P }, () => u64(42n)));
});

test('global state is written in its partition and read everywhere from the replica', () => {
  const vm = ready();
  vm.beginBlock(context(1));
  const value = new Uint8Array(50).fill(6);
  const sent = vm.run(relayTo(TROUBLE.toGlobal, value));
  const [relay] = relaysOf(sent.relays);
  expect(relay).toMatchObject({ kind: 1, scope: 3, partition: 65535, keyLen: 0 });
  expect(receiptsOf(vm.run(sent.relays.slice()).receipts)[0]).toMatchObject({ status: 0 });
  const id = cellId(ID, 3, new Uint8Array(0));
  expect(vm.get(65535, id)).toEqual(value);
  expect(vm.get(65534, id)).toBeUndefined();
  vm.put(65534, id, value.subarray(0, 30));
  const changes = vm.endBlock();
  expect(changes.diffs.map((d) => d.partition)).toEqual([65534, 65535]);
  expect(vm.call(relayTo(TROUBLE.readGlobal, new Uint8Array(0)), GAS).ret).toEqual(value.slice(0, 30));
});

test('relay@next keeps scope, key and partition and takes no room', () => {
  const vm = ready();
  vm.setRoom(0, 0);
  vm.beginBlock(context(1));
  const { relays, stop, ...rest } = vm.run(relayTo(TROUBLE.next, new Uint8Array(24).fill(1)));
  expect(stop).toBe('end');
  expect(rest.routes()).toEqual([]);
  expect(relaysOf(relays)[0]).toMatchObject({ kind: 2, scope: 1, partition: place(bob), key: bob, from: bob });
});

test('a call answers and leaves no trace', () => {
  const vm = ready();
  const before = snapshot(vm);
  const ask = relayTo(TROUBLE.answer, Uint8Array.of(1, 2, 3), { kind: 0, initiator: bob });
  const answer = vm.call(ask, 100_000n);
  expect(answer).toMatchObject({ status: 0, exception: 0, ret: Uint8Array.of(1, 2, 3) });
  expect(answer.gas).toBe(20_000n + 1n + 3n + 16n + 1600n);
  expect(vm.call(ask, 20_500n)).toMatchObject({ status: 4, exception: 30, gas: 20_500n });
  expect(vm.call(relayTo(TROUBLE.endlessLoop, ask), 50_000n)).toMatchObject({ exception: 30 });
  expect(vm.call(build({ contract: 99, key: bob }), GAS)).toMatchObject({ status: 8 });
  expect(snapshot(vm)).toBe(before);
  expect(vm.account(alice).balance).toBe(FUNDS);
});

test('contracts see block, transaction and themselves', () => {
  const vm = ready({ guard: true });
  vm.beginBlock(context(12));
  vm.endBlock();
  const ask = build({
    kind: 0,
    contract: ID,
    op: TROUBLE.contexts,
    initiator: bob,
    key: bob,
    args: Uint8Array.of(7, 8),
  });
  const { status, ret } = vm.call(ask, GAS);
  expect(status).toBe(0);
  const view = viewOf(ret);
  expect([ret.slice(0, 36), ret.slice(36, 72), ret.slice(72, 108)]).toEqual([bob, bob, MINER]);
  expect(ret.slice(108, 144)).toEqual(contractAddress(BigInt(ID)));
  const numbers = Array.from({ length: 8 }, (_, i) => view.getBigUint64(144 + i * 8, true));
  const tail = new Uint8Array(12);
  viewOf(tail).setBigUint64(0, 12n, true);
  viewOf(tail).setUint32(8, place(bob), true);
  const random = sha256(concatBytes([new Uint8Array(32).fill(12), tail, ask.slice(48, 80)]));
  expect(numbers).toEqual([
    12n,
    BigInt(place(bob)),
    4n,
    12_000n,
    viewOf(random).getBigUint64(0, true),
    0n,
    BigInt(ID),
    1n,
  ]);
  expect(ret.slice(208, 240)).toEqual(sha256(Uint8Array.of(7, 8)));
  const text = ret.slice(244, 244 + view.getUint32(240, true));
  expect(new TextDecoder().decode(text)).toBe(formatAddress(bob));
  expect(view.getUint32(320, true)).toBe(1);
  expect(ret.slice(324, 360)).toEqual(addressOf(bob.slice(0, 32)));
});

test('a contract that is removed is unavailable, and works again when installed', () => {
  const vm = ready();
  vm.beginBlock(context(1));
  const status = () => receiptsOf(vm.run(relayTo(TROUBLE.setState, new Uint8Array(4))).receipts)[0]!.status;
  expect(status()).toBe(0);
  vm.removeContract(ID);
  expect(status()).toBe(8);
  vm.installContract(ID, code);
  expect(status()).toBe(0);
  vm.installContract(ID + 1, code);
  expect(
    receiptsOf(vm.run(relayTo(TROUBLE.setState, new Uint8Array(4), { contract: ID + 1 })).receipts)[0]!.status,
  ).toBe(0);
});

test('a record whose key is not where it says fails like any other', () => {
  const vm = ready();
  vm.beginBlock(context(1));
  const before = snapshot(vm);
  const misplaced = [
    { partition: (place(bob) + 1) % P },
    { partition: 65535 },
    { partition: 40_000 },
    { scope: 4 },
    { scope: 3, partition: 65535 },
    { scope: 2, key: new Uint8Array(0), partition: P },
    { scope: 9 },
    { kind: 9 },
    { kind: 3, scope: 5, key: new Uint8Array(8), value: 0n },
  ];
  for (const more of misplaced) {
    const record = relayTo(TROUBLE.setState, new Uint8Array(8), { partition: place(bob), ...more });
    const { receipts, stop } = vm.run(record);
    expect(stop).toBe('end');
    expect(receiptsOf(receipts)[0], JSON.stringify(Object.keys(more))).toMatchObject({
      status: 11,
      exception: 0,
      gas: GAS,
    });
  }
  expect(snapshot(vm)).toBe(before);
});

test('output larger than its buffer is handed out whole', () => {
  const vm = ready();
  vm.setOwners(
    Uint16Array.from({ length: P }, (_, p) => p % 3),
    0,
  );
  vm.beginBlock(context(1));
  const many = relayTo(TROUBLE.manyRelays, concatBytes([i32(300), i32(0), bob]), { gas: 10_000_000n });
  const { relays, routes, receipts, done } = vm.run(concatBytes(Array.from({ length: 90 }, () => many)));
  expect(done).toBe(90);
  expect(receiptsOf(receipts).every((r) => r.status === 0 && r.children === 300)).toBe(true);
  const all = relaysOf(relays);
  expect(all.length).toBe(90 * 300);
  expect(all.every((r, i) => r.index === i % 300)).toBe(true);
  expect(routes().map((r) => [r.group, r.records.length])).toEqual([[place(bob) % 3, relays.length]]);
});
