import { expect, test } from 'vitest';
import { concatBytes, equalBytes, toHex } from '../core/bytes.ts';
import { HEADER, MAX_GENESIS_ACCOUNTS, TOTALS } from '../core/layouts.ts';
import { SCOPE } from '../core/scopes.ts';
import { bodyOf, signatureOf } from '../core/signed-bytes.ts';
import {
  CONSTANTS,
  DEFAULT_CHAIN,
  type FundedAccount,
  type GenesisInput,
  makeGenesis,
  readGenesis,
  seedAccounts,
  supplyOf,
} from './genesis.ts';
import { genesisHeader, genesisState } from './genesis-block.ts';
import { deriveKey, privateKey, publicKeyOf, signer } from './keys.ts';
import { World } from './testing/world.ts';
import { decodeTransaction, signTransaction, transactionId } from './transaction.ts';

function input(overrides: Partial<GenesisInput> = {}): GenesisInput {
  return {
    chain: DEFAULT_CHAIN,
    groups: 4,
    seed: 7,
    governance: new Uint8Array(32).fill(1),
    compilerHash: new Uint8Array(32).fill(2),
    bitcoinIntervalMs: 10_000,
    accounts: seedAccounts(7, 0),
    ...overrides,
  };
}

test('genesis is a pure function of its input', () => {
  const bytes = makeGenesis(input());
  expect(equalBytes(bytes, makeGenesis(input({ accounts: input().accounts.slice().reverse() })))).toBe(true);
  const network = readGenesis(bytes);
  expect(network.genesis.blockGas).toBe(4_000_000n);
  expect(network.genesis.owners).toHaveLength(256);
  expect(network.firstMap.groups).toEqual([0, 1, 2, 3]);
  expect(supplyOf(network.genesis)).toBe(input().accounts.reduce((sum, a) => sum + a.amount, 0n));
  expect(toHex(readGenesis(makeGenesis(input({ seed: 8 }))).id)).not.toBe(toHex(network.id));
});

test('refuses networks that could not run', () => {
  const refusal = (overrides: Partial<GenesisInput>): string => {
    try {
      makeGenesis(input(overrides));
      return 'made';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  expect(refusal({ chain: { ...DEFAULT_CHAIN, blockGas: 2_363_428n } })).toBe('BLOCK_GAS_TOO_LOW');
  expect(refusal({ chain: { ...DEFAULT_CHAIN, blockGas: 2_363_429n } })).toBe('made');
  expect(refusal({ chain: { ...DEFAULT_CHAIN, partitions: 3 } })).toBe('BAD_GROUPS');
  expect(refusal({ chain: { ...DEFAULT_CHAIN, partitions: 6 }, groups: 2 })).toBe('BAD_PARTITIONS');
  expect(refusal({ groups: 0 })).toBe('BAD_GROUPS');
  expect(refusal({ accounts: [...input().accounts, input().accounts[0]!] })).toBe('BAD_ACCOUNTS');
  expect(refusal({ accounts: [{ address: new Uint8Array(36), amount: 1n }] })).toBe('BAD_KEY');
  const crowd = new Array<FundedAccount>(MAX_GENESIS_ACCOUNTS + 1).fill(input().accounts[0]!);
  expect(refusal({ accounts: crowd })).toBe('TOO_MANY_ACCOUNTS');
  expect(refusal({ constants: { maxLag: 0 } })).toBe('BAD_LIMIT');
  expect(refusal({ constants: { userShareNumerator: CONSTANTS.userShareDenominator + 1 } })).toBe('BAD_SHARE');
});

test('first headers commit the state every node starts from', () => {
  const world = new World({ groups: 3 });
  let held = 0n;
  for (const [group, { builder }] of world.lines.entries()) {
    const header = HEADER.decode(genesisHeader(world.network, group));
    expect(toHex(header.stateRoot)).toBe(toHex(builder.stateRoot));
    held += TOTALS.decode(builder.totals).held;
    expect(genesisState(world.network, group).parts.length).toBeGreaterThan(0);
  }
  expect(held).toBe(supplyOf(world.network.genesis));
});

test('derived keys sign what their addresses own', () => {
  const key = deriveKey(7, 'alice');
  expect(toHex(key.publicKey)).toBe(toHex(publicKeyOf(privateKey(key.secret))));
  expect(toHex(deriveKey(7, 'alice').address)).toBe(toHex(key.address));
  expect(toHex(deriveKey(8, 'alice').address)).not.toBe(toHex(key.address));
  const fields = {
    kind: 0,
    sender: key.publicKey,
    nonce: 3n,
    validUntilMs: 99,
    gasLimit: 30_000n,
    gasPrice: 1n,
    contract: 0n,
    op: 0,
    target: { scope: SCOPE.account, key: key.address },
    args: new Uint8Array(8),
  };
  const bytes = signTransaction(fields, new Uint8Array(4), signer(key.secret));
  expect(decodeTransaction(bytes)).toMatchObject({ ...fields, version: 1 });
  const signed = concatBytes([new TextEncoder().encode('rexnet/transaction/1'), bodyOf(bytes)]);
  expect(signatureOf(bytes)).toEqual(signer(key.secret)(signed));
  expect(transactionId(bytes)).toHaveLength(32);
});
