// The kinds of garbage a port may get, and what a port made of each. None of them knows whether that was right.

import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import {
  type ChannelOptions,
  Client,
  type ClientReadableStream,
  credentials,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import type { Random } from '../../load/src/random.ts';
import { HEADER } from '../../node/src/core/layouts.ts';
import { packTransactions } from '../../node/src/core/transaction-batch.ts';
import { errorOf } from '../../node/src/rpc/error-details.ts';
import { Mining, Node, Peer } from '../../proto/src/load.ts';
import { bytes, type RealBlock, type Target, twisted, type World } from './garbage-world.ts';

/** What came back: an answer, a code of the error table, the end of the connection, or nothing yet. */
export type Outcome = 'answered' | 'dropped' | 'waits' | (string & {});

/** What a stream or socket that does not answer is given. */
const PATIENCE_MS = 150;
const DEADLINE_MS = 10_000;
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
const HOUR_MS = 3_600_000;
const FUTURE_HEADERS_SHARE = 8;
const CHANNEL: ChannelOptions = {
  'grpc.use_local_subchannel_pool': 1,
  'grpc.initial_reconnect_backoff_ms': 20,
  'grpc.max_reconnect_backoff_ms': 100,
  'grpc.max_receive_message_length': 64 * 1024 * 1024,
  'grpc.enable_retries': 0,
};
type Method = { readonly path: string; readonly requestStream: boolean; readonly responseStream: boolean };
const NODE_METHODS: readonly Method[] = Object.values(Node.service);
const PEER_METHODS: readonly Method[] = [...Object.values(Peer.service), ...Object.values(Mining.service)];

export class Attacker {
  readonly #world: World;
  readonly #clients = new Map<string, Client>();
  readonly #sessions = new Map<string, ClientHttp2Session>();

  constructor(world: World) {
    this.#world = world;
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
    for (const session of this.#sessions.values()) session.destroy();
  }

  /** One input of a kind drawn at random; answers its kind and what came of it. */
  async send(random: Random): Promise<readonly [kind: string, outcome: Outcome]> {
    const { targets } = this.#world;
    const target = targets[random.below(targets.length)];
    if (target === undefined) throw new Error('there is no target');
    const [kind, attack] = this.#kinds[random.below(this.#kinds.length)] ?? this.#kinds[0]!;
    return [kind, await attack(random, target)];
  }

  readonly #kinds: readonly (readonly [string, (random: Random, target: Target) => Promise<Outcome>])[] = [
    ['raw bytes', (random, target) => this.#raw(random, target)],
    ['broken frames', (random, target) => this.#frame(random, target)],
    ['random messages', (random, target) => this.#randomMessage(random, target)],
    ['wild requests', (random, target) => this.#wildRequest(random, target)],
    ['wild requests', (random, target) => this.#wildRequest(random, target)],
    ['stale cursors', (random, target) => this.#staleCursor(random, target)],
    ['batches', (random, target) => this.#batch(random, target)],
    ['batches', (random, target) => this.#batch(random, target)],
    ['gossip', (random, target) => this.#gossip(random, target)],
    ['gossip', (random, target) => this.#gossip(random, target)],
    ['proofs', (random, target) => this.#proof(random, target)],
    ['parent headers', (random, target) => this.#parentHeaders(random, target)],
  ];

  #raw(random: Random, target: Target): Promise<Outcome> {
    const [host = '', port = ''] = [target.grpc, target.peer, target.metrics][random.below(3)]?.split(':') ?? [];
    const noise = Buffer.from(bytes(random, 1 + random.below(512)));
    const frame = Buffer.from([0xff, 0xff, 0xff, random.below(12), random.below(256), 0, 0, 0, random.below(8)]);
    const variants = [
      noise,
      Buffer.concat([PREFACE, noise]),
      Buffer.concat([PREFACE, SETTINGS, frame, noise]),
      Buffer.concat([PREFACE, SETTINGS, noise.subarray(0, 5)]),
      Buffer.from(`GET /${noise.toString('hex')} HTTP/1.1\r\nhost: ${'x'.repeat(random.below(12_000))}\r\n\r\n`),
    ];
    const payload = variants[random.below(variants.length)] ?? noise;
    return new Promise((resolve) => {
      const socket = connect({ host, port: Number(port) });
      const timer = setTimeout(() => end('waits'), PATIENCE_MS);
      const end = (outcome: Outcome): void => {
        clearTimeout(timer);
        socket.destroy();
        resolve(outcome);
      };
      socket.once('connect', () => socket.write(payload));
      socket.once('error', () => end('dropped'));
      socket.once('close', () => end('dropped'));
      socket.resume();
    });
  }

  /** Right HTTP/2, wrong gRPC: lengths that lie, messages cut short, unknown methods. */
  #frame(random: Random, target: Target): Promise<Outcome> {
    const [address, methods] =
      random.below(2) === 0 ? ([target.grpc, NODE_METHODS] as const) : ([target.peer, PEER_METHODS] as const);
    const method =
      random.below(10) === 0 ? '/rexnet.v1.Node/Nothing' : (methods[random.below(methods.length)]?.path ?? '');
    const payload = bytes(random, random.below(200));
    const head = Buffer.alloc(5);
    head[0] = random.below(3);
    head.writeUInt32BE([payload.length, payload.length + 1, 0xffffffff, 0x7fffffff][random.below(4)] ?? 0, 1);
    return new Promise((resolve) => {
      const stream = this.#session(address).request({
        ':method': 'POST',
        ':path': method,
        'content-type': random.below(5) === 0 ? 'text/plain' : 'application/grpc',
        te: 'trailers',
      });
      const timer = setTimeout(() => end('waits'), PATIENCE_MS);
      const end = (outcome: Outcome): void => {
        clearTimeout(timer);
        stream.destroy();
        resolve(outcome);
      };
      stream.once('error', () => end('dropped'));
      stream.once('close', () => end('dropped'));
      stream.once('response', (headers) => {
        if (headers['grpc-status'] !== undefined || headers[':status'] !== 200) end(`HTTP ${headers[':status']}`);
      });
      stream.once('trailers', () => end('answered'));
      stream.resume();
      stream.end(Buffer.concat([head, payload]));
    });
  }

  #randomMessage(random: Random, target: Target): Promise<Outcome> {
    const [address, methods] =
      random.below(2) === 0 ? ([target.grpc, NODE_METHODS] as const) : ([target.peer, PEER_METHODS] as const);
    const method = methods[random.below(methods.length)];
    if (method === undefined) throw new Error('there is no method');
    const message = Buffer.from(bytes(random, random.below(300)));
    return this.#call(address, method, message);
  }

  #wildRequest(random: Random, target: Target): Promise<Outcome> {
    const block = this.#world.block(random);
    const id = random.below(3) === 0 ? block.id : bytes(random, [32, 31, 0, 33][random.below(4)] ?? 32);
    const number = [0, 1, random.below(2 ** 32), 2 ** 53, '18446744073709551615'][random.below(5)] ?? 0;
    const small = random.below(2) === 0 ? random.below(8) : random.below(2 ** 31);
    const address = bytes(random, random.below(3) === 0 ? 35 : 36);
    const ids = Array.from({ length: random.below(600) }, () => id);
    const text = Buffer.from(bytes(random, random.below(40))).toString('latin1');
    const at = <Q>(
      service: { path: string; requestStream: boolean; responseStream: boolean; requestSerialize: (q: Q) => Buffer },
      q: Q,
      peer = false,
    ): Promise<Outcome> => this.#call(peer ? target.peer : target.grpc, service, service.requestSerialize(q));
    const variants: (() => Promise<Outcome>)[] = [
      () => at(Node.service.EstimateFee, { transaction: twisted(random, this.#world.transfer(random)) }),
      () => at(Node.service.EstimateFee, { transaction: bytes(random, random.below(400)) }),
      () => at(Node.service.GetTransaction, { id }),
      () => at(Node.service.GetAccount, { address }),
      () => at(Node.service.GetContract, random.below(2) === 0 ? { id: number } : { name: text }),
      () =>
        at(Node.service.Call, {
          contract: number,
          op: small,
          scope: small,
          key: address,
          args: bytes(random, random.below(80)),
          sender: address,
          gas: number,
        }),
      () =>
        at(Node.service.Call, {
          contract: 1,
          op: random.below(16),
          scope: random.below(6),
          key: address,
          args: bytes(random, random.below(80)),
          sender: address,
          gas: 0,
        }),
      () => at(Node.service.GetBlock, random.below(2) === 0 ? { height: number } : { id }),
      () => at(Node.service.GetHeaders, { group: small, fromHeight: number, limit: small }),
      () => at(Node.service.GetTotals, { height: number }),
      () => at(Node.service.Faucet, { address, amount: number }),
      () =>
        at(
          Peer.service.Headers,
          {
            group: small,
            locator: ids.slice(0, random.below(80)),
            limit: small,
            branches: ids.slice(0, random.below(80)),
          },
          true,
        ),
      () => at(Peer.service.Blocks, { ids: ids.slice(0, random.below(8) === 0 ? 600 : 3) }, true),
      () => at(Peer.service.Batches, { destination: small, ids: ids.slice(0, random.below(8) === 0 ? 600 : 3) }, true),
      () => at(Peer.service.StateChunks, { blockId: id, partition: small, fromChunk: small }, true),
      () => at(Peer.service.Hello, { hello: this.#hello(random) }, true),
    ];
    return (variants[random.below(variants.length)] ?? variants[0]!)();
  }

  #staleCursor(random: Random, target: Target): Promise<Outcome> {
    const { id } = this.#world.block(random);
    const cursor = {
      height: random.below(2) === 0 ? random.below(1_000) : 2 ** 40,
      id: random.below(2) === 0 ? id : bytes(random, 32),
    };
    return this.#call(target.grpc, Node.service.WatchLogs, Node.service.WatchLogs.requestSerialize({ cursor }));
  }

  #batch(random: Random, target: Target): Promise<Outcome> {
    const world = this.#world;
    const variants: (() => Uint8Array)[] = [
      () => bytes(random, random.below(1_000)),
      () => twisted(random, packTransactions([world.transfer(random), world.transfer(random)])),
      () => packTransactions([bytes(random, random.below(400))]),
      () => packTransactions([world.transfer(random, {}, bytes(random, 4))]),
      () => packTransactions([forged(random, world.transfer(random))]),
      () => packTransactions([world.transfer(random), forged(random, world.transfer(random))]),
      () => packTransactions(world.oldTransactions.slice(0, 1 + random.below(8))),
      () => packTransactions([world.transfer(random, { validUntilMs: Date.now() - random.below(HOUR_MS) })]),
      () => packTransactions([world.transfer(random, { validUntilMs: Number.MAX_SAFE_INTEGER })]),
      () => packTransactions([world.transfer(random, { nonce: 2n ** 64n - 1n })]),
      () => packTransactions([world.transfer(random, { gasLimit: 2n ** 64n - 1n, gasPrice: 2n ** 64n - 1n })]),
      () => packTransactions([world.transfer(random, { gasLimit: 0n })]),
      () => packTransactions([world.transfer(random, { gasPrice: 0n })]),
      () => Uint8Array.from([0xff, 0xff, 0xff, 0xff, ...bytes(random, 64)]),
    ];
    const transactions = (variants[random.below(variants.length)] ?? variants[0]!)();
    const request = Node.service.SubmitBatch.requestSerialize({ sequence: random.below(2 ** 31), transactions });
    return this.#call(target.grpc, Node.service.SubmitBatch, request);
  }

  /** A stream of gossip: mostly a right hello first, then something wrong. */
  #gossip(random: Random, target: Target): Promise<Outcome> {
    const serialize = Peer.service.Gossip.requestSerialize;
    const hello = serialize({ message: { hello: this.#hello(random, random.below(6) !== 0) } });
    const messages = random.below(8) === 0 ? [] : [hello];
    const count = 1 + random.below(3);
    for (let i = 0; i < count; i++) messages.push(serialize({ message: this.#gossipMessage(random, target) }));
    return this.#call(target.peer, Peer.service.Gossip, ...messages);
  }

  #gossipMessage(random: Random, target: Target): object {
    const world = this.#world;
    const block = world.block(random);
    const announcement = (header: Uint8Array, witness: Uint8Array, leaf: Uint8Array): object => ({
      announcement: { header, witness, leaf },
    });
    switch (random.below(8)) {
      case 0:
        return announcement(bytes(random, random.below(400)), bytes(random, random.below(400)), bytes(random, 4));
      case 1:
        return announcement(twisted(random, block.header), block.witness, block.leaf);
      case 2:
        return announcement(block.header, twisted(random, block.witness), block.leaf);
      case 3:
        return announcement(block.header, block.witness, twisted(random, block.leaf));
      case 4:
        return { hello: this.#hello(random) };
      case 5:
        return { transactions: { batch: packTransactions([forged(random, world.transfer(random))]), forwarded: true } };
      case 6:
        return { transactions: { batch: bytes(random, random.below(200)), forwarded: random.below(2) === 0 } };
      default:
        return random.below(FUTURE_HEADERS_SHARE) === 0
          ? this.#worked(random, target, block)
          : { transactions: { batch: packTransactions(world.oldTransactions), forwarded: true } };
    }
  }

  /** Headers somebody did work for: from the future, of an unknown parent, with a time or a target that is wrong. */
  #worked(random: Random, target: Target, block: RealBlock): object {
    const like = HEADER.decode(block.header);
    const roots = {
      transactionsRoot: bytes(random, 32),
      outboxRoot: bytes(random, 32),
      receiptsRoot: bytes(random, 32),
      stateRoot: bytes(random, 32),
    };
    const child = { ...roots, parent: block.id, height: like.height + 1, reads: [] };
    const changes = [
      { ...child, timestampMs: Date.now() + HOUR_MS + random.below(HOUR_MS) },
      { ...child, parent: bytes(random, 32) },
      { ...child, timestampMs: like.timestampMs },
      { ...child, epoch: 7 },
      { ...child, height: like.height + 2 },
      { ...child, reads: [{ group: target.group, height: 1, id: bytes(random, 32) }] },
      { ...child, group: 999 },
    ];
    const { header, witness } = this.#world.minedHeader(random, block, changes[random.below(changes.length)] ?? child);
    return { announcement: { header, witness, leaf: new Uint8Array(0) } };
  }

  #proof(random: Random, target: Target): Promise<Outcome> {
    const block = this.#world.block(random, target.group);
    const request = {
      blockId: random.below(2) === 0 ? block.id : bytes(random, 32),
      witness: random.below(2) === 0 ? twisted(random, block.witness) : block.witness,
    };
    return this.#call(target.peer, Mining.service.SubmitProof, Mining.service.SubmitProof.requestSerialize(request));
  }

  #parentHeaders(random: Random, target: Target): Promise<Outcome> {
    const headers = bytes(random, random.below(2) === 0 ? 80 * random.below(20) : random.below(400));
    const { SubmitParentHeaders } = Mining.service;
    return this.#call(target.peer, SubmitParentHeaders, SubmitParentHeaders.requestSerialize({ headers }));
  }

  #hello(random: Random, isRight = random.below(4) === 0): object {
    const { networkId, id } = this.#world.genesis;
    return {
      protocol: isRight ? 1 : random.below(4),
      networkId: isRight ? networkId : bytes(random, 4),
      genesisId: isRight ? id : bytes(random, random.below(2) === 0 ? 32 : 8),
      group: random.below(isRight ? 4 : 2 ** 31),
      height: random.below(1_000),
      tipId: bytes(random, 32),
      nodeId: bytes(random, 16),
      software: 'garbage',
    };
  }

  #call(address: string, method: Method, ...messages: readonly Buffer[]): Promise<Outcome> {
    const client = this.#client(address);
    const deadline = Date.now() + DEADLINE_MS;
    const [message = Buffer.alloc(0)] = messages;
    if (!method.requestStream && !method.responseStream) {
      return new Promise((resolve) => {
        client.makeUnaryRequest(method.path, same, same, message, new Metadata(), { deadline }, (error) => {
          resolve(error === null ? 'answered' : codeOf(error));
        });
      });
    }
    const call = method.requestStream
      ? this.#openStream(client, method, deadline, messages)
      : client.makeServerStreamRequest(method.path, same, same, message, new Metadata(), { deadline });
    return new Promise((resolve) => {
      let outcome: Outcome = 'waits';
      const timer = setTimeout(() => call.cancel(), PATIENCE_MS);
      const end = (found: Outcome): void => {
        clearTimeout(timer);
        resolve(found);
      };
      call.on('data', () => {
        outcome = 'answered';
      });
      call.once('error', (error: ServiceError) => end(error.code === 1 ? outcome : codeOf(error)));
      call.once('end', () => end(outcome));
    });
  }

  #openStream(
    client: Client,
    { path }: Method,
    deadline: number,
    messages: readonly Buffer[],
  ): ClientReadableStream<Buffer> {
    const call = client.makeBidiStreamRequest(path, same, same, { deadline });
    for (const each of messages) call.write(each);
    call.end();
    return call;
  }

  #client(address: string): Client {
    let client = this.#clients.get(address);
    if (client === undefined) {
      client = new Client(address, credentials.createInsecure(), CHANNEL);
      this.#clients.set(address, client);
    }
    return client;
  }

  #session(address: string): ClientHttp2Session {
    let session = this.#sessions.get(address);
    if (session === undefined || session.closed || session.destroyed) {
      session = connectHttp2(`http://${address}`);
      session.on('error', () => undefined);
      this.#sessions.set(address, session);
    }
    return session;
  }
}

const same = (buffer: Buffer): Buffer => buffer;

/** The same transaction with a signature of nobody. */
function forged(random: Random, transaction: Uint8Array): Uint8Array {
  const copy = new Uint8Array(transaction);
  copy.set(bytes(random, 32), copy.length - 64);
  return copy;
}

/** Messages gRPC itself could not read are not our mistake, though it calls them internal errors. */
const UNREADABLE = /deserializ|decompress|Received|parsing/i;

function codeOf(error: ServiceError): Outcome {
  const { code } = errorOf(error);
  return code === 'INTERNAL' ? (UNREADABLE.test(error.details) ? 'UNREADABLE' : `INTERNAL: ${error.details}`) : code;
}
