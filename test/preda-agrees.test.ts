// The compiler may know no chain, so what both must hold alike is written twice: numbers of scopes, places in an invocation
// record, limits and the text of addresses. Here they are held against each other.
import { CONSTANTS } from '@rexnet/node/chain/genesis.ts';
import { RECORD, RECORD_KIND } from '@rexnet/node/chain/relay.ts';
import { ADDRESS_BYTES, addressOf, formatAddress, parseAddress } from '@rexnet/node/core/address.ts';
import { SCOPES } from '@rexnet/node/core/scopes.ts';
import { formatAddress as formatInCode, parseAddress as parseInCode } from '@rexnet/preda/address.ts';
import { MAX_NESTING, MAX_SOURCE_BYTES, MAX_STEPS } from '@rexnet/preda/limits.ts';
import { RECORD as CODE_RECORD, RECORD_KIND as CODE_RECORD_KIND, KEY_BYTES, SCOPE_CODE } from '@rexnet/preda/rt.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';

test('scopes have the same numbers and keys', () => {
  const known = SCOPES.map(({ name, keyBytes }, code) => [name, [code, keyBytes]]);
  const inCode = Object.entries(SCOPE_CODE).map(([name, code]) => [
    name,
    [code, KEY_BYTES[name as keyof typeof KEY_BYTES]],
  ]);
  // The ledger's scope has no code.
  expect(Object.fromEntries(known)).toEqual({ account: [0, ADDRESS_BYTES], ...Object.fromEntries(inCode) });
});

test('contract code finds the fields of an invocation record where the chain writes them', () => {
  expect(RECORD).toMatchObject(CODE_RECORD);
  expect(RECORD_KIND).toMatchObject(CODE_RECORD_KIND);
});

test('a network asks nothing of the compiler that it would refuse anyway', () => {
  expect(CONSTANTS.compilerSteps).toBeLessThanOrEqual(MAX_STEPS);
  expect(CONSTANTS.sourceBytes).toBeLessThanOrEqual(MAX_SOURCE_BYTES);
  expect(CONSTANTS.nesting).toBeLessThanOrEqual(MAX_NESTING);
});

test('an address has one text form', () => {
  const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(key, fc.constantFrom('ed25519' as const, 'contract' as const), (bytes, kind) => {
      const address = addressOf(bytes, kind);
      const text = formatAddress(address);
      expect(formatInCode(address)).toBe(text);
      expect(parseInCode(text)).toEqual(address);
    }),
  );
});

test('what is nearly an address is none for both', () => {
  const text = formatAddress(addressOf(new Uint8Array(32).fill(7)));
  fc.assert(
    fc.property(
      fc.nat(text.length - 1),
      fc.constantFrom(...'0123456789abcdefghijklmnopqrstuvwxyzAZ@:'),
      (at, glyph) => {
        const damaged = text.slice(0, at) + glyph + text.slice(at + 1);
        expect(parseInCode(damaged)).toEqual(parseAddress(damaged));
      },
    ),
  );
});
