// A backend that keeps a few made-up blocks in memory: a double for tests of the services. Knows no chain rules.
import { sha256d } from '../../core/hash.ts';
import { unpackTransactions } from '../../core/transaction-batch.ts';
import type {
  BatchVerdict,
  BlockSummary,
  BlockView,
  Caller,
  Cursor,
  GossipHandler,
  GossipLink,
  GossipMessage,
  IndexedRefusal,
  LogEvent,
  NodeBackend,
  PeerHello,
  PlacedReceipt,
  StatusView,
  Template,
} from '../backend.ts';
import { type Refusal, RpcError } from '../errors.ts';

export const bytesFrom = (text: string, size = 32): Uint8Array => {
  const out = new Uint8Array(size);
  out.set(new TextEncoder().encode(text).subarray(0, size));
  return out;
};

const RECEIPT_SIZE = 184;

export function aHello(name: string): PeerHello {
  return {
    protocol: 1,
    networkId: bytesFrom('net', 4),
    genesisId: bytesFrom('genesis'),
    group: 1,
    height: 7,
    tipId: bytesFrom('tip'),
    nodeId: bytesFrom(name, 16),
    software: 'rxd/test',
  };
}

const unset = (name: string) => (): never => {
  throw new RpcError('NOT_SERVED', { message: name });
};

export class MemoryBackend implements NodeBackend {
  readonly blocks: BlockSummary[] = [];
  readonly submitted: Uint8Array[] = [];
  readonly gossiped: GossipMessage[] = [];
  readonly links: GossipLink[] = [];
  closedGossips = 0;
  logCalls = 0;
  /** Decides about one transaction. */
  judge: (transaction: Uint8Array) => Refusal | undefined = () => undefined;
  /** Awaited before every verdict. */
  submitGate: Promise<void> = Promise.resolve();
  group = 1;
  epoch = 0;
  owners: readonly number[] = [0, 1, 0, 1];
  receipts: PlacedReceipt[] = [];
  /** Awaited before every answer of gossip, to play a slow node. */
  gossipGate: Promise<void> = Promise.resolve();
  template: Template | undefined;
  #waiting: (() => void)[] = [];

  addBlock(name: string): BlockSummary {
    const block = {
      height: this.blocks.length,
      id: sha256d(bytesFrom(name)),
      timestampMs: 1_000 * this.blocks.length,
      group: this.group,
      header: bytesFrom(name, 80),
      transactions: 1,
      receipts: 2,
      gas: 5n,
    };
    this.blocks.push(block);
    this.wake();
    return block;
  }

  wake(): void {
    for (const go of this.#waiting.splice(0)) go();
  }

  async #change(signal: AbortSignal): Promise<void> {
    const gate = Promise.withResolvers<void>();
    this.#waiting.push(gate.resolve);
    signal.addEventListener('abort', () => gate.reject(signal.reason), { once: true });
    await gate.promise;
  }

  async nextBlock(seen: Uint8Array | undefined, signal: AbortSignal): Promise<BlockSummary> {
    for (;;) {
      const tip = this.blocks.at(-1);
      if (tip !== undefined && (seen === undefined || Buffer.compare(tip.id, seen) !== 0)) return tip;
      await this.#change(signal);
    }
  }

  async logsAfter(cursor: Cursor): Promise<readonly LogEvent[]> {
    this.logCalls += 1;
    const at = this.blocks[cursor.height];
    if (at === undefined) throw new RpcError('CURSOR_GONE');
    if (Buffer.compare(at.id, cursor.id) !== 0) {
      const parent = this.blocks[cursor.height - 1]!;
      return [{ kind: 'undone', height: parent.height, id: parent.id }];
    }
    const tipHeight = this.blocks.length - 1;
    return this.blocks.slice(cursor.height + 1, cursor.height + 3).map(({ height, id, timestampMs }) => {
      return { kind: 'block', height, id, timestampMs, tipHeight, receipts: new Uint8Array(RECEIPT_SIZE).fill(height) };
    });
  }

  async submitBatch(batch: Uint8Array): Promise<BatchVerdict> {
    const transactions = unpackTransactions(batch);
    const refusals: IndexedRefusal[] = [];
    for (const [index, transaction] of transactions.entries()) {
      const told = this.judge(transaction);
      if (told === undefined) this.submitted.push(transaction);
      else refusals.push({ index, ...told });
    }
    await this.submitGate;
    return { count: transactions.length, refusals };
  }

  async estimateFee(): ReturnType<NodeBackend['estimateFee']> {
    return { gas: 20_000n, gasPrice: 3n, fee: 60_000n, status: 0, exception: 0 };
  }

  async getTransaction(id: Uint8Array): ReturnType<NodeBackend['getTransaction']> {
    const tip = this.blocks.at(-1)!;
    const receipts = this.receipts.filter(({ receipt }) => Buffer.compare(receipt.subarray(32, 64), id) === 0);
    return { group: this.group, tip, place: receipts.length > 0 ? 'block' : 'unknown', transaction: id, receipts };
  }

  async getAccount(address: Uint8Array): ReturnType<NodeBackend['getAccount']> {
    if (address[0] === 0xff) throw new RpcError('PARTITION_MOVED', { group: 3, epoch: 7 });
    if (address[0] === 0xfe) throw new Error('a bug');
    const max = (1n << 64n) - 1n;
    return { nonce: 4n, nextNonce: 6n, balance: max, partition: 17, group: 1, height: 9 };
  }

  async getContract(): ReturnType<NodeBackend['getContract']> {
    const [codeHash, address] = [bytesFrom('code'), bytesFrom('address', 36)];
    return { id: 1n << 60n, name: 'Demo.Token', source: 'contract Token {}', abi: '{}', codeHash, address, height: 3 };
  }

  async call(request: { readonly gas: bigint }, caller: Caller): ReturnType<NodeBackend['call']> {
    if (request.gas === 666n) await this.#change(caller.signal);
    return { status: 0, exception: 0, gas: 55n, value: bytesFrom('value', 8), height: 2 };
  }

  async getBlock(): Promise<BlockView> {
    const [header, witness, body] = [bytesFrom('header', 80), bytesFrom('w', 3), bytesFrom('body', 9)];
    return { id: bytesFrom('id'), header, witness, body, receipts: new Uint8Array(RECEIPT_SIZE) };
  }

  async getHeaders(request: { readonly limit: number }): ReturnType<NodeBackend['getHeaders']> {
    const record = { header: bytesFrom('header', 80), witness: bytesFrom('w', 3) };
    return Array.from({ length: Math.min(request.limit, 3) }, () => record);
  }

  async getTotals(height: number | 'tip'): ReturnType<NodeBackend['getTotals']> {
    return { height: height === 'tip' ? 99 : height, blockId: bytesFrom('id'), totals: bytesFrom('totals', 20) };
  }

  async status(): Promise<StatusView> {
    return {
      version: '0.1.0',
      network: {
        genesisId: bytesFrom('genesis'),
        networkId: bytesFrom('net', 4),
        partitions: 4,
        confirmations: 2,
        blockIntervalMs: 1_000,
        gasPriceFloor: 1n,
        blockGas: 4_000_000n,
        userGas: 3_500_000n,
      },
      group: this.group,
      tip: this.blocks.at(-1)!,
      stateRoot: bytesFrom('root'),
      epoch: this.epoch,
      owners: this.owners,
      groups: [{ group: 0, height: 4, id: bytesFrom('g0'), readHeight: 2, timestampMs: 4_000 }],
      poolTransactions: 5,
      queuedRelays: 6,
      peers: 2,
      inSync: true,
      faucet: true,
      bitcoinHeight: 101,
      cpuPeriods: 200,
      cpuThrottled: 3,
      work: { blocks: 4, transactions: 70, invocations: 120, gas: 3_400_000 },
      parents: { onChain: 1, orphan: 2, premature: 3 },
      conditions: [
        { type: 'Waiting', status: 'True', reason: 'GroupSilent', message: 'group 3 has been silent for 48 s' },
      ],
    };
  }

  async faucet(request: { readonly amount: bigint | 'default' }): ReturnType<NodeBackend['faucet']> {
    return { transactionId: bytesFrom('tx'), amount: request.amount === 'default' ? 1_000n : request.amount };
  }

  async hello(): Promise<PeerHello> {
    return aHello('server');
  }

  peerHeaders = this.getHeaders;

  async peerBlock(id: Uint8Array): Promise<BlockView | undefined> {
    return id[0] === 0 ? undefined : { ...(await this.getBlock()), id };
  }

  async peerBatch(id: Uint8Array, destination: number): Promise<Uint8Array | undefined> {
    return id[0] === 0 ? undefined : new Uint8Array(destination);
  }

  async peerStateChunk(request: { readonly index: number }): ReturnType<NodeBackend['peerStateChunk']> {
    return { bytes: new Uint8Array(request.index), last: request.index === 2 };
  }

  openGossip(link: GossipLink): GossipHandler {
    this.links.push(link);
    link.send({ kind: 'hello', hello: aHello('server') });
    return {
      receive: async (message) => {
        this.gossiped.push(message);
        this.wake();
        await this.gossipGate;
      },
      closed: () => {
        this.closedGossips += 1;
        this.wake();
      },
    };
  }

  async nextTemplate(seen: number | undefined, signal: AbortSignal): Promise<Template> {
    for (;;) {
      if (this.template !== undefined && this.template.sequence !== seen) return this.template;
      await this.#change(signal);
    }
  }

  async submitProof(proof: { readonly blockId: Uint8Array }): Promise<{ readonly height: number }> {
    if (proof.blockId[0] === 0) return unset('submitProof')();
    throw new RpcError('STALE_TEMPLATE');
  }

  async submitParentHeaders(headers: Uint8Array): Promise<{ readonly accepted: number; readonly bestHeight: number }> {
    return { accepted: headers.length / 80, bestHeight: 5 };
  }
}
