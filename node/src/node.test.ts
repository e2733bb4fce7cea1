// Two whole nodes and a miner over a toy parent in one process: what they are asked for, they count.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_CHAIN, makeGenesis, readGenesis } from './chain/genesis.ts';
import { type DerivedKey, deriveKey, signer } from './chain/keys.ts';
import { type Action, buildTransaction } from './client/build.ts';
import { partitionOf } from './core/address.ts';
import { SCOPE } from './core/scopes.ts';
import { packTransactions } from './core/transaction-batch.ts';
import { runMiner } from './mine.ts';
import { runNode } from './node.ts';
import { NodeRpc } from './rpc/node-client.ts';
import { createLog } from './telemetry/log.ts';
import { metricRows, type Program } from './telemetry/metrics.ts';

const GROUPS = [0, 1];
const BLOCK_MS = 250;
const PARTITIONS = 4;
/** Once it may be before the other node is in it. */
const LISTS_READ = 2;
const HERE = { host: '127.0.0.1', port: 0 };
const SOURCE = `contract Counter {
    @address uint64 count;
    @address function hit(uint64 most) export {
        __debug.assert(count < most, "enough");
        count += 1u64;
    }
    @address function uint64 seen() public const { return count; }
}`;
const keys = GROUPS.map((group) => keyOf(group));
const genesisBytes = makeGenesis({
  chain: { ...DEFAULT_CHAIN, blockIntervalMs: BLOCK_MS, partitions: PARTITIONS, confirmations: 1 },
  groups: GROUPS.length,
  seed: 1,
  governance: new Uint8Array(32),
  compilerHash: new Uint8Array(32),
  bitcoinIntervalMs: 1_000,
  accounts: keys.map(({ address }) => ({ address, amount: 1_000_000_000n })),
  constants: { floorHashes: 200n, checkpointEvery: 8 },
});
const network = readGenesis(genesisBytes);

/** A key whose account a group holds: partitions are split in halves. */
function keyOf(group: number): DerivedKey {
  for (let n = 0; ; n++) {
    const key = deriveKey(1, `node-test/${n}`);
    if (Math.floor((partitionOf(key.address, PARTITIONS) * GROUPS.length) / PARTITIONS) === group) return key;
  }
}

interface Running {
  readonly metricsPort: number;
  readonly grpc: string;
  readonly peer: string;
  readonly done: Promise<void>;
}

let folder = '';
const stop = new AbortController();
const nodes: Running[] = [];
let miner: { readonly metricsPort: number; readonly done: Promise<void> };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rexnet-node-'));
  writeFileSync(join(folder, 'genesis.bin'), genesisBytes);
  writePeers();
  for (const group of GROUPS) nodes.push(await startNode(group));
  writePeers();
  miner = await startMiner();
});

afterAll(async () => {
  stop.abort();
  await Promise.all([...nodes, miner].map(({ done }) => done));
  rmSync(folder, { recursive: true, force: true });
});

/** By a name that no node knows for its own, as the names of pods are. */
function writePeers(): void {
  const groups = nodes.map(({ grpc, peer }, group) => [
    group,
    [{ node: `g${group}-n0`, grpc, peer: peer.replace(HERE.host, 'localhost') }],
  ]);
  writeFileSync(join(folder, 'peers.json'), JSON.stringify({ groups: Object.fromEntries(groups) }));
}

type Line = Readonly<Record<string, unknown>>;

/** A log whose line with these words can be waited for. */
function heardLog(words: string) {
  const heard = Promise.withResolvers<Line>();
  const log = createLog({
    level: 'info',
    base: {},
    write: (text) => {
      const line = JSON.parse(text) as Line;
      if (line['msg'] === words) heard.resolve(line);
    },
  });
  return { log, heard: heard.promise };
}

async function startNode(group: number): Promise<Running> {
  const { log, heard } = heardLog('node listens');
  const options = {
    genesisPath: join(folder, 'genesis.bin'),
    dataDir: join(folder, `g${group}`),
    group,
    peersPath: join(folder, 'peers.json'),
    ...{ grpc: HERE, peerGrpc: HERE, metrics: HERE },
    miner: keys[0]!.address,
    faucet: group === 0,
    checkState: true,
  };
  const done = runNode(options, log, stop.signal);
  const line = await Promise.race([heard, done.then(() => ({}) as Line)]);
  const at = (name: string): string => {
    const { host, port } = line[name] as { host: string; port: number };
    return `${host}:${port}`;
  };
  return { metricsPort: Number(line['metrics']), grpc: at('grpc'), peer: at('peerGrpc'), done };
}

async function startMiner(): Promise<typeof miner> {
  const { log, heard } = heardLog('miner starts');
  const options = {
    genesis: network,
    peersPath: join(folder, 'peers.json'),
    parent: { kind: 'toy' },
    cpuShare: 0.2,
    metrics: HERE,
  } as const;
  const done = runMiner(options, log, stop.signal);
  const line = await Promise.race([heard, done.then(() => ({}) as Line)]);
  return { metricsPort: Number(line['metrics']), done };
}

/** Series by name, labels left on. */
async function scrape(port: number): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    series.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

/** Scrapes until the condition holds; answers the last look. */
async function scrapeUntil(port: number, holds: (series: ReadonlyMap<string, number>) => boolean) {
  for (const until = performance.now() + 40_000; ; await pause(200)) {
    const series = await scrape(port);
    if (holds(series) || performance.now() > until) return series;
  }
}

/** Failures that a network which runs well never counts. */
const UNSEEN = [
  /^rexnet_chain_(blocks|headers)_invalid_total$/,
  /^rexnet_peers_dropped_total$/,
  /^rexnet_rpc_connections_refused_total$/,
];

function missing(program: Program, series: ReadonlyMap<string, number>): string[] {
  const seen = new Set([...series.keys()].map((key) => key.replace(/\{.*/, '')));
  return metricRows(program)
    .map(({ name, type }) => (type === 'histogram' ? `${name}_count` : name))
    .filter((name) => !seen.has(name) && !UNSEEN.some((pattern) => pattern.test(name)));
}

function foreign(program: Program, series: ReadonlyMap<string, number>): string[] {
  const own = new Set(metricRows(program).map(({ name }) => name as string));
  const others = metricRows().filter(({ name }) => !own.has(name));
  return others
    .map(({ name }) => name as string)
    .filter((name) => [...series.keys()].some((key) => key.startsWith(name)));
}

const zero = (series: ReadonlyMap<string, number>, names: readonly string[]): string[] =>
  names.filter((name) => !((series.get(name) ?? 0) > 0));

const nonces = [0n, 0n];
function signed(group: number, action: Action, gasLimit = 1_500_000n): Uint8Array {
  const key = keys[group]!;
  const validUntilMs = Date.now() + 60_000;
  const envelope = { nonce: nonces[group]!++, validUntilMs, gasLimit, gasPrice: 1n };
  return buildTransaction(action, envelope, network.networkId, {
    publicKey: key.publicKey,
    sign: signer(key.secret),
  });
}

test('every metric of a node and of a miner is there, and counts what happened', { timeout: 120_000 }, async () => {
  const [home, other] = nodes as [Running, Running];
  const rpc = new NodeRpc(home.grpc);
  const heights = await scrapeUntil(
    home.metricsPort,
    (s) => (s.get('rexnet_chain_height_blocks{source="1"}') ?? 0) >= 2,
  );
  expect(heights.get('rexnet_chain_height_blocks{source="1"}')).toBeGreaterThanOrEqual(2);

  const deploy = signed(0, { kind: 'deploy', dapp: 'Test', source: SOURCE, args: new Uint8Array(0) });
  const transfers = [1, 0].map((to, from) =>
    signed(from, { kind: 'transfer', to: keys[to]!.address, amount: 5n }, 28_000n),
  );
  const forged = signed(1, { kind: 'transfer', to: keys[0]!.address, amount: 5n }, 28_000n);
  nonces[1]!--;
  forged[forged.length - 1]! ^= 1;
  const submit = async (transactions: readonly Uint8Array[]): Promise<string[]> => {
    const stream = rpc.openSubmit();
    const { refusals } = await stream.submit(packTransactions(transactions));
    stream.close();
    return refusals.map(({ code }) => code);
  };
  expect(await submit([deploy, ...transfers, new Uint8Array(5)])).toEqual(['BAD_TRANSACTION']);
  const called = async (most: bigint): Promise<void> => {
    const args = new Uint8Array(8);
    new DataView(args.buffer).setBigUint64(0, most, true);
    const target = { scope: SCOPE.address, key: keys[0]!.address };
    expect(await submit([signed(0, { kind: 'call', contract: 1n, op: 0, target, args }, 40_000n)])).toEqual([]);
  };
  // The deploy and a transfer: a contract is compiled before the block that makes it known.
  const succeeded = 'rexnet_chain_receipts_total{kind="transaction",status="success"}';
  await scrapeUntil(home.metricsPort, (s) => (s.get(succeeded) ?? 0) >= 2);
  await called(9n);
  await called(0n);
  const read = { contract: 1n, op: 1, scope: SCOPE.address, key: keys[0]!.address, args: new Uint8Array(0) };
  await rpc.call({ ...read, sender: keys[0]!.address, gas: 0n });
  await submit([forged]).catch(() => undefined);

  const done = await scrapeUntil(
    home.metricsPort,
    (s) =>
      (s.get('rexnet_vm_faults_total{exception="21"}') ?? 0) > 0 &&
      (s.get('rexnet_store_snapshot_seconds_count') ?? 0) > 0 &&
      (s.get('rexnet_bitcoin_headers_total{result="accepted"}') ?? 0) > 0 &&
      (s.get('rexnet_bitcoin_height_blocks') ?? 0) > 0 &&
      (s.get('rexnet_chain_relays_received_total{source="1"}') ?? 0) > 0,
  );
  expect(missing('node', done)).toEqual([]);
  expect(foreign('node', done)).toEqual([]);
  expect(zero(done, OF_A_NODE)).toEqual([]);
  expect(done.get('rexnet_chain_receipts_total{kind="transaction",status="failed"}')).toBe(1);
  expect(done.get('rexnet_pool_forwarded_total')).toBe(1);
  expect(done.get('rexnet_pool_refused_total{code="BAD_TRANSACTION"}')).toBe(1);
  expect(done.get('rexnet_signatures_checked_total{verdict="invalid"}')).toBe(1);
  expect(done.get('rexnet_vm_modules')).toBe(1);
  // Itself it dials once for each time it reads the list, which both ends count, and then no more.
  expect(done.get('rexnet_peers_dropped_total{code="SELF"}')).toBeLessThanOrEqual(2 * LISTS_READ);
  expect(done.get('rexnet_vm_calls_total')).toBe(1);
  const theirs = await scrapeUntil(
    other.metricsPort,
    (s) => (s.get('rexnet_chain_relays_received_total{source="0"}') ?? 0) > 0,
  );
  // What one group sent the other received, but for what is on its way.
  const money = (flow: string, s: ReadonlyMap<string, number>) => s.get(`rexnet_chain_money_msat{flow="${flow}"}`) ?? 0;
  expect(money('received', done)).toBeLessThanOrEqual(money('sent', theirs));

  const mined = await scrapeUntil(
    miner.metricsPort,
    (s) => (s.get('rexnet_mining_submits_total{result="accepted"}') ?? 0) > 0,
  );
  expect(missing('miner', mined)).toEqual([]);
  expect(foreign('miner', mined)).toEqual([]);
  expect(zero(mined, OF_A_MINER)).toEqual([]);
  rpc.close();
});

const OF_A_NODE = [
  'rexnet_node_in_sync',
  'rexnet_node_info{version="rxd/0.1.0",network="NETWORK",group="0"}'.replace(
    'NETWORK',
    Buffer.from(network.networkId).toString('hex'),
  ),
  'rexnet_chain_executed_height_blocks',
  'rexnet_chain_tip_timestamp_seconds',
  'rexnet_chain_beat_seconds',
  'rexnet_chain_block_gas',
  'rexnet_chain_user_gas',
  'rexnet_chain_partitions',
  'rexnet_chain_blocks_total',
  'rexnet_chain_headers_total',
  'rexnet_chain_transactions_total',
  'rexnet_chain_invocations_total',
  'rexnet_chain_receipts_total{kind="transaction",status="success"}',
  'rexnet_chain_gas_total',
  'rexnet_chain_block_transactions_sum',
  'rexnet_chain_block_bytes_sum',
  'rexnet_chain_block_interval_seconds_sum',
  'rexnet_chain_block_delay_seconds_sum',
  'rexnet_chain_relays_sent_total{destination="1"}',
  'rexnet_chain_relays_received_total{source="1"}',
  'rexnet_chain_relay_delay_seconds_sum',
  'rexnet_chain_batch_sent_bytes_total',
  'rexnet_chain_batch_received_bytes_total',
  'rexnet_chain_state_bytes',
  'rexnet_chain_state_cells',
  'rexnet_chain_money_msat{flow="held"}',
  'rexnet_chain_money_msat{flow="sent"}',
  'rexnet_chain_money_msat{flow="received"}',
  'rexnet_pool_admitted_total',
  'rexnet_signatures_checked_total{verdict="valid"}',
  'rexnet_signatures_slow_total',
  'rexnet_signatures_batch_seconds_count',
  'rexnet_signatures_remembered',
  'rexnet_peers_connected{direction="in"}',
  'rexnet_peers_connected{direction="out"}',
  'rexnet_peers_bytes_total{direction="in"}',
  'rexnet_peers_bytes_total{direction="out"}',
  'rexnet_peers_messages_total{direction="in",message="announcement"}',
  'rexnet_peers_messages_total{direction="out",message="announcement"}',
  'rexnet_peers_messages_total{direction="out",message="transactions"}',
  'rexnet_rpc_calls_total{method="Node.Call",code="OK"}',
  'rexnet_rpc_connections',
  'rexnet_template_built_total',
  'rexnet_template_build_seconds_sum',
  'rexnet_template_proofs_total{result="accepted"}',
  'rexnet_bitcoin_height_blocks',
  'rexnet_store_commit_seconds_sum',
  'rexnet_store_written_bytes_total',
  'rexnet_store_size_bytes',
  'rexnet_store_snapshot_bytes',
  'rexnet_store_snapshot_height_blocks',
  'rexnet_store_start_seconds',
  'rexnet_vm_memory_bytes',
  'rexnet_vm_used_bytes',
  'rexnet_vm_batches_total',
  'rexnet_vm_compile_seconds_sum',
  'process_resident_memory_bytes',
];

const OF_A_MINER = [
  'rexnet_mining_parents_blocks{parent="premature"}',
  'rexnet_mining_parents_blocks{parent="on-chain"}',
  'rexnet_mining_hashes_total',
  'rexnet_mining_work_total',
  'rexnet_mining_parent_reachable',
  'rexnet_mining_proofs_total{group="0",result="accepted"}',
  'rexnet_mining_proofs_total{group="1",result="accepted"}',
  'rexnet_bitcoin_height_blocks',
  'process_resident_memory_bytes',
];
