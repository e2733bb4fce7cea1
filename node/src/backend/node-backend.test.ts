// What becomes of a submitted batch: who is refused, with which code, and whose fault it is.

import { afterEach, expect, test } from 'vitest';
import { deriveKey, signer } from '../chain/keys.ts';
import { signTransaction, TRANSACTION_KIND, transactionId } from '../chain/transaction.ts';
import { toHex } from '../core/bytes.ts';
import { packTransactions, unpackTransactions } from '../core/transaction-batch.ts';
import type { EngineApi } from '../engine/api.ts';
import { type Remote, RemoteError } from '../engine/bridge.ts';
import type { Network } from '../net/network.ts';
import type { NetworkConstants } from '../rpc/backend.ts';
import { DoorError, SignatureDoor } from '../signatures/door.ts';
import type { PoolNews } from './meters.ts';
import { Backend, type Door } from './node-backend.ts';

const NETWORK_ID = Uint8Array.of(1, 2, 3, 4);
const key = deriveKey(1, 'user/0');

function aTransaction(nonce: bigint): Uint8Array {
  return signTransaction(
    {
      kind: TRANSACTION_KIND.transfer,
      sender: key.publicKey,
      nonce,
      validUntilMs: 1_000,
      gasLimit: 28_000n,
      gasPrice: 1n,
      contract: 0n,
      op: 0,
      target: { scope: 0, key: key.address },
      args: new Uint8Array(8),
    },
    NETWORK_ID,
    signer(key.secret),
  );
}

function forged(nonce: bigint): Uint8Array {
  const bytes = aTransaction(nonce);
  bytes[bytes.length - 1]! ^= 1;
  return bytes;
}

const doors: SignatureDoor[] = [];
afterEach(async () => {
  for (const door of doors.splice(0)) await door.close();
});

function aBackend(options: { readonly door?: Door; readonly submit?: Remote<EngineApi>['submit'] } = {}) {
  const submitted: Uint8Array[] = [];
  const news: PoolNews[] = [];
  const door = options.door ?? new SignatureDoor();
  if (door instanceof SignatureDoor) doors.push(door);
  const submit: Remote<EngineApi>['submit'] = async (batch, ids) => {
    const transactions = unpackTransactions(batch);
    expect(toHex(ids)).toBe(transactions.map((bytes) => toHex(transactionId(bytes))).join(''));
    submitted.push(...transactions);
    return { refusals: [], accepted: [...transactions.keys()], foreign: [] };
  };
  const backend = new Backend({
    engine: { submit: options.submit ?? submit, status: async () => ({}) } as unknown as Remote<EngineApi>,
    door,
    network: { share: () => undefined, forward: () => true, connected: 0 } as unknown as Network,
    constants: {} as NetworkConstants,
    group: 0,
    software: 'test',
    faucet: undefined,
    meters: {
      pool: (told) => news.push(told),
      call: () => undefined,
      proof: () => undefined,
      parentHeaders: () => undefined,
    },
    hello: () => {
      throw new Error('nobody asks');
    },
  });
  return { backend, submitted, news };
}

const caller = { connection: '10.0.0.1:1', signal: new AbortController().signal };
const codes = (refusals: readonly { readonly index: number; readonly code: string }[]) =>
  refusals.map(({ index, code }) => `${index} ${code}`);

test('bytes that are no transaction are refused as such and are no fault of the connection', async () => {
  const { backend, submitted, news } = aBackend();
  const long = new Uint8Array(400).fill(255);
  const cut = aTransaction(1n).subarray(0, -1);
  const batch = packTransactions([new Uint8Array(3), aTransaction(0n), long, cut]);
  const { refusals } = await backend.submitBatch(batch, caller);
  expect(codes(refusals)).toEqual(['0 BAD_TRANSACTION', '2 BAD_TRANSACTION', '3 BAD_TRANSACTION']);
  expect(submitted.length).toBe(1);
  expect(news).toMatchObject([{ admitted: 1, forwarded: [], refused: [{}, {}, {}] }]);
  expect(await backend.takeTransactions(batch, caller.connection)).toBeUndefined();
});

test('a wrong signature is refused, and is the fault of who sent it', async () => {
  const { backend } = aBackend();
  const batch = packTransactions([aTransaction(0n), forged(1n)]);
  expect(codes((await backend.submitBatch(batch, caller)).refusals)).toEqual(['1 BAD_SIGNATURE']);
  expect(await backend.takeTransactions(batch, caller.connection)).toBe('BAD_SIGNATURE');
});

test.each<[string, Parameters<typeof aBackend>[0]]>([
  ['the door', { door: { check: () => Promise.reject(new DoorError('too many signatures wait')) } }],
  ['the engine', { submit: () => Promise.reject(new RemoteError('BUSY', 'too many calls wait')) }],
])('when %s has too much to do, each transaction is told so and the stream goes on', async (_, options) => {
  const { backend } = aBackend(options);
  const batch = packTransactions([aTransaction(0n), aTransaction(1n)]);
  expect(codes((await backend.submitBatch(batch, caller)).refusals)).toEqual(['0 BUSY', '1 BUSY']);
  expect(await backend.takeTransactions(batch, caller.connection)).toBeUndefined();
});

test('what was executed is counted for whoever asks for the status', async () => {
  const { backend } = aBackend();
  const block = { group: 0, height: 1, id: new Uint8Array(32), timestampMs: 1, header: new Uint8Array(0) };
  backend.block({ ...block, transactions: 3, receipts: 5, gas: 90_000n });
  backend.block({ ...block, transactions: 1, receipts: 1, gas: 10_000n });
  expect((await backend.status()).work).toEqual({ blocks: 2, transactions: 4, invocations: 6, gas: 100_000 });
});

test('what is a mistake of ours is not told as a refusal', async () => {
  const { backend } = aBackend({ submit: () => Promise.reject(new RemoteError('INTERNAL', 'a defect')) });
  await expect(backend.submitBatch(packTransactions([aTransaction(0n)]), caller)).rejects.toMatchObject({
    code: 'INTERNAL',
  });
});
