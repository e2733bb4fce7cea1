// A node that joins late and is told lies by some of its peers: good headers with bodies permuted, batches forged or left
// out. It believes none of them and reaches the state of the honest.
import { type handleServerStreamingCall, Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { Random } from '../../../load/src/random.ts';
import { BODY, PROVEN_LEAF } from '../../../node/src/core/layouts.ts';
import { PeerRpc } from '../../../node/src/rpc/peer-client.ts';
import type { BatchesRequest__Output } from '../../../proto/src/generated/rexnet/v1/BatchesRequest.ts';
import type { BatchesResponse } from '../../../proto/src/generated/rexnet/v1/BatchesResponse.ts';
import type { BlocksRequest__Output } from '../../../proto/src/generated/rexnet/v1/BlocksRequest.ts';
import type { BlocksResponse } from '../../../proto/src/generated/rexnet/v1/BlocksResponse.ts';
import type { PeerHandlers } from '../../../proto/src/generated/rexnet/v1/Peer.ts';
import { Peer } from '../../../proto/src/load.ts';
import { SEED } from '../counts.ts';
import { twisted } from '../garbage-world.ts';
import { PlainNetwork } from '../plain-network.ts';
import { Transfers } from '../transfers.ts';
import { until } from '../until.ts';

const LATE = 'g1-n1';
const TRANSFERS = 20;
const BLOCKS = 30;
const RECOVER_MAX_MS = 90_000;
const TOGETHER_BLOCKS = 3;
const UNSERVED = 12;

test('lies about good blocks delay a node that joins late, and no more', { timeout: 300_000 }, async () => {
  const plain = await PlainNetwork.start({
    name: 'lies',
    groups: 2,
    nodesPerGroup: 2,
    miners: 1,
    blockInterval: '250ms',
  });
  const liars = await Promise.all(['g0-n0', 'g1-n0'].map((node) => Liar.start(plain.peerAddress(node))));
  try {
    const honest = plain.nodes.filter((node) => node !== LATE);
    // What it alone has would go with it.
    await plain.grow(TOGETHER_BLOCKS);
    await plain.stopProcess(LATE);
    const transfers = new Transfers(plain.network, plain.folders, 0, 1);
    const ids = await transfers.send(TRANSFERS);
    await transfers.reach(ids, ['Completed'], RECOVER_MAX_MS);
    await plain.grow(BLOCKS, honest);
    // Each group has as many liars as honest nodes that this one knows.
    plain.setPeers(LATE, (node) => node === 'g0-n0' || node === 'g1-n0', [
      { group: 0, peer: liars[0]?.address ?? '' },
      { group: 1, peer: liars[1]?.address ?? '' },
    ]);
    await plain.startProcess(LATE);
    await until({
      what: 'one state in both nodes of group 1',
      withinMs: RECOVER_MAX_MS,
      look: () => plain.answers(['g1-n0', LATE]),
      holds: ([one, other]) => one !== undefined && one.stateRoot === other?.stateRoot && one.tipId === other.tipId,
      tell: (answers) => answers.map((answer) => `${answer?.node} at ${answer?.height}`).join(', '),
    });
    await plain.grow(3);
    const told = liars.map(({ bodies, leaves }) => `${bodies} bodies and ${leaves} leaves`).join(', ');
    console.log(`liars told ${told}`);
    expect(liars[1]?.bodies).toBeGreaterThan(0);
    expect(liars[0]?.leaves).toBeGreaterThan(0);
    expect(plain.restarts()).toBe(0);
    expect((await plain.network.audit()).problems).toEqual([]);
  } finally {
    for (const liar of liars) liar.close();
    await plain.close();
  }
});

/** A peer that passes on what an honest one says, with every body and leaf twisted. */
class Liar {
  bodies = 0;
  leaves = 0;
  address = '';
  readonly #honest: PeerRpc;
  readonly #server = new Server();
  readonly #random = new Random(SEED);

  private constructor(honest: string) {
    this.#honest = new PeerRpc(honest);
    const handlers: PeerHandlers = {
      Hello: (_, answer) => answer({ code: UNSERVED }),
      Headers: (call, answer) => {
        const { group, locator, limit, branches } = call.request;
        this.#honest.headers({ group, locator, limit, branches }).then(
          (headers) => answer(null, { headers: headers.map(({ header, witness }) => ({ header, witness })) }),
          () => answer({ code: UNSERVED }),
        );
      },
      Blocks: this.#blocks,
      Batches: this.#batches,
      StateChunks: (call) => call.emit('error', { code: UNSERVED }),
      Gossip: (call: ServerDuplexStream<unknown, unknown>) => void call.on('data', () => undefined),
    };
    this.#server.addService(Peer.service, handlers);
  }

  static start(honest: string): Promise<Liar> {
    const liar = new Liar(honest);
    return new Promise((resolve, reject) => {
      liar.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
        if (error !== null) return reject(error);
        liar.address = `127.0.0.1:${port}`;
        resolve(liar);
      });
    });
  }

  close(): void {
    this.#honest.close();
    this.#server.forceShutdown();
  }

  readonly #blocks: handleServerStreamingCall<BlocksRequest__Output, BlocksResponse> = async (call) => {
    try {
      for await (const block of this.#honest.blocks(call.request.ids)) {
        if (block.found) this.bodies++;
        call.write({ ...block, body: this.#permuted(block.body) });
      }
      call.end();
    } catch {
      call.emit('error', { code: UNSERVED });
    }
  };

  readonly #batches: handleServerStreamingCall<BatchesRequest__Output, BatchesResponse> = async (call) => {
    const { destination, ids } = call.request;
    try {
      for await (const batch of this.#honest.batches(destination, ids)) {
        if (batch.found) this.leaves++;
        call.write({ ...batch, leaf: this.#forged(batch.leaf) });
      }
      call.end();
    } catch {
      call.emit('error', { code: UNSERVED });
    }
  };

  /** The same parts in another order, without one of them, or with a bit changed. */
  #permuted(bytes: Uint8Array): Uint8Array {
    const { mapUpdate, bitcoinHeaders, batches, transactions } = BODY.decode(new Uint8Array(bytes));
    if (transactions.length > 1)
      return BODY.encode({ mapUpdate, bitcoinHeaders, batches, transactions: transactions.toReversed() });
    if (batches.length > 1)
      return BODY.encode({ mapUpdate, bitcoinHeaders, batches: batches.toReversed(), transactions });
    if (batches.length > 0 && this.#random.below(2) === 0)
      return BODY.encode({ mapUpdate, bitcoinHeaders, batches: [], transactions });
    return twisted(this.#random, bytes);
  }

  /** Another batch, or none at all, under the path of the real one. */
  #forged(bytes: Uint8Array): Uint8Array {
    const { leaf, path } = PROVEN_LEAF.decode(new Uint8Array(bytes));
    const other =
      leaf.length === 0
        ? Uint8Array.of(1)
        : this.#random.below(2) === 0
          ? new Uint8Array(0)
          : twisted(this.#random, leaf);
    return PROVEN_LEAF.encode({ leaf: other, path });
  }
}
