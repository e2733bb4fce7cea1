import { afterEach, expect, test } from 'vitest';
import { relayId } from '../chain/relay.ts';
import { decodeTransaction, senderOf, transactionId } from '../chain/transaction.ts';
import { addressOf, partitionOf } from '../core/address.ts';
import { TRANSACTION_BODY } from '../core/layouts.ts';
import { refusal } from '../rpc/errors.ts';
import { type RpcServers, startServers } from '../rpc/server.ts';
import { bytesFrom, MemoryBackend } from '../rpc/testing/memory-backend.ts';
import { SignatureDoor } from '../signatures/door.ts';
import { Signer } from '../signatures/signer.ts';
import { createLog } from '../telemetry/log.ts';
import { buildTransaction } from './build.ts';
import { Connection } from './connection.ts';
import { Sender } from './send.ts';
import { Submitter } from './submit.ts';
import { followLogs, watchTransaction } from './watch.ts';

const PARTITIONS = 4;
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(backend: MemoryBackend, port = 0): Promise<RpcServers> {
  const log = createLog({ level: 'silent', base: {} });
  const here = { host: '127.0.0.1', port: 0 };
  const servers = await startServers({ backend, log }, { grpc: { ...here, port }, peerGrpc: here });
  closers.push(() => servers.stop());
  return servers;
}

interface World {
  readonly backends: readonly [MemoryBackend, MemoryBackend];
  readonly servers: readonly [RpcServers, RpcServers];
  readonly connection: Connection;
}

/** Two groups of one node: partitions 0 and 2 belong to group 0, 1 and 3 to group 1. */
async function world(): Promise<World> {
  const backends = [new MemoryBackend(), new MemoryBackend()] as const;
  for (const [group, backend] of backends.entries()) {
    backend.group = group;
    backend.addBlock(`genesis ${group}`);
  }
  const servers = [await serve(backends[0]), await serve(backends[1])] as const;
  const endpoints = new Map(servers.map(({ grpc }, group) => [group, [`127.0.0.1:${grpc.port}`]]));
  const connection = await Connection.open(endpoints);
  closers.push(() => connection.close());
  return { backends, servers, connection };
}

/** A key whose address lies in the partition. */
function signerIn(partition: number, first = 0): Signer {
  for (let n = first; ; n++) {
    const secret = new Uint8Array(32);
    new DataView(secret.buffer).setUint32(0, n);
    const signer = new Signer(secret);
    if (partitionOf(addressOf(signer.publicKey), PARTITIONS) === partition) return signer;
  }
}

const envelope = { nonce: 4n, gasLimit: 28_000n, gasPrice: 1n, validUntilMs: 1_000_000 };
function aTransfer(signer: Signer, nonce = 4n): Uint8Array {
  const action = { kind: 'transfer', to: addressOf(new Uint8Array(32)), amount: 5n } as const;
  return buildTransaction(action, { ...envelope, nonce }, bytesFrom('net', 4), signer);
}

test('what is built decodes, and its signature passes the door', async () => {
  const door = new SignatureDoor();
  closers.push(() => door.close());
  const signer = signerIn(1);
  const bytes = aTransfer(signer);
  const decoded = decodeTransaction(bytes);
  expect(decoded).toMatchObject({ kind: 0, nonce: 4n, gasLimit: 28_000n, contract: 0n });
  const { signature: _, ...body } = decoded;
  expect(Buffer.compare(TRANSACTION_BODY.encode(body), bytes.subarray(0, -64))).toBe(0);
  expect(await door.verify([bytes, signer.signTransaction(bytes.subarray(0, -64))], 'me')).toEqual([true, true]);
});

test('transactions go to the group of their sender, verdicts keep their order', async () => {
  const { backends, connection } = await world();
  const submitter = new Submitter(connection);
  closers.push(() => submitter.close());
  backends[1].judge = (bytes) => (decodeTransaction(bytes).nonce === 9n ? refusal('INSUFFICIENT_FUNDS') : undefined);
  const batch = [0, 1, 2, 3, 1].map((partition, i) => aTransfer(signerIn(partition), i === 4 ? 9n : 4n));
  const verdicts = await submitter.submit([...batch, new Uint8Array(5)]);
  expect(verdicts.map((verdict) => verdict?.code)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    'INSUFFICIENT_FUNDS',
    'BAD_TRANSACTION',
  ]);
  expect(backends.map(({ submitted }) => submitted.length)).toEqual([2, 2]);
  for (const [group, { submitted }] of backends.entries()) {
    for (const bytes of submitted) expect(connection.ownerOf(senderOf(bytes))).toBe(group);
  }
});

test('a moved partition is followed with the same signed bytes', async () => {
  const { backends, connection } = await world();
  const submitter = new Submitter(connection);
  closers.push(() => submitter.close());
  backends[0].judge = () => refusal('PARTITION_MOVED', { group: 1, epoch: 1 });
  for (const backend of backends) Object.assign(backend, { epoch: 1, owners: [1, 1, 0, 1] });
  const bytes = aTransfer(signerIn(0));
  expect(await submitter.submit([bytes])).toEqual([undefined]);
  expect(Buffer.compare(backends[1].submitted[0]!, bytes)).toBe(0);
  expect(connection.epoch).toBe(1);
  expect(connection.ownerOf(senderOf(bytes))).toBe(1);
});

test('a node that restarts gets the same bytes again; one that had them already counts as success', async () => {
  const { backends, servers, connection } = await world();
  const submitter = new Submitter(connection);
  closers.push(() => submitter.close());
  const signer = signerIn(1);
  expect(await submitter.submit([aTransfer(signer)])).toEqual([undefined]);
  const gate = Promise.withResolvers<void>();
  backends[1].submitGate = gate.promise;
  const bytes = aTransfer(signer, 5n);
  const pending = submitter.submit([bytes], { patienceMs: 20_000 });
  await expect.poll(() => backends[1].submitted.length).toBe(2);
  const { port } = servers[1].grpc;
  await servers[1].stop();
  gate.resolve();
  backends[1].judge = () => refusal('NONCE_TOO_LOW');
  const receipt = new Uint8Array(184);
  receipt.set(transactionId(bytes), 32);
  backends[1].receipts.push({ receipt, height: 0, blockId: bytesFrom('b'), timestampMs: 1 });
  await serve(backends[1], port);
  expect(await pending).toEqual([undefined]);
});

test('a full pool is waited out only when asked to', async () => {
  const { backends, connection } = await world();
  const submitter = new Submitter(connection);
  closers.push(() => submitter.close());
  let refusals = 3;
  backends[0].judge = () => (refusals-- > 0 ? refusal('POOL_FULL') : undefined);
  const bytes = aTransfer(signerIn(0));
  expect((await submitter.submit([bytes]))[0]?.code).toBe('POOL_FULL');
  expect(await submitter.submit([bytes], { waitForRoom: true })).toEqual([undefined]);
});

test('a sender asks for nonce and fee once and counts on', async () => {
  const { backends, connection } = await world();
  const sender = new Sender(connection, signerIn(1), () => 1_000);
  closers.push(() => sender.close());
  const action = { kind: 'transfer', to: sender.address, amount: 1n } as const;
  const sent = await Promise.all([sender.send(action), sender.send(action, { gasLimit: 40_000n })]);
  expect(backends[1].submitted.map((bytes) => decodeTransaction(bytes))).toMatchObject([
    { nonce: 6n, gasLimit: 20_000n, gasPrice: 1n, validUntilMs: 301_000 },
    { nonce: 7n, gasLimit: 40_000n },
  ]);
  expect(sent[0].id.length).toBe(32);
  backends[1].judge = () => refusal('INSUFFICIENT_FUNDS');
  await expect(sender.send(action)).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
});

test('following logs goes on where it was when its node restarts', async () => {
  const { backends, servers, connection } = await world();
  const abort = new AbortController();
  closers.push(() => abort.abort());
  backends[1].addBlock('b1');
  const heights: number[] = [];
  for await (const event of followLogs(connection, 1, { cursor: backends[1].blocks[0]!, signal: abort.signal })) {
    heights.push(event.height);
    if (event.height === 3) break;
    if (event.height === 1) {
      const { port } = servers[1].grpc;
      await servers[1].stop();
      backends[1].addBlock('b2');
      backends[1].addBlock('b3');
      await serve(backends[1], port);
    }
  }
  expect(heights).toEqual([1, 2, 3]);
}, 20_000);

test('a transaction is watched over all groups until it is final', async () => {
  const { backends, connection } = await world();
  const id = bytesFrom('transaction');
  const receipt = (own: Uint8Array, children: number): Uint8Array => {
    const bytes = new Uint8Array(184);
    bytes.set(own, 0);
    bytes.set(id, 32);
    bytes[70] = children;
    return bytes;
  };
  const place = (height: number, bytes: Uint8Array) => ({
    receipt: bytes,
    height,
    blockId: bytesFrom('b'),
    timestampMs: 1,
  });
  const states: string[] = [];
  for await (const { view } of watchTransaction(connection, id)) {
    states.push(`${view.state} ${view.ran}/${view.known}`);
    if (view.state === 'Pending') backends[0].receipts.push(place(0, receipt(id, 1)));
    if (view.state === 'Included') backends[1].receipts.push(place(0, receipt(relayId(id, id, 0), 0)));
    if (view.state === 'Executed')
      for (const backend of backends) for (const name of ['x', 'y']) backend.addBlock(name);
  }
  expect(states).toEqual(['Pending 0/1', 'Included 1/2', 'Executed 2/2', 'Completed 2/2']);
  const origin = { validUntilMs: 1_500, sender: addressOf(signerIn(0).publicKey) };
  for await (const { view } of watchTransaction(connection, bytesFrom('lost'), { origin })) states.push(view.state);
  expect(states.at(-1)).toBe('Expired');
});

test('two callers that leave the same node go to the next one together', async () => {
  const { servers } = await world();
  const [first, second] = servers.map(({ grpc }) => `127.0.0.1:${grpc.port}`) as [string, string];
  const connection = await Connection.open(new Map([[0, [first, second]]]));
  closers.push(() => connection.close());
  const failed = connection.node(0);
  connection.skip(0, failed);
  connection.skip(0, failed);
  expect(connection.node(0)).not.toBe(failed);
  connection.skip(0, connection.node(0));
  expect(connection.node(0)).toBe(failed);
});
