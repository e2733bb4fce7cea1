// The page of one group: its chain, its relays, its VM and gas, its processes.
import { IN_TESTNET, NAMESPACE, TESTNET } from './chosen.ts';
import type { Page, Panel } from './panels.ts';

const HERE = `${IN_TESTNET}, group="$group"`;

type Series = Pick<Panel, 'title' | 'description' | 'unit' | 'queries'> & { readonly max?: number };

function series(panel: Series): Panel {
  return { kind: 'series', min: 0, ...panel };
}

function quantiles(histogram: string, shares: readonly number[] = [0.5, 0.95]): Panel['queries'] {
  return shares.map((share) => ({
    expr: `histogram_quantile(${share}, sum by (le) (rate(${histogram}_bucket{${HERE}}[1m])))`,
    legend: `p${share * 100}`,
  }));
}

/** A counter as a rate, by node, or by the labels given. */
function rate(name: string, legend: string, by = 'node'): Panel['queries'][number] {
  return { expr: `sum by (${by}) (rate(${name}{${HERE}}[1m]))`, legend };
}

function level(name: string, legend: string, by = 'node'): Panel['queries'][number] {
  return { expr: `max by (${by}) (${name}{${HERE}})`, legend };
}

const CHAIN: readonly Panel[] = [
  series({
    title: 'Height',
    description: 'Newest block executed and stored.',
    unit: 'short',
    queries: [level('rexnet_chain_executed_height_blocks', '{{node}}')],
  }),
  series({
    title: 'In sync',
    description: '1 while a node follows the newest known chain; 0 while it starts, resyncs or lags.',
    unit: 'short',
    max: 1,
    queries: [level('rexnet_node_in_sync', '{{node}}')],
  }),
  series({
    title: 'Time between blocks',
    description: 'By their time stamps. Under Floor it is the beat.',
    unit: 's',
    queries: quantiles('rexnet_chain_block_interval_seconds'),
  }),
  series({
    title: 'From time stamp to disk',
    description: 'Until a block was durable here: mining, sending, executing, storing.',
    unit: 's',
    queries: quantiles('rexnet_chain_block_delay_seconds'),
  }),
  series({
    title: 'Transactions and invocations',
    description: 'In executed blocks, a second.',
    unit: 'short',
    queries: [
      rate('rexnet_chain_transactions_total', 'transactions {{node}}'),
      rate('rexnet_chain_invocations_total', 'invocations {{node}}'),
    ],
  }),
  series({
    title: 'Pool',
    description: 'Transactions waiting for a block.',
    unit: 'short',
    queries: [level('rexnet_pool_transactions', '{{node}}')],
  }),
  series({
    title: 'At the door',
    description: 'Transactions taken, sent on to their group, refused by why. Refused has no series while none was.',
    unit: 'short',
    queries: [
      rate('rexnet_pool_admitted_total', 'taken {{node}}'),
      rate('rexnet_pool_forwarded_total', 'sent on {{node}}'),
      rate('rexnet_pool_refused_total', 'refused {{code}}', 'code'),
    ],
  }),
  series({
    title: 'Waiting headers and blocks',
    description: 'Known, but something is lacking: unconfirmed ones are normal.',
    unit: 'short',
    queries: [level('rexnet_chain_blocks_waiting', '{{lack}}', 'lack')],
  }),
  series({
    title: 'Reorganisations',
    description: 'Switches in the last five minutes, all and those deeper than the confirmations.',
    unit: 'short',
    queries: [
      { expr: `sum by (node) (increase(rexnet_chain_reorganisations_total{${HERE}}[5m]))`, legend: 'all {{node}}' },
      { expr: `rexnet:deep_reorganisations:increase5m{${HERE}}`, legend: 'deep {{node}}' },
    ],
  }),
  series({
    title: 'Depth of reorganisations',
    description: 'Blocks taken back by a switch, 99 of 100 in the last hour; no value while there was none.',
    unit: 'short',
    queries: [
      {
        expr: `histogram_quantile(0.99, sum by (le) (rate(rexnet_chain_reorganisation_depth_blocks_bucket{${HERE}}[1h])))`,
        legend: 'p99',
      },
    ],
  }),
];

const RELAYS: readonly Panel[] = [
  series({
    title: 'Relays sent',
    description: 'By destination, a second.',
    unit: 'short',
    queries: [
      {
        expr: `max by (destination) (rate(rexnet_chain_relays_sent_total{${HERE}}[1m]))`,
        legend: 'to group {{destination}}',
      },
    ],
  }),
  series({
    title: 'Relays received',
    description: 'By source, a second.',
    unit: 'short',
    queries: [
      {
        expr: `max by (source) (rate(rexnet_chain_relays_received_total{${HERE}}[1m]))`,
        legend: 'from group {{source}}',
      },
    ],
  }),
  series({
    title: 'Lag by source',
    description: 'Blocks of another group not read yet; confirmations + 1 is none.',
    unit: 'short',
    queries: [{ expr: `rexnet:read_lag_blocks:max{${HERE}}`, legend: 'group {{source}}' }],
  }),
  series({
    title: 'Relay latency',
    description: 'From the block that sent to the block of this group that read.',
    unit: 's',
    queries: [
      ...quantiles('rexnet_chain_relay_delay_seconds', [0.5]),
      { expr: `rexnet:group_relay_latency_seconds:p95_1m{${HERE}}`, legend: 'p95' },
    ],
  }),
  series({
    title: 'Relays queued',
    description: 'Read, waiting for gas.',
    unit: 'short',
    queries: [level('rexnet_chain_queued_relays', '{{node}}')],
  }),
  series({
    title: 'Batch bytes',
    description: 'Sent to and read from all other groups, a second.',
    unit: 'Bps',
    queries: [
      rate('rexnet_chain_batch_sent_bytes_total', 'sent {{node}}'),
      rate('rexnet_chain_batch_received_bytes_total', 'received {{node}}'),
    ],
  }),
];

const VM: readonly Panel[] = [
  series({
    title: 'Executing blocks of others',
    description: 'Blocks a second, and the seconds spent on them. A node that builds all of its group has none.',
    unit: 'short',
    queries: [
      rate('rexnet_chain_execute_seconds_sum', 'seconds a second {{node}}'),
      rate('rexnet_chain_execute_seconds_count', 'blocks a second {{node}}'),
    ],
  }),
  series({
    title: 'Building a template',
    description: 'Execution included; several templates may be built for one block.',
    unit: 's',
    queries: quantiles('rexnet_template_build_seconds'),
  }),
  series({
    title: 'Engine busy with the VM',
    description: 'Share of one core spent executing and building.',
    unit: 'percentunit',
    queries: [
      {
        expr: `sum by (node) (rate(rexnet_chain_execute_seconds_sum{${HERE}}[1m]) + rate(rexnet_template_build_seconds_sum{${HERE}}[1m]))`,
        legend: '{{node}}',
      },
    ],
  }),
  series({
    title: 'Receipts',
    description: 'By what ran and how it ended, a second.',
    unit: 'short',
    queries: [
      {
        expr: `max by (kind, status) (rate(rexnet_chain_receipts_total{${HERE}}[1m]))`,
        legend: '{{kind}} {{status}}',
      },
    ],
  }),
  series({
    title: 'Faults',
    description: 'By exception (docs/vm.md), a second. No series while none occurred.',
    unit: 'short',
    queries: [rate('rexnet_vm_faults_total', 'exception {{exception}}', 'exception')],
  }),
  series({
    title: 'State',
    description: 'Linear memory, what state uses of it, canonical bytes.',
    unit: 'bytes',
    queries: [
      level('rexnet_vm_memory_bytes', 'memory {{node}}'),
      level('rexnet_vm_used_bytes', 'used {{node}}'),
      level('rexnet_chain_state_bytes', 'canonical {{node}}'),
    ],
  }),
];

const GAS: readonly Panel[] = [
  series({
    title: 'Gas burnt against the limit',
    description: 'A second, against a full block every beat.',
    unit: 'short',
    queries: [
      { expr: `max by (group) (rate(rexnet_chain_gas_total{${HERE}}[1m]))`, legend: 'burnt' },
      {
        expr: `max by (group) (rexnet_chain_block_gas{${HERE}} / rexnet_chain_beat_seconds{${HERE}})`,
        legend: 'limit',
      },
      {
        expr: `max by (group) (rexnet_chain_user_gas{${HERE}} / rexnet_chain_beat_seconds{${HERE}})`,
        legend: 'budgets of users',
      },
    ],
  }),
  series({
    title: 'Fill of the newest block',
    description: 'Its gas over blockGas.',
    unit: 'percentunit',
    max: 1,
    queries: [level('rexnet_chain_block_fill_ratio', '{{node}}')],
  }),
  series({
    title: 'Transactions per block',
    description: 'Mean of a minute.',
    unit: 'short',
    queries: [
      {
        expr: `sum(rate(rexnet_chain_block_transactions_sum{${HERE}}[1m])) / sum(rate(rexnet_chain_block_transactions_count{${HERE}}[1m]))`,
        legend: 'mean',
      },
    ],
  }),
];

const PROCESS: readonly Panel[] = [
  series({
    title: 'Resident memory',
    description: 'Of the whole process.',
    unit: 'bytes',
    queries: [level('process_resident_memory_bytes', '{{node}}')],
  }),
  series({
    title: 'CPU',
    description: 'Of one core, all threads together.',
    unit: 'percentunit',
    queries: [rate('process_cpu_seconds_total', '{{node}}')],
  }),
  series({
    title: 'Event loop delay, p99',
    description: 'Of the thread that talks and of the one that owns the chain.',
    unit: 's',
    queries: [level('rexnet_node_loop_delay_seconds', '{{node}} {{thread}}', 'node, thread')],
  }),
  series({
    title: 'Signatures waiting',
    description: 'For a worker; and how long a batch took at the door.',
    unit: 'short',
    queries: [level('rexnet_signatures_waiting', '{{node}}')],
  }),
  series({
    title: 'Signatures, a batch at the door',
    description: 'From its arrival to its verdict.',
    unit: 's',
    queries: quantiles('rexnet_signatures_batch_seconds'),
  }),
  series({
    title: 'Signatures judged',
    description: 'By verdict, a second.',
    unit: 'short',
    queries: [rate('rexnet_signatures_checked_total', '{{verdict}}', 'verdict')],
  }),
  series({
    title: 'One durable commit',
    description: 'Of executed blocks, fsync included.',
    unit: 's',
    queries: quantiles('rexnet_store_commit_seconds'),
  }),
  series({
    title: 'Store',
    description: 'Size of the data file, and of the newest snapshot.',
    unit: 'bytes',
    queries: [
      level('rexnet_store_size_bytes', 'file {{node}}'),
      level('rexnet_store_snapshot_bytes', 'snapshot {{node}}'),
    ],
  }),
  series({
    title: 'Written',
    description: 'Keys and values given to commits, a second.',
    unit: 'Bps',
    queries: [rate('rexnet_store_written_bytes_total', '{{node}}')],
  }),
  series({
    title: 'gRPC calls',
    description: 'Finished, a second, by method.',
    unit: 'short',
    queries: [rate('rexnet_rpc_calls_total', '{{method}}', 'method')],
  }),
  series({
    title: 'Peers',
    description: 'Gossip streams open.',
    unit: 'short',
    queries: [level('rexnet_peers_connected', '{{node}} {{direction}}', 'node, direction')],
  }),
  series({
    title: 'Gossip',
    description: 'Payload bytes a second.',
    unit: 'Bps',
    queries: [rate('rexnet_peers_bytes_total', '{{direction}}', 'direction')],
  }),
];

export const GROUP: Page = {
  uid: 'rexnet-group',
  title: 'Rexnet / Group',
  description: 'One group of a testnet and its nodes.',
  variables: [NAMESPACE, TESTNET, { name: 'group', label: 'Group', series: `rexnet_node_info{${IN_TESTNET}}` }],
  rows: [
    { title: 'Chain', panels: CHAIN },
    { title: 'Relays', panels: RELAYS },
    { title: 'VM', panels: VM },
    { title: 'Gas', panels: GAS },
    { title: 'Process', panels: PROCESS },
  ],
};
