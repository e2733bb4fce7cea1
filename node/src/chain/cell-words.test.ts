import { compile } from '@rexnet/preda/index.ts';
import { expect, test } from 'vitest';
import { addressOf, formatAddress } from '../core/address.ts';
import { concatBytes, viewOf } from '../core/bytes.ts';
import { RELAY } from '../core/layouts.ts';
import { LEDGER_SCOPE, ledgerCellId, sequenceKey } from './cell-entries.ts';
import { cellWords, differenceWords, hexWords, partitionWords, valueWords } from './cell-words.ts';

const ADDRESS = addressOf(new Uint8Array(32).fill(3));
const TEXT = formatAddress(ADDRESS);
const SOURCE = `contract Shop {
  @address uint64 n;
  @address map<uint32, uint64> stock;
  @uint32 string name;
  @address function put(uint64 v) export { n = v; stock[1u] = v; }
}
`;

function u64(value: bigint): Uint8Array {
  const out = new Uint8Array(8);
  viewOf(out).setBigUint64(0, value, true);
  return out;
}

function contractCell(contract: bigint, scope: number, key: Uint8Array, ...element: Uint8Array[]): Uint8Array {
  return concatBytes([u64(contract), Uint8Array.of(scope, key.length), key, ...element]);
}

const names = (contract: bigint) => {
  const result = compile(SOURCE);
  if (!result.ok) throw new Error('the contract of this test does not compile');
  return contract === 1n ? { name: 'My.Shop', abi: result.abi } : undefined;
};

test.each<[string, Uint8Array]>([
  [`account ${TEXT}`, ledgerCellId(LEDGER_SCOPE.account, ADDRESS)],
  ['account 0x0000', ledgerCellId(LEDGER_SCOPE.account, new Uint8Array(2))],
  ['queued relay 7', ledgerCellId(LEDGER_SCOPE.queue, sequenceKey(7))],
  ['relay 7 deferred to the next block', ledgerCellId(LEDGER_SCOPE.deferred, sequenceKey(7))],
  ['registry row of contract 7', ledgerCellId(LEDGER_SCOPE.registry, sequenceKey(7))],
  ['registry name My.Shop', ledgerCellId(LEDGER_SCOPE.registry, Buffer.from('nMy.Shop'))],
  [`My.Shop of address ${TEXT}`, contractCell(1n, 1, ADDRESS)],
  [
    `My.Shop of address ${TEXT}, stock[5]`,
    contractCell(1n, 1, ADDRESS, Uint8Array.of(1, 0), Uint8Array.of(5, 0, 0, 0)),
  ],
  ['My.Shop of uint32 9', contractCell(1n, 4, Uint8Array.of(9, 0, 0, 0))],
  ['contract 2 of global', contractCell(2n, 3, new Uint8Array(0))],
])('%s', (words, id) => {
  expect(cellWords(id, names)).toBe(words);
});

test('what cells hold', () => {
  const account = ledgerCellId(LEDGER_SCOPE.account, ADDRESS);
  expect(valueWords(account, concatBytes([u64(4n), u64(120_000n)]))).toBe('120000 msat (0.00000120 rxBTC) and nonce 4');
  expect(valueWords(account, undefined)).toBe('nothing');
  expect(valueWords(contractCell(1n, 1, ADDRESS), u64(5n), names)).toBe('{"n":"5"}');
  expect(valueWords(contractCell(1n, 1, ADDRESS), new Uint8Array(3), names)).toBe('0x000000');
  expect(valueWords(contractCell(1n, 1, ADDRESS, Uint8Array.of(1, 0, 5, 0, 0, 0)), u64(6n), names)).toBe('"6"');
  const hash = new Uint8Array(32);
  const relay = RELAY.encode({
    ...{ size: 240, kind: 3, scope: 0, op: 0xffff, contract: 0n, gas: 10n, price: 2n, value: 100n, nonce: 0n },
    ...{ id: hash, root: hash, initiator: ADDRESS, from: ADDRESS, partition: 1, index: 0, argsLen: 0, keyLen: 36 },
    ...{ zero: 0, origin: 0 },
  });
  const queued = concatBytes([relay, ADDRESS, new Uint8Array(4)]);
  expect(valueWords(ledgerCellId(LEDGER_SCOPE.queue, sequenceKey(0)), queued)).toBe(
    `a relay to ${TEXT} that carries 120 msat (0.00000000 rxBTC)`,
  );
});

test('two values never read alike', () => {
  const id = contractCell(9n, 3, new Uint8Array(0));
  const expected = new Uint8Array(200);
  const found = Uint8Array.from(expected);
  found[150] = 1;
  const words = differenceWords({ partition: 0, id, expected, found });
  expect(words.found).toMatch(/^at byte 150 0x01(00)+… \(200 bytes\)$/);
  expect(words.expected).toMatch(/^at byte 150 0x(00)+… \(200 bytes\)$/);
  expect(differenceWords({ partition: 0, id, expected: undefined, found: undefined }).found).toMatch(/too many/);
  expect(hexWords(Uint8Array.of(1, 2))).toBe('0x0102');
  expect([65535, 65534, 3].map(partitionWords)).toEqual(['the global partition', 'the global replica', 'partition 3']);
});
