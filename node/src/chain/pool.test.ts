import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressOf } from '../core/address.ts';
import { toHex } from '../core/bytes.ts';
import { SCOPE } from '../core/scopes.ts';
import { senderKeyOf } from '../core/signed-bytes.ts';
import { Pool, type PoolParts } from './pool.ts';
import { gasPriceOf, nonceOf, signTransaction, TRANSACTION_KIND, transactionId } from './transaction.ts';

const NETWORK = Uint8Array.of(1, 2, 3, 4);
const RULES = { networkId: NETWORK, partitions: 16, gasPriceFloor: 1n, userGas: 3_500_000 };
const NOW_MS = 1_000;

function keyOf(n: number): Uint8Array {
  return new Uint8Array(32).fill(n + 1);
}

function transfer(sender: number, nonce: number, price = 1, validUntilMs = 1e9): Uint8Array {
  return signTransaction(
    {
      kind: TRANSACTION_KIND.transfer,
      sender: keyOf(sender),
      nonce: BigInt(nonce),
      validUntilMs,
      gasLimit: 30_000n,
      gasPrice: BigInt(price),
      contract: 0n,
      op: 0,
      target: { scope: SCOPE.account, key: addressOf(keyOf(sender + 1)) },
      args: new Uint8Array(8),
    },
    NETWORK,
    () => new Uint8Array(64),
  );
}

function poolWith(parts: Partial<PoolParts> = {}): { pool: Pool; nonces: Map<string, bigint> } {
  const nonces = new Map<string, bigint>();
  const pool = new Pool({
    rules: RULES,
    account: (address) => ({ nonce: nonces.get(toHex(address)) ?? 0n, balance: 10n ** 12n }),
    holds: () => true,
    ...parts,
  });
  return { pool, nonces };
}

test('hands out by fee, then nonce, and stops at a gap', () => {
  const { pool } = poolWith();
  for (const [sender, nonce, price] of [
    [0, 0, 1],
    [0, 1, 9],
    [1, 0, 5],
    [1, 2, 9],
    [2, 1, 9],
  ] as const) {
    expect(pool.add(transfer(sender, nonce, price), NOW_MS)).toBe('added');
  }
  const order = [...pool.candidates(NOW_MS)].map((t) => [senderKeyOf(t)[0]! - 1, Number(nonceOf(t))]);
  expect(order).toEqual([
    [1, 0],
    [0, 0],
    [0, 1],
  ]);
});

test('refuses with a reason', () => {
  const { pool, nonces } = poolWith({ senderMax: 2, max: 3 });
  nonces.set(toHex(addressOf(keyOf(0))), 5n);
  expect(pool.add(transfer(0, 4), NOW_MS)).toBe('NONCE_TOO_LOW');
  expect(pool.add(transfer(0, 7), NOW_MS)).toBe('NONCE_TOO_HIGH');
  expect(pool.add(transfer(0, 5, 10), NOW_MS)).toBe('added');
  expect(pool.add(transfer(0, 5, 10), NOW_MS)).toBe('known');
  expect(pool.add(transfer(0, 5, 10, 1e8), NOW_MS)).toBe('NONCE_TAKEN');
  expect(pool.add(transfer(0, 5, 11), NOW_MS)).toBe('added');
  expect(pool.add(transfer(0, 6, 2, NOW_MS - 1), NOW_MS)).toBe('EXPIRED');
  expect(pool.add(transfer(0, 6, 2), NOW_MS)).toBe('added');
  expect(pool.add(transfer(1, 0, 2), NOW_MS)).toBe('added');
  expect(pool.add(transfer(2, 0, 2), NOW_MS)).toBe('POOL_FULL');
  expect(pool.add(transfer(2, 0, 3), NOW_MS)).toBe('added');
  expect(pool.size).toBe(3);
  expect(pool.add(transfer(3, 0, 1_000_000_000), NOW_MS)).toBe('INSUFFICIENT_FUNDS');
  expect(pool.add(transfer(3, 0).subarray(1), NOW_MS)).toBe('BAD_TRANSACTION');
});

test('follows blocks forth and back', () => {
  const { pool, nonces } = poolWith();
  const [a, b, c] = [transfer(0, 0), transfer(0, 1), transfer(0, 2, 1, 2_000)] as const;
  for (const t of [a, b, c]) pool.add(t, NOW_MS);
  nonces.set(toHex(addressOf(keyOf(0))), 2n);
  pool.settle([a, b], [], NOW_MS);
  expect([...pool.candidates(NOW_MS)]).toEqual([c]);
  nonces.set(toHex(addressOf(keyOf(0))), 1n);
  pool.settle([], [b], NOW_MS);
  expect([...pool.candidates(NOW_MS)]).toEqual([b, c]);
  pool.settle([], [], 3_000);
  expect(pool.size).toBe(1);
});

test('stays within its bounds and hands out runnable sequences, whatever comes', () => {
  const step = fc.tuple(fc.nat(5), fc.nat(8), fc.integer({ min: 1, max: 6 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { pool } = poolWith({ max: 12, senderMax: 4 });
      for (const [sender, nonce, price] of steps) pool.add(transfer(sender, nonce, price), NOW_MS);
      expect(pool.size).toBeLessThanOrEqual(12);
      const next = new Map<number, bigint>();
      let lastPrice = new Map<number, bigint>();
      for (const t of pool.candidates(NOW_MS)) {
        const sender = senderKeyOf(t)[0]!;
        expect(nonceOf(t)).toBe(next.get(sender) ?? 0n);
        next.set(sender, nonceOf(t) + 1n);
        lastPrice = lastPrice.set(sender, gasPriceOf(t));
      }
    }),
    { numRuns: 100 },
  );
});

test('keeps no message alive for the transactions that came in it', () => {
  const { pool } = poolWith();
  const bytes = transfer(0, 0);
  const message = new Uint8Array(1 << 20);
  message.set(bytes, 100);
  expect(pool.add(message.subarray(100, 100 + bytes.length), NOW_MS)).toBe('added');
  expect(pool.find(transactionId(bytes))?.buffer.byteLength).toBeLessThan(16_384);
});
