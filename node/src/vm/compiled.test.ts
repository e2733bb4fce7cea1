import { readFileSync } from 'node:fs';
import { compile, encodeArgs, findFunction } from '@rexnet/preda/index.ts';
import { expect, test } from 'vitest';
import { formatAddress } from '../core/address.ts';
import { build, context, fund, machine, receiptsOf, tokenOf } from './testing/bed.ts';
import { testAddress } from './testing/records.ts';

const TOKEN = 3;
const people = Array.from({ length: 5 }, (_, i) => testAddress(i));
const [alice, bob] = people as [Uint8Array, Uint8Array];

test('the shipped token, compiled with the guard, deploys, moves and counts', () => {
  const source = readFileSync(new URL('../../../contracts/token.prd', import.meta.url), 'utf8');
  const compiled = compile(source, { guard: true });
  if (!compiled.ok) throw new Error('token.prd does not compile');
  const { abi } = compiled;
  const vm = machine({ guard: true });
  vm.installContract(TOKEN, new WebAssembly.Module(compiled.wasm as Uint8Array<ArrayBuffer>));
  fund(vm, people);
  vm.beginBlock(context(1));
  const settle = (record: Uint8Array) => {
    const receipts = [];
    for (let wave = record; wave.length > 0; ) {
      const { receipts: bytes, relays } = vm.run(wave);
      receipts.push(...receiptsOf(bytes));
      wave = relays.slice();
    }
    return receipts.map((r) => r.status);
  };
  const call = (name: string, values: Parameters<typeof encodeArgs>[2], more = {}) => {
    const f = findFunction(abi, name)!;
    const args = encodeArgs(abi, f, values);
    return build({ contract: TOKEN, op: f.op, initiator: alice, key: alice, gas: 200_000n, args, ...more });
  };
  const deploy = call('on_deploy', ['TOK', '1000', formatAddress(alice)], {
    kind: 1,
    scope: 3,
    key: new Uint8Array(0),
  });
  expect(settle(deploy)).toEqual([0, 0]);
  expect(tokenOf(vm, TOKEN, alice)).toBe(1000n);
  expect(settle(call('transfer', [formatAddress(bob), '300']))).toEqual([0, 0]);
  expect(settle(call('transfer', [formatAddress(bob), '701'], { nonce: 1n }))).toEqual([5]);
  expect(settle(call('airdrop', [people.map(formatAddress), '100'], { nonce: 2n }))).toEqual(Array(6).fill(0));
  expect(people.map((a) => tokenOf(vm, TOKEN, a))).toEqual([300n, 400n, 100n, 100n, 100n]);
  vm.endBlock();
  const ask = call('balance_of', [], { kind: 1 });
  expect(vm.call(ask, 100_000n)).toMatchObject({
    status: 0,
    ret: new Uint8Array(16)
      .fill(0)
      .with(0, 300 & 255)
      .with(1, 1),
  });
});
