// bench signed: token transfers through one real node of one group, profile open: signed beforehand, replayed as raw bytes
// over SubmitBatch, verified, executed, durable. Counted are those that completed in the blocks of a window that begins and
// ends with a block; node, miner and this replayer share the machine.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { viewOf } from '../../node/src/core/bytes.ts';
import { BODY, RECEIPT_BYTES } from '../../node/src/core/layouts.ts';
import type { NodeRpc } from '../../node/src/rpc/node-client.ts';
import { until } from '../local/until.ts';
import { generator } from './shared/figures.ts';
import { cpuMsOf, OneGroup } from './shared/one-group.ts';
import { batchesOf, Tokens } from './shared/presigned-tokens.ts';

const ACCOUNTS = 4_000;
const TRANSACTIONS = 600_000;
const BATCH = 500;
const BLOCK_INTERVAL_MS = 500;
const BLOCK_GAS = 1_000_000_000n;
/** Sent and in no block yet: the pool is never empty and never full. */
const UNDER_WAY_MAX = 40_000;
const STREAMS = 4;
/** Batches of one stream that are not answered yet. */
const UNANSWERED_MAX = 4;
const WARM_MS = 6_000;
const WINDOW_MS = 15_000;
const SETUP_MAX_MS = 30_000;
const LOOK_AGAIN_MS = 20;
const STATUS_AT = 68;
const KIND_AT = 80;

interface Seen {
  readonly height: number;
  readonly atMs: number;
  readonly nodeCpuMs: number;
  readonly minerCpuMs: number;
  readonly ownCpuMs: number;
}

/** Blocks as they become durable, and how many transactions they held. */
class Blocks {
  readonly seen: Seen[] = [];
  included = 0;
  readonly #network: OneGroup;
  readonly #abort = new AbortController();
  readonly #watching: Promise<void>;

  constructor(network: OneGroup) {
    this.#network = network;
    this.#watching = this.#watch().catch((error: unknown) => {
      if (!this.#abort.signal.aborted) throw error;
    });
  }

  async #watch(): Promise<void> {
    const { rpc, node, miner } = this.#network;
    for await (const { height, transactions } of rpc.watchBlocks(this.#abort.signal)) {
      // A slow watcher is told of the newest block only.
      for (let missed = (this.seen.at(-1)?.height ?? height) + 1; missed < height; missed++) {
        this.included += BODY.decode((await rpc.getBlock({ height: missed })).body).transactions.length;
      }
      this.included += transactions;
      const { user, system } = process.cpuUsage();
      this.seen.push({
        height,
        atMs: performance.now(),
        nodeCpuMs: cpuMsOf(node),
        minerCpuMs: cpuMsOf(miner),
        ownCpuMs: (user + system) / 1_000,
      });
    }
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#watching;
  }
}

async function prepare(rpc: NodeRpc, steps: readonly Uint8Array[]): Promise<void> {
  const stream = rpc.openSubmit();
  for (const batch of steps) {
    const { refusals } = await stream.submit(batch);
    if (refusals.length > 0) throw new Error(`the node refused to prepare: ${refusals[0]!.code}`);
    const { tip } = await rpc.status();
    await until({
      what: 'what prepares the load to be in a block',
      withinMs: SETUP_MAX_MS,
      look: () => rpc.status(),
      holds: (status) => status.tip.height >= tip.height + 2 && status.poolTransactions === 0,
    });
  }
  stream.close();
}

interface Replayed {
  sent: number;
  refused: number;
  code: string;
}

/** Sends until the file or the time is at its end; each stream takes the next batch when it may. */
async function replay(rpc: NodeRpc, blocks: Blocks, path: string, isOver: () => boolean): Promise<Replayed> {
  const batches = batchesOf(path);
  const total: Replayed = { sent: 0, refused: 0, code: '' };
  const before = blocks.included;
  const answers = new Set<Promise<void>>();
  const streams = Array.from({ length: STREAMS }, () => rpc.openSubmit());
  const mustWait = (): boolean =>
    total.sent - (blocks.included - before) >= UNDER_WAY_MAX ||
    streams.every(({ waiting }) => waiting >= UNANSWERED_MAX);
  for (const batch of batches) {
    while (mustWait() && !isOver()) await Promise.race([delay(LOOK_AGAIN_MS), ...answers]);
    if (isOver()) break;
    total.sent += viewOf(batch).getUint32(0, true);
    const stream = streams.reduce((a, b) => (b.waiting < a.waiting ? b : a));
    const answered = stream.submit(batch).then(({ refusals }) => {
      total.refused += refusals.length;
      total.code ||= refusals[0]?.code ?? '';
      answers.delete(answered);
    });
    answers.add(answered);
  }
  await Promise.all(answers);
  for (const stream of streams) stream.close();
  return total;
}

/** Completed transactions of these blocks: user transactions, each with its credit, none failed. */
async function completedIn(rpc: NodeRpc, from: number, to: number): Promise<number> {
  let users = 0;
  let relays = 0;
  for (let height = from; height <= to; height++) {
    const { receipts } = await rpc.getBlock({ height });
    for (let at = 0; at < receipts.length; at += RECEIPT_BYTES) {
      if (receipts[at + STATUS_AT] !== 0)
        throw new Error(`an invocation failed with status ${receipts[at + STATUS_AT]}`);
      if (receipts[at + KIND_AT] === 0) users++;
      else relays++;
    }
  }
  return Math.min(users, relays);
}

async function measure(network: OneGroup, steps: readonly Uint8Array[], path: string) {
  const { rpc } = network;
  await prepare(rpc, steps);
  const blocks = new Blocks(network);
  await until({ what: 'a block', withinMs: SETUP_MAX_MS, look: async () => blocks.seen.length, holds: (n) => n > 0 });
  const beganMs = performance.now();
  const isOver = (): boolean => performance.now() - beganMs > WARM_MS + WINDOW_MS + 2 * BLOCK_INTERVAL_MS;
  const replayed = await replay(rpc, blocks, path, isOver);
  const endedMs = performance.now();
  await blocks.stop();
  if (replayed.refused > 0) throw new Error(`${replayed.refused} transactions were refused: ${replayed.code}`);
  const first = blocks.seen.find(({ atMs }) => atMs - beganMs >= WARM_MS);
  const last = blocks.seen.findLast(({ atMs }) => atMs <= endedMs);
  if (first === undefined || last === undefined || last.height <= first.height) throw new Error('no window');
  const completed = await completedIn(rpc, first.height + 1, last.height);
  const seconds = (last.atMs - first.atMs) / 1_000;
  const value = Math.round(completed / seconds);
  const cpuUs = (pick: (s: Seen) => number): number => Math.round(((pick(last) - pick(first)) * 1_000) / completed);
  const anchors = {
    seconds: Math.round(seconds * 10) / 10,
    blocks: last.height - first.height,
    nodeCpuUs: cpuUs((s) => s.nodeCpuMs),
    minerCpuUs: cpuUs((s) => s.minerCpuMs),
    replayCpuUs: cpuUs((s) => s.ownCpuMs),
    transactionBytes: Math.round(statSync(path).size / TRANSACTIONS),
  };
  return {
    name: 'node.signed.tps',
    value,
    unit: 'signed token transfers/s, verified and durable',
    floor: 10_000,
    goal: 20_000,
    anchors,
  };
}

async function main(): Promise<void> {
  const flags = process.argv.filter((arg) => arg.startsWith('--cpu-prof'));
  const dir = mkdtempSync(join(tmpdir(), 'rexnet-bench-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  const tokens = new Tokens(ACCOUNTS, { blockIntervalMs: BLOCK_INTERVAL_MS, blockGas: BLOCK_GAS });
  const steps = tokens.setup();
  const path = join(dir, 'transfers.bin');
  tokens.write(path, TRANSACTIONS, BATCH, generator(3));
  const network = await OneGroup.start(dir, tokens.genesis, flags);
  try {
    const row = await measure(network, steps, path);
    process.stderr.write(`node.signed.tps: ${row.value} (floor ${row.floor}); ${JSON.stringify(row.anchors)}\n`);
    console.log(JSON.stringify({ rows: [row] }));
  } finally {
    await network.close();
  }
}

await main();
