import { expect, test } from 'vitest';
import { concatBytes } from '../core/bytes.ts';
import { sha256 } from '../core/hash.ts';
import {
  build,
  context,
  FUNDS,
  fund,
  giveTokens,
  machine,
  place,
  receiptsOf,
  relaysOf,
  snapshot,
  tokenOf,
} from './testing/bed.ts';
import { testAddress, u64, u128 } from './testing/records.ts';
import { TOKEN_OP, tokenModule } from './testing/token.ts';

const TOKEN = 7;
const people = Array.from({ length: 40 }, (_, i) => testAddress(i));
const alice = people[0]!;
const neighbour = people.slice(1).find((a) => place(a) === place(alice))!;
const stranger = people.find((a) => place(a) !== place(alice))!;

function transfer(to: Uint8Array, amount: bigint, more = {}) {
  return build({ scope: 0, initiator: alice, key: to, args: u64(amount), gas: 30_000n, price: 2n, ...more });
}

function tokenTransfer(from: Uint8Array, to: Uint8Array, amount: bigint, more = {}) {
  const args = concatBytes([to, u128(amount)]);
  return build({ contract: TOKEN, op: TOKEN_OP.transfer, initiator: from, key: from, args, gas: 40_000n, ...more });
}

test('a transfer within a partition moves money at once and keeps the whole budget', () => {
  const vm = machine();
  fund(vm, [alice]);
  vm.beginBlock(context(1));
  const { done, stop, receipts, relays } = vm.run(transfer(neighbour, 500n));
  expect({ done, stop, relays: relays.length }).toEqual({ done: 1, stop: 'end', relays: 0 });
  expect(receiptsOf(receipts)[0]).toMatchObject({
    status: 0,
    exception: 0,
    gas: 30_000n,
    amountLow: 500n,
    children: 0,
  });
  expect(vm.account(neighbour)).toEqual({ nonce: 0n, balance: 500n });
  expect(vm.account(alice)).toEqual({ nonce: 1n, balance: FUNDS - 500n - 60_000n });
  expect(vm.gasUsed()).toBe(30_000n);
  expect(vm.fees()).toBe(60_000n);
});

test('a transfer to another partition is a value relay that pays its own gas', () => {
  const vm = machine();
  fund(vm, [alice]);
  vm.beginBlock(context(1));
  const tx = transfer(stranger, 500n);
  const first = vm.run(tx);
  const [relay] = relaysOf(first.relays);
  expect(relay).toMatchObject({
    kind: 3,
    scope: 0,
    op: 0xffff,
    contract: 0n,
    gas: 10_000n,
    price: 2n,
    value: 500n,
    nonce: 0n,
  });
  expect(relay).toMatchObject({ partition: place(stranger), origin: place(alice), index: 0, argsLen: 0, keyLen: 36 });
  expect(relay!.id).toEqual(tx.slice(48, 80));
  expect(relay!.from).toEqual(alice);
  expect(relay!.initiator).toEqual(alice);
  expect(vm.sent(0)).toBe(500n + 20_000n);
  expect(vm.fees()).toBe(40_000n);
  expect(receiptsOf(first.receipts)[0]).toMatchObject({
    children: 1,
    gas: 20_000n,
    self: alice,
    counterpart: stranger,
  });
  const wire = first.relays.slice();
  const second = vm.run(wire);
  const [receipt] = receiptsOf(second.receipts);
  expect(receipt).toMatchObject({
    status: 0,
    gas: 10_000n,
    kind: 3,
    index: 1,
    amountLow: 500n,
    self: stranger,
    counterpart: alice,
  });
  const own = tx.slice(48, 80);
  own[0]! += 1;
  expect(receipt!.id).toEqual(own);
  expect(receipt!.root).toEqual(tx.slice(48, 80));
  expect(vm.account(stranger).balance).toBe(500n);
  expect(vm.fees()).toBe(60_000n);
});

test('a deeper relay has the hash of emitter and child index as its id, however many run at once', () => {
  const vm = machine();
  fund(vm, [alice]);
  vm.beginBlock(context(1));
  for (const count of [1, 7, 8, 9, 95, 96, 97, 200]) {
    const records = Array.from({ length: count }, (_, i) => {
      const bytes = build({ kind: 3, scope: 0, op: 0xffff, key: alice, gas: 8_000n, index: i * 65_537 });
      bytes.fill(i, 48, 80);
      bytes.fill(255, 80, 112);
      return bytes;
    });
    const ids = receiptsOf(vm.run(concatBytes(records)).receipts).map(({ id }) => id);
    expect(ids).toEqual(
      records.map((bytes) => sha256(concatBytes([bytes.subarray(48, 80), bytes.subarray(188, 192)]))),
    );
  }
});

test('what may not start stops the run and changes nothing', () => {
  const vm = machine();
  fund(vm, [alice]);
  vm.beginBlock(context(1, 100_000n));
  const before = () => ({ account: vm.account(alice), gas: vm.gasUsed() });
  const untouched = before();
  const refused = [
    [transfer(neighbour, 1n, { nonce: 1n }), 'invalid'],
    [transfer(neighbour, 1n, { price: FUNDS }), 'invalid'],
    [transfer(neighbour, 1n, { price: 1n << 60n }), 'invalid'],
    [transfer(neighbour, 1n, { initiator: stranger }), 'invalid'],
    [transfer(neighbour, 1n, { value: 1n }), 'invalid'],
    [transfer(neighbour, 1n, { gas: 100_001n }), 'gas'],
  ] as const;
  for (const [record, stop] of refused) {
    const ok = transfer(neighbour, 1n, { nonce: 0n });
    const result = vm.run(record);
    expect({ stop: result.stop, done: result.done, bytes: result.bytes }).toEqual({ stop, done: 0, bytes: 0 });
    expect(before()).toEqual(untouched);
    expect(ok.length).toBeGreaterThan(0);
  }
  const mixed = vm.run(concatBytes([transfer(neighbour, 1n), transfer(neighbour, 1n)]));
  expect(mixed).toMatchObject({ done: 1, bytes: 240 + 8, stop: 'invalid' });
  expect(vm.account(neighbour).balance).toBe(1n);
});

test('failures keep the gas, use the nonce and say why', () => {
  const vm = machine();
  vm.installContract(TOKEN, tokenModule());
  fund(vm, [alice]);
  vm.beginBlock(context(1));
  const cases = [
    [transfer(neighbour, FUNDS), 2, 0],
    [transfer(neighbour, 1n, { gas: 19_999n }), 3, 0],
    [transfer(stranger, 1n, { gas: 27_999n }), 4, 30],
    [transfer(neighbour, 1n, { op: 1 }), 9, 0],
    [transfer(neighbour, 1n, { args: new Uint8Array(7) }), 11, 0],
    [build({ contract: 99, initiator: alice, key: alice }), 8, 0],
    [tokenTransfer(alice, neighbour, 1n), 5, 21],
    [tokenTransfer(alice, neighbour, 1n, { op: 9 }), 6, 16],
    [tokenTransfer(alice, neighbour, 1n, { args: new Uint8Array(3) }), 6, 12],
  ] as const;
  let nonce = 0n;
  for (const [record, status, exception] of cases) {
    new DataView(record.buffer).setBigUint64(40, nonce, true);
    const gas = new DataView(record.buffer).getBigUint64(16, true);
    const { stop, receipts, relays } = vm.run(record);
    expect(stop).toBe('end');
    expect(receiptsOf(receipts)[0], `status ${status}`).toMatchObject({ status, exception, gas, children: 0 });
    expect(relays.length).toBe(0);
    nonce++;
    expect(vm.account(alice).nonce).toBe(nonce);
  }
  expect(vm.account(alice).balance + vm.fees()).toBe(FUNDS);
});

test('a call of another partition becomes an implicit relay with the rest of the budget', () => {
  const vm = machine();
  vm.installContract(TOKEN, tokenModule());
  fund(vm, [alice]);
  vm.beginBlock(context(1));
  const call = build({ contract: TOKEN, op: 1, initiator: alice, key: stranger, args: u128(5n), gas: 40_000n });
  const { receipts, relays } = vm.run(call);
  const [relay] = relaysOf(relays);
  expect(relay).toMatchObject({
    kind: 1,
    scope: 1,
    op: 1,
    gas: 20_000n,
    index: 0,
    partition: place(stranger),
    origin: place(alice),
  });
  expect(relay!.from).toEqual(alice);
  expect(relay!.args).toEqual(u128(5n));
  expect(receiptsOf(receipts)[0]).toMatchObject({
    status: 0,
    gas: 20_000n,
    children: 1,
    self: alice,
    counterpart: stranger,
  });
  const second = receiptsOf(vm.run(relays.slice()).receipts)[0];
  expect(second).toMatchObject({ status: 0, gas: 20_000n, kind: 1 });
  expect(tokenOf(vm, TOKEN, stranger)).toBe(5n);
});

test('value of a relay that failed goes back to the initiator, without gas', () => {
  const vm = machine();
  fund(vm, [alice]);
  vm.beginBlock(context(1));
  const failing = { kind: 3, scope: 0, op: 0xffff, gas: 7_999n, value: 900n, initiator: alice, from: alice };
  const far = vm.run(build({ ...failing, key: stranger }));
  expect(receiptsOf(far.receipts)[0]).toMatchObject({ status: 4, exception: 30, gas: 7_999n, children: 0 });
  const [credit] = relaysOf(far.relays);
  expect(credit).toMatchObject({ kind: 4, scope: 0, value: 900n, gas: 0n, partition: place(alice) });
  expect(credit!.key).toEqual(alice);
  const before = vm.account(alice).balance;
  const done = vm.run(far.relays.slice());
  expect(done).toMatchObject({ done: 1, stop: 'end' });
  expect(done.receipts.length).toBe(0);
  expect(vm.account(alice).balance).toBe(before + 900n);
  const near = vm.run(build({ ...failing, key: neighbour }));
  expect(near.relays.length).toBe(0);
  expect(vm.account(alice).balance).toBe(before + 1800n);
});

test('no room for a relay rests the record; a busy group fails the user only', () => {
  const vm = machine();
  vm.installContract(TOKEN, tokenModule());
  fund(vm, [alice]);
  giveTokens(vm, TOKEN, [alice, neighbour], 1000n);
  const owners = new Uint16Array(P16);
  owners[place(stranger)] = 3;
  vm.setOwners(owners, 0);
  vm.beginBlock(context(1));
  vm.setRoom(3, 255);
  const state = snapshot(vm);
  const tx = tokenTransfer(alice, stranger, 10n);
  expect(vm.run(tx)).toMatchObject({ stop: 'room', done: 0, bytes: 0 });
  expect(snapshot(vm)).toBe(state);
  expect(vm.room(3)).toBe(255);
  expect(vm.gasUsed()).toBe(0n);
  vm.setRoom(3, 256);
  const result = vm.run(tx);
  expect(result).toMatchObject({ stop: 'end', done: 1 });
  expect(result.routes().map((r) => ({ group: r.group, size: r.records.length }))).toEqual([{ group: 3, size: 256 }]);
  expect(vm.room(3)).toBe(0);
  expect(vm.run(tokenTransfer(alice, neighbour, 10n, { nonce: 1n }))).toMatchObject({ stop: 'end', done: 1 });
  expect(vm.room(0), 'a group without a limit').toBe(2 ** 31 - 1);
  vm.setRoom(3, 10_000);
  vm.setBusy(3, true);
  const busy = vm.run(tokenTransfer(alice, stranger, 10n, { nonce: 2n }));
  expect(receiptsOf(busy.receipts)[0]).toMatchObject({ status: 6, exception: 34 });
  expect(vm.room(3)).toBe(10_000);
  const relay = build({
    kind: 1,
    contract: TOKEN,
    op: 0,
    initiator: alice,
    key: neighbour,
    gas: 30_000n,
    args: concatBytes([stranger, u128(1n)]),
  });
  expect(receiptsOf(vm.run(relay).receipts)[0]).toMatchObject({ status: 0, children: 1 });
});
const P16 = 16;

test('gas is shared equally, the remainder to the last child', () => {
  const vm = machine();
  vm.installContract(TOKEN, tokenModule());
  fund(vm, [alice]);
  giveTokens(vm, TOKEN, [alice], 1000n);
  vm.beginBlock(context(1));
  const { receipts, relays } = vm.run(tokenTransfer(alice, stranger, 10n));
  const [child] = relaysOf(relays);
  const [receipt] = receiptsOf(receipts);
  // 160 the token's own, 21 to read and 19 to write 16 bytes.
  expect(receipt).toMatchObject({ status: 0, gas: 20_200n, amountLow: 10n });
  expect(child!.gas).toBe(19_800n);
  expect(vm.sent(0)).toBe(19_800n);
});
