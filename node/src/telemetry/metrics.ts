// Every metric of a node, a miner and a load generator in one table. Data only: instruments are made in telemetry.ts.

/** All labels there are. Values of those listed with values are known, and such series start at zero. */
export const LABELS = {
  /** Consensus group, an integer. A node's own comes from whoever scrapes it, as do `node`, `component` and `testnet`. */
  group: undefined,
  /** Group that a chain reads from, or whose chain is meant. */
  source: undefined,
  /** Group that relays go to. */
  destination: undefined,
  version: undefined,
  network: undefined,
  /** Code of INTERFACES §5 or of the room that refuses. */
  code: undefined,
  /** gRPC `Service.Method`. */
  method: undefined,
  reason: undefined,
  /** What a known header or block is waiting for. */
  lack: ['parent', 'source', 'unconfirmed', 'future', 'body', 'leaf'],
  condition: undefined,
  direction: ['in', 'out'],
  kind: ['transaction', 'relay', 'deferred', 'value', 'credit'],
  status: ['success', 'failed'],
  exception: undefined,
  message: ['hello', 'announcement', 'transactions'],
  result: ['accepted', 'refused'],
  verdict: ['valid', 'invalid', 'remembered', 'malformed'],
  parent: ['on-chain', 'orphan', 'premature'],
  flow: ['held', 'burnt', 'sent', 'received'],
  thread: ['main', 'engine'],
} as const satisfies Record<string, readonly string[] | undefined>;
export type Label = keyof typeof LABELS;

export interface MetricRow {
  readonly name: `rexnet_${string}`;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly unit: string;
  readonly help: string;
  readonly labels: readonly Label[];
  readonly buckets?: readonly number[];
  /** Who serves it, where that is not everybody its area belongs to. */
  readonly only?: Program;
}

export type Program = 'node' | 'miner' | 'load';

function exponentialBuckets(start: number, factor: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => start * factor ** i);
}

/** 0.1 ms … 1.6 s, for work inside a block interval. */
const FAST_SECONDS = exponentialBuckets(0.0001, 2, 15);
/** 1 ms … 8 s, for what a caller waits for. */
const CALL_SECONDS = exponentialBuckets(0.001, 2, 14);
const BEAT_SECONDS = [0.25, 0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 5, 10, 30, 60];
/** Relays arrive after `confirmations` beats at the soonest. */
const RELAY_SECONDS = [0.25, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8, 10, 15, 30, 60, 120, 300];
const COUNTS = exponentialBuckets(1, 4, 10);

const none = [] as const;
const counter = 'counter' as const;
const gauge = 'gauge' as const;
const histogram = 'histogram' as const;

export const METRICS = {
  node: {
    info: {
      name: 'rexnet_node_info',
      type: gauge,
      unit: '',
      labels: ['version', 'network', 'group'],
      help: 'Always 1; says which program runs where.',
    },
    inSync: {
      name: 'rexnet_node_in_sync',
      type: gauge,
      unit: '',
      labels: none,
      help: '1 while the node follows the newest known chain.',
    },
    condition: {
      name: 'rexnet_node_condition',
      type: gauge,
      unit: '',
      labels: ['condition'],
      help: '1 while a condition that needs attention holds.',
    },
    loopDelay: {
      name: 'rexnet_node_loop_delay_seconds',
      type: gauge,
      unit: 's',
      labels: ['thread'],
      help: '99th percentile of event loop delay since the last scrape.',
    },
  },
  chain: {
    height: {
      name: 'rexnet_chain_height_blocks',
      type: gauge,
      unit: 'blocks',
      labels: ['source'],
      help: 'Height of the chosen chain of every group, the own one included, by headers known here.',
    },
    executedHeight: {
      name: 'rexnet_chain_executed_height_blocks',
      type: gauge,
      unit: 'blocks',
      labels: none,
      help: 'Height of the newest block executed and stored.',
    },
    readLag: {
      name: 'rexnet_chain_read_lag_blocks',
      type: gauge,
      unit: 'blocks',
      labels: ['source'],
      help: 'Blocks of another group that this chain has not read yet; `confirmations` of them are not to be read.',
    },
    tipTime: {
      name: 'rexnet_chain_tip_timestamp_seconds',
      type: gauge,
      unit: 's',
      labels: none,
      help: 'Time stamp of the newest block executed and stored.',
    },
    beat: {
      name: 'rexnet_chain_beat_seconds',
      type: gauge,
      unit: 's',
      labels: none,
      help: 'Least time between two blocks of a group: blockInterval of genesis.',
    },
    blockGas: {
      name: 'rexnet_chain_block_gas',
      type: gauge,
      unit: 'gas',
      labels: none,
      help: 'Gas limit of one block: blockGas of genesis.',
    },
    userGas: {
      name: 'rexnet_chain_user_gas',
      type: gauge,
      unit: 'gas',
      labels: none,
      help: 'What the budgets of the user transactions of one block may add up to: userShare of blockGas.',
    },
    epoch: {
      name: 'rexnet_chain_epoch',
      type: gauge,
      unit: '',
      labels: none,
      help: 'Epoch of the shard map in force.',
    },
    partitions: {
      name: 'rexnet_chain_partitions',
      type: gauge,
      unit: 'partitions',
      labels: none,
      help: 'Partitions this group holds.',
    },
    blocks: {
      name: 'rexnet_chain_blocks_total',
      type: counter,
      unit: 'blocks',
      labels: none,
      help: 'Blocks executed and kept, counting again after a reorganisation.',
    },
    blocksInvalid: {
      name: 'rexnet_chain_blocks_invalid_total',
      type: counter,
      unit: 'blocks',
      labels: ['code'],
      help: 'Blocks that broke a rule.',
    },
    blocksWaiting: {
      name: 'rexnet_chain_blocks_waiting',
      type: gauge,
      unit: 'blocks',
      labels: ['lack'],
      help: 'Known headers that wait for evidence or their time, and blocks whose body or batch is not here.',
    },
    headers: {
      name: 'rexnet_chain_headers_total',
      type: counter,
      unit: 'headers',
      labels: none,
      help: 'Headers of all groups accepted into the tree.',
    },
    headersInvalid: {
      name: 'rexnet_chain_headers_invalid_total',
      type: counter,
      unit: 'headers',
      labels: ['code'],
      help: 'Headers or witnesses refused.',
    },
    transactions: {
      name: 'rexnet_chain_transactions_total',
      type: counter,
      unit: 'transactions',
      labels: none,
      help: 'User transactions in executed blocks, failed ones included; how far their relays came only a client sees.',
    },
    invocations: {
      name: 'rexnet_chain_invocations_total',
      type: counter,
      unit: 'invocations',
      labels: none,
      help: 'Invocations executed: user transactions and relays.',
    },
    receipts: {
      name: 'rexnet_chain_receipts_total',
      type: counter,
      unit: 'receipts',
      labels: ['kind', 'status'],
      help: 'Receipts by what ran and how it ended.',
    },
    gas: {
      name: 'rexnet_chain_gas_total',
      type: counter,
      unit: 'gas',
      labels: none,
      help: 'Gas burnt in executed blocks.',
    },
    blockFill: {
      name: 'rexnet_chain_block_fill_ratio',
      type: gauge,
      unit: 'ratio',
      labels: none,
      help: 'Gas of the newest block over blockGas.',
    },
    blockTransactions: {
      name: 'rexnet_chain_block_transactions',
      type: histogram,
      unit: 'transactions',
      labels: none,
      buckets: COUNTS,
      help: 'User transactions per block.',
    },
    blockBytes: {
      name: 'rexnet_chain_block_bytes',
      type: histogram,
      unit: 'bytes',
      labels: none,
      buckets: exponentialBuckets(1024, 4, 10),
      help: 'Body bytes per block.',
    },
    blockInterval: {
      name: 'rexnet_chain_block_interval_seconds',
      type: histogram,
      unit: 's',
      labels: none,
      buckets: BEAT_SECONDS,
      help: 'Time stamp of a block minus that of its parent.',
    },
    blockDelay: {
      name: 'rexnet_chain_block_delay_seconds',
      type: histogram,
      unit: 's',
      labels: none,
      buckets: CALL_SECONDS,
      help: 'From the time stamp of a block until it was durable here.',
    },
    executeSeconds: {
      name: 'rexnet_chain_execute_seconds',
      type: histogram,
      unit: 's',
      labels: none,
      buckets: FAST_SECONDS,
      help: 'Executing one block that others built, without storing it.',
    },
    relaysSent: {
      name: 'rexnet_chain_relays_sent_total',
      type: counter,
      unit: 'relays',
      labels: ['destination'],
      help: 'Relays put into the outbox.',
    },
    relaysReceived: {
      name: 'rexnet_chain_relays_received_total',
      type: counter,
      unit: 'relays',
      labels: ['source'],
      help: 'Relays read from other groups.',
    },
    relayDelay: {
      name: 'rexnet_chain_relay_delay_seconds',
      type: histogram,
      unit: 's',
      labels: none,
      buckets: RELAY_SECONDS,
      help: 'From the time stamp of a block of another group to that of the block that read its relays; once a batch that has any.',
    },
    batchBytesSent: {
      name: 'rexnet_chain_batch_sent_bytes_total',
      type: counter,
      unit: 'bytes',
      labels: none,
      help: 'Outbox batch bytes for other groups.',
    },
    batchBytesReceived: {
      name: 'rexnet_chain_batch_received_bytes_total',
      type: counter,
      unit: 'bytes',
      labels: none,
      help: 'Batch bytes read from other groups.',
    },
    queuedRelays: {
      name: 'rexnet_chain_queued_relays',
      type: gauge,
      unit: 'relays',
      labels: none,
      help: 'Relays waiting in the queues of this group.',
    },
    reorganisations: {
      name: 'rexnet_chain_reorganisations_total',
      type: counter,
      unit: '',
      labels: none,
      help: 'Switches to another branch.',
    },
    reorganisationDepth: {
      name: 'rexnet_chain_reorganisation_depth_blocks',
      type: histogram,
      unit: 'blocks',
      labels: none,
      buckets: [1, 2, 3, 5, 8, 13, 30, 100, 300, 1_024],
      help: 'Blocks taken back by a switch.',
    },
    stateBytes: {
      name: 'rexnet_chain_state_bytes',
      type: gauge,
      unit: 'bytes',
      labels: none,
      help: 'Canonical state bytes of this group.',
    },
    stateCells: {
      name: 'rexnet_chain_state_cells',
      type: gauge,
      unit: 'cells',
      labels: none,
      help: 'Cells of this group.',
    },
    money: {
      name: 'rexnet_chain_money_msat',
      type: gauge,
      unit: 'msat',
      labels: ['flow'],
      help: 'What the group holds, and cumulative sums of the rest, at its newest block.',
    },
  },
  pool: {
    transactions: {
      name: 'rexnet_pool_transactions',
      type: gauge,
      unit: 'transactions',
      labels: none,
      help: 'Transactions waiting.',
    },
    bytes: {
      name: 'rexnet_pool_bytes',
      type: gauge,
      unit: 'bytes',
      labels: none,
      help: 'Bytes of transactions waiting.',
    },
    admitted: {
      name: 'rexnet_pool_admitted_total',
      type: counter,
      unit: 'transactions',
      labels: none,
      help: 'Transactions taken into the pool.',
    },
    forwarded: {
      name: 'rexnet_pool_forwarded_total',
      type: counter,
      unit: 'transactions',
      labels: none,
      help: 'Transactions sent on to the group of their sender.',
    },
    refused: {
      name: 'rexnet_pool_refused_total',
      type: counter,
      unit: 'transactions',
      labels: ['code'],
      help: 'Transactions refused, by why.',
    },
    expired: {
      name: 'rexnet_pool_expired_total',
      type: counter,
      unit: 'transactions',
      labels: none,
      help: 'Transactions that outlived their validity waiting.',
    },
  },
  signatures: {
    checked: {
      name: 'rexnet_signatures_checked_total',
      type: counter,
      unit: 'signatures',
      labels: ['verdict'],
      help: 'Signatures judged at the door.',
    },
    slow: {
      name: 'rexnet_signatures_slow_total',
      type: counter,
      unit: 'signatures',
      labels: none,
      help: 'Signatures that the fast path refused and the ZIP-215 rule decided.',
    },
    batchSeconds: {
      name: 'rexnet_signatures_batch_seconds',
      type: histogram,
      unit: 's',
      labels: none,
      buckets: FAST_SECONDS,
      help: 'From a batch at the door to its verdict.',
    },
    waiting: {
      name: 'rexnet_signatures_waiting',
      type: gauge,
      unit: 'signatures',
      labels: none,
      help: 'Signatures waiting for a worker.',
    },
    remembered: {
      name: 'rexnet_signatures_remembered',
      type: gauge,
      unit: 'transactions',
      labels: none,
      help: 'Verdicts kept.',
    },
  },
  peers: {
    connected: {
      name: 'rexnet_peers_connected',
      type: gauge,
      unit: 'peers',
      labels: ['direction'],
      help: 'Gossip streams open.',
    },
    dropped: {
      name: 'rexnet_peers_dropped_total',
      type: counter,
      unit: 'peers',
      labels: ['code'],
      help: 'Peers dropped, by why.',
    },
    bytes: {
      name: 'rexnet_peers_bytes_total',
      type: counter,
      unit: 'bytes',
      labels: ['direction'],
      help: 'Payload bytes of gossip messages.',
    },
    messages: {
      name: 'rexnet_peers_messages_total',
      type: counter,
      unit: 'messages',
      labels: ['direction', 'message'],
      help: 'Gossip messages.',
    },
    skipped: {
      name: 'rexnet_peers_skipped_total',
      type: counter,
      unit: 'messages',
      labels: none,
      help: 'Messages not sent because the peer reads slowly.',
    },
  },
  rpc: {
    calls: {
      name: 'rexnet_rpc_calls_total',
      type: counter,
      unit: 'calls',
      labels: ['method', 'code'],
      help: 'gRPC calls finished, by status name.',
    },
    callSeconds: {
      name: 'rexnet_rpc_call_seconds',
      type: histogram,
      unit: 's',
      labels: ['method'],
      buckets: CALL_SECONDS,
      help: 'Duration of unary calls.',
    },
    streams: { name: 'rexnet_rpc_streams', type: gauge, unit: 'streams', labels: ['method'], help: 'Streams open.' },
    connections: {
      name: 'rexnet_rpc_connections',
      type: gauge,
      unit: 'connections',
      labels: none,
      help: 'TCP connections open on both ports.',
    },
    connectionsRefused: {
      name: 'rexnet_rpc_connections_refused_total',
      type: counter,
      unit: 'connections',
      labels: ['reason'],
      help: 'Connections not taken or dropped.',
    },
    bytes: {
      name: 'rexnet_rpc_bytes_total',
      type: counter,
      unit: 'bytes',
      labels: ['direction'],
      help: 'TCP payload of closed connections on both ports.',
    },
  },
  template: {
    built: {
      name: 'rexnet_template_built_total',
      type: counter,
      unit: 'templates',
      labels: none,
      help: 'Block templates built.',
    },
    buildSeconds: {
      name: 'rexnet_template_build_seconds',
      type: histogram,
      unit: 's',
      labels: none,
      buckets: FAST_SECONDS,
      help: 'Building one template, execution included.',
    },
    proofs: {
      name: 'rexnet_template_proofs_total',
      type: counter,
      unit: 'proofs',
      labels: ['result'],
      help: 'Proofs handed in for our templates.',
    },
  },
  mining: {
    parents: {
      name: 'rexnet_mining_parents_blocks',
      type: gauge,
      unit: 'blocks',
      labels: ['parent'],
      help: 'Parent headers this miner solved since its start, by how they stand now: a reorganisation moves some.',
    },
    hashes: {
      name: 'rexnet_mining_hashes_total',
      type: counter,
      unit: 'hashes',
      labels: none,
      help: 'Parent headers hashed.',
    },
    work: {
      name: 'rexnet_mining_work_total',
      type: counter,
      unit: '',
      labels: none,
      help: 'Pieces of merged work made.',
    },
    proofs: {
      name: 'rexnet_mining_proofs_total',
      type: counter,
      unit: 'proofs',
      labels: ['group', 'result'],
      help: 'Proofs submitted to nodes.',
    },
    parentReachable: {
      name: 'rexnet_mining_parent_reachable',
      type: gauge,
      unit: '',
      labels: none,
      help: '1 while the parent chain answers this miner.',
    },
    groupsDue: {
      name: 'rexnet_mining_groups_due',
      type: gauge,
      unit: 'groups',
      labels: none,
      help: 'Groups whose template may be mined now.',
    },
    submits: {
      name: 'rexnet_mining_submits_total',
      type: counter,
      unit: 'blocks',
      labels: ['result'],
      help: 'Blocks submitted to the parent chain.',
    },
  },
  bitcoin: {
    height: {
      name: 'rexnet_bitcoin_height_blocks',
      type: gauge,
      unit: 'blocks',
      labels: none,
      help: 'Height of the best Bitcoin header: the recorded one on a node, the tip of the parent on a miner.',
    },
    headers: {
      name: 'rexnet_bitcoin_headers_total',
      type: counter,
      unit: 'headers',
      labels: ['result'],
      only: 'node',
      help: 'Bitcoin headers offered to this node; those refused were known, or are for group 0.',
    },
    rpcSeconds: {
      name: 'rexnet_bitcoin_rpc_seconds',
      type: histogram,
      unit: 's',
      labels: none,
      buckets: CALL_SECONDS,
      only: 'miner',
      help: 'Calls to bitcoind.',
    },
    rpcErrors: {
      name: 'rexnet_bitcoin_rpc_errors_total',
      type: counter,
      unit: 'calls',
      labels: none,
      only: 'miner',
      help: 'Calls to bitcoind that failed; a block it does not know is an answer.',
    },
  },
  store: {
    commitSeconds: {
      name: 'rexnet_store_commit_seconds',
      type: histogram,
      unit: 's',
      labels: none,
      buckets: FAST_SECONDS,
      help: 'One durable commit of executed blocks.',
    },
    writtenBytes: {
      name: 'rexnet_store_written_bytes_total',
      type: counter,
      unit: 'bytes',
      labels: none,
      help: 'Keys and values given to commits.',
    },
    sizeBytes: {
      name: 'rexnet_store_size_bytes',
      type: gauge,
      unit: 'bytes',
      labels: none,
      help: 'Size of the data file.',
    },
    snapshotSeconds: {
      name: 'rexnet_store_snapshot_seconds',
      type: histogram,
      unit: 's',
      labels: none,
      buckets: CALL_SECONDS,
      help: 'Making one snapshot.',
    },
    snapshotBytes: {
      name: 'rexnet_store_snapshot_bytes',
      type: gauge,
      unit: 'bytes',
      labels: none,
      help: 'Size of the newest snapshot.',
    },
    snapshotHeight: {
      name: 'rexnet_store_snapshot_height_blocks',
      type: gauge,
      unit: 'blocks',
      labels: none,
      help: 'Height of the newest snapshot.',
    },
    replayedBlocks: {
      name: 'rexnet_store_replayed_blocks',
      type: gauge,
      unit: 'blocks',
      labels: none,
      help: 'Diffs applied on the newest snapshot at start.',
    },
    startSeconds: {
      name: 'rexnet_store_start_seconds',
      type: gauge,
      unit: 's',
      labels: none,
      help: 'From opening the data folder to state in memory.',
    },
  },
  vm: {
    memoryBytes: { name: 'rexnet_vm_memory_bytes', type: gauge, unit: 'bytes', labels: none, help: 'Linear memory.' },
    usedBytes: {
      name: 'rexnet_vm_used_bytes',
      type: gauge,
      unit: 'bytes',
      labels: none,
      help: 'Linear memory in use by state.',
    },
    modules: {
      name: 'rexnet_vm_modules',
      type: gauge,
      unit: 'modules',
      labels: none,
      help: 'Contract modules instantiated.',
    },
    batches: { name: 'rexnet_vm_batches_total', type: counter, unit: 'batches', labels: none, help: 'Batches run.' },
    faults: {
      name: 'rexnet_vm_faults_total',
      type: counter,
      unit: 'faults',
      labels: ['exception'],
      help: 'Invocations ended by a fault.',
    },
    calls: {
      name: 'rexnet_vm_calls_total',
      type: counter,
      unit: 'calls',
      labels: none,
      help: 'Read-only calls answered.',
    },
    compileSeconds: {
      name: 'rexnet_vm_compile_seconds',
      type: histogram,
      unit: 's',
      labels: none,
      buckets: CALL_SECONDS,
      help: 'Compiling one deployed source.',
    },
  },
  load: {
    wanted: {
      name: 'rexnet_load_wanted_tps',
      type: gauge,
      unit: 'transactions/s',
      labels: none,
      help: 'What the generator is told to offer.',
    },
    transactionGas: {
      name: 'rexnet_load_transaction_gas',
      type: gauge,
      unit: 'gas',
      labels: none,
      help: 'Gas budget of one of its transactions: user gas of a block over this is how many a block takes.',
    },
    offered: {
      name: 'rexnet_load_offered_total',
      type: counter,
      unit: 'transactions',
      labels: none,
      help: 'Transactions whose time to be sent came, whether or not they could be.',
    },
    accepted: {
      name: 'rexnet_load_accepted_total',
      type: counter,
      unit: 'transactions',
      labels: none,
      help: 'Transactions a node took into its pool.',
    },
    completed: {
      name: 'rexnet_load_completed_total',
      type: counter,
      unit: 'transactions',
      labels: none,
      help: 'Transactions whose whole relay tree ran successfully and is `confirmations` deep: what TPS counts.',
    },
    failed: {
      name: 'rexnet_load_failed_total',
      type: counter,
      unit: 'transactions',
      labels: ['reason'],
      help: 'Transactions refused for good, expired, or with a failed invocation.',
    },
    pending: {
      name: 'rexnet_load_pending',
      type: gauge,
      unit: 'transactions',
      labels: none,
      help: 'Transactions offered whose fate is open.',
    },
    late: {
      name: 'rexnet_load_late_total',
      type: counter,
      unit: 'transactions',
      labels: none,
      help: 'Transactions the generator itself sent more than a second after their time.',
    },
    completedSeconds: {
      name: 'rexnet_load_completed_seconds',
      type: histogram,
      unit: 's',
      labels: none,
      buckets: RELAY_SECONDS,
      help: 'From the intended send of a completed transaction to its completion.',
    },
    executedSeconds: {
      name: 'rexnet_load_executed_seconds',
      type: histogram,
      unit: 's',
      labels: none,
      buckets: RELAY_SECONDS,
      help: 'From the intended send of a completed transaction until its last invocation was seen executed.',
    },
    loopDelay: {
      name: 'rexnet_load_loop_delay_seconds',
      type: gauge,
      unit: 's',
      labels: none,
      help: '99th percentile of event loop delay while offering: what it sends and sees is that much too late.',
    },
  },
} as const satisfies Record<string, Record<string, MetricRow>>;

const BOTH: readonly Program[] = ['node', 'miner'];
/** Who serves the metrics of an area. */
const PROGRAMS: Readonly<Record<keyof typeof METRICS, readonly Program[]>> = {
  ...{ node: ['node'], chain: ['node'], pool: ['node'], signatures: ['node'], peers: ['node'], rpc: ['node'] },
  ...{ template: ['node'], store: ['node'], vm: ['node'], mining: ['miner'], bitcoin: BOTH, load: ['load'] },
};

export function servesMetric(program: Program, area: string, row: MetricRow): boolean {
  const programs = PROGRAMS[area as keyof typeof METRICS];
  return row.only === undefined ? programs.includes(program) : row.only === program;
}

/** Every row with its area, for the generated documentation and for tests. */
export function metricRows(program?: Program): readonly (MetricRow & { readonly area: string })[] {
  return Object.entries(METRICS).flatMap(([area, rows]) =>
    Object.values(rows as Record<string, MetricRow>)
      .filter((row) => program === undefined || servesMetric(program, area, row))
      .map((row) => ({ area, ...row })),
  );
}
