import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressOf, partitionOf } from '@rexnet/node/core/address.ts';
import { refusal } from '@rexnet/node/rpc/errors.ts';
import { type RpcServers, startServers } from '@rexnet/node/rpc/server.ts';
import { MemoryBackend } from '@rexnet/node/rpc/testing/memory-backend.ts';
import { Signer } from '@rexnet/node/signatures/signer.ts';
import { createLog } from '@rexnet/node/telemetry/log.ts';
import { afterEach, expect, test } from 'vitest';
import { ClientNetwork } from './client-network.ts';
import type { ChainEvent } from './network.ts';

const GROUP = 1;
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(backend: MemoryBackend): Promise<RpcServers> {
  const address = { host: '127.0.0.1', port: 0 };
  const log = createLog({ level: 'silent', base: {} });
  const servers = await startServers({ backend, log }, { grpc: address, peerGrpc: address });
  closers.push(() => servers.stop());
  return servers;
}

interface World {
  readonly backends: readonly [MemoryBackend, MemoryBackend];
  readonly servers: readonly [RpcServers, RpcServers];
  readonly network: ClientNetwork;
}

/** One group of two nodes that both know the first three blocks. */
async function world(silentMs?: number): Promise<World> {
  const backends = [new MemoryBackend(), new MemoryBackend()] as const;
  for (const backend of backends) for (const name of ['a', 'b', 'c']) backend.addBlock(name);
  const servers = [await serve(backends[0]), await serve(backends[1])] as const;
  const folder = mkdtempSync(join(tmpdir(), 'load-'));
  closers.push(() => rmSync(folder, { recursive: true }));
  const nodes = servers.map(({ grpc, peerGrpc }, i) => ({
    node: `n${i}`,
    grpc: `127.0.0.1:${grpc.port}`,
    peer: `127.0.0.1:${peerGrpc.port}`,
  }));
  const peers = join(folder, 'peers.json');
  writeFileSync(peers, JSON.stringify({ groups: { [GROUP]: nodes } }));
  const network = await ClientNetwork.open(peers, new AbortController().signal, silentMs);
  closers.push(() => network.close());
  return { backends, servers, network };
}

/** Events until `count` blocks have been seen. */
async function watchBlocks(
  network: ClientNetwork,
  count: number,
  onEvent: (event: ChainEvent, seen: number) => void,
): Promise<ChainEvent[]> {
  const stop = new AbortController();
  const events: ChainEvent[] = [];
  for await (const event of network.watch(GROUP, stop.signal)) {
    events.push(event);
    const seen = events.filter(({ kind }) => kind === 'block').length;
    onEvent(event, seen);
    if (seen === count) stop.abort();
  }
  return events;
}

test('a chain is followed on another node when the first one stops', async () => {
  const { backends, servers, network } = await world();
  const events = await watchBlocks(network, 4, (_, seen) => {
    if (seen !== 1) return;
    void servers[0].stop().then(() => {
      for (const name of ['d', 'e', 'f']) backends[1].addBlock(name);
    });
  });
  expect(events.map(({ kind, height }) => `${kind} ${height}`)).toEqual(['block 2', 'block 3', 'block 4', 'block 5']);
  const [, third] = events;
  expect(third?.kind === 'block' && [...third.receipts]).toEqual(new Array(184).fill(3));
});

test('a node that does not know the newest blocks seen is followed from an older one', async () => {
  const { backends, servers, network } = await world();
  const events = await watchBlocks(network, 5, (event, seen) => {
    if (event.kind === 'undone') for (const name of ['d', 'e']) backends[1].addBlock(name);
    else if (seen === 1) for (const name of ['d', 'e']) backends[0].addBlock(name);
    else if (seen === 3) void servers[0].stop();
  });
  const told = events.map(({ kind, height }) => `${kind} ${height}`);
  expect(told).toEqual(['block 2', 'block 3', 'block 4', 'undone 2', 'block 3', 'block 4']);
}, 20_000);

test('a node that says nothing any more is left for another', async () => {
  const { backends, network } = await world(300);
  const events = await watchBlocks(network, 3, (_, seen) => {
    // The first node keeps its connection and never hears of these.
    if (seen === 1) for (const name of ['d', 'e']) backends[1].addBlock(name);
  });
  expect(events.map(({ height }) => height)).toEqual([2, 3, 4]);
}, 20_000);

test('verdicts, accounts and contracts come through', async () => {
  const { backends, network } = await world();
  for (const backend of backends) {
    backend.judge = (transaction) => (transaction.at(-1) === 7 ? refusal('POOL_FULL') : undefined);
  }
  const signer = signerOf(GROUP);
  const body = new Uint8Array(100);
  body.set(signer.publicKey, 6);
  const transactions = [5, 7, 5].map((last) => {
    const bytes = signer.signTransaction(body);
    bytes[bytes.length - 1] = last;
    return bytes;
  });
  expect(await network.submit(GROUP, transactions)).toEqual([{ index: 1, code: 'POOL_FULL' }]);
  expect(await network.account(GROUP, new Uint8Array(36))).toEqual({
    ...{ nonce: 4, nextNonce: 6, balance: (1n << 64n) - 1n },
  });
  expect(await network.contract(GROUP, 'Demo.Token')).toEqual({ id: 1n << 60n, abi: {} });
  expect(network.genesisId).toHaveLength(32);
});

function signerOf(group: number): Signer {
  for (let n = 1; ; n++) {
    const signer = new Signer(new Uint8Array(32).fill(n));
    if (partitionOf(addressOf(signer.publicKey), 4) % 2 === group) return signer;
  }
}
