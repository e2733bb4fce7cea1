import { connect } from 'node:net';
import { Client, type ClientReadableStream, credentials, Metadata, makeClientConstructor, status } from '@grpc/grpc-js';
import { Mining, Node, Peer } from '@rexnet/proto/load.ts';
import { service as healthDefinition } from 'grpc-health-check';
import { afterEach, expect, test } from 'vitest';
import { packTransactions } from '../core/transaction-batch.ts';
import { createLog } from '../telemetry/log.ts';
import { createTelemetry } from '../telemetry/telemetry.ts';
import type { GossipLink, GossipMessage } from './backend.ts';
import { ERRORS, RpcError, refusal, STATUS } from './errors.ts';
import { MiningRpc } from './mining-client.ts';
import { NodeRpc } from './node-client.ts';
import { PeerRpc } from './peer-client.ts';
import { MAX_PUBLIC_MESSAGE_BYTES, type RpcServers, startServers } from './server.ts';
import { aHello, bytesFrom, MemoryBackend } from './testing/memory-backend.ts';

const ANY = { host: '127.0.0.1', port: 0 };
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Fixture {
  readonly backend: MemoryBackend;
  readonly servers: RpcServers;
  readonly node: NodeRpc;
  readonly peer: PeerRpc;
  readonly mining: MiningRpc;
  readonly scrape: () => Promise<string>;
  readonly lines: string[];
}

async function start(): Promise<Fixture> {
  const backend = new MemoryBackend();
  backend.addBlock('genesis');
  const lines: string[] = [];
  const log = createLog({ level: 'info', base: {}, write: (line) => lines.push(line) });
  const telemetry = createTelemetry('node');
  const servers = await startServers({ backend, log, metrics: telemetry.metrics }, { grpc: ANY, peerGrpc: ANY });
  const node = new NodeRpc(`127.0.0.1:${servers.grpc.port}`);
  const peer = new PeerRpc(`127.0.0.1:${servers.peerGrpc.port}`);
  const mining = new MiningRpc(`127.0.0.1:${servers.peerGrpc.port}`);
  closers.push(() => servers.stop());
  for (const client of [node, peer, mining]) closers.push(() => client.close());
  return { backend, servers, node, peer, mining, lines, scrape: telemetry.scrape };
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function failure(promise: Promise<unknown>): Promise<RpcError> {
  const error = await promise.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(RpcError);
  return error as RpcError;
}

test('every unary method of Node carries its values there and back', async () => {
  const { node, backend } = await start();
  const receipt = new Uint8Array(184);
  receipt.set(bytesFrom('tx'), 32);
  backend.receipts.push({ receipt, height: 1, blockId: bytesFrom('b'), timestampMs: 5 });
  const status = await node.status();
  expect(status.network).toMatchObject({ partitions: 4, blockGas: 4_000_000n, userGas: 3_500_000n });
  expect(status).toMatchObject({
    owners: [0, 1, 0, 1],
    parents: { onChain: 1, orphan: 2, premature: 3 },
    bitcoinHeight: 101,
    cpuPeriods: 200,
    cpuThrottled: 3,
    work: { blocks: 4, transactions: 70, invocations: 120, gas: 3_400_000 },
  });
  expect(status.conditions[0]?.message).toBe('group 3 has been silent for 48 s');
  expect(await node.estimateFee(new Uint8Array(100))).toEqual({
    gas: 20_000n,
    gasPrice: 3n,
    fee: 60_000n,
    status: 0,
    exception: 0,
  });
  const account = await node.getAccount(bytesFrom('a', 36));
  expect(account).toEqual({ nonce: 4n, nextNonce: 6n, balance: (1n << 64n) - 1n, partition: 17, group: 1, height: 9 });
  expect((await node.getContract({ name: 'Demo.Token' })).id).toBe(1n << 60n);
  const request = {
    contract: 1n,
    op: 2,
    scope: 1,
    key: bytesFrom('k', 36),
    args: bytesFrom('a', 4),
    sender: bytesFrom('s', 36),
  };
  expect(await node.call({ ...request, gas: 0n })).toMatchObject({ gas: 55n, height: 2 });
  expect((await node.getBlock({ height: 0 })).receipts.length).toBe(184);
  expect((await node.getHeaders({ group: 0, fromHeight: 0, limit: 9_999 })).length).toBe(3);
  expect((await node.getTotals('tip')).height).toBe(99);
  expect((await node.getTotals(0)).height).toBe(0);
  expect((await node.faucet(bytesFrom('a', 36), 'default')).amount).toBe(1_000n);
  const seen = await node.getTransaction(bytesFrom('tx'));
  expect(seen).toMatchObject({ place: 'block', group: 1, tip: { height: 0 } });
  expect(seen.receipts[0]?.receipt.length).toBe(184);
});

test('a refusal arrives with code, sentence, field and facts', async () => {
  const { node } = await start();
  const moved = await failure(node.getAccount(bytesFrom('', 36).fill(0xff)));
  expect(moved.refusal).toEqual({
    code: 'PARTITION_MOVED',
    message: ERRORS.PARTITION_MOVED.message,
    group: 3,
    epoch: 7,
  });
  const short = await failure(node.getAccount(new Uint8Array(3)));
  expect(short.refusal).toMatchObject({ code: 'BAD_REQUEST', field: 'address' });
});

test('a mistake of the node is INTERNAL to the caller and an error in the log', async () => {
  const { node, lines } = await start();
  const error = await failure(node.getAccount(bytesFrom('', 36).fill(0xfe)));
  expect(error.code).toBe('INTERNAL');
  expect(error.message).not.toContain('a bug');
  expect(lines.some((line) => line.includes('a bug') && line.includes('Node.GetAccount'))).toBe(true);
});

test('batches are answered in order, refusals by index', async () => {
  const { node, backend } = await start();
  backend.judge = (transaction) => (transaction[0] === 7 ? refusal('POOL_FULL', { retryAfterMs: 1_000 }) : undefined);
  const stream = node.openSubmit();
  const batches = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => packTransactions([Uint8Array.of(n), Uint8Array.of(7)]));
  const verdicts = await Promise.all(batches.map((batch) => stream.submit(batch)));
  expect(verdicts.map((verdict) => verdict.refusals.length)).toEqual([1, 1, 1, 1, 1, 1, 1, 2]);
  expect(verdicts[0]?.refusals[0]).toMatchObject({ index: 1, code: 'POOL_FULL', retryAfterMs: 1_000 });
  expect(backend.submitted.length).toBe(7);
  stream.close();
});

test('a malformed batch ends its stream with BAD_FRAME, the next stream works', async () => {
  const { node } = await start();
  const stream = node.openSubmit();
  const error = await failure(stream.submit(Uint8Array.of(9, 0, 0, 0, 1)));
  expect(error.code).toBe('BAD_FRAME');
  expect(stream.failure?.code).toBe('BAD_FRAME');
  const next = node.openSubmit();
  expect((await next.submit(packTransactions([Uint8Array.of(1)]))).count).toBe(1);
  next.close();
});

test('a forged signature is answered and costs the connection', async () => {
  const { node, backend, servers, scrape } = await start();
  backend.judge = () => refusal('BAD_SIGNATURE');
  const stream = node.openSubmit();
  const verdict = await stream.submit(packTransactions([Uint8Array.of(1)]));
  expect(verdict.refusals[0]?.code).toBe('BAD_SIGNATURE');
  await expect.poll(() => stream.failure?.code).toBe('BAD_SIGNATURE');
  await expect.poll(scrape).toContain('rexnet_rpc_connections_refused_total{reason="BAD_SIGNATURE"} 1');
  const other = new NodeRpc(`127.0.0.1:${servers.grpc.port}`);
  closers.push(() => other.close());
  expect((await other.status()).group).toBe(1);
});

test('a message above the limit is refused and the node goes on', async () => {
  const { node } = await start();
  const error = await failure(node.estimateFee(new Uint8Array(MAX_PUBLIC_MESSAGE_BYTES + 1)));
  expect(error.code).toBe('BUSY');
  expect((await node.status()).group).toBe(1);
});

test('a call can be cancelled, and its deadline is kept', async () => {
  const { node } = await start();
  const request = {
    contract: 1n,
    op: 2,
    scope: 1,
    key: new Uint8Array(0),
    args: new Uint8Array(0),
    sender: bytesFrom('s', 36),
    gas: 666n,
  };
  expect((await failure(node.call(request, { deadlineMs: 100 }))).code).toBe('DEADLINE');
  const abort = new AbortController();
  const pending = failure(node.call(request, { signal: abort.signal }));
  abort.abort();
  expect((await pending).code).toBe('CANCELLED');
});

test('a watcher of blocks that is slow skips to the newest', async () => {
  const { node, backend } = await start();
  const abort = new AbortController();
  const heights: number[] = [];
  for await (const block of node.watchBlocks(abort.signal)) {
    heights.push(block.height);
    if (block.height === 0) for (let i = 1; i <= 50; i++) backend.addBlock(`b${i}`);
    if (block.height === 50) abort.abort();
  }
  expect(heights[0]).toBe(0);
  expect(heights.at(-1)).toBe(50);
  expect(heights.length).toBeLessThan(50);
});

test('a watcher of logs misses no block, learns of a reorganisation and resumes from a cursor', async () => {
  const { node, backend } = await start();
  for (let i = 1; i <= 5; i++) backend.addBlock(`b${i}`);
  const abort = new AbortController();
  const heights: number[] = [];
  const [genesis] = backend.blocks;
  for await (const event of node.watchLogs(genesis, {}, abort.signal)) {
    heights.push(event.kind === 'undone' ? -event.height : event.height);
    if (event.kind === 'block') expect(event.receipts[0]).toBe(event.height);
    if (event.height === 5 && heights.length === 5) {
      backend.blocks.splice(5);
      backend.addBlock('other');
      backend.addBlock('b6');
    }
    if (event.height === 6) abort.abort();
  }
  expect(heights).toEqual([1, 2, 3, 4, 5, -4, 5, 6]);
  for await (const event of node.watchLogs(undefined, {})) {
    expect(event).toMatchObject({ kind: 'block', height: 6 });
    break;
  }
  const gone = failure(node.watchLogs({ height: 77, id: bytesFrom('x') }, {}).next());
  expect((await gone).code).toBe('CURSOR_GONE');
});

test('peers ask for headers, blocks, batches and chunks', async () => {
  const { peer } = await start();
  expect(await peer.hello(aHello('client'))).toMatchObject({ protocol: 1, group: 1, height: 7 });
  const wrong = await failure(peer.hello({ ...aHello('client'), nodeId: new Uint8Array(3) }));
  expect(wrong.refusal.field).toBe('hello.node_id');
  expect(
    (await peer.headers({ group: 0, locator: [bytesFrom('a')], limit: 2, branches: [bytesFrom('b')] })).length,
  ).toBe(2);
  const many = { group: 0, locator: [], limit: 2, branches: new Array(65).fill(bytesFrom('b')) };
  expect((await failure(peer.headers(many))).refusal.field).toBe('branches');
  const blocks = await collect(peer.blocks([bytesFrom('a'), bytesFrom('')]));
  expect(blocks.map(({ found }) => found)).toEqual([true, false]);
  expect(blocks[0]?.header.length).toBe(80);
  const leaves = await collect(peer.batches(5, [bytesFrom('a'), bytesFrom('')]));
  expect(leaves.map(({ found, leaf }) => [found, leaf.length])).toEqual([
    [true, 5],
    [false, 0],
  ]);
  const chunks = await collect(peer.stateChunks({ blockId: bytesFrom('a'), partition: 1, fromChunk: 1 }));
  expect(chunks.map(({ index, last }) => [index, last])).toEqual([
    [1, false],
    [2, true],
  ]);
  const tooMany = collect(peer.blocks(Array.from({ length: 513 }, () => bytesFrom('a'))));
  expect((await failure(tooMany)).refusal.field).toBe('ids');
});

test('gossip carries announcements and transactions both ways and ends cleanly', async () => {
  const { peer, backend } = await start();
  const got: GossipMessage[] = [];
  const abort = new AbortController();
  const announcement = {
    kind: 'announcement',
    header: bytesFrom('h', 80),
    witness: bytesFrom('w', 4),
    leaf: new Uint8Array(0),
  } as const;
  const over = peer.gossip((link) => {
    link.send({ kind: 'hello', hello: aHello('client') });
    link.send({ kind: 'transactions', batch: bytesFrom('t', 9), forwarded: true });
    return {
      receive: async (message) => {
        got.push(message);
        if (message.kind === 'hello') backend.links[0]?.send(announcement);
        else abort.abort();
      },
      closed: () => {},
    };
  }, abort.signal);
  await over;
  expect(got.map(({ kind }) => kind)).toEqual(['hello', 'announcement']);
  await expect.poll(() => backend.gossiped.map(({ kind }) => kind)).toEqual(['hello', 'transactions']);
  await expect.poll(() => backend.closedGossips).toBe(1);
});

test('a gossip stream that does not begin with hello is ended', async () => {
  const { peer, backend } = await start();
  const over = peer.gossip((link) => {
    link.send({ kind: 'transactions', batch: new Uint8Array(1), forwarded: false });
    return { receive: async () => {}, closed: () => {} };
  }, new AbortController().signal);
  expect((await failure(over)).refusal.field).toBe('message');
  expect(backend.closedGossips).toBe(1);
});

test('a gossip link skips what a slow peer does not take', async () => {
  const { peer, backend } = await start();
  const gate = Promise.withResolvers<void>();
  backend.gossipGate = gate.promise;
  const abort = new AbortController();
  let near: GossipLink | undefined;
  const over = peer.gossip((link) => {
    near = link;
    link.send({ kind: 'hello', hello: aHello('client') });
    return { receive: async () => {}, closed: () => {} };
  }, abort.signal);
  await expect.poll(() => backend.gossiped.length).toBe(1);
  const body = new Uint8Array(64 * 1024);
  let sent = 0;
  for (let i = 0; i < 5_000; i++) {
    if (near?.send({ kind: 'transactions', batch: body, forwarded: false })) sent += 1;
    if (i % 100 === 0) await new Promise(setImmediate);
  }
  expect(sent).toBeLessThan(200);
  gate.resolve();
  await expect.poll(() => near?.send({ kind: 'transactions', batch: Uint8Array.of(1), forwarded: false })).toBe(true);
  abort.abort();
  await over;
});

test('templates stream, proofs are judged, parent headers counted', async () => {
  const { mining, backend } = await start();
  const template = {
    group: 1,
    header: bytesFrom('h', 80),
    blockId: bytesFrom('b'),
    height: 3,
    target: 0x207fffff,
    notBeforeMs: 17,
  };
  backend.template = { ...template, sequence: 1 };
  for await (const got of mining.watchTemplate()) {
    expect({ ...got, header: got.header.length }).toMatchObject({
      group: 1,
      height: 3,
      target: 0x207fffff,
      notBeforeMs: 17,
    });
    if (got.sequence === 2) break;
    backend.template = { ...template, sequence: 2 };
    backend.wake();
  }
  const stale = await failure(mining.submitProof({ blockId: bytesFrom('b'), witness: new Uint8Array(9) }));
  expect(stale.code).toBe('STALE_TEMPLATE');
  expect(await mining.submitParentHeaders(new Uint8Array(160))).toEqual({ accepted: 2, bestHeight: 5 });
  expect((await failure(mining.submitParentHeaders(new Uint8Array(81)))).refusal.field).toBe('headers');
});

test('the two ports serve only what belongs there', async () => {
  const { servers } = await start();
  const node = new NodeRpc(`127.0.0.1:${servers.peerGrpc.port}`);
  const peer = new PeerRpc(`127.0.0.1:${servers.grpc.port}`);
  closers.push(
    () => node.close(),
    () => peer.close(),
  );
  expect((await failure(node.status())).code).toBe('NOT_SERVED');
  expect((await failure(peer.hello(aHello('x')))).code).toBe('NOT_SERVED');
});

test('health follows readiness on both ports', async () => {
  const { servers } = await start();
  const Health = makeClientConstructor(healthDefinition, 'Health');
  const check = (port: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const client = new Health(`127.0.0.1:${port}`, credentials.createInsecure());
      const done = (error: Error | null, answer: { status: unknown }): void => {
        client.close();
        if (error === null) resolve(answer.status);
        else reject(error);
      };
      client['check']?.({ service: 'rexnet.v1.Node' }, done);
    });
  expect(await check(servers.grpc.port)).toBe('NOT_SERVING');
  servers.setReady(true);
  expect(await check(servers.grpc.port)).toBe('SERVING');
  expect(await check(servers.peerGrpc.port)).toBe('SERVING');
});

test('random bytes and a flood of connections are cut off while others are served', async () => {
  const { servers, node } = await start();
  await node.status();
  const sockets = Array.from({ length: 300 }, (_, i) => {
    const socket = connect(i % 2 === 0 ? servers.grpc.port : servers.peerGrpc.port, '127.0.0.1');
    socket.on('error', () => {}).resume();
    socket.write(Buffer.from(Array.from({ length: 200 }, (_, at) => (i * 31 + at * 17) & 255)));
    return new Promise((resolve) => socket.once('close', () => resolve(0)));
  });
  await Promise.all(sockets);
  expect((await node.status()).group).toBe(1);
});

test('random messages to every method are refused or answered, and the node goes on', async () => {
  const { servers, node } = await start();
  let state = 12_345;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const raw = {
    [servers.grpc.port]: new Client(`127.0.0.1:${servers.grpc.port}`, credentials.createInsecure()),
    [servers.peerGrpc.port]: new Client(`127.0.0.1:${servers.peerGrpc.port}`, credentials.createInsecure()),
  };
  closers.push(() => Object.values(raw).forEach((client) => void client.close()));
  const methods = [Node.service, Peer.service, Mining.service].flatMap((service) => Object.values(service));
  const same = (bytes: Buffer): Buffer => bytes;
  const sendOne = async (): Promise<void> => {
    const { path, responseStream, requestStream } = methods[random(methods.length)]!;
    const port = path.includes('.Node/') ? servers.grpc.port : servers.peerGrpc.port;
    const bytes = Buffer.from(Array.from({ length: random(80) }, () => random(256)));
    await new Promise<void>((resolve) => {
      const limits = { deadline: Date.now() + 300 };
      if (!responseStream) {
        raw[port]!.makeUnaryRequest(path, same, same, bytes, new Metadata(), limits, () => resolve());
        return;
      }
      const listen = (call: ClientReadableStream<Buffer>): void => {
        call
          .on('data', () => call.cancel())
          .on('error', () => resolve())
          .on('end', () => resolve());
      };
      if (requestStream) {
        const call = raw[port]!.makeBidiStreamRequest<Buffer, Buffer>(path, same, same, new Metadata(), limits);
        call.write(bytes, () => call.end());
        listen(call);
      } else listen(raw[port]!.makeServerStreamRequest(path, same, same, bytes, new Metadata(), limits));
    });
  };
  for (let round = 0; round < 20; round++) await Promise.all(Array.from({ length: 50 }, sendOne));
  expect((await node.status()).group).toBe(1);
});

test('stopping ends watchers, refuses callers and takes less than two seconds', async () => {
  const { servers, node, peer } = await start();
  const watcher = node.watchBlocks();
  await watcher.next();
  const after = failure(watcher.next());
  const gossip = failure(
    peer.gossip((link) => {
      link.send({ kind: 'hello', hello: aHello('client') });
      return { receive: async () => {}, closed: () => {} };
    }, new AbortController().signal),
  );
  await node.status();
  const startedMs = performance.now();
  await servers.stop();
  expect(performance.now() - startedMs).toBeLessThan(2_000);
  expect((await after).code).toBe('STOPPING');
  expect(['STOPPING', 'UNREACHABLE', 'CANCELLED']).toContain((await gossip).code);
  expect((await failure(node.status({ deadlineMs: 500 }))).code).toMatch(/UNREACHABLE|DEADLINE/);
});

test('the numbers of the error table are those of gRPC', () => {
  for (const [name, number] of Object.entries(STATUS)) expect(status[number]).toBe(name);
});
